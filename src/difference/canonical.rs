//! What a policy says about KMS without the way in which it is written: two policies with the same
//! canonical statements decide alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::action::may_be_newer;
use crate::aws::{AccountId, ActionSet};
use crate::policy::{
    Effect, PolicyDocument, PolicyKind, PrincipalElement, PrincipalForm, PrincipalType, Statement,
};

use super::atom::{Factor, alternatives, factors};
use super::change::UnknownChange;

/// A statement apart from its actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Body {
    effect: Effect,
    principal: Option<(bool, BTreeSet<CanonicalPrincipal>)>,
    resource: (bool, BTreeSet<String>),
    /// Whether `${…}` is replaced, where the resource has any.
    replaces: bool,
    conditions: BTreeSet<Factor>,
    /// Why it is not sure that it is about its actions.
    doubt: Option<Doubt>,
}

/// Why it is not sure that a statement is about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    /// A wildcard in the service prefix; of an exception the recommended reading is the other one.
    Undocumented { negated: bool },
    /// A placeholder may name it.
    Placeholder,
}

/// So many bodies at most come of one with several principals and resources, but for its conditions.
const MOST_PARTS: usize = 1024;

impl Body {
    /// Bodies with one principal, one resource and one value in each condition, which together say
    /// the same.
    fn parts(&self) -> Vec<Self> {
        let principals: Vec<_> = match &self.principal {
            Some((false, names)) => {
                let one = |name: &CanonicalPrincipal| Some((false, BTreeSet::from([name.clone()])));
                names.iter().map(one).collect()
            }
            other => vec![other.clone()],
        };
        let resources: Vec<_> = match &self.resource {
            (false, patterns) => {
                let one = |pattern: &String| (false, BTreeSet::from([pattern.clone()]));
                patterns.iter().map(one).collect()
            }
            other => vec![other.clone()],
        };
        if principals.len().saturating_mul(resources.len()) > MOST_PARTS {
            return vec![self.clone()];
        }
        let mut parts = Vec::new();
        for conditions in alternatives(&self.conditions) {
            for principal in &principals {
                for resource in &resources {
                    parts.push(Self {
                        effect: self.effect,
                        principal: principal.clone(),
                        resource: resource.clone(),
                        replaces: self.replaces && resource.1.iter().any(|p| p.contains("${")),
                        conditions: conditions.clone(),
                        doubt: self.doubt,
                    });
                }
            }
        }
        parts
    }
}

/// A principal, its two ways to name an account made one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CanonicalPrincipal {
    Account(AccountId),
    Written(PrincipalType, String),
}

/// What a policy says about KMS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Canonical {
    kind: PolicyKind,
    /// The actions of each body; statements that differ in nothing else are one.
    statements: BTreeMap<Body, ActionSet>,
    /// The bodies about each name or pattern of actions that this version does not know, in lower
    /// case.
    unknown: BTreeMap<String, BTreeSet<Body>>,
}

impl Canonical {
    pub(super) fn new(document: &PolicyDocument) -> Self {
        let mut statements: BTreeMap<Body, ActionSet> = BTreeMap::new();
        let mut unknown: BTreeMap<String, BTreeSet<Body>> = BTreeMap::new();
        for statement in &document.statements {
            let actions = statement.possible();
            let new: BTreeSet<_> = unknown_actions(statement).collect();
            if actions.is_empty() && new.is_empty() {
                continue;
            }
            let Some(body) = body(statement, document) else {
                continue;
            };
            for pattern in new {
                unknown.entry(pattern).or_default().extend(body.parts());
            }
            let doubtful = statement.doubtful();
            let negated = statement.action.as_ref().is_some_and(|of| of.negated);
            let sure = statement.covered().difference(doubtful);
            let open = actions.difference(sure).difference(doubtful);
            for (doubt, actions) in [
                (None, sure),
                (Some(Doubt::Undocumented { negated }), doubtful),
                (Some(Doubt::Placeholder), open),
            ] {
                if !actions.is_empty() {
                    let body = Body {
                        doubt,
                        ..body.clone()
                    };
                    let known = statements.entry(body).or_default();
                    *known = known.union(actions);
                }
            }
        }
        Self {
            kind: document.kind,
            statements,
            unknown,
        }
    }

