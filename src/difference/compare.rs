//! Two decisions about the same question, compared.

use crate::access::Answer;
use crate::eval::CaseSet;

use super::term::{Slot, Term};

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
    let possible = |answer: &Answer<'_>| answer.allowed | answer.conditional;
    let mut found = Compared {
        gains: possible(after).without(possible(before)) | (after.allowed & before.conditional),
        loses: possible(before).without(possible(after)) | (before.allowed & after.conditional),
    };
    let both = before.conditional & after.conditional;
    if both.is_empty() {
        return found;
    }
    let (old, new) = (terms(before, after), terms(after, before));
    let same_context = before.request_context() == after.request_context();
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
    let mut terms = answer.terms();
    let first = if answer.levels_are_ignored() {
        0
    } else {
        answer.levels()
    };
    let levels = answer.levels().max(other.levels());
    terms.extend((first..levels).map(|level| Term::always(Slot::Scp(level))));
    terms
}

/// Cases for which `to` may allow what `from` does not: something grants that follows from nothing
/// that granted, or something denied that nothing denies in its place.
fn wider(from: &[Term], to: &[Term]) -> CaseSet {
    let grants = to.iter().filter(|term| term.slot != Slot::Deny);
    let granted = grants.fold(CaseSet::NONE, |found, term| {
        found | (uncovered(term, from) & together(term.slot, to))
    });
    let denies = from.iter().filter(|term| term.slot == Slot::Deny);
    denies.fold(granted, |found, term| found | uncovered(term, to))
}

/// The cases in which the term may apply and no one of `others` surely applies then.
fn uncovered(term: &Term, others: &[Term]) -> CaseSet {
    let of_part = |part: &Term| {
        let same_part = others
            .iter()
            .filter(|other| stands_in(other.slot, part.slot));
        let implied = same_part.filter(|other| part.implies(other));
        let covered = implied.fold(CaseSet::NONE, |found, other| found | other.cases);
        part.cases.without(covered)
    };
    let whole = of_part(term);
    if whole.is_empty() {
        return whole;
    }
    let parts = term.parts();
    parts
        .iter()
        .fold(CaseSet::NONE, |found, part| found | of_part(part))
}

/// Whether a grant in this slot is at least as good as one in the other.
fn stands_in(slot: Slot, other: Slot) -> bool {
    slot == other
        || match slot {
            Slot::Direct => matches!(other, Slot::Limited | Slot::Delegated | Slot::Identity),
            Slot::Limited => matches!(other, Slot::Delegated | Slot::Identity),
            _ => false,
        }
}

/// The cases in which a grant in this slot counts: what the key policy hands on and what the
/// caller's own policies allow grant only together.
fn together(slot: Slot, terms: &[Term]) -> CaseSet {
    let needed = match slot {
        Slot::Delegated => Slot::Identity,
        Slot::Identity => Slot::Delegated,
        _ => return CaseSet::ALL,
    };
    let partners = terms.iter().filter(|term| term.slot == needed);
    partners.fold(CaseSet::NONE, |found, term| found | term.cases)
}

/// Whether a variable takes part, whose value may differ between the sides.
fn hangs_on_values(old: &[Term], new: &[Term]) -> bool {
    old.iter().chain(new).any(Term::has_variable)
}
