//! Safe fixes for the reports of `kmslint check`.

use std::collections::BTreeMap;

use crate::cli::gather::Gathered;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::fix::{FixKind, Proposal};
use crate::lint;
use crate::report::Fixable;
use crate::rule::Catalogue;

use super::workshop;

/// So many findings are proven at most where they are only counted; fewer where there are many
/// users and roles, each of whom every proof asks about.
const MOST_PROVEN: usize = 1_000;

/// So many pairs of a finding and a user or role are proven at most, but for [`LEAST_PROVEN`].
const MOST_PAIRS: usize = 20_000;

/// So many findings are proven however many users and roles there are.
const LEAST_PROVEN: usize = 10;

/// The safe fixes of these findings; none where an input could not be read, as what they do would
/// not be proven.
pub(in crate::cli) fn safe_fixes(
    gathered: &Gathered,
    catalogue: &Catalogue,
    findings: &[Finding],
) -> Vec<Proposal> {
    if !gathered.failures.is_empty() || findings.is_empty() {
        return Vec::new();
    }
    let kinds = kinds(catalogue);
    let kind = |finding: &Finding| kinds.get(&*finding.rule).copied();
    let check = |facts: &Facts| lint::run(facts, catalogue);
    let proposals = workshop(gathered, &check).propose(findings, &kind).left;
    proposals.into_iter().filter(Proposal::is_safe).collect()
}

/// How many of these findings have a safe fix; nothing where that cannot be known.
pub(in crate::cli) fn fixable(
    gathered: &Gathered,
    catalogue: &Catalogue,
    findings: &[Finding],
) -> Option<Fixable> {
    if !gathered.failures.is_empty() {
        return None;
    }
    let people = gathered.loaded.inventory.principals.len();
    let most = MOST_PAIRS
        .checked_div(people)
        .map_or(MOST_PROVEN, |most| most.clamp(LEAST_PROVEN, MOST_PROVEN));
    let kinds = kinds(catalogue);
    let mut with_kind = findings.iter().enumerate();
    let mut with_kind = with_kind
        .by_ref()
        .filter(|(_, finding)| kinds.contains_key(&*finding.rule));
    let end = with_kind.nth(most).map(|(position, _)| position);
    let proven = findings
        .get(..end.unwrap_or(findings.len()))
        .unwrap_or_default();
    let fixes = safe_fixes(gathered, catalogue, proven);
    Some(Fixable {
        proven: fixes.iter().map(|proposal| proposal.findings.len()).sum(),
        at_least: end.is_some(),
    })
}

/// The fix of each rule that has one.
pub(super) fn kinds(catalogue: &Catalogue) -> BTreeMap<String, FixKind> {
    let rules = catalogue.rules().iter();
    let kind = rules.filter_map(|rule| {
        let kind = FixKind::from_name(rule.fix.as_deref()?)?;
        Some((rule.id.to_string(), kind))
    });
    kind.collect()
}
