//! The policies of one file as the fixes that were made leave them.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::source::edit::Edit;

use super::plan::Refusal;
use super::prover::{Bench, Prover};

/// What stands in place of some values of a file. Where two policies stand in one string, the fixes
/// of the second are made to what those of the first left.
#[derive(Debug, Default)]
pub(super) struct States {
    texts: BTreeMap<Span, String>,
}

impl States {
    /// The policy as it is by now, where that is not how it was read.
    ///
    /// # Errors
    /// Where it cannot be read any more.
    pub(super) fn latest(
        &self,
        prover: &Prover<'_>,
        bench: &Bench,
    ) -> Result<Option<Bench>, Refusal> {
        let text = self.texts.get(&bench.place.span);
        let text = text.filter(|text| **text != bench.text);
        text.map(|text| prover.state(bench, text.clone()))
            .transpose()
    }

    /// Keeps what stands there now.
    pub(super) fn keep(&mut self, bench: Bench) {
        self.texts.insert(bench.place.span, bench.text);
    }

    /// What has to be done to the file as it was read.
    pub(super) fn edits(self) -> Vec<Edit> {
        let texts = self.texts.into_iter();
        texts
            .map(|(span, replacement)| Edit { span, replacement })
            .collect()
    }
}
