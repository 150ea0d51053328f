//! A baseline: the findings of one day, from which a team starts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Fingerprint, Subjects};

/// Version of the file's form.
const VERSION: u8 = 1;

/// Findings that are known and not shown again.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: BTreeMap<Fingerprint, Entry>,
}

/// What is wrong with the text of a baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not the JSON that `--write-baseline` writes.
    #[error("it is not what `--write-baseline` writes: {0}")]
    Shape(#[from] serde_json::Error),
    /// Another version of kmslint wrote it.
    #[error("its version is {0}, not {VERSION}")]
    Version(u8),
    /// What should be a fingerprint is none.
    #[error("`{0}` is not a fingerprint")]
    Fingerprint(String),
}

/// The file. Only fingerprints count; rule and subject are for people who read a difference.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u8,
    findings: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) subject: String,
    pub(super) rule: String,
    pub(super) fingerprint: String,
}

impl Baseline {
    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// Where it is not what [`baseline`] writes.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let written: Written = serde_json::from_str(text)?;
        if written.version != VERSION {
            return Err(BaselineError::Version(written.version));
        }
        let parse = |entry: Entry| {
            let text = &entry.fingerprint;
            let refused = || BaselineError::Fingerprint(text.escape_default().to_string());
            Ok((Fingerprint::parse(text).ok_or_else(refused)?, entry))
        };
        let entries = written.findings.into_iter().map(parse);
        Ok(Self {
            entries: entries.collect::<Result<_, BaselineError>>()?,
        })
    }

    /// Takes the findings that it holds out of `findings`.
    pub fn take(&self, findings: &mut Vec<Finding>) -> Vec<Finding> {
        let held = |finding: &mut Finding| self.entries.contains_key(&finding.fingerprints.finding);
        findings.extract_if(.., held).collect()
    }

    /// How many entries it holds that the other does not.
    pub fn beyond(&self, other: &Self) -> usize {
        let entries = self.entries.keys();
        entries
            .filter(|fingerprint| !other.entries.contains_key(fingerprint))
            .count()
    }

    /// The entries that are none of these findings.
    pub(super) fn beside(&self, found: &BTreeSet<Fingerprint>) -> Vec<&Entry> {
        let entries = self.entries.iter();
        let beside = entries.filter(|(fingerprint, _)| !found.contains(fingerprint));
        beside.map(|(_, entry)| entry).collect()
    }
}

/// The text of a baseline that holds these findings: the same for the same findings, one line for
/// each, so that a difference reads well.
///
/// # Errors
/// None in practice: a baseline is strings and a number.
pub fn baseline(findings: &[Finding], subjects: &Subjects<'_>) -> serde_json::Result<String> {
    let entry = |finding: &Finding| Entry {
        subject: subjects.name(finding),
        rule: finding.rule.to_string(),
        fingerprint: finding.fingerprints.finding.to_string(),
    };
    let entries: BTreeSet<Entry> = findings.iter().map(entry).collect();
    let lines: Result<Vec<_>, _> = entries.iter().map(serde_json::to_string).collect();
    let lines = lines?.join(",\n    ");
    let list = if lines.is_empty() {
        "[]".to_owned()
    } else {
        format!("[\n    {lines}\n  ]")
    };
    Ok(format!(
        "{{\n  \"version\": {VERSION},\n  \"findings\": {list}\n}}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_baseline_is_refused() {
        for text in [
            "",
            "[]",
            r#"{"version":2,"findings":[]}"#,
            r#"{"version":1}"#,
            r#"{"version":1,"findings":[{"subject":"","rule":"","fingerprint":"0"}]}"#,
            r#"{"version":1,"findings":[],"x":1}"#,
        ] {
            assert!(Baseline::parse(text).is_err(), "{text}");
        }
        assert!(Baseline::parse(r#"{"version":1,"findings":[]}"#).is_ok());
    }
}
