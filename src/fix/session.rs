//! Fixes of a project that was checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::Facts;
use crate::finding::Finding;
use crate::lint;
use crate::project::Checked;

use super::last_proof::{Said, Unproven, prove};
use super::offered::kinds;
use super::{AllowDeletion, Effort, FixEngine, FixKind, Proposal, Repaired};

/// A project that was checked, and the findings in it that are to be fixed.
#[derive(Debug)]
pub struct Session {
    /// What was checked.
    pub checked: Checked,
    /// The fix of each rule that is asked about.
    kinds: BTreeMap<String, FixKind>,
    /// These rules; all where there are none.
    rules: Vec<String>,
}

impl Session {
    /// Fixes of what these rules find, of all where none are given. What is suppressed is not fixed.
    pub fn new(checked: Checked, rules: &[String]) -> Self {
        let mut kinds = kinds(&checked.catalogue);
        kinds.retain(|rule, _| is_asked(rules, rule));
        Self {
            kinds,
            checked,
            rules: rules.to_vec(),
        }
    }

    /// The final set of the fixes that `accept` takes.
    pub fn repair(&self, accept: &(dyn Fn(&Proposal) -> bool + Sync)) -> Repaired {
        self.repair_within(accept, Effort::ASKED)
    }

    /// As [`repair`](Self::repair), with as much as this effort allows.
    pub fn repair_within(
        &self,
        accept: &(dyn Fn(&Proposal) -> bool + Sync),
        effort: Effort,
    ) -> Repaired {
        let check = |facts: &Facts| lint::run(facts, &self.checked.catalogue);
        let suppressed = self.checked.suppressed.iter();
        let suppressed: BTreeSet<_> = suppressed.map(|of| Said::by(&of.finding)).collect();
        let counts = |finding: &Finding| !suppressed.contains(&Said::by(finding));
        let wanted = |finding: &Finding| {
            let kind = self.kinds.get(&*finding.rule).copied();
            kind.filter(|_| counts(finding))
        };
        let facts = self.checked.project.fact_maker();
        let engine = FixEngine::of(&self.checked.project, &facts, &check);
        let findings = &self.checked.findings;
        let asked = findings.iter().filter(|of| is_asked(&self.rules, &of.rule));
        Repaired {
            not_edited: engine.not_edited(&asked.filter(|of| counts(of)).collect::<Vec<_>>()),
            ..engine.repair_within(findings, &wanted, accept, effort)
        }
    }

    /// Lets a principal delete the keys of the project; nothing where it has no key policy.
    pub fn allow(&self, request: &AllowDeletion) -> Option<Repaired> {
        let mut keys = self.checked.project.loaded.inventory.keys.iter();
        if keys.all(|key| key.policy.is_none()) {
            return None;
        }
        let check = |facts: &Facts| lint::run(facts, &self.checked.catalogue);
        let facts = self.checked.project.fact_maker();
        Some(FixEngine::of(&self.checked.project, &facts, &check).allow(request))
    }

    /// The last proof: reads everything again with the edits laid over.
    ///
    /// # Errors
    /// Where what was read cannot be read again, or what a safe fix was to mend is still found.
    pub fn prove(&self, outcome: &Repaired) -> Result<(), Unproven> {
        prove(&self.checked, outcome)
    }
}

/// Whether the rule is one of these; every rule is where there are none.
fn is_asked(rules: &[String], id: &str) -> bool {
    rules.is_empty() || rules.iter().any(|rule| rule == id)
}
