//! A statement as one decision sees it: for which cases it may apply, and what must hold of the
//! request for it to.

use std::collections::BTreeSet;

use crate::aws::PrincipalKind;
use crate::eval::{
    Caller, CaseSet, Holds, Layer, Match, PolicySet, Request, Truth, condition_holds,
    resource_covers,
};
use crate::policy::{Effect, PolicyDocument, PrincipalEntry, PrincipalForm, Statement};

use super::atom::{Atom, Factor, alternatives, factors};
use super::follows::follows;

/// Which part of a decision the statement takes part in. All slots but [`Slot::Deny`] must allow,
/// of the key policy's one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// The key policy grants, and nothing limits it.
    Direct,
    /// The key policy grants what a permissions boundary limits.
    Limited,
    /// The key policy hands the decision on.
    Delegated,
    /// The caller's own policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// Service control policies of this level.
    Scp(usize),
    /// Any policy denies.
    Deny,
}

/// A statement that may apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) slot: Slot,
    /// For which cases it may.
    pub(super) cases: CaseSet,
    /// What must hold for it to; each of these.
    pub(super) factors: BTreeSet<Factor>,
}

impl Term {
    /// A layer that there is not, and that limits nothing.
    pub(super) const fn always(slot: Slot) -> Self {
        Self {
            slot,
            cases: CaseSet::ALL,
            factors: BTreeSet::new(),
        }
    }

    /// What a match says; nothing of statements that are not there.
    pub(super) fn of_match(
        matched: &Match,
        request: &Request,
        policies: &PolicySet<'_>,
    ) -> Option<Self> {
        let document = policies.document(matched.policy)?;
        let statement = document.statements.get(matched.statement)?;
        let cases = matched.holds.maybe();
        let mut all = BTreeSet::new();
        let mut applies = Holds::ALWAYS;
        for condition in &statement.conditions {
            let holds = condition_holds(condition, request, document);
            applies = applies.and(holds);
            if !holds.surely().includes(cases) {
                all.extend(factors(condition, document));
            }
        }
        let covers = resource(statement, request, document, &mut all);
        // Where something else is open too, what holds does not tell that the caller is.
        if applies.and(covers) != matched.holds || is_open(statement, &request.caller) {
            all.insert(principal(statement, &request.caller));
        }
        Some(Self {
            slot: slot(matched),
            cases,
            factors: all,
        })
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
}

const fn slot(matched: &Match) -> Slot {
    if let Effect::Deny = matched.effect {
        return Slot::Deny;
    }
    match matched.policy.layer {
        Layer::KeyPolicy if matched.delegates => Slot::Delegated,
        Layer::KeyPolicy if matched.limited => Slot::Limited,
        // Resource control policies only deny; what their Allow says counts for nothing.
        Layer::KeyPolicy | Layer::Rcp => Slot::Direct,
        Layer::Identity => Slot::Identity,
        Layer::Boundary => Slot::Boundary,
        Layer::Session => Slot::Session,
        Layer::Scp => Slot::Scp(matched.policy.level),
    }
}

/// Whether the resource covers the key; where that is not known, on what it hangs.
fn resource(
    statement: &Statement,
    request: &Request,
    document: &PolicyDocument,
    all: &mut BTreeSet<Factor>,
) -> Holds {
    let Some(element) = &statement.resource else {
        return Holds::NEVER;
    };
    let patterns = || element.patterns.iter();
    let truths = patterns().map(|pattern| resource_covers(pattern, request, document));
    let listed = Truth::any(truths);
    let atom = |text: &str| Atom::Resource {
        negated: element.negated,
        pattern: text.to_owned(),
        replaces: document.replaces_variables() && text.contains("${"),
    };
    if listed == Truth::Unknown {
        let open = patterns()
            .filter(|pattern| resource_covers(pattern, request, document) == Truth::Unknown);
        let open = open.map(|pattern| atom(&pattern.text.value));
        if element.negated {
            all.extend(open.map(|atom| Factor::from([atom])));
        } else {
            all.insert(open.collect());
        }
    }
    let covers = if element.negated { !listed } else { listed };
    covers.into()
}

/// Whom the statement names, where it is not known whether the caller is among them: of the
/// entries of a `Principal` those that can be the caller, each by itself; a `NotPrincipal` as a
/// whole.
fn principal(statement: &Statement, caller: &Caller) -> Factor {
    let Some(element) = &statement.principal else {
        return Factor::new();
    };
    let atom = |entries: &[&PrincipalEntry]| Atom::Principal {
        negated: element.negated,
        names: entries.iter().map(|entry| name(entry)).collect(),
    };
    let all: Vec<_> = element.entries.iter().collect();
    let denies = statement.effect.value == Effect::Deny;
    let mut possible = all
        .iter()
        .filter(|entry| !element.negated && may_be(entry.form(), caller, denies))
        .peekable();
    if possible.peek().is_some() {
        possible.map(|entry| atom(&[*entry])).collect()
    } else {
        Factor::from([atom(&all)])
    }
}

/// Whether some entry of the `Principal` may be the caller and none surely is.
fn is_open(statement: &Statement, caller: &Caller) -> bool {
    let Some(element) = statement.principal.as_ref().filter(|of| !of.negated) else {
        return false;
    };
    let denies = statement.effect.value == Effect::Deny;
    let mut entries = element.entries.iter();
    let surely = |entry: &PrincipalEntry| match entry.form() {
        PrincipalForm::Everyone => true,
        PrincipalForm::Account(account) => !denies && caller.account() == Some(account),
        PrincipalForm::Role(account, name) if caller.session().is_some() => {
            let role = caller.session().map(|(role, _)| role);
            caller.account() == Some(account) && name.rsplit('/').next() == role
        }
        _ => *entry.text().value == *caller.as_str(),
    };
    entries.any(|entry| may_be(entry.form(), caller, denies)) && !element.entries.iter().any(surely)
}

fn name(entry: &PrincipalEntry) -> String {
    match entry.form() {
        PrincipalForm::Account(account) => account.to_string(),
        _ => entry.text().value.to_string(),
    }
}

/// Whether it is not known that the entry is not the caller: a federated user may be any user's,
/// a role may call in the session that is named, ids are not known, and AWS does not document
/// whom a Deny for an account reaches (SEMANTICS U2).
fn may_be(form: PrincipalForm<'_>, caller: &Caller, denies: bool) -> bool {
    let own = |account| caller.account() == Some(account);
    match form {
        PrincipalForm::User(account, _) => {
            own(account) && caller.class() == PrincipalKind::FederatedUser
        }
        PrincipalForm::AssumedRole(account, role, _) => {
            own(account) && caller.as_str().rsplit('/').next() == Some(role)
        }
        PrincipalForm::UniqueId(_) => true,
        PrincipalForm::Account(account) => denies && own(account),
        _ => false,
    }
}

impl Term {
    /// Whether something that it hangs on has a variable in it.
    pub(super) fn has_variable(&self) -> bool {
        let mut atoms = self.factors.iter().flatten();
        atoms.any(|atom| match atom {
            Atom::Condition(condition) => condition.replaces,
            Atom::Resource { replaces, .. } => *replaces,
            Atom::Principal { .. } | Atom::UnknownBoundary => false,
        })
    }
}
