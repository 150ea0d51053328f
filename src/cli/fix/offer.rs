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

/// How much is proven at most: a proof reads the whole file again and asks about every user and role.
struct Budget {
    /// Findings.
    findings: usize,
    /// Pairs of a finding and a user or role.
    pairs: usize,
    /// Bytes of the files of the findings; what is proven is kept with the text that it leads to.
    bytes: usize,
}

/// Where findings are only counted, beside a report that must not wait for it.
const COUNTED: Budget = Budget {
    findings: 1_000,
    pairs: 20_000,
    bytes: 16 << 20,
};

/// Where fixes are offered with a report.
const OFFERED: Budget = Budget {
    findings: 10_000,
    pairs: 200_000,
    bytes: 64 << 20,
};

impl Budget {
    /// How many of the findings, those without a fix included, can be proven; the first one always.
    fn covers(
        &self,
        gathered: &Gathered,
        findings: &[Finding],
        kinds: &BTreeMap<String, FixKind>,
    ) -> usize {
        let people = gathered.loaded.inventory.principals.len();
        let (mut proven, mut pairs, mut bytes) = (0_usize, 0_usize, 0_usize);
        let mut fits = |finding: &Finding| {
            if !kinds.contains_key(&*finding.rule) {
                return true;
            }
            let file = gathered.loaded.sources.get(finding.primary.at.source);
            proven = proven.saturating_add(1);
            pairs = pairs.saturating_add(people);
            bytes = bytes.saturating_add(file.map_or(0, |file| file.text().len()));
            proven == 1 || (proven <= self.findings && pairs <= self.pairs && bytes <= self.bytes)
        };
        let first_left = findings.iter().position(|finding| !fits(finding));
        first_left.unwrap_or(findings.len())
    }
}

/// The safe fixes of these findings, as many as can be proven in reasonable time; none where an input
/// could not be read, as what they do would not be proven.
pub(in crate::cli) fn safe_fixes(
    gathered: &Gathered,
    catalogue: &Catalogue,
    findings: &[Finding],
) -> Vec<Proposal> {
    let kinds = kinds(catalogue);
    let end = OFFERED.covers(gathered, findings, &kinds);
    let provable = findings.get(..end).unwrap_or_default();
    prove(gathered, catalogue, provable, &kinds)
}

fn prove(
    gathered: &Gathered,
    catalogue: &Catalogue,
    findings: &[Finding],
    kinds: &BTreeMap<String, FixKind>,
) -> Vec<Proposal> {
    if !gathered.failures.is_empty() || findings.is_empty() {
        return Vec::new();
    }
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
    let kinds = kinds(catalogue);
    let end = COUNTED.covers(gathered, findings, &kinds);
    let fixes = prove(
        gathered,
        catalogue,
        findings.get(..end).unwrap_or_default(),
        &kinds,
    );
    Some(Fixable {
        proven: fixes.iter().map(|proposal| proposal.findings.len()).sum(),
        at_least: end < findings.len(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Fingerprints, Label, Severity};
    use crate::source::{Location, SourceFile, SourceId, Span};

    fn finding(source: SourceId, rule: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Warning,
            confidence: Confidence::High,
            subject: String::new(),
            message: String::new(),
            help: "".into(),
            reference: "".into(),
            primary: Label {
                at: Location {
                    source,
                    span: Span::default(),
                },
                text: String::new(),
            },
            related: Vec::new(),
            statement: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }
    }

    /// A proof keeps the text of the whole file: a thousand of a large one would fill the memory.
    #[test]
    fn no_more_is_proven_than_fits() {
        let mut gathered = Gathered::default();
        let sources = &mut gathered.loaded.sources;
        let small = sources.add(SourceFile::new("small", "x"));
        let large = sources.add(SourceFile::new("large", "x".repeat(10 << 20)));
        let kinds = BTreeMap::from([("mended".to_owned(), FixKind::AddResource)]);
        let many = |source, rule| vec![finding(source, rule); 1_200];
        let counted = |findings: &[Finding]| COUNTED.covers(&gathered, findings, &kinds);
        assert_eq!(counted(&many(small, "mended")), 1_000);
        assert_eq!(counted(&many(large, "mended")), 1);
        assert_eq!(counted(&many(large, "other")), 1_200);
        let offered = OFFERED.covers(&gathered, &many(large, "mended"), &kinds);
        assert_eq!(offered, 6);
        let first = [finding(large, "mended"), finding(large, "other")];
        assert_eq!(counted(&first), 2);
    }
}
