//! Two decisions about the same question, compared.

use crate::access::{Answer, CaseSet, DecisionPart};

use super::term::{self, Term};

/// What one caller gains and loses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) gains: CaseSet,
    pub(super) loses: CaseSet,
}

impl Compared {
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            gains: self.gains | other.gains,
            loses: self.loses | other.loses,
        }
    }

    pub(super) const fn is_nothing(self) -> bool {
        self.gains.is_empty() && self.loses.is_empty()
    }
}

/// What the caller of both answers gains and loses.
///
/// A case that is denied on one side and not on the other, or that is sure on one side only, is a
/// difference. A case that is conditional on both sides is the same only where every statement
/// that takes part on one side follows from one of the same part on the other, and every one that
/// denies the other way round.
pub(super) fn compare(before: &Answer<'_>, after: &Answer<'_>) -> Compared {
    let (old, new) = (before.decisions, after.decisions);
    let (could, can) = (old.possible(), new.possible());
    let mut found = Compared {
        gains: can.without(could) | (new.allowed & old.conditional),
        loses: could.without(can) | (old.allowed & new.conditional),
    };
    let both = old.conditional & new.conditional;
    if both.is_empty() {
        return found;
    }
    let (old, new) = (terms(before, after), terms(after, before));
    let same_context = before.context() == after.context();
    if old == new && same_context {
        return found;
    }
    let (mut gains, mut loses) = (wider(&old, &new), wider(&new, &old));
    if !same_context && hangs_on_values(&old, &new) {
        gains = both;
        loses = both;
    }
    found.gains = found.gains | (gains & both);
    found.loses = found.loses | (loses & both);
    found
}

/// The terms of an answer, with levels of control policies that only the other one has.
fn terms(answer: &Answer<'_>, other: &Answer<'_>) -> Vec<Term> {
    let mut terms = term::terms(answer);
    let first = if answer.ignores_scps() {
        0
    } else {
        answer.scp_levels()
    };
    let levels = answer.scp_levels().max(other.scp_levels());
    terms.extend((first..levels).map(|level| Term::always(DecisionPart::Scp(level))));
    terms
}

/// Cases for which `to` may allow what `from` does not: something grants that follows from nothing
/// that granted, or something denied that nothing denies in its place.
fn wider(from: &[Term], to: &[Term]) -> CaseSet {
    let grants = to.iter().filter(|term| term.part != DecisionPart::Deny);
    let granted = grants.fold(CaseSet::NONE, |found, term| {
        found | (uncovered(term, from) & together(term.part, to))
    });
    let denies = from.iter().filter(|term| term.part == DecisionPart::Deny);
    denies.fold(granted, |found, term| found | uncovered(term, to))
}

/// The cases in which the term may apply and no one of `others` surely applies then.
fn uncovered(term: &Term, others: &[Term]) -> CaseSet {
    let of_one = |one: &Term| {
        let same_part = others
            .iter()
            .filter(|other| stands_in(other.part, one.part));
        let implied = same_part.filter(|other| one.implies(other));
        let covered = implied.fold(CaseSet::NONE, |found, other| found | other.cases);
        one.cases.without(covered)
    };
    let whole = of_one(term);
    if whole.is_empty() {
        return whole;
    }
    let parts = term.parts();
    parts
        .iter()
        .fold(CaseSet::NONE, |found, part| found | of_one(part))
}

/// Whether a grant in this part is at least as good as one in the other.
fn stands_in(part: DecisionPart, other: DecisionPart) -> bool {
    part == other
        || match part {
            DecisionPart::Direct => matches!(
                other,
                DecisionPart::Limited | DecisionPart::Delegated | DecisionPart::Identity
            ),
            DecisionPart::Limited => {
                matches!(other, DecisionPart::Delegated | DecisionPart::Identity)
            }
            _ => false,
        }
}

/// The cases in which a grant in this part counts: what the key policy hands on and what the
/// caller's own policies allow grant only together.
fn together(part: DecisionPart, terms: &[Term]) -> CaseSet {
    let needed = match part {
        DecisionPart::Delegated => DecisionPart::Identity,
        DecisionPart::Identity => DecisionPart::Delegated,
        _ => return CaseSet::ALL,
    };
    let partners = terms.iter().filter(|term| term.part == needed);
    partners.fold(CaseSet::NONE, |found, term| found | term.cases)
}

/// Whether a variable takes part, whose value may differ between the sides.
fn hangs_on_values(old: &[Term], new: &[Term]) -> bool {
    old.iter().chain(new).any(Term::has_variable)
}
