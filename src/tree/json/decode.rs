//! From a string's text back to its bytes.

use crate::text::Span;
use crate::tree::{Decoded, OffsetMap};

/// The text of the string at `span` with the way back to its bytes; nothing where no string that the
/// reader has accepted is there.
pub fn decode(text: &str, span: Span) -> Option<Decoded> {
    let inner = span.of(text).strip_prefix('"')?.strip_suffix('"')?;
    Some(unescape(inner, span.start.saturating_add(1)))
}

/// Undoes the escapes of a string that the reader has accepted.
fn unescape(inner: &str, start: u32) -> Decoded {
    let mut text = String::with_capacity(inner.len());
    let mut runs = vec![(0, start)];
    let mut rest = inner;
    while let Some(backslash) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (plain, escaped) = rest.split_at_checked(backslash).unwrap_or((rest, ""));
        text.push_str(plain);
        let length = escape_length(escaped);
        let (escape, after) = escaped.split_at_checked(length).unwrap_or((escaped, ""));
        let outer = offset(
            start,
            inner
                .len()
                .saturating_sub(rest.len())
                .saturating_add(backslash),
        );
        runs.push((Span::new(text.len(), 0).start, outer));
        text.push_str(
            &serde_json::from_str::<String>(&format!("\"{escape}\"")).unwrap_or_default(),
        );
        runs.push((Span::new(text.len(), 0).start, offset(outer, escape.len())));
        rest = after;
        if escape.is_empty() {
            break;
        }
    }
    text.push_str(rest);
    Decoded {
        text,
        map: OffsetMap::of_runs(runs),
    }
}

/// Bytes of the escape at the start: `\n` has 2, `\u0041` 6, a pair of surrogates 12.
fn escape_length(escaped: &str) -> usize {
    match escaped.as_bytes().get(1) {
        Some(b'u') if is_high_surrogate(escaped.get(2..6)) => 12.min(escaped.len()),
        Some(b'u') => 6.min(escaped.len()),
        _ => 2.min(escaped.len()),
    }
}

fn is_high_surrogate(digits: Option<&str>) -> bool {
    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    code.is_some_and(|code| (0xd800..0xdc00).contains(&code))
}

fn offset(start: u32, ahead: usize) -> u32 {
    start.saturating_add(u32::try_from(ahead).unwrap_or(u32::MAX))
}
