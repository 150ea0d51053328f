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

/// How much is proven at most: a proof asks about every user and role.
struct Budget {
    /// Findings.
    findings: usize,
    /// Pairs of a finding and a user or role.
    pairs: usize,
}

/// Where findings are only counted, beside a report that must not wait for it.
const COUNTED: Budget = Budget {
    findings: 1_000,
    pairs: 20_000,
};

/// Where fixes are offered with a report.
const OFFERED: Budget = Budget {
    findings: 10_000,
    pairs: 200_000,
};

impl Budget {
    /// How many of the findings, those without a fix included, can be proven; the first one always.
    fn covers(
        &self,
        gathered: &Gathered,
        findings: &[Finding],
        kinds: &BTreeMap<String, FixKind>,
    ) -> usize {
        // Without a key a policy is proven by itself.
        let inventory = &gathered.loaded.inventory;
        let people = match inventory.keys.as_slice() {
            [] => 0,
            _ => inventory.principals.len(),
        };
        let (mut proven, mut pairs) = (0_usize, 0_usize);
        let mut fits = |finding: &Finding| {
            if !kinds.contains_key(&*finding.rule) {
                return true;
            }
            proven = proven.saturating_add(1);
            pairs = pairs.saturating_add(people);
            proven == 1 || (proven <= self.findings && pairs <= self.pairs)
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
    use crate::aws::AccountId;
    use crate::finding::{Confidence, Fingerprints, Label, Severity};
    use crate::inventory::{Boundary, IdentityType, Key, Located, Principal};
    use crate::load::load_over;
    use crate::source::{Discovery, Location, Overlay};
    use std::sync::Arc;

    fn finding(rule: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Warning,
            confidence: Confidence::High,
            subject: String::new(),
            message: String::new(),
            help: "".into(),
            reference: "".into(),
            primary: Label {
                at: Location::default(),
                text: String::new(),
            },
            related: Vec::new(),
            statement: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }
    }

    fn user() -> Principal {
        Principal {
            kind: IdentityType::User,
            arn: Located {
                value: String::new(),
                at: Location::default(),
            },
            account: AccountId::parse("111122223333").unwrap(),
            name: String::new(),
            id: None,
            tags: None,
            policies: Vec::new(),
            boundary: Boundary::None,
        }
    }

    fn people(count: usize) -> Vec<Arc<Principal>> {
        std::iter::repeat_with(|| Arc::new(user()))
            .take(count)
            .collect()
    }

    fn keys() -> Vec<Key> {
        let (mut files, mut discovery) = (Overlay::default(), Discovery::default());
        let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}]}"#;
        files.put("policy.json", policy);
        discovery.found.push("policy.json".into());
        load_over(&discovery, &files).inventory.keys
    }

    /// Where keys are loaded, every proof asks about everyone.
    #[test]
    fn no_more_is_proven_than_a_report_can_wait_for() {
        let mut gathered = Gathered::default();
        let kinds = BTreeMap::from([("mended".to_owned(), FixKind::AddResource)]);
        let many = |rule| vec![finding(rule); 1_200];
        let counted =
            |gathered: &Gathered, findings: &[Finding]| COUNTED.covers(gathered, findings, &kinds);
        gathered.loaded.inventory.principals = people(5_000);
        assert_eq!(counted(&gathered, &many("mended")), 1_000);
        assert_eq!(counted(&gathered, &many("other")), 1_200);
        gathered.loaded.inventory.keys = keys();
        assert_eq!(counted(&gathered, &many("mended")), 4);
        assert_eq!(OFFERED.covers(&gathered, &many("mended"), &kinds), 40);
        gathered.loaded.inventory.principals = people(50_000);
        assert_eq!(
            counted(&gathered, &[finding("mended"), finding("other")]),
            2
        );
    }
}
