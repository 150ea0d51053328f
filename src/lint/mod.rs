//! The run: every rule over the facts of every key and policy, as one sorted list of findings.

mod baseline;
mod found;
mod own;
mod place;
mod selection;
mod suppress;

use rayon::prelude::*;

use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::{Catalogue, Document, DocumentError, Rule};
use crate::source::SourceId;

pub use baseline::{Baseline, BaselineError, baseline};
pub use own::{EXPIRED_SUPPRESSION, OWN_RULES, OwnRule, UNUSED_SUPPRESSION};
pub use selection::{NoSuchRule, Selection};
pub use suppress::{Suppressed, Suppressions};

use found::finding;
use place::Files;

/// Why rules could not be run; findings must not be taken for complete.
#[derive(Debug, thiserror::Error)]
#[error("the facts of `{subject}` cannot be written as JSON")]
pub struct LintError {
    /// The key or policy.
    pub subject: String,
    /// Why.
    #[source]
    pub error: DocumentError,
}

/// Runs the rules over all facts, on all cores; the findings are sorted by file, position
/// and rule.
///
/// # Errors
/// Where facts cannot be written as JSON.
pub fn run_all(facts: &[Facts], catalogue: &Catalogue) -> Result<Vec<Finding>, LintError> {
    let findings = facts.par_iter().map(|facts| run(facts, catalogue));
    findings.collect::<Result<Vec<_>, _>>().map(together)
}

/// Runs the rules over the facts of one key or policy; the findings are sorted by file, position
/// and rule.
///
/// # Errors
/// Where the facts cannot be written as JSON.
pub fn run(facts: &Facts, catalogue: &Catalogue) -> Result<Vec<Finding>, LintError> {
    let document = Document::new(facts).map_err(|error| LintError {
        subject: facts.subject.clone(),
        error,
    })?;
    Ok(run_document(&document, &facts.source_ids, catalogue))
}

/// The findings of several runs as one sorted list.
pub fn together(findings: Vec<Vec<Finding>>) -> Vec<Finding> {
    sorted(findings.into_iter().flatten().collect())
}

/// Runs the rules over facts that are a document already; see [`run`].
pub fn run_document(facts: &Document, files: &[SourceId], catalogue: &Catalogue) -> Vec<Finding> {
    sorted(select(facts, files, catalogue))
}

fn select(facts: &Document, files: &[SourceId], catalogue: &Catalogue) -> Vec<Finding> {
    let files = Files::new(facts.root(), files);
    let found = |rule: &Rule| {
        let selectors = rule.selectors.iter();
        let selectors = selectors.filter(|s| s.may_select(facts));
        let nodes = selectors.flat_map(|s| s.select(facts.root()));
        nodes
            .map(|node| finding(rule, &node, &files))
            .collect::<Vec<_>>()
    };
    catalogue.rules().iter().flat_map(found).collect()
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
        finding.rule.as_str(),
        finding.message.as_str(),
        finding.subject.as_str(),
    )
}

#[cfg(test)]
mod tests;
