//! The run: every rule over the facts of every key and policy, as one sorted list of findings.

mod baseline;
mod found;
mod loosened;
mod own;
mod place;
mod selection;
mod stale;
mod suppress;

use rayon::prelude::*;

use crate::document::{AsFact as _, Fact, Vocabulary};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::Catalogue;
use crate::source::SourceId;

pub use baseline::{Baseline, BaselineError, baseline};
pub use loosened::{LoosenedConfiguration, Standing};
pub use own::{
    CONFIGURATION_LOOSENED, EXPIRED_SUPPRESSION, OWN_RULES, OwnRule, STALE_BASELINE,
    UNUSED_SUPPRESSION, own_severity,
};
pub use selection::{NoSuchRule, Selection};
pub use stale::BaselineFile;
pub use suppress::{Suppressed, Suppressions};

use found::finding;
use place::Files;

/// Runs the rules over all facts, on all cores; the findings are sorted by file, position
/// and rule.
pub fn run_all(facts: &[Facts], catalogue: &Catalogue) -> Vec<Finding> {
    let findings = facts.par_iter().map(|facts| run(facts, catalogue));
    together(findings.collect())
}

/// Runs the rules over the facts of one key or policy; the findings are sorted by file, position
/// and rule. Where a template can be read in two ways, they are those of both.
pub fn run(facts: &Facts, catalogue: &Catalogue) -> Vec<Finding> {
    let document = facts.as_fact();
    let files = Files::of(facts, &document);
    let mut findings = sorted(select(&document, &facts.words(), &files, catalogue));
    if let Some(other) = &facts.other_reading {
        let other = Facts {
            key: facts.key.clone(),
            ..(**other).clone()
        };
        let others = run(&other, catalogue);
        findings.retain(|own| {
            let same =
                |other: &Finding| other.rule == own.rule && other.primary.at == own.primary.at;
            others.iter().any(same)
        });
    }
    findings
}

/// The findings of several runs as one sorted list.
pub fn together(findings: Vec<Vec<Finding>>) -> Vec<Finding> {
    sorted(findings.into_iter().flatten().collect())
}

/// Runs the rules over facts that are a document already; see [`run`].
pub fn run_document(facts: &Fact<'_>, files: &[SourceId], catalogue: &Catalogue) -> Vec<Finding> {
    let files = Files::new(facts, files);
    sorted(select(facts, &facts.words(), &files, catalogue))
}

fn select(
    facts: &Fact<'_>,
    words: &Vocabulary,
    files: &Files<'_, '_>,
    catalogue: &Catalogue,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in catalogue.rules() {
        for selector in &rule.selectors {
            if selector.may_select(facts, words) {
                let nodes = selector.select(facts);
                findings.extend(nodes.iter().map(|node| finding(rule, node, files)));
            }
        }
    }
    findings
}

/// Sorts, and makes one finding of those that say the same about the same bytes: one statement
/// may give the same permission to several principals.
fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|one, two| key(one).cmp(&key(two)));
    findings.dedup_by(|next, kept| {
        let same = key(next) == key(kept);
        if same {
            for label in next.related.drain(..) {
                if !kept.related.contains(&label) {
                    kept.related.push(label);
                }
            }
        }
        same
    });
    findings
}

fn key(finding: &Finding) -> impl Ord + '_ {
    let primary = finding.primary.at;
    (
        primary,
        &*finding.rule,
        finding.message.as_str(),
        finding.subject.as_str(),
    )
}

#[cfg(test)]
mod tests;
