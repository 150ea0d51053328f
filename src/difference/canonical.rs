//! What a policy says about KMS without the way in which it is written: two policies with the same
//! canonical statements decide alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{AccountId, ActionSet};
use crate::policy::{
    Effect, PolicyDocument, PolicyKind, PrincipalElement, PrincipalForm, PrincipalType, Statement,
};

use super::atom::{Factor, factors};

/// A statement apart from its actions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Body {
    effect: Effect,
    principal: Option<(bool, BTreeSet<CanonicalPrincipal>)>,
    resource: (bool, BTreeSet<String>),
    /// Whether `${…}` is replaced, where the resource has any.
    replaces: bool,
    conditions: BTreeSet<Factor>,
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
}

impl Canonical {
    pub(super) fn new(document: &PolicyDocument) -> Self {
        let mut statements: BTreeMap<Body, ActionSet> = BTreeMap::new();
        for statement in &document.statements {
            let Some((body, actions)) = body(statement, document) else {
                continue;
            };
            let known = statements.entry(body).or_default();
            *known = known.union(actions);
        }
        Self {
            kind: document.kind,
            statements,
        }
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

/// Nothing where the statement has no effect on KMS.
fn body(statement: &Statement, document: &PolicyDocument) -> Option<(Body, ActionSet)> {
    let actions = statement.covered();
    let resource = statement.resource.as_ref()?;
    if actions.is_empty() || resource.patterns.is_empty() {
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
    };
    Some((body, actions))
}

fn principals(element: &PrincipalElement) -> (bool, BTreeSet<CanonicalPrincipal>) {
    let entries = element.entries.iter().map(|entry| match entry.form() {
        PrincipalForm::Account(account) => CanonicalPrincipal::Account(account),
        _ => CanonicalPrincipal::Written(entry.principal_type(), entry.text().value.to_string()),
    });
    (element.negated, entries.collect())
}