    /// What differs of actions that this version does not know, for each name or pattern of them.
    pub(super) fn differing_unknown(&self, other: &Self) -> Vec<UnknownChange> {
        let names: BTreeSet<_> = self.unknown.keys().chain(other.unknown.keys()).collect();
        let none = BTreeSet::new();
        let change = |name: &String| {
            let before = self.unknown.get(name).unwrap_or(&none);
            let after = other.unknown.get(name).unwrap_or(&none);
            let has = |bodies: &BTreeSet<Body>, others: &BTreeSet<Body>, effect| {
                let mut new = bodies.difference(others);
                new.any(|body| body.effect == effect)
            };
            let change = UnknownChange {
                action: name.clone(),
                gains: has(after, before, Effect::Allow) || has(before, after, Effect::Deny),
                loses: has(before, after, Effect::Allow) || has(after, before, Effect::Deny),
            };
            (change.gains || change.loses).then_some(change)
        };
        names.into_iter().filter_map(change).collect()
    }

    /// The actions about which the two do not say the same.
    pub(super) fn differing(&self, other: &Self) -> ActionSet {
        if self.kind != other.kind {
            return ActionSet::ALL;
        }
        let one_way = |one: &Self, other: &Self| {
            let statements = one.statements.iter();
            statements.fold(ActionSet::EMPTY, |found, (body, actions)| {
                let there = other.statements.get(body).copied().unwrap_or_default();
                found.union(actions.difference(there))
            })
        };
        one_way(self, other).union(one_way(other, self))
    }
}

/// The names and patterns of the statement that match no known action and may match a newer one, or what
/// a template has yet to put there.
fn unknown_actions(statement: &Statement) -> impl Iterator<Item = String> {
    let elements = statement.action.iter();
    elements.flat_map(|element| {
        let patterns = element.patterns().iter();
        patterns.filter_map(|pattern| {
            let text = &*pattern.text().value;
            let name = text.to_ascii_lowercase();
            let is_new = || {
                let unknown = pattern.actions().is_empty() && !element.negated;
                unknown && name.starts_with("kms:") && may_be_newer(&name)
            };
            if pattern.is_placeholder() {
                return Some(text.to_owned());
            }
            is_new().then_some(name)
        })
    })
}

/// Nothing where the statement has no effect on KMS.
fn body(statement: &Statement, document: &PolicyDocument) -> Option<Body> {
    let resource = statement.resource.as_ref()?;
    if resource.patterns.is_empty() {
        return None;
    }
    let patterns = resource.patterns.iter();
    let patterns: BTreeSet<_> = patterns.map(|p| p.text.value.to_string()).collect();
    let replaces = document.replaces_variables();
    let conditions = statement.conditions.iter();
    let body = Body {
        effect: statement.effect.value,
        principal: statement.principal.as_ref().map(principals),
        replaces: replaces && patterns.iter().any(|pattern| pattern.contains("${")),
        resource: (resource.negated, patterns),
        conditions: conditions
            .flat_map(|condition| factors(condition, document))
            .collect(),
        doubt: None,
    };
    Some(body)
}

fn principals(element: &PrincipalElement) -> (bool, BTreeSet<CanonicalPrincipal>) {
    let entries = element.entries.iter().map(|entry| match entry.form() {
        PrincipalForm::Account(account) => CanonicalPrincipal::Account(account),
        _ => CanonicalPrincipal::Written(entry.principal_type(), entry.text().value.to_string()),
    });
    (element.negated, entries.collect())
}
