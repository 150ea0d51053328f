//! Lines of a text around an offset.

use crate::text::Span;
use crate::tree::edit::Edit;

/// What ends a line of this text.
pub(super) fn newline(text: &str) -> &'static str {
    match text.find(['\n', '\r']).and_then(|at| text.get(at..)) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// Where the line begins in which this offset is.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind(['\n', '\r']).map_or(0, |newline| newline + 1)
}

/// Where that line ends, before its break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let after = text.get(at..).unwrap_or_default();
    at + after.find(['\n', '\r']).unwrap_or(after.len())
}

/// Where the next line begins.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    let rest = text.get(end..).unwrap_or_default();
    end + match rest.as_bytes() {
        [b'\r', b'\n', ..] => 2,
        [] => 0,
        _ => 1,
    }
}

/// What is before this offset in its line.
pub(super) fn before(text: &str, at: usize) -> &str {
    text.get(line_start(text, at)..at).unwrap_or_default()
}

/// The white space with which the line begins in which this offset is.
pub(super) fn indent(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..).unwrap_or_default();
    let length = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..length).unwrap_or_default()
}

/// Whether only white space, a comma and a comment are after this offset in its line.
pub(super) fn ends_line(text: &str, at: usize) -> bool {
    let rest = text.get(at..line_end(text, at)).unwrap_or_default();
    let rest = rest.trim_start_matches([' ', '\t']);
    let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    rest.is_empty() || rest.starts_with('#') || rest.starts_with("//")
}

/// An edit that puts a text in.
pub(super) fn insert(at: usize, replacement: String) -> Edit {
    edit(at, at, replacement)
}

/// An edit of these bytes.
pub(super) fn edit(start: usize, end: usize, replacement: String) -> Edit {
    Edit {
        span: Span::new(start, end),
        replacement,
    }
}
