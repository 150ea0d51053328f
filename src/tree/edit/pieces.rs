//! A text under change that still knows which of its bytes are the original's.

use crate::text::Span;

use super::Edit;

/// A text to which edits are made one after the other.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    original: String,
    text: String,
    runs: Vec<Piece>,
}

/// A run of the text.
#[derive(Clone, Debug)]
enum Piece {
    /// These bytes of the original.
    Kept(Span),
    /// Bytes that the original has not.
    Written(String),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Self::Kept(span) => span.len(),
            Self::Written(text) => text.len(),
        }
    }

    /// The part between two offsets into the piece; nothing where it is empty.
    fn part(&self, from: usize, to: usize) -> Option<Self> {
        if from >= to {
            return None;
        }
        match self {
            Self::Kept(span) => {
                let start = (span.start as usize).saturating_add(from);
                let end = (span.start as usize).saturating_add(to);
                Some(Self::Kept(Span::new(start, end)))
            }
            Self::Written(text) => Some(Self::Written(text.get(from..to)?.to_owned())),
        }
    }
}

impl Pieces {
    pub(super) fn new(text: &str) -> Self {
        Self {
            original: text.to_owned(),
            text: text.to_owned(),
            runs: vec![Piece::Kept(Span::new(0, text.len()))],
        }
    }

    /// The text as it is now.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Replaces bytes of the text as it is now. Nothing happens where the range is none of it.
    pub(super) fn replace(&mut self, edit: &Edit) {
        let range = edit.span.start as usize..edit.span.end as usize;
        if self.text.get(range.clone()).is_none() {
            return;
        }
        self.text.replace_range(range.clone(), &edit.replacement);
        let mut pieces = Vec::with_capacity(self.runs.len().saturating_add(2));
        let mut at = 0_usize;
        let mut written = false;
        for piece in &self.runs {
            let length = piece.len();
            let into = |offset: usize| offset.saturating_sub(at).min(length);
            pieces.extend(piece.part(0, into(range.start)));
            let end = at.saturating_add(length);
            if !written && range.start <= end {
                pieces.push(Piece::Written(edit.replacement.clone()));
                written = true;
            }
            pieces.extend(piece.part(into(range.end), length));
            at = end;
        }
        if !written {
            pieces.push(Piece::Written(edit.replacement.clone()));
        }
        self.runs = pieces;
    }

    /// What must be done to the original to make it this text.
    pub(super) fn edits(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut at = 0;
        let mut written = String::new();
        let end = Span::new(self.original.len(), self.original.len());
        let kept_end = Piece::Kept(end);
        for piece in self.runs.iter().chain(std::iter::once(&kept_end)) {
            match piece {
                Piece::Written(text) => written.push_str(text),
                Piece::Kept(span) => {
                    let gone = Span {
                        start: at,
                        end: span.start,
                    };
                    if !gone.is_empty() || !written.is_empty() {
                        edits.push(Edit {
                            span: gone,
                            replacement: std::mem::take(&mut written),
                        });
                    }
                    at = span.end;
                }
            }
        }
        edits.retain(|edit| edit.span.of(&self.original) != edit.replacement);
        edits
    }
}
