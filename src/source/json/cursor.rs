//! A place in a text that moves forward.

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

    /// Goes one byte on.
    pub(super) fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }
}
