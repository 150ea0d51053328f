//! Edits: bytes of a file that become others, and nothing else of it.
//!
//! [`EditableFile`] finds where a value is, [`Passage`] holds as much text as has to be read to change
//! it, also out of a string, and [`Draft`] changes that text as its author would have. A draft is the same
//! for every syntax; what is its own is how it writes (`json`, `yaml`, `hcl`).

mod change;
mod draft;
mod hcl;
mod json;
mod layout;
mod lines;
mod moved;
mod passage;
mod patch;
mod pieces;
mod string;
#[cfg(test)]
mod tests;
mod value_in_file;
mod written;
mod yaml;

pub use draft::{Draft, DraftError};
pub use passage::Passage;
pub use patch::PatchOperation;
pub use value_in_file::{EditableFile, ValueInFile};

use crate::text::Span;

/// Bytes of a text and what is to stand in their place; an empty range is a place to insert at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// The text that comes.
    pub replacement: String,
}

impl Edit {
    /// The same edit of the text that begins at this offset; nothing where it is not in that.
    #[must_use]
    pub fn relative_to(&self, start: u32) -> Option<Self> {
        Some(Self {
            span: Span {
                start: self.span.start.checked_sub(start)?,
                end: self.span.end.checked_sub(start)?,
            },
            replacement: self.replacement.clone(),
        })
    }
}

/// Why edits cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Two edits are about the same bytes and do not say the same.
    #[error("two edits overlap at bytes {} to {}", .0.start, .0.end)]
    Overlap(Span),
    /// An edit is about bytes that the text has not, or cuts a character in two.
    #[error("an edit reaches outside of the text, at bytes {} to {}", .0.start, .0.end)]
    OutOfText(Span),
}

/// The text with these edits made, in whatever order they are given; one that is given twice is
/// made once.
///
/// # Errors
/// Where two edits overlap, or insert different texts at one place, or one lies outside of the
/// text.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    let mut inserted_at = None;
    for edit in sorted {
        let span = edit.span;
        if span.start < at || inserted_at == Some(span.start) {
            return Err(EditError::Overlap(span));
        }
        let kept = text.get(at as usize..span.start as usize);
        let known = text.get(span.start as usize..span.end as usize);
        let (Some(kept), Some(_)) = (kept, known) else {
            return Err(EditError::OutOfText(span));
        };
        edited.push_str(kept);
        edited.push_str(&edit.replacement);
        at = span.end;
        inserted_at = span.is_empty().then_some(span.start);
    }
    edited.push_str(text.get(at as usize..).unwrap_or_default());
    Ok(edited)
}

/// Where a place of the edited text is in the text before these edits. Of a text that an edit brought,
/// it is the text that went for it.
pub fn before(span: Span, edits: &[Edit]) -> Span {
    let mut sorted: Vec<_> = edits.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let old = |at: u32, is_end: bool| {
        // What stands at `at` in the edited text stands `length` bytes after `from` in the old one.
        let (mut from, mut new) = (0_u32, 0_u32);
        for edit in &sorted {
            let start = new.saturating_add(edit.span.start.saturating_sub(from));
            if at < start || (is_end && at == start) {
                break;
            }
            let length = u32::try_from(edit.replacement.len()).unwrap_or(u32::MAX);
            let end = start.saturating_add(length);
            if at < end || (is_end && at == end) {
                return if is_end {
                    edit.span.end
                } else {
                    edit.span.start
                };
            }
            (from, new) = (edit.span.end, end);
        }
        from.saturating_add(at.saturating_sub(new))
    };
    let start = old(span.start, false);
    Span {
        start,
        end: old(span.end, true).max(start),
    }
}
