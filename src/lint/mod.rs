//! The run: every rule over the facts of every key and policy, as one sorted list of findings.

mod baseline;
mod covered;
mod found;
mod loosened;
mod overrun;
mod own;
mod place;
mod selection;
mod stale;
mod suppress;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::document::{AsFact as _, Fact, Vocabulary};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::Catalogue;
use crate::text::SourceId;

pub use baseline::{Baseline, BaselineError, Found, baseline};
pub use loosened::{LoosenedConfiguration, Standing};
pub use overrun::Overrun;
pub use own::{
    CONFIGURATION_LOOSENED, EXPIRED_ACCEPTANCE, EXPIRED_SUPPRESSION, OUTDATED_FINGERPRINT,
    OWN_RULES, OwnRule, STALE_BASELINE, UNUSED_SUPPRESSION, own_severity,
};
pub use selection::{NoSuchRule, Selection};
pub use stale::BaselineFile;
pub use suppress::{Suppressed, Suppressions};

use found::{MOST_RELATED, finding};
use place::Files;

/// Runs the rules over all facts, on all cores; the findings are sorted by file, position
/// and rule.
pub fn run_all(facts: &[Facts], catalogue: &Catalogue) -> Vec<Finding> {
    let findings = facts.par_iter().map(|facts| run(facts, catalogue));
    together(findings.collect())
}

/// As [`try_run`]; that a selector takes too long, so that nobody knows what it would find, is an
/// error that its rule finds.
pub fn run(facts: &Facts, catalogue: &Catalogue) -> Vec<Finding> {
    try_run(facts, catalogue).unwrap_or_else(|overrun| vec![overrun.finding(facts)])
}

/// Runs the rules over the facts of one key or policy; the findings are sorted by file, position
/// and rule. Where a template can be read in two ways, they are those of both.
///
/// # Errors
/// Where a selector takes too long.
pub fn try_run(facts: &Facts, catalogue: &Catalogue) -> Result<Vec<Finding>, Overrun> {
    let document = facts.as_fact();
    let files = Files::of(facts, &document);
    let mut findings = sorted(select(&document, &facts.words(), &files, catalogue)?);
    if let Some(other) = &facts.other_reading {
        let other = Facts {
            key: facts.key.clone(),
            ..(**other).clone()
        };
        let others = try_run(&other, catalogue)?;
        findings.retain(|own| {
            let same =
                |other: &Finding| other.rule == own.rule && other.primary.at == own.primary.at;
            others.iter().any(same)
        });
    }
    Ok(findings)
}

/// The findings of several runs as one sorted list.
pub fn together(findings: Vec<Vec<Finding>>) -> Vec<Finding> {
    sorted(findings.into_iter().flatten().collect())
}

/// Runs the rules over facts that are a document already.
///
/// # Errors
/// As [`try_run`].
pub fn run_document(
    facts: &Fact<'_>,
    files: &[SourceId],
    catalogue: &Catalogue,
) -> Result<Vec<Finding>, Overrun> {
    let files = Files::new(facts, files);
    Ok(sorted(select(facts, &facts.words(), &files, catalogue)?))
}

fn select(
    facts: &Fact<'_>,
    words: &Vocabulary,
    files: &Files<'_, '_>,
    catalogue: &Catalogue,
) -> Result<Vec<Finding>, Overrun> {
    let mut findings = Vec::new();
    for found in catalogue.selectors() {
        if !found.selector.may_select(words) {
            continue;
        }
        let Some(rule) = catalogue.rules().get(found.rule) else {
            continue;
        };
        let overrun = |steps| Overrun {
            rule: rule.id.shared(),
            steps,
        };
        for node in found.selector.select(facts).map_err(overrun)? {
            findings.push(finding((rule, found.severity), &node, files).map_err(overrun)?);
        }
    }
    Ok(findings)
}

/// Sorts, and makes one finding of those that say the same about the same bytes: one statement
/// may give the same permission to several principals.
fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|one, two| key(one).cmp(&key(two)));
    findings.dedup_by(|next, kept| {
        let same = key(next) == key(kept);
        if same {
            kept.severity = kept.severity.max(next.severity);
            let more = next.related.drain(..);
            kept.related.extend(more.take(room(kept)));
            kept.principals.append(&mut next.principals);
        }
        same
    });
    for finding in &mut findings {
        if finding.principals.len() > 1 {
            finding.principals.sort_unstable();
            finding.principals.dedup();
        }
        if finding.related.len() > 1 {
            let mut seen = BTreeSet::new();
            let is_new: Vec<_> = finding
                .related
                .iter()
                .map(|label| seen.insert((label.at, label.text.as_str())))
                .collect();
            let mut is_new = is_new.into_iter();
            finding.related.retain(|_| is_new.next() == Some(true));
        }
    }
    findings
}

/// How many places a finding may still show: nobody looks at a thousand, and as many findings may
/// each have as many.
fn room(finding: &Finding) -> usize {
    MOST_RELATED.saturating_sub(finding.related.len())
}

fn key(finding: &Finding) -> impl Ord + '_ {
    let primary = finding.primary.at;
    (
        primary,
        &*finding.rule,
        finding.message.as_str(),
        &*finding.subject,
    )
}

#[cfg(test)]
mod tests;
