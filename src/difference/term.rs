//! A contribution to an answer in one spelling: in which part of the decision, for which cases it may
//! apply, and what must hold of the request for it to.

use std::collections::BTreeSet;

use crate::access::{Answer, CaseSet, Contribution, DecisionPart, OpenElement};
use crate::policy::{PrincipalEntry, PrincipalForm};

use super::atom::{Atom, Factor, alternatives, factors};
use super::follows::follows;

/// A statement that may apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) part: DecisionPart,
    /// For which cases it may.
    pub(super) cases: CaseSet,
    /// What must hold for it to; each of these.
    pub(super) factors: BTreeSet<Factor>,
}

/// What the cases of an answer that are conditional depend on.
pub(super) fn terms(answer: &Answer<'_>) -> Vec<Term> {
    answer.contributions().iter().map(Term::of).collect()
}

impl Term {
    /// A limit that there is not, and that limits nothing.
    pub(super) const fn always(part: DecisionPart) -> Self {
        Self {
            part,
            cases: CaseSet::ALL,
            factors: BTreeSet::new(),
        }
    }

    fn of(contribution: &Contribution<'_>) -> Self {
        Self {
            part: contribution.part,
            cases: contribution.cases,
            factors: contribution.open.iter().flat_map(of_open).collect(),
        }
    }

    /// Whether this applying means that the other one does, for the cases of both.
    pub(super) fn implies(&self, other: &Self) -> bool {
        other
            .factors
            .iter()
            .all(|weaker| self.factors.iter().any(|factor| follows(factor, weaker)))
    }

    /// Terms with one value in each condition, of which one applies where this does.
    pub(super) fn parts(&self) -> Vec<Self> {
        let parts = alternatives(&self.factors);
        let part = |factors| Self { factors, ..*self };
        parts.into_iter().map(part).collect()
    }

    /// Whether something that it depends on has a variable in it.
    pub(super) fn has_variable(&self) -> bool {
        let mut atoms = self.factors.iter().flatten();
        atoms.any(|atom| match atom {
            Atom::Condition(condition) => condition.replaces,
            Atom::Resource { replaces, .. } => *replaces,
            Atom::Principal { .. } | Atom::UnknownBoundary => false,
        })
    }
}

/// What is open, as factors; each must hold.
fn of_open(open: &OpenElement<'_>) -> Vec<Factor> {
    match open {
        OpenElement::Condition(condition, policy) => factors(condition, policy),
        OpenElement::Resource {
            negated,
            patterns,
            policy,
        } => {
            let atoms = patterns.iter().map(|text| Atom::Resource {
                negated: *negated,
                pattern: (*text).to_owned(),
                replaces: policy.replaces_variables() && text.contains("${"),
            });
            if *negated {
                atoms.map(|atom| Factor::from([atom])).collect()
            } else {
                vec![atoms.collect()]
            }
        }
        OpenElement::Principals(entries) => {
            let atoms = entries.iter().map(|entry| Atom::Principal {
                negated: false,
                names: [name(entry)].into(),
            });
            vec![atoms.collect()]
        }
        OpenElement::PrincipalElement(element) => vec![Factor::from([Atom::Principal {
            negated: element.negated,
            names: element.entries.iter().map(name).collect(),
        }])],
        OpenElement::UnknownBoundary => vec![Factor::from([Atom::UnknownBoundary])],
    }
}

fn name(entry: &PrincipalEntry) -> String {
    match entry.form() {
        PrincipalForm::Account(account) => account.to_string(),
        _ => entry.text().value.to_string(),
    }
}
