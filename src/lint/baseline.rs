//! A baseline: the findings of one day, from which a team starts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Fingerprint};
use crate::text::Root;

use super::covered::Cover;

/// Version of the file's form.
const VERSION: u8 = 2;

/// Findings that are known and not shown again.
#[derive(Clone, Debug)]
pub struct Baseline {
    version: u8,
    entries: BTreeMap<Fingerprint, Vec<Entry>>,
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

/// Which version a file has.
#[derive(Debug, Deserialize)]
struct Versioned {
    version: u8,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<E> {
    #[expect(dead_code, reason = "it was looked at before")]
    version: u8,
    findings: Vec<E>,
}

/// The defect of one statement, with the subjects and principals for which it was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// For people who read a difference: the fingerprint includes it.
    pub(super) rule: String,
    /// Of the defect; in version 1 of the finding.
    pub(super) fingerprint: String,
    /// ARNs of keys, and files.
    pub(super) subjects: BTreeSet<String>,
    /// ARNs; empty where the defect concerns none.
    pub(super) principals: BTreeSet<String>,
}

/// An entry of version 1: one finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EarlierEntry {
    subject: String,
    rule: String,
    fingerprint: String,
}

impl From<EarlierEntry> for Entry {
    fn from(entry: EarlierEntry) -> Self {
        Self {
            rule: entry.rule,
            fingerprint: entry.fingerprint,
            subjects: BTreeSet::from([entry.subject]),
            principals: BTreeSet::new(),
        }
    }
}

impl Baseline {
    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// Where it is not what [`baseline`] writes, or wrote in version 1.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let version = serde_json::from_str::<Versioned>(text)?.version;
        let written: Vec<Entry> = match version {
            VERSION => serde_json::from_str::<Written<_>>(text)?.findings,
            1 => {
                let written: Written<EarlierEntry> = serde_json::from_str(text)?;
                written.findings.into_iter().map(Entry::from).collect()
            }
            other => return Err(BaselineError::Version(other)),
        };
        let mut entries = BTreeMap::<_, Vec<_>>::new();
        for entry in written {
            let text = &entry.fingerprint;
            let refused = || BaselineError::Fingerprint(text.escape_default().to_string());
            let fingerprint = Fingerprint::parse(text).ok_or_else(refused)?;
            entries.entry(fingerprint).or_default().push(entry);
        }
        Ok(Self { version, entries })
    }

    /// Whether it is of version 1, in which each finding has an entry with a fingerprint of its own.
    pub const fn is_earlier(&self) -> bool {
        self.version < VERSION
    }

    /// Takes the findings that it holds out of `findings`. Of a finding that it holds for some of its
    /// principals only, the others are told. The findings of a baseline of version 1 need their earlier
    /// fingerprints.
    pub fn take(&self, findings: &mut Vec<Finding>, root: &Root) -> Vec<Finding> {
        let held = |finding: &mut Finding| match self.cover(finding, root) {
            Cover::None => false,
            Cover::Partly(new) => {
                finding.mark_new(new);
                false
            }
            Cover::Whole => true,
        };
        findings.extract_if(.., held).collect()
    }

    fn cover(&self, finding: &Finding, root: &Root) -> Cover {
        let Some(entries) = self
            .fingerprint(finding)
            .and_then(|of| self.entries.get(&of))
        else {
            return Cover::None;
        };
        if self.is_earlier() {
            return Cover::Whole;
        }
        let subject = finding.subject.name_from(root);
        let of_subject = || {
            entries
                .iter()
                .filter(|entry| entry.subjects.contains(&subject))
        };
        if of_subject().next().is_none() {
            return Cover::None;
        }
        Cover::of(&finding.principals, |principal| {
            of_subject().any(|entry| entry.principals.contains(principal))
        })
    }

    /// The fingerprint by which it knows a finding.
    fn fingerprint(&self, finding: &Finding) -> Option<Fingerprint> {
        if self.is_earlier() {
            return finding
                .fingerprints
                .earlier
                .as_ref()
                .map(|earlier| earlier.finding);
        }
        Some(finding.fingerprints.defect)
    }

    /// How much it leaves out that the other does not: entries, or subjects and principals of entries. None
    /// where the two are of different versions and cannot be compared.
    pub fn beyond(&self, other: &Self) -> Option<usize> {
        if self.version != other.version {
            return None;
        }
        let pairs = |baseline: &Self| -> BTreeSet<(Fingerprint, String, String)> {
            let entries = baseline.entries.iter();
            let entries = entries.flat_map(|(of, entries)| entries.iter().map(move |e| (*of, e)));
            let pairs = entries.flat_map(|(of, entry)| {
                let whole = entry.principals.is_empty().then(String::new);
                let principals = entry.principals.iter().cloned().chain(whole);
                let principals: Vec<_> = principals.collect();
                let subjects = entry.subjects.iter();
                subjects.flat_map(move |subject| {
                    let principals = principals.clone().into_iter();
                    principals.map(move |principal| (of, subject.clone(), principal))
                })
            });
            pairs.collect()
        };
        Some(pairs(self).difference(&pairs(other)).count())
    }

    /// How many of its entries are not found any more, in whole or in part.
    pub fn unmatched(&self, found: &Found) -> usize {
        self.beside(found).len()
    }

    /// What of its entries is not found any more: entries with the subjects and principals for which
    /// nothing is found.
    pub(super) fn beside(&self, found: &Found) -> Vec<Entry> {
        let entries = self.entries.iter();
        let entries = entries.flat_map(|(of, entries)| entries.iter().map(move |e| (of, e)));
        let beside = entries.filter_map(|(of, entry)| {
            if self.is_earlier() {
                let is_found = found.earlier.contains(of);
                return (!is_found).then(|| entry.clone());
            }
            let is_found = |subject: &str, principal: &str| {
                let of_subject = found.defects.get(&(*of, subject.to_owned()));
                of_subject.is_some_and(|of| principal.is_empty() || of.contains(principal))
            };
            let subjects: BTreeSet<_> = entry
                .subjects
                .iter()
                .filter(|subject| !is_found(subject, ""))
                .cloned()
                .collect();
            let rest = || {
                entry
                    .subjects
                    .iter()
                    .filter(|subject| !subjects.contains(*subject))
            };
            let principals: BTreeSet<_> = entry
                .principals
                .iter()
                .filter(|principal| {
                    rest().next().is_some() && !rest().any(|of| is_found(of, principal))
                })
                .cloned()
                .collect();
            let is_whole = subjects.is_empty() && principals.is_empty();
            (!is_whole).then(|| Entry {
                subjects,
                principals,
                ..entry.clone()
            })
        });
        beside.collect()
    }
}

