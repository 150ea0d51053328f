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

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn mark(&mut self, at: usize) {
        let place = Span::new(self.text.len(), at);
        // Of two marks at one place of the text the later one leads on.
        if self
            .runs
            .last()
            .is_some_and(|(last, _)| *last == place.start)
        {
            self.runs.pop();
        }
        self.runs.push((place.start, place.end));
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
