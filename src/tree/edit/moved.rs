//! Where everything of a tree is after edits of its text.

use crate::text::Span;
use crate::tree::{Content, Node};

use super::Edit;

/// Edits of a text, in its order.
pub(super) struct Moved {
    edits: Vec<Span>,
    /// How many bytes come and go before each edit, and with the last.
    before: Vec<(u32, u32)>,
}

impl Moved {
    pub(super) fn by(edits: &[Edit]) -> Self {
        let mut sorted: Vec<_> = edits.iter().collect();
        sorted.sort_unstable();
        let (mut come, mut gone) = (0_u32, 0_u32);
        let mut before = vec![(come, gone)];
        for edit in &sorted {
            come = come.saturating_add(Span::new(edit.replacement.len(), 0).start);
            gone = gone.saturating_add(edit.span.end.saturating_sub(edit.span.start));
            before.push((come, gone));
        }
        Self {
            edits: sorted.into_iter().map(|edit| edit.span).collect(),
            before,
        }
    }

    /// An offset after so many of the edits.
    fn after(&self, at: u32, count: usize) -> u32 {
        let (come, gone) = self.before.get(count).copied().unwrap_or_default();
        at.saturating_add(come).saturating_sub(gone)
    }

    /// Where the text of the edit of these bytes begins.
    pub(super) fn place(&self, of: Span) -> u32 {
        self.after(of.start, self.edits.partition_point(|edit| *edit < of))
    }

    /// Where an offset is; `with` where what is put in there comes before it.
    fn offset(&self, at: u32, with: bool) -> u32 {
        let count = self.edits.partition_point(|edit| edit.start < at);
        let last = count.checked_sub(1).and_then(|last| self.edits.get(last));
        if let Some(last) = last.filter(|last| last.end > at) {
            return self.place(*last);
        }
        let here = Span { start: at, end: at };
        let is_here = with && self.edits.get(count) == Some(&here);
        self.after(at, count.saturating_add(usize::from(is_here)))
    }

    /// The bytes of a value or key. What is put in at its first or last byte is no part of it, but of one
    /// in which the change is made (`around`).
    pub(super) fn span(&self, span: Span, around: bool) -> Span {
        let end = self.offset(span.end, around);
        let start = if span.is_empty() && !around {
            end
        } else {
            self.offset(span.start, !around)
        };
        Span { start, end }
    }

    /// Moves a value with all that is in it; `way` has the positions that lead to the list or map in which
    /// the change is made, where it is this one or in it.
    pub(super) fn tree(&self, node: &mut Node<'_>, way: Option<&[usize]>) {
        // What has no bytes has none around a change, either.
        node.span = self.span(node.span, way.is_some() && !node.span.is_empty());
        let on_way = |index: usize| {
            let (next, rest) = way?.split_first()?;
            (*next == index).then_some(rest)
        };
        match &mut node.value {
            Content::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.tree(item, on_way(index));
                }
            }
            Content::Object(members) => {
                for (index, member) in members.iter_mut().enumerate() {
                    member.key_span = self.span(member.key_span, false);
                    self.tree(&mut member.value, on_way(index));
                }
            }
            Content::Deferred(deferred) => {
                for (index, argument) in deferred.arguments.iter_mut().enumerate() {
                    self.tree(argument, on_way(index));
                }
            }
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => {}
        }
    }
}