/// Everything that a run found, suppressed or not, as baselines know it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By defect and subject the principals.
    defects: BTreeMap<(Fingerprint, String), BTreeSet<String>>,
    /// Fingerprints of version 1.
    earlier: BTreeSet<Fingerprint>,
}

impl Found {
    /// These findings, which have their fingerprints.
    pub fn of(findings: &[Finding], root: &Root) -> Self {
        let mut found = Self::default();
        for finding in findings {
            let fingerprints = &finding.fingerprints;
            found
                .earlier
                .extend(fingerprints.earlier.as_ref().map(|of| of.finding));
            let key = (fingerprints.defect, finding.subject.name_from(root));
            let principals = found.defects.entry(key).or_default();
            principals.extend(finding.principals.iter().cloned());
        }
        found
    }
}

/// The text of a baseline that holds these findings: the same for the same findings, one line for
/// each defect and set of principals, so that a difference reads well.
///
/// # Errors
/// None in practice: a baseline is strings and a number.
pub fn baseline(findings: &[Finding], root: &Root) -> serde_json::Result<String> {
    // Only what was found for a subject is held for it: keys with other principals are other entries.
    let mut principals = BTreeMap::<(&str, Fingerprint, String), BTreeSet<&String>>::new();
    for finding in findings {
        let key = (
            &*finding.rule,
            finding.fingerprints.defect,
            finding.subject.name_from(root),
        );
        principals
            .entry(key)
            .or_default()
            .extend(&finding.principals);
    }
    let mut alike = BTreeMap::<(&str, Fingerprint, BTreeSet<&String>), BTreeSet<String>>::new();
    for ((rule, defect, subject), of) in principals {
        alike.entry((rule, defect, of)).or_default().insert(subject);
    }
    let entries = alike
        .into_iter()
        .map(|((rule, defect, principals), subjects)| Entry {
            rule: rule.to_owned(),
            fingerprint: defect.to_string(),
            subjects,
            principals: principals.into_iter().cloned().collect(),
        });
    let entries: BTreeSet<Entry> = entries.collect();
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
            r#"{"version":3,"findings":[]}"#,
            r#"{"version":1}"#,
            r#"{"version":1,"findings":[{"subject":"","rule":"","fingerprint":"0"}]}"#,
            r#"{"version":2,"findings":[{"subject":"","rule":"","fingerprint":"0"}]}"#,
            r#"{"version":1,"findings":[],"x":1}"#,
            r#"{"version":2,"findings":[],"x":1}"#,
        ] {
            assert!(Baseline::parse(text).is_err(), "{text}");
        }
        for version in [1, 2] {
            let text = format!("{{\"version\":{version},\"findings\":[]}}");
            assert_eq!(Baseline::parse(&text).unwrap().is_earlier(), version == 1);
        }
    }

    #[test]
    fn what_one_baseline_leaves_out_beyond_another_is_counted() {
        let of = |subjects: &str, principals: &str| {
            let fingerprint = "0".repeat(32);
            let text = format!(
                r#"{{"version":2,"findings":[{{"rule":"r","fingerprint":"{fingerprint}","subjects":{subjects},"principals":{principals}}}]}}"#
            );
            Baseline::parse(&text).unwrap()
        };
        let less = of(r#"["a"]"#, r#"["p"]"#);
        assert_eq!(of(r#"["a","b"]"#, r#"["p"]"#).beyond(&less), Some(1));
        assert_eq!(of(r#"["a"]"#, r#"["p","q"]"#).beyond(&less), Some(1));
        assert_eq!(less.beyond(&of(r#"["a","b"]"#, r#"["p"]"#)), Some(0));
        let earlier = Baseline::parse(r#"{"version":1,"findings":[]}"#).unwrap();
        assert_eq!(less.beyond(&earlier), None);
    }
}
