//! Strings and their escapes.

use std::borrow::Cow;

use crate::source::{InputError, Span};

use super::parser::Parser;

/// Reads a string from its opening quote past its closing one.
pub(super) fn read<'a>(parser: &mut Parser<'a>) -> Result<Cow<'a, str>, InputError> {
    let open = parser.at;
    parser.advance();
    let mut decoded: Option<String> = None;
    loop {
        let run = parser.at;
        skip_plain(parser);
        let plain = parser.text.get(run..parser.at).unwrap_or_default();
        match parser.peek() {
            Some(b'"') => {
                parser.advance();
                return Ok(match decoded {
                    None => Cow::Borrowed(plain),
                    Some(text) => Cow::Owned(text + plain),
                });
            }
            Some(b'\\') => {
                let text = decoded.get_or_insert_default();
                text.push_str(plain);
                text.push(escape(parser)?);
            }
            Some(control) => return Err(bare_control(parser.at, control)),
            None => {
                return Err(
                    InputError::new(Span::new(open, parser.at), "the string has no end")
                        .label("opened here")
                        .help("close it with a double quote"),
                );
            }
        }
    }
}

/// Moves to the next quote, backslash or control character.
fn skip_plain(parser: &mut Parser<'_>) {
    let rest = parser.text.as_bytes().get(parser.at..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
    parser.at = parser.at.saturating_add(length.unwrap_or(rest.len()));
}

fn escape(parser: &mut Parser<'_>) -> Result<char, InputError> {
    let start = parser.at;
    parser.advance();
    let letter = parser.peek();
    parser.advance();
    Ok(match letter {
        Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(parser, start),
        _ => {
            parser.at = start;
            return Err(InputError::new(
                Span::new(start, start.saturating_add(2)),
                "this escape does not exist in JSON",
            )
            .label("not an escape")
            .help("write a backslash itself as `\\\\`"));
        }
    })
}

/// The character of `\uXXXX`, or of two of them that make a pair of surrogates.
fn unicode(parser: &mut Parser<'_>, start: usize) -> Result<char, InputError> {
    let first = hex4(parser, start)?;
    let code = if (0xd800..0xdc00).contains(&first) {
        let pair = parser.text.as_bytes().get(parser.at..).unwrap_or_default();
        if !pair.starts_with(b"\\u") {
            return Err(lone_surrogate(start, parser.at));
        }
        parser.at = parser.at.saturating_add(2);
        let second = hex4(parser, start)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone_surrogate(start, parser.at));
        }
        0x1_0000 + ((first & 0x3ff) << 10 | second & 0x3ff)
    } else {
        first
    };
    char::from_u32(code).ok_or_else(|| lone_surrogate(start, parser.at))
}

fn hex4(parser: &mut Parser<'_>, start: usize) -> Result<u32, InputError> {
    let end = parser.at.saturating_add(4);
    let digits = parser.text.get(parser.at..end).unwrap_or_default();
    let all_hex = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    match u32::from_str_radix(digits, 16) {
        Ok(code) if all_hex => {
            parser.at = end;
            Ok(code)
        }
        _ => Err(InputError::new(
            Span::new(start, parser.at),
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
