//! Reading a file as text.

use std::path::Path;

use super::admit::{MAX_FILE, admit};
use super::opened::{Progress, open};
use super::read_error::ReadError;
use super::{InputError, SourceFile, Span};

/// Reads a file, or standard input for `-`.
///
/// # Errors
/// Where the file cannot be read, is larger than [`MAX_FILE`], begins with a byte-order mark, or is
/// not UTF-8, and where a symbolic link leads to where [`admit`] lets none lead.
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
    if let Some(error) = byte_order_mark(&bytes) {
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

fn byte_order_mark(bytes: &[u8]) -> Option<InputError> {
    let first = |length| Span::new(0, length);
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Some(
            InputError::new(first(3), "the file begins with a byte-order mark")
                .label("U+FEFF")
                .help(
                    "AWS refuses a policy that begins with one: save the file as UTF-8 without it",
                ),
        );
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Some(
            InputError::new(first(1), "the file is UTF-16, as its byte-order mark says")
                .label("byte-order mark")
                .help("save the file as UTF-8; in PowerShell: `… | Out-File -Encoding utf8NoBOM`"),
        );
    }
    None
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
        shown: Box::new(SourceFile::new(name, shown)),
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
        assert_eq!(complaint(b"\xef\xbb\xbf{}").1, Span::new(0, 3));
        assert_eq!(
            complaint(b"\xff\xfe{\0").0,
            "the file is UTF-16, as its byte-order mark says"
        );
        assert!(decode("x", b"{}".to_vec()).is_ok());
    }
}
