//! On what a conditional answer hangs.

use crate::policy::{ConditionValue, PrincipalForm, Statement};

use super::expansion::{has_variables, variables};
use super::scope::Scope;
use super::{Case, CaseSet, Evaluation, Lookup, PolicySet, Request, WINDOW_KEY, condition};

/// On what a conditional answer hangs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    /// Condition keys, sorted, each spelled as the first policy that names it does.
    pub keys: Vec<String>,
    /// Whether it also hangs on something that AWS does not document, or on what a template has yet
    /// to put into the policies.
    pub undocumented: bool,
}

/// The keys on which the conditional cases of an answer hang.
pub fn dependencies(
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
) -> Dependencies {
    let conditional = evaluation.conditional;
    let mut found = Found::default();
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
            let scope = Scope::new(request, policy.kind, policy.replaces_variables());
            found.undocumented |= !of_statement(statement, &scope, open, &mut found);
        }
    }
    if differs_when_omitted(evaluation) {
        found.add(WINDOW_KEY);
    }
    Dependencies {
        keys: found.keys,
        undocumented: found.undocumented,
    }
}

/// Whether only the two readings of an omitted day count part the answer for it.
fn differs_when_omitted(evaluation: &Evaluation) -> bool {
    let of = |case| evaluation.decision_over(CaseSet::of(case));
    of(Case::OmittedAsDefault) != of(Case::OmittedAsAbsent)
        && evaluation.omitted() == super::Decision::Conditional
}

#[derive(Default)]
struct Found {
    keys: Vec<String>,
    undocumented: bool,
}

impl Found {
    fn add(&mut self, key: &str) {
        // Few: a policy has no room for many.
        if !self
            .keys
            .iter()
            .any(|other| other.eq_ignore_ascii_case(key))
        {
            let at = self.keys.partition_point(|other| other.as_str() < key);
            self.keys.insert(at, key.to_owned());
        }
    }
}

/// Adds the unknown keys of what is uncertain in the statement; false where something uncertain
/// has none.
fn of_statement(
    statement: &Statement,
    scope: &Scope<'_>,
    open: CaseSet,
    found: &mut Found,
) -> bool {
    let before = found.keys.len();
    let mut explained = false;
    for condition in &statement.conditions {
        if (condition::holds(condition, scope).uncertain() & open).is_empty() {
            continue;
        }
        let keys = condition::unknown_keys(condition, scope);
        if keys.is_empty() {
            // All is known, and AWS does not document what it makes of it.
            found.undocumented = true;
            found.add(&condition.key.value);
        }
        let unrendered = |value: &ConditionValue| scope.is_unrendered(&value.text.value);
        found.undocumented |= condition.values.iter().any(unrendered);
        explained = true;
        for key in keys {
            found.add(key);
        }
    }
    let patterns = statement
        .resource
        .iter()
        .flat_map(|element| &element.patterns);
    for pattern in patterns.filter(|pattern| has_variables(&pattern.text.value, scope)) {
        for key in variables(&pattern.text.value) {
            if matches!(scope.lookup(key), Lookup::Unknown { .. }) {
                explained = true;
                found.add(key);
            }
        }
    }
    let entries = statement
        .principal
        .iter()
        .flat_map(|element| element.candidates(None, ""));
    let by_id = |form| matches!(form, PrincipalForm::UniqueId(_));
    if entries.map(|entry| entry.form()).any(by_id)
        && matches!(scope.lookup("aws:userid"), Lookup::Unknown { .. })
    {
        explained = true;
        found.add("aws:userid");
    }
    explained || found.keys.len() > before
}
