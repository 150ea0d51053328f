//! Denials by a condition key that does not exist: a slip of one that does.
//!
//! No request has such a key, so it is absent, and a Deny that needs it protects nothing. That is not
//! credited on either side of a change: put right it takes something, and gone it gives nothing.

use crate::aws::condition_key;
use crate::policy::{Comparison, Condition, Effect, PolicyDocument, Quantifier, Statement};

/// The policy without denials that never apply, and in others without what always holds.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
pub(super) fn without_nonexistent_keys(document: &PolicyDocument) -> PolicyDocument {
    let mut rest = document.clone();
    rest.statements.retain(|statement| {
        !(denies(statement)
            && statement
                .conditions
                .iter()
                .any(|of| is_nonexistent(of) && !holds_without_key(of)))
    });
    for statement in rest.statements.iter_mut().filter(|of| denies(of)) {
        statement.conditions.retain(|of| !is_nonexistent(of));
    }
    rest
}

fn denies(statement: &Statement) -> bool {
    statement.effect.value == Effect::Deny
}

/// A name that is like none that is known may be newer than this version.
fn is_nonexistent(condition: &Condition) -> bool {
    let name = &condition.key.value;
    condition_key::find(name).is_none() && condition_key::nearest(name).is_some()
}

/// Whether a condition on an absent key holds.
fn holds_without_key(condition: &Condition) -> bool {
    let operator = condition.operator;
    let asks_for_absence = || {
        let mut values = condition.values.iter();
        values.any(|value| value.text.value.eq_ignore_ascii_case("true"))
    };
    match (operator.comparison, operator.quantifier) {
        (Comparison::Null, _) => asks_for_absence(),
        (_, Some(Quantifier::ForAllValues)) => true,
        (_, Some(Quantifier::ForAnyValue)) => operator.if_exists,
        (comparison, None) => operator.if_exists || comparison.is_negated(),
    }
}
