//! Safe fixes beside the report of a check, as many as can be proven in reasonable time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::facts::Facts;
use crate::finding::Finding;
use crate::lint;
use crate::project::{Checked, Project};
use crate::rule::Catalogue;
use crate::text::Location;

use super::last_proof::Said;
use super::{Effort, FixEngine, FixKind, Proposal, Repaired};

/// The findings that the safe fixes mend, made as `kmslint fix --write` makes them.
#[derive(Clone, Debug, Default)]
pub struct Fixable {
    mended: BTreeSet<(Location, Arc<str>, String, String)>,
    /// Whether there were too many findings to prove all, so that there may be more.
    pub at_least: bool,
}

impl Fixable {
    /// Whether the finding was proven to be mended.
    pub fn mends(&self, finding: &Finding) -> bool {
        !self.mended.is_empty() && self.mended.contains(&told(finding))
    }
}

/// What tells a finding from all others of a run.
fn told(finding: &Finding) -> (Location, Arc<str>, String, String) {
    let (rule, subject) = (Arc::clone(&finding.rule), finding.subject.to_string());
    (finding.primary.at, rule, subject, finding.message.clone())
}

/// How much is proven at most: a proof asks about every user and role.
struct Budget {
    /// Findings.
    findings: usize,
    /// Pairs of a finding and a user or role.
    pairs: usize,
    /// Text of policies.
    effort: Effort,
}

/// Where findings are only counted, beside a report that must not wait for it.
const COUNTED: Budget = Budget {
    findings: 1_000,
    pairs: 20_000,
    effort: Effort {
        policy: 4 << 20,
        whole: 8 << 20,
        looks_ahead: false,
        ..Effort::ASKED
    },
};

/// Where fixes are offered with a report.
const OFFERED: Budget = Budget {
    findings: 10_000,
    pairs: 200_000,
    effort: Effort {
        whole: 256 << 20,
        looks_ahead: false,
        ..Effort::ASKED
    },
};

impl Budget {
    /// How many of the findings, those without a fix included, can be proven; the first one always.
    fn covers(
        &self,
        project: &Project,
        findings: &[Finding],
        kinds: &BTreeMap<String, FixKind>,
    ) -> usize {
        // Without a key a policy is proven by itself.
        let inventory = &project.loaded.inventory;
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

/// The safe fixes of what was found, as many as can be proven in reasonable time: each for the file as it
/// is, and only those of findings that `kmslint fix --write` mends too. None where an input could not be
/// read, as what they do would not be proven.
pub fn safe_fixes(checked: &Checked) -> Vec<Proposal> {
    let repaired = repaired(checked, &OFFERED);
    repaired.map_or_else(Vec::new, |(repaired, _)| repaired.alone)
}

/// The findings that the safe fixes mend, all made; nothing where that cannot be known.
pub fn fixable(checked: &Checked) -> Option<Fixable> {
    let (repaired, at_least) = repaired(checked, &COUNTED)?;
    let mended = repaired.done.iter().flat_map(|done| &done.findings);
    Some(Fixable {
        mended: mended.map(told).collect(),
        at_least,
    })
}

/// What becomes of the findings where all safe fixes are made, and whether there are more than could be
/// proven; nothing where an input could not be read.
fn repaired(checked: &Checked, budget: &Budget) -> Option<(Repaired, bool)> {
    if !checked.project.failures.is_empty() {
        return None;
    }
    let findings = &checked.findings;
    let kinds = kinds(&checked.catalogue);
    let end = budget.covers(&checked.project, findings, &kinds);
    let (asked, rest) = findings.split_at_checked(end)?;
    // What a fix brings with it is fixed too, so that what is left out is told, and not what is asked.
    let suppressed = checked.suppressed.iter().map(|of| &of.finding);
    let left_out = rest.iter().chain(suppressed).chain(&checked.in_baseline);
    let left_out: BTreeSet<_> = left_out.map(Said::by).collect();
    let wanted = |finding: &Finding| {
        let kind = kinds.get(&*finding.rule).copied();
        kind.filter(|_| !left_out.contains(&Said::by(finding)))
    };
    let check = |facts: &Facts| lint::run(facts, &checked.catalogue);
    let facts = checked.project.fact_maker();
    let engine = FixEngine::of(&checked.project, &facts, &check);
    let repaired = engine.repair_within(asked, &wanted, &Proposal::is_safe, budget.effort);
    let at_least = end < findings.len() || repaired.untried > 0;
    Some((repaired, at_least))
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
    use crate::aws::PrincipalKind;
    use crate::finding::{Confidence, Fingerprints, Label, Severity, Subject};
    use crate::inventory::{Boundary, Key, Located, Principal};
    use crate::project::{ConfigurationFile, Options};

    fn finding(rule: &str) -> Finding {
        Finding {
            rule: rule.into(),
            severity: Severity::Warning,
            confidence: Confidence::High,
            subject: Subject::file(""),
            message: String::new(),
            help: "".into(),
            reference: "".into(),
            primary: Label {
                at: Location::default(),
                text: "".into(),
            },
            related: Vec::new(),
            statement: None,
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }
    }

    fn user() -> Principal {
        Principal {
            kind: PrincipalKind::User,
            arn: Located {
                value: String::new(),
                at: Location::default(),
            },
            account: AccountId::parse("111122223333").unwrap(),
            name: String::new(),
            id: None,
            tags: None,
            policies: Vec::new(),
            of_groups: Vec::new(),
            boundary: Boundary::None,
            is_declared: false,
        }
    }

    fn people(count: usize) -> Vec<Arc<Principal>> {
        std::iter::repeat_with(|| Arc::new(user()))
            .take(count)
            .collect()
    }

    fn keys() -> Vec<Key> {
        let mut options = Options::for_paths(["fixtures/aws_policies/default.json"]);
        options.configuration = ConfigurationFile::Nothing;
        Project::open(&options).unwrap().loaded.inventory.keys
    }

    /// Where keys are loaded, every proof asks about everyone.
    #[test]
    fn no_more_is_proven_than_a_report_can_wait_for() {
        let mut project = Project::default();
        let kinds = BTreeMap::from([("mended".to_owned(), FixKind::AddResource)]);
        let many = |rule| vec![finding(rule); 1_200];
        let counted =
            |project: &Project, findings: &[Finding]| COUNTED.covers(project, findings, &kinds);
        project.loaded.inventory.principals = people(5_000);
        assert_eq!(counted(&project, &many("mended")), 1_000);
        assert_eq!(counted(&project, &many("other")), 1_200);
        project.loaded.inventory.keys = keys();
        assert_eq!(counted(&project, &many("mended")), 4);
        assert_eq!(OFFERED.covers(&project, &many("mended"), &kinds), 40);
        project.loaded.inventory.principals = people(50_000);
        assert_eq!(counted(&project, &[finding("mended"), finding("other")]), 2);
    }
}
