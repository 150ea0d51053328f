//! Reading a file as text.

use std::path::Path;

use super::admit::{MAX_FILE, admit};
use super::opened::{Progress, open};
use super::read_error::ReadError;
use super::{InputError, SourceFile, Span};

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// Where the file cannot be read, is larger than [`MAX_FILE`], or is not UTF-8, and where a symbolic link
/// leads to where [`admit`] lets none lead. A byte-order mark of UTF-8 is kept: it is for the reader to say
/// whether AWS takes it.
pub fn read(path: &Path) -> Result<SourceFile, ReadError> {
    admit(path)?;
    let progress = Progress::default();
    let bytes = open(path, &progress)?.into_bytes()?;
    decode(&path.to_string_lossy(), bytes)
}

/// Makes text of bytes.
///
/// # Errors
/// As [`read`], but for what the operating system refuses.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<SourceFile, ReadError> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE) {
        return Err(ReadError::TooLarge);
    }
    if let Some((text, encoding)) = wide(&bytes) {
        let first = text.chars().next().map_or(0, char::len_utf8);
        let error = InputError::new(Span::new(0, first), format!("the file is {encoding}"))
            .label("several bytes for each character")
            .help("save the file as UTF-8; in PowerShell: `… | Out-File -Encoding utf8NoBOM`");
        return Err(ReadError::NotText {
            error,
            shown: Box::new(SourceFile::new(name, text).of_no_text()),
        });
    }
    if let [0, ..] = *bytes {
        let error = InputError::new(Span::new(0, 1), "the file begins with U+0000")
            .label("no character of a text")
            .help("save the file without it");
        return Err(not_text(name, &bytes, error));
    }
    String::from_utf8(bytes)
        .map(|text| SourceFile::new(name, text))
        .map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let byte = bytes.get(at).copied().unwrap_or_default();
            let complaint =
                InputError::new(Span::new(at, at.saturating_add(1)), "the file is not UTF-8")
                    .label(format!("byte 0x{byte:02x}"))
                    .help("policies are UTF-8 text: save the file in that encoding");
            not_text(name, bytes, complaint)
        })
}

/// The text of a file in UTF-16 or UTF-32, without its byte-order mark, and which it is: it has a mark, or
/// its first character is one with which JSON can begin.
fn wide(bytes: &[u8]) -> Option<(String, &'static str)> {
    let begins = |byte: u8| matches!(byte, b'{' | b'[' | b'"' | b' ' | b'\t' | b'\r' | b'\n');
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] | [0, 0, 0xfe, 0xff, rest @ ..] => (false, rest),
        [0, 0, 0, fourth, 0, 0, 0, ..] if begins(*fourth) => (false, bytes),
        [first, 0, third, 0, ..] if begins(*first) && *third != 0 => (true, bytes),
        [first, 0, 0, 0, ..] if begins(*first) => (true, bytes),
        [0, second, 0, fourth, ..] if begins(*second) && *fourth != 0 => (false, bytes),
        _ => return None,
    };
    let unit = |pair: &[u8]| match pair {
        [one, two] if little => u16::from_le_bytes([*one, *two]),
        [one, two] => u16::from_be_bytes([*one, *two]),
        // Half a character at the end.
        _ => u16::from(b'?'),
    };
    let units = rest.chunks(2).map(unit);
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    let is_utf_32 = matches!(bytes, [0, 0, ..] | [_, _, 0, 0, ..]);
    let encoding = if is_utf_32 { "UTF-32" } else { "UTF-16" };
    // Taken for two of UTF-16, a character of UTF-32 is itself and U+0000.
    Some((text.filter(|c| *c != '\0').collect(), encoding))
}

/// Keeps the offsets: every byte that is not UTF-8 becomes one `?`.
fn not_text(name: &str, bytes: &[u8], error: InputError) -> ReadError {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        shown.push_str(chunk.valid());
        shown.extend(chunk.invalid().iter().map(|_| '?'));
    }
    ReadError::NotText {
        error,
        shown: Box::new(SourceFile::new(name, shown).of_no_text()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(bytes: &[u8]) -> (String, Span) {
        match decode("x", bytes.to_vec()) {
            Err(ReadError::NotText { error, .. }) => (error.message, error.span),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_text_is_refused_at_its_place() {
        assert_eq!(
            complaint(b"{\"a\":\"\xff\"}"),
            ("the file is not UTF-8".into(), Span::new(6, 7))
        );
        for utf_16 in [
            &b"\xff\xfe{\0}\0"[..],
            b"\xfe\xff\0{\0}",
            b"{\0}\0",
            b"\0{\0}",
        ] {
            assert_eq!(wide(utf_16), Some(("{}".into(), "UTF-16")));
            assert_eq!(complaint(utf_16).0, "the file is UTF-16");
        }
        for utf_32 in [
            &b"\xff\xfe\0\0{\0\0\0}\0\0\0"[..],
            b"\0\0\xfe\xff\0\0\0{\0\0\0}",
            b"{\0\0\0}\0\0\0",
            b"\0\0\0{\0\0\0}",
        ] {
            assert_eq!(wide(utf_32), Some(("{}".into(), "UTF-32")));
        }
        // The place is a whole character of what is shown, where there is one.
        for (utf_16, end) in [
            (&b"\xfe\xff"[..], 0),
            (b"\xfe\xff\0\xe9", 2),
            (b"\xfe\xff\xff\xff\xff\xff\xff\x74\x2d", 3),
        ] {
            assert_eq!(complaint(utf_16).1, Span::new(0, end));
        }
        for text in [&b"{}"[..], b"\xef\xbb\xbf{}"] {
            assert!(decode("x", text.to_vec()).is_ok());
        }
    }
}
