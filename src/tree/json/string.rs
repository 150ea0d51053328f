//! Strings and their escapes.

use std::borrow::Cow;

use crate::text::{InputError, Span};

use super::cursor::Cursor;

/// Reads a string from its opening quote past its closing one.
pub(super) fn read<'a>(cursor: &mut Cursor<'a>) -> Result<Cow<'a, str>, InputError> {
    let open = cursor.at;
    cursor.advance();
    let mut decoded: Option<String> = None;
    loop {
        let run = cursor.at;
        skip_plain(cursor);
        let plain = cursor.text.get(run..cursor.at).unwrap_or_default();
        match cursor.peek() {
            Some(b'"') => {
                cursor.advance();
                return Ok(match decoded {
                    None => Cow::Borrowed(plain),
                    Some(text) => Cow::Owned(text + plain),
                });
            }
            Some(b'\\') => {
                let text = decoded.get_or_insert_default();
                text.push_str(plain);
                text.push(escape(cursor)?);
            }
            Some(control) => return Err(bare_control(cursor.at, control)),
            None => {
                return Err(
                    InputError::new(Span::new(open, cursor.at), "the string has no end")
                        .label("opened here")
                        .help("close it with a double quote"),
                );
            }
        }
    }
}

/// Moves to the next quote, backslash or control character.
fn skip_plain(cursor: &mut Cursor<'_>) {
    let rest = cursor.text.as_bytes().get(cursor.at..).unwrap_or_default();
    let (eights, last) = rest.as_chunks::<8>();
    let found = eights.iter().zip(0_usize..).find_map(|(eight, number)| {
        let special = special(u64::from_le_bytes(*eight));
        let within = special.trailing_zeros() as usize / 8;
        (special != 0).then(|| number.saturating_mul(8).saturating_add(within))
    });
    let length = found.unwrap_or_else(|| {
        let length = last
            .iter()
            .position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
        let whole = rest.len().saturating_sub(last.len());
        whole.saturating_add(length.unwrap_or(last.len()))
    });
    cursor.at = cursor.at.saturating_add(length);
}

/// Eight bytes at once: the lowest bit that is set is the highest of the first byte that is a quote,
/// a backslash or a control character. Bits above it mean nothing, as a borrow may have set them.
const fn special(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // A byte less than the number borrows; one with its high bit is no ASCII and is left alone.
    const fn below(bytes: u64, number: u64) -> u64 {
        bytes.wrapping_sub(ONES.wrapping_mul(number)) & !bytes & HIGH
    }
    let quote = eight ^ ONES.wrapping_mul(b'"' as u64);
    let backslash = eight ^ ONES.wrapping_mul(b'\\' as u64);
    below(eight, 0x20) | below(quote, 1) | below(backslash, 1)
}

fn escape(cursor: &mut Cursor<'_>) -> Result<char, InputError> {
    let start = cursor.at;
    cursor.advance();
    let letter = cursor.peek();
    cursor.advance();
    Ok(match letter {
        Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(cursor, start),
        _ => {
            cursor.at = start;
            return Err(InputError::new(
                cursor.span_to(start, start.saturating_add(1)),
                "this escape does not exist in JSON",
            )
            .label("not an escape")
            .help("write a backslash itself as `\\\\`"));
        }
    })
}

/// The character of `\uXXXX`, or of two of them that make a pair of surrogates.
fn unicode(cursor: &mut Cursor<'_>, start: usize) -> Result<char, InputError> {
    let first = hex4(cursor, start)?;
    let code = if (0xd800..0xdc00).contains(&first) {
        let pair = cursor.text.as_bytes().get(cursor.at..).unwrap_or_default();
        if !pair.starts_with(b"\\u") {
            return Err(lone_surrogate(start, cursor.at));
        }
        cursor.at = cursor.at.saturating_add(2);
        let second = hex4(cursor, start)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone_surrogate(start, cursor.at));
        }
        0x1_0000 + ((first & 0x3ff) << 10 | second & 0x3ff)
    } else {
        first
    };
    char::from_u32(code).ok_or_else(|| lone_surrogate(start, cursor.at))
}

fn hex4(cursor: &mut Cursor<'_>, start: usize) -> Result<u32, InputError> {
    let end = cursor.at.saturating_add(4);
    let digits = cursor.text.get(cursor.at..end).unwrap_or_default();
    let all_hex = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    match u32::from_str_radix(digits, 16) {
        Ok(code) if all_hex => {
            cursor.at = end;
            Ok(code)
        }
        _ => Err(InputError::new(
            Span::new(start, cursor.at),
            "`\\u` is not followed by four hexadecimal digits",
        )
        .label("this escape")),
    }
}

fn lone_surrogate(start: usize, end: usize) -> InputError {
    InputError::new(
        Span::new(start, end),
        "half of a surrogate pair stands alone",
    )
    .label("no character")
    .help("write the character itself, or both halves of the pair")
}

fn bare_control(at: usize, control: u8) -> InputError {
    let help = match control {
        b'\n' | b'\r' => {
            "is a closing quote missing? a line break inside a string is written `\\n`"
        }
        b'\t' => "a tab inside a string is written `\\t`",
        _ => "write it as a `\\u` escape",
    };
    InputError::new(
        Span::new(at, at.saturating_add(1)),
        "a control character stands in a string",
    )
    .label(format!("U+{control:04X}"))
    .help(help)
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    /// Every byte at every place of eight, and after others that could disturb it.
    #[test]
    fn eight_bytes_are_looked_at_as_one_by_one() {
        let first = |bytes: &[u8; 8]| {
            let special = super::special(u64::from_le_bytes(*bytes));
            (special != 0).then_some(special.trailing_zeros() as usize / 8)
        };
        for filler in [
            b'a', 0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xa2, 0xdc, 0xff,
        ] {
            for byte in 0..=u8::MAX {
                for at in 0..8 {
                    let mut bytes = [filler; 8];
                    bytes[at] = byte;
                    let special = matches!(byte, b'"' | b'\\' | 0..=0x1f);
                    assert_eq!(first(&bytes), special.then_some(at), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn escapes_are_undone() {
        let node = parse(r#""\u0041\ud83d\ude00\/\t\\""#).unwrap();
        assert_eq!(node.as_str(), Some("A😀/\t\\"));
    }

    #[test]
    fn half_a_pair_is_refused() {
        for text in [
            r#""\ud800""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            r#""\ud80""#,
            r#""\u+123""#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
