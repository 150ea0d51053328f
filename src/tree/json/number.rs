//! Numbers, kept as their text.

use crate::text::{InputError, Span};

use super::cursor::Cursor;

/// Reads a number: an optional minus, digits without a leading zero, fraction, exponent.
pub(super) fn read<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, InputError> {
    let start = cursor.at;
    if cursor.peek() == Some(b'-') {
        cursor.advance();
    }
    if cursor.peek() == Some(b'0') {
        cursor.advance();
    } else {
        digits(cursor)?;
    }
    if cursor.peek() == Some(b'.') {
        cursor.advance();
        digits(cursor)?;
    }
    if let Some(b'e' | b'E') = cursor.peek() {
        cursor.advance();
        if let Some(b'+' | b'-') = cursor.peek() {
            cursor.advance();
        }
        digits(cursor)?;
    }
    let span = Span::new(start, cursor.at);
    let text = span.of(cursor.text);
    if text.parse::<f64>().is_ok_and(f64::is_finite) {
        return Ok(text);
    }
    Err(InputError::new(span, "the number is too large").label("no number of AWS is this large"))
}

fn digits(cursor: &mut Cursor<'_>) -> Result<(), InputError> {
    let start = cursor.at;
    while let Some(b'0'..=b'9') = cursor.peek() {
        cursor.advance();
    }
    if cursor.at > start {
        return Ok(());
    }
    let here = cursor.span_to(start, start);
    Err(InputError::new(here, "the number is not complete").label("expected a digit"))
}
