//! The policies of one file as the fixes that were made leave them.

use std::collections::BTreeMap;

use crate::text::Span;
use crate::tree::edit::Edit;

use super::plan::Refusal;
use super::prover::{PolicyState, Prover};

/// What stands in place of some values of a file, and the edits that led to it. Where two policies stand in one string, the fixes
/// of the second are made to what those of the first left.
#[derive(Debug, Default)]
pub(super) struct EditedPolicies {
    texts: BTreeMap<Span, (String, Vec<Vec<Edit>>)>,
}

impl EditedPolicies {
    /// The policy as it is by now, where that is not how it was read.
    ///
    /// # Errors
    /// Where it cannot be read any more.
    pub(super) fn latest(
        &self,
        prover: &Prover<'_>,
        state: &PolicyState,
    ) -> Result<Option<PolicyState>, Refusal> {
        let text = self.texts.get(&state.place.span);
        let text = text.filter(|(text, _)| *text != state.text);
        text.map(|(text, steps)| prover.with_text(state, text.clone(), steps.clone()))
            .transpose()
    }

    /// Keeps what stands there now.
    pub(super) fn keep(&mut self, state: PolicyState) {
        let now = (state.text, state.steps);
        self.texts.insert(state.place.span, now);
    }

    /// What has to be done to the file with this text as it was read: an edit for each value that changed,
    /// from its first byte that is another to its last one.
    pub(super) fn edits(self, file: &str) -> Vec<Edit> {
        let texts = self.texts.into_iter();
        let edit = texts.filter_map(|(span, (text, _))| {
            let (old, new) = (span.of(file), text.as_str());
            let chars = old.chars().zip(new.chars());
            let same = chars.take_while(|(old, new)| old == new);
            let start: usize = same.map(|(same, _)| same.len_utf8()).sum();
            let (old, new) = (old.get(start..)?, new.get(start..)?);
            let chars = old.chars().rev().zip(new.chars().rev());
            let same = chars.take_while(|(old, new)| old == new);
            let end: usize = same.map(|(same, _)| same.len_utf8()).sum();
            let start = (span.start as usize).saturating_add(start);
            let edit = Edit {
                span: Span::new(start, (span.end as usize).saturating_sub(end)),
                replacement: new.get(..new.len().saturating_sub(end))?.to_owned(),
            };
            (old != new).then_some(edit)
        });
        edit.collect()
    }
}
