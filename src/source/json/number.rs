//! Numbers, kept as their text.

use crate::source::{InputError, Span};

use super::parser::Parser;

/// Reads a number: an optional minus, digits without a leading zero, fraction, exponent.
pub(super) fn read<'a>(parser: &mut Parser<'a>) -> Result<&'a str, InputError> {
    let start = parser.at;
    if parser.peek() == Some(b'-') {
        parser.advance();
    }
    if parser.peek() == Some(b'0') {
        parser.advance();
    } else {
        digits(parser)?;
    }
    if parser.peek() == Some(b'.') {
        parser.advance();
        digits(parser)?;
    }
    if let Some(b'e' | b'E') = parser.peek() {
        parser.advance();
        if let Some(b'+' | b'-') = parser.peek() {
            parser.advance();
        }
        digits(parser)?;
    }
    let span = Span::new(start, parser.at);
    let text = span.of(parser.text);
    if text.parse::<f64>().is_ok_and(f64::is_finite) {
        return Ok(text);
    }
    Err(InputError::new(span, "the number is too large").label("no number of AWS is this large"))
}

fn digits(parser: &mut Parser<'_>) -> Result<(), InputError> {
    let start = parser.at;
    while let Some(b'0'..=b'9') = parser.peek() {
        parser.advance();
    }
    if parser.at > start {
        return Ok(());
    }
    Err(InputError::new(
        Span::new(start, start.saturating_add(1)),
        "the number is not complete",
    )
    .label("expected a digit"))
}
