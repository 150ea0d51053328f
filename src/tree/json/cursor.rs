//! A place in a text that moves forward.

use crate::text::Span;

/// The text and the offset of the byte that comes next.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl Cursor<'_> {
    /// The next byte, or none at the end.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// From an offset to the end of the character that stands at `at`; to the end where none does.
    pub(super) fn span_to(&self, start: usize, at: usize) -> Span {
        let rest = self.text.get(at..).unwrap_or_default();
        let length = rest.chars().next().map_or(0, char::len_utf8);
        Span::new(start, at.saturating_add(length).min(self.text.len()))
    }

    /// Goes one byte on.
    pub(super) fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }
}
