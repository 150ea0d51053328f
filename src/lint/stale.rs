//! Entries of a baseline that match no finding any more.

use std::collections::BTreeSet;

use crate::finding::{Confidence, Finding, Fingerprints, Label, Subject, first_names};
use crate::text::{Location, SourceId, Sources, Span};

use super::baseline::{Baseline, Entry, Found};
use super::own::{OUTDATED_FINGERPRINT, OwnRule, STALE_BASELINE};
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
    /// What is to be said of entries for which nothing is found although this run could have found it;
    /// suppressed findings are found.
    pub fn stale(&self, found: &Found) -> Option<Finding> {
        let entries = self.baseline.beside(found);
        let file = self.sources.get(self.source)?;
        let mut labels = entries
            .into_iter()
            .filter_map(|entry| self.looked_for(entry))
            .map(|entry| self.label(&entry, file.text()))
            .collect::<Vec<_>>();
        labels.sort_by_key(|label| label.at);
        let (primary, related) = labels.split_first()?;
        let message = match labels.len() {
            1 => "an entry of the baseline holds what is no longer found".to_owned(),
            count => format!("{count} entries of the baseline hold what is no longer found"),
        };
        let help =
            "write the baseline anew with `--write-baseline`, or remove what is no longer found";
        self.told(STALE_BASELINE, message, help.to_owned(), (primary, related))
    }

    /// What is to be said of a baseline of version 1.
    pub fn outdated(&self, path: &str) -> Option<Finding> {
        if !self.baseline.is_earlier() {
            return None;
        }
        let message = "the baseline is of version 1, whose entries do not record the keys and principals that \
                       they cover";
        let help = format!("run `kmslint baseline migrate {path}` with the paths that are checked");
        let primary = Label {
            at: Location {
                source: self.source,
                span: Span::default(),
            },
            text: "".into(),
        };
        self.told(
            OUTDATED_FINGERPRINT,
            message.to_owned(),
            help,
            (&primary, &[]),
        )
    }

    fn told(
        &self,
        rule: OwnRule,
        message: String,
        help: String,
        (primary, related): (&Label, &[Label]),
    ) -> Option<Finding> {
        Some(Finding {
            rule: rule.id.into(),
            severity: self.selection.severity(rule.id, rule.severity)?,
            confidence: Confidence::High,
            subject: Subject::file(self.sources.get(self.source)?.name()),
            message,
            help: help.into(),
            reference: "".into(),
            primary: primary.clone(),
            related: related.to_vec(),
            statement: None,
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        })
    }

    /// Of what is not found, what this run could have found.
    fn looked_for(&self, mut entry: Entry) -> Option<Entry> {
        self.selection
            .severity(&entry.rule, STALE_BASELINE.severity)?;
        if !self.whole {
            entry
                .subjects
                .retain(|subject| self.checked.contains(subject));
        }
        let is_left = !entry.subjects.is_empty() || (self.whole && !entry.principals.is_empty());
        is_left.then_some(entry)
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
            text: words(entry).into(),
        }
    }
}

/// Subjects and principals that a label names.
const MOST_NAMED: usize = 3;

/// What of an entry is not found.
fn words(entry: &Entry) -> String {
    let (of, all) = if entry.subjects.is_empty() {
        ("for", &entry.principals)
    } else {
        ("in", &entry.subjects)
    };
    format!("`{}` {of} {}", entry.rule, first_names(all, MOST_NAMED))
}
