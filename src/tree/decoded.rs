//! The text of a string, and the way back to the bytes that say it.

use crate::text::Span;
use crate::tree::OffsetMap;

/// A string as it reads, with the place of each of its characters in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text with escapes, indentation and folding undone.
    pub text: String,
    /// From offsets in `text` to offsets in the file.
    pub map: OffsetMap,
}

impl Decoded {
    /// The bytes of the file that say this part of the text.
    pub fn outer(&self, part: Span) -> Span {
        self.map.outer_span(part)
    }
}

/// Puts a text together piece by piece.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    text: String,
    runs: Vec<(u32, u32)>,
}

impl Decoder {
    /// Text that the file has as it is, at this offset.
    pub(super) fn plain(&mut self, at: usize, text: &str) {
        self.mark(at);
        self.text.push_str(text);
    }

    /// Text that the file says otherwise, in the bytes from `at` to `end`.
    pub(super) fn said(&mut self, at: usize, end: usize, text: &str) {
        self.mark(at);
        self.text.push_str(text);
        self.mark(end);
    }

    /// A text that was decoded by itself.
    pub(super) fn put(&mut self, part: &Decoded) {
        let before = Span::new(self.text.len(), 0).start;
        for (decoded, outer) in part.map.runs() {
            self.mark_at(before.saturating_add(*decoded), *outer);
        }
        self.text.push_str(&part.text);
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn mark(&mut self, at: usize) {
        let place = Span::new(self.text.len(), at);
        self.mark_at(place.start, place.end);
    }

    fn mark_at(&mut self, decoded: u32, outer: u32) {
        // Of two marks at one place of the text the later one leads on.
        if self.runs.last().is_some_and(|(last, _)| *last == decoded) {
            self.runs.pop();
        }
        self.runs.push((decoded, outer));
    }

    /// The whole, whose last byte in the file is before `end`.
    pub(super) fn finish(mut self, end: usize) -> Decoded {
        self.mark(end);
        Decoded {
            text: self.text,
            map: OffsetMap::of_runs(self.runs),
        }
    }
}
