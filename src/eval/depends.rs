//! On what a conditional answer depends.

use serde::Serialize;

use crate::policy::{ConditionValue, PrincipalForm, Statement};

use super::context::by_name;
use super::expansion::{has_variables, variables};
use super::scope::{PRINCIPAL_ARN, Part, Scope, USER_ID};
use super::statement::is_about_action;
use super::{
    Case, CaseSet, Evaluation, Layer, Lookup, Match, PolicySet, Request, Truth, WINDOW_KEY,
    condition, principal, resource,
};

/// So many keys are named at most: more than a policy that AWS stores has room for.
const MOST_KEYS: usize = 1_000;

/// On what a conditional answer depends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// Condition keys, sorted, each spelled as the first policy that names it does.
    pub keys: Vec<String>,
    /// Whether it also depends on something that AWS does not document, or on what a template has yet
    /// to put into the policies.
    pub undocumented: bool,
    /// Whether it depends on the key policy, which was not given.
    pub key_policy: bool,
    /// Whether it depends on which alias the request is about.
    pub alias: bool,
}

/// What a request can leave open beside condition keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotGiven {
    /// The key policy.
    KeyPolicy,
    /// Which alias the request is about.
    Alias,
}

/// On what the conditional cases of an answer depend.
pub fn dependencies(
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
) -> Dependencies {
    let conditional = evaluation.decisions.conditional;
    let mut found = Dependencies {
        key_policy: !conditional.is_empty() && evaluation.frame.has_unknown_key_policy(),
        ..Dependencies::default()
    };
    let matches = if conditional.is_empty() {
        &[]
    } else {
        evaluation.matches.as_slice()
    };
    for matched in matches {
        let open = matched.holds.uncertain() & conditional;
        let Some(policy) = policies.document(matched.policy) else {
            continue;
        };
        let Some(statement) = policy.statements.get(matched.statement) else {
            continue;
        };
        if !open.is_empty() {
            let scope = Scope::new(request, policy.kind, policy.replaces_variables())
                .of_effect(matched.effect)
                .about(matched.part);
            found.of_conditions(statement, &scope, open);
            found.of_resource(statement, &scope);
            found.of_naming(statement, matched, &scope);
            found.undocumented |= is_about_action(statement, &scope) == Truth::Unknown;
        }
    }
    if differs_when_omitted(evaluation) {
        found.add(WINDOW_KEY);
    }
    found.keys.sort_unstable();
    found
}

/// Whether only the two readings of an omitted day count part the answer for it.
fn differs_when_omitted(evaluation: &Evaluation) -> bool {
    let of = |case| evaluation.decisions.over(CaseSet::of(case));
    of(Case::OmittedAsDefault) != of(Case::OmittedAsAbsent)
        && evaluation.decisions.omitted() == super::Decision::Conditional
}

impl Dependencies {
    /// What it depends on that was not given, beside condition keys.
    pub fn not_given(&self) -> Vec<NotGiven> {
        let parts = [
            (NotGiven::KeyPolicy, self.key_policy),
            (NotGiven::Alias, self.alias),
        ];
        let missing = parts.into_iter().filter(|(_, missing)| *missing);
        missing.map(|(part, _)| part).collect()
    }

    /// While they are gathered, the keys are in order whatever the case of their letters.
    fn add(&mut self, key: &str) {
        let found = self.keys.binary_search_by(|other| by_name(other, key));
        if let Err(at) = found
            && self.keys.len() < MOST_KEYS
        {
            self.keys.insert(at, key.to_owned());
        }
    }

    fn of_conditions(&mut self, statement: &Statement, scope: &Scope<'_>, open: CaseSet) {
        for condition in &statement.conditions {
            if (condition::holds(condition, scope).uncertain() & open).is_empty() {
                continue;
            }
            let keys = condition::unknown_keys(condition, scope);
            if keys.is_empty() {
                // All is known, and AWS does not document what it makes of it.
                self.undocumented = true;
                self.add(&condition.key.value);
            }
            let unrendered = |value: &ConditionValue| scope.is_open(&value.text.value);
            self.undocumented |= !condition.operator.as_documented
                || condition::is_undocumented_of_own_key(condition, scope)
                || condition.values.iter().any(unrendered);
            for key in keys {
                self.add(key);
            }
        }
    }

    fn of_resource(&mut self, statement: &Statement, scope: &Scope<'_>) {
        let Some(element) = &statement.resource else {
            return;
        };
        if resource::covers(element, scope) != Truth::Unknown {
            return;
        }
        let mut explained = false;
        for pattern in &element.patterns {
            let text = &*pattern.text.value;
            for key in variables(text).filter(|_| has_variables(text, scope)) {
                if matches!(scope.lookup(key), Lookup::Unknown { .. }) {
                    explained = true;
                    self.add(key);
                }
            }
        }
        self.alias |= scope.part == Part::Alias;
        self.undocumented |= !explained && scope.part != Part::Alias;
    }

    fn of_naming(&mut self, statement: &Statement, matched: &Match, scope: &Scope<'_>) {
        if matched.naming.any() != Truth::Unknown {
            return;
        }
        if matches!(matched.policy.layer, Layer::Scp | Layer::Rcp) {
            if principal::is_service_linked(scope) == Truth::Unknown {
                self.add(PRINCIPAL_ARN);
            } else {
                self.undocumented = true;
            }
            return;
        }
        let mut entries = statement
            .principal
            .iter()
            .flat_map(|element| element.candidates(None, ""));
        let by_id = entries.any(|entry| matches!(entry.form(), PrincipalForm::UniqueId(_)))
            && matches!(scope.lookup(USER_ID), Lookup::Unknown { .. });
        if by_id {
            self.add(USER_ID);
        }
        let is_negated = statement.principal.as_ref().is_some_and(|of| of.negated);
        self.undocumented |= is_negated || !by_id;
    }
}
