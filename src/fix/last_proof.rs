//! The last proof: everything is read again as it will be, and checked as a whole.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::project::Checked;
use crate::text::Overlay;

use super::Repaired;

/// Why the edits must not be made, although each was proven by itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// An edited file cannot be read.
    #[error("the edited files cannot be read again: {0}")]
    Unreadable(String),
    /// An edited file is not what it was.
    #[error("a file would not be recognised any more, so nothing is changed")]
    Unrecognized,
    /// What a safe fix was to mend is still found.
    #[error(
        "the finding of `{rule}` about `{subject}` is still there when all is read again, so nothing \
         is changed"
    )]
    StillThere {
        /// The rule.
        rule: String,
        /// What the finding is about.
        subject: String,
    },
}

/// What was read must be read again, and the findings of safe fixes must be gone.
///
/// # Errors
/// The first thing that is not so.
pub(super) fn prove(checked: &Checked, outcome: &Repaired) -> Result<(), Unproven> {
    if outcome.files.is_empty() {
        return Ok(());
    }
    let loaded = &checked.project.loaded;
    let mut edits = Overlay::default();
    for (source, text) in &outcome.files {
        if let Some(file) = loaded.sources.get(*source) {
            edits.put(file.name(), text.as_bytes());
        }
    }
    let edited = checked.project.with(&edits);
    let after = &edited.loaded;
    if after.errors.len() > loaded.errors.len()
        && let Some(error) = after.errors.last()
    {
        return Err(Unproven::Unreadable(error.to_string()));
    }
    if after.recognized < loaded.recognized {
        return Err(Unproven::Unrecognized);
    }
    let (left, _, overruns) = edited.find(&checked.catalogue);
    if let Some(overrun) = overruns.first() {
        return Err(Unproven::Unreadable(overrun.to_string()));
    }
    let [all, found, remaining] = [&checked.findings, &outcome.found, &outcome.remaining];
    let [left, all, found, remaining] = [&left, all, found, remaining].map(|list| counts(list));
    let safe = outcome.done.iter().filter(|proposal| proposal.is_safe());
    for fixed in safe.flat_map(|proposal| &proposal.findings) {
        let count = |counts: &Counts<'_>| counts.get(&Said::by(fixed)).copied().unwrap_or_default();
        // What is said of policies that were not repaired stays.
        let of_others = count(&all).saturating_sub(count(&found));
        if count(&left) > of_others.saturating_add(count(&remaining)) {
            return Err(Unproven::StillThere {
                rule: fixed.rule.to_string(),
                subject: fixed.subject.to_string(),
            });
        }
    }
    Ok(())
}

/// What tells a finding from others, wherever it stands, and of however many days it tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Said<'a> {
    rule: &'a str,
    subject: &'a str,
    values: String,
    identity: &'a str,
}

impl<'a> Said<'a> {
    pub(super) fn by(finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule,
            subject: finding.subject.as_str(),
            values: finding.told(),
            identity: &finding.identity,
        }
    }
}

/// How often each thing is said.
type Counts<'a> = BTreeMap<Said<'a>, usize>;

fn counts(findings: &[Finding]) -> Counts<'_> {
    let mut counts = Counts::new();
    for finding in findings {
        let count = counts.entry(Said::by(finding)).or_default();
        *count = count.saturating_add(1);
    }
    counts
}
