//! Findings that are not shown: suppressed ones, and those of the baseline.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::config::Date;
use crate::finding::{Finding, Fingerprint, Subjects, fingerprint};
use crate::lint::{
    Baseline, BaselineFile, OWN_RULES, Selection, Suppressed, Suppressions, baseline,
};
use crate::source::{SourceFile, SourceId, read};

use super::gather::Gathered;
use super::{Failure, clock};

/// What is not shown.
#[derive(Debug, Default, Args)]
pub(super) struct LeaveOutArguments {
    /// Leave out the findings that this file holds.
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,
    /// Write all findings to this file and leave them out: a start for a team that has many.
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// The day to take for today where suppressions expire, for example 2027-01-31.
    #[arg(long, value_name = "DATE", value_parser = clock::parse)]
    now: Option<Date>,
}

/// What was left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    /// What suppressions cover, with their reasons.
    pub(super) suppressed: Vec<Suppressed>,
    /// What the baseline holds.
    pub(super) in_baseline: Vec<Finding>,
}

impl LeaveOutArguments {
    /// Takes them out of `findings`, which must have their fingerprints; adds what is to be said
    /// of suppressions.
    pub(super) fn apply(
        &self,
        findings: &mut Vec<Finding>,
        gathered: &mut Gathered,
        selection: &Selection,
    ) -> Result<LeftOut, Failure> {
        let mut left_out = LeftOut::default();
        if let Some(source) = gathered.config_source {
            let suppressions = Suppressions {
                config: &gathered.config,
                source,
                sources: &gathered.loaded.sources,
                today: self.now.unwrap_or_else(clock::today),
                checked: &gathered.checked,
                whole: gathered.whole,
                selection,
            };
            left_out.suppressed = suppressions.apply(findings);
        }
        if let Some(path) = &self.baseline {
            let (file, baseline) = read_baseline(path)?;
            left_out.in_baseline = baseline.take(findings);
            let source = gathered.loaded.sources.add(file);
            let suppressed = left_out.suppressed.iter().map(|s| &s.finding);
            let found = left_out.in_baseline.iter().chain(suppressed);
            let found = found.map(|finding| finding.fingerprints.finding).collect();
            let mut stale: Vec<_> = stale(&baseline, source, gathered, selection, &found)
                .into_iter()
                .collect();
            fingerprint(&mut stale, &gathered.loaded.sources, &gathered.config.root);
            findings.extend(stale);
        }
        if let Some(path) = &self.write_baseline {
            // What could not be read may hold more findings than are known here.
            if gathered.failures.is_empty() {
                left_out.in_baseline = write(path, findings, gathered)?;
            }
        }
        Ok(left_out)
    }
}

/// What is to be said of entries that match no finding.
fn stale(
    baseline: &Baseline,
    source: SourceId,
    gathered: &Gathered,
    selection: &Selection,
    found: &BTreeSet<Fingerprint>,
) -> Option<Finding> {
    let root = &gathered.config.root;
    let checked = gathered.checked.iter();
    let checked = checked.flat_map(|subject| [subject.clone(), root.relative(subject)]);
    // What could not be read may hold what is not found.
    if !gathered.failures.is_empty() {
        return None;
    }
    let file = BaselineFile {
        baseline,
        source,
        sources: &gathered.loaded.sources,
        checked: &checked.collect(),
        whole: gathered.whole,
        selection,
    };
    file.stale(found)
}

fn read_baseline(path: &Path) -> Result<(SourceFile, Baseline), Failure> {
    let refused = |reason: &dyn std::fmt::Display| {
        Failure::usage(format!(
            "cannot read the baseline `{}`: {reason}",
            path.display()
        ))
    };
    let file = read(path).map_err(|error| refused(&error))?;
    let baseline = Baseline::parse(file.text()).map_err(|error| refused(&error))?;
    Ok((file, baseline))
}

/// Writes what is found about policies; what is found about suppressions is no start for anyone.
fn write(
    path: &Path,
    findings: &mut Vec<Finding>,
    gathered: &Gathered,
) -> Result<Vec<Finding>, Failure> {
    let is_policy = |finding: &mut Finding| OWN_RULES.iter().all(|own| own.id != &*finding.rule);
    let taken: Vec<_> = findings.extract_if(.., is_policy).collect();
    let subjects = Subjects::new(&gathered.loaded.sources, &gathered.config.root);
    let text = baseline(&taken, &subjects).map_err(Failure::usage)?;
    fs::write(path, text).map_err(|error| {
        Failure::usage(format!(
            "cannot write the baseline `{}`: {error}",
            path.display()
        ))
    })?;
    Ok(taken)
}
