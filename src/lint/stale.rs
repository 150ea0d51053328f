//! Entries of a baseline that match no finding any more.

use std::collections::BTreeSet;

use crate::finding::{Confidence, Finding, Fingerprint, Fingerprints, Label};
use crate::text::{Location, SourceId, Sources, Span};

use super::baseline::{Baseline, Entry};
use super::own::STALE_BASELINE;
use super::selection::Selection;

/// A baseline and the run that it meets.
#[derive(Clone, Copy, Debug)]
pub struct BaselineFile<'a> {
    /// What it holds.
    pub baseline: &'a Baseline,
    /// Its file.
    pub source: SourceId,
    /// The files of the run.
    pub sources: &'a Sources,
    /// What was checked, by the names that baselines use.
    pub checked: &'a BTreeSet<String>,
    /// Whether everything below the configuration's directory was looked at, so that what is not
    /// found is not there.
    pub whole: bool,
    /// Which rules ran.
    pub selection: &'a Selection,
}

impl BaselineFile<'_> {
    /// What is to be said of entries that none of the findings, suppressed ones included, matches
    /// although this run could have found them.
    pub fn stale(&self, found: &BTreeSet<Fingerprint>) -> Option<Finding> {
        let severity = self
            .selection
            .severity(STALE_BASELINE.id, STALE_BASELINE.severity)?;
        let entries = self.baseline.beside(found);
        let file = self.sources.get(self.source)?;
        let mut labels = entries
            .into_iter()
            .filter(|entry| self.was_looked_for(entry))
            .map(|entry| self.label(entry, file.text()))
            .collect::<Vec<_>>();
        labels.sort_by_key(|label| label.at);
        let (primary, related) = labels.split_first()?;
        let message = match labels.len() {
            1 => "an entry of the baseline matches no finding any more".to_owned(),
            count => format!("{count} entries of the baseline match no finding any more"),
        };
        Some(Finding {
            rule: STALE_BASELINE.id.into(),
            severity,
            confidence: Confidence::High,
            subject: file.name().to_owned(),
            message,
            help:
                "write the baseline anew with `--write-baseline`, or remove what is no longer found"
                    .into(),
            reference: "".into(),
            primary: primary.clone(),
            related: related.to_vec(),
            statement: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        })
    }

    fn was_looked_for(&self, entry: &Entry) -> bool {
        let ran = self
            .selection
            .severity(&entry.rule, STALE_BASELINE.severity)
            .is_some();
        ran && (self.whole || self.checked.contains(&entry.subject))
    }

    fn label(&self, entry: &Entry, text: &str) -> Label {
        // A fingerprint is digits, which JSON writes in one way.
        let start = text.find(&entry.fingerprint).unwrap_or_default();
        let end = start.saturating_add(entry.fingerprint.len());
        Label {
            at: Location {
                source: self.source,
                span: Span::new(start, end.min(text.len())),
            },
            text: format!("`{}` in `{}`", entry.rule, entry.subject),
        }
    }
}
