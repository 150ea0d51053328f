//! Edits: bytes of a file that become others, and nothing else of it.
//!
//! [`JsonDraft`] changes one JSON document as its author would have written it, [`Passage`] leads
//! from a document that stands in a string to the bytes of the file.

mod draft;
mod json_draft;
mod layout;
mod passage;
mod patch;
mod splice;
#[cfg(test)]
mod tests;

pub use json_draft::{DraftError, JsonDraft};
pub use passage::{Passage, locate};
pub use patch::PatchOperation;

use super::Span;

/// Bytes of a text and what is to stand in their place; an empty range is a place to insert at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// The text that comes.
    pub replacement: String,
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
