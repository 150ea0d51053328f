//! Conditions: one file for each family of operators, and here what they share.

mod arn;
mod binary;
mod boolean;
mod date;
mod ip_address;
mod null;
mod numeric;
mod string;
mod window;

use crate::aws::condition_key;
use crate::policy::{Comparison, Condition, ConditionValue, Family, Quantifier};

use super::expansion::{has_variables, variables};
use super::scope::Scope;
use super::{Holds, Lookup, Truth, Values};

/// For which cases the condition holds.
pub(super) fn holds(condition: &Condition, scope: &Scope<'_>) -> Holds {
    if varies(condition, scope) {
        let by_days = scope.varies(&condition.key.value);
        if let Some(holds) = window::holds(condition).filter(|_| by_days) {
            return holds;
        }
        return case_by_case(condition, scope);
    }
    truth(condition, scope).into()
}

fn case_by_case(condition: &Condition, scope: &Scope<'_>) -> Holds {
    Holds::for_each(|case| truth(condition, &scope.with_case(case)))
}

/// Whether the answer differs from case to case.
fn varies(condition: &Condition, scope: &Scope<'_>) -> bool {
    scope.varies(&condition.key.value)
        || condition.values.iter().any(|value| {
            let text = &*value.text.value;
            has_variables(text, scope) && variables(text).any(|key| scope.varies(key))
        })
}

/// Whether the condition holds for one request.
fn truth(condition: &Condition, scope: &Scope<'_>) -> Truth {
    let key = &*condition.key.value;
    let lookup = scope.lookup(key);
    if scope.is_unsupported(key) {
        // AWS documents no behaviour, so it counts only what holds with the key absent as with it.
        let absent = with(condition, Lookup::Absent, scope);
        let present = with(condition, lookup, scope);
        return if absent == present {
            absent
        } else {
            Truth::Unknown
        };
    }
    with(condition, lookup, scope)
}

fn with(condition: &Condition, lookup: Lookup<'_>, scope: &Scope<'_>) -> Truth {
    if condition.operator.comparison.family() == Family::Null {
        return null::truth(condition, lookup);
    }
    match condition.operator.quantifier {
        None => plain(condition, lookup, scope),
        Some(Quantifier::ForAllValues) => for_all(condition, lookup, scope),
        Some(Quantifier::ForAnyValue) => for_any(condition, lookup, scope),
    }
}

fn plain(condition: &Condition, lookup: Lookup<'_>, scope: &Scope<'_>) -> Truth {
    let absent = condition.operator.comparison.is_negated() || condition.operator.if_exists;
    match lookup {
        Lookup::Absent => absent.into(),
        Lookup::Known(values) => match values.single() {
            // AWS wants `ForAllValues` or `ForAnyValue` for a key that can have several values and
            // does not say what happens without (SEMANTICS U6).
            Some(value) if is_multi_valued(&condition.key.value) => {
                scope.undocumented(one_value(condition, value, scope) == Truth::Yes)
            }
            Some(value) => one_value(condition, value, scope),
            None => scope.undocumented(false),
        },
        Lookup::Unknown { may_be_absent } => match if_present(condition) {
            Some(present) if !may_be_absent || present == absent => present.into(),
            _ => Truth::Unknown,
        },
    }
}

/// A key without values satisfies `ForAllValues`, whatever the comparison.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
fn for_all(condition: &Condition, lookup: Lookup<'_>, scope: &Scope<'_>) -> Truth {
    match lookup {
        Lookup::Absent => Truth::Yes,
        Lookup::Known(values) if is_null_set(values) => Truth::Yes,
        Lookup::Known(values) => Truth::all(
            values
                .iter()
                .map(|value| one_value(condition, value, scope)),
        ),
        Lookup::Unknown { .. } => match if_present(condition) {
            Some(true) => Truth::Yes,
            _ => Truth::Unknown,
        },
    }
}

/// A key without values does not satisfy `ForAnyValue`. With `IfExists` the general words on that
/// suffix say that it does, and nothing says so for both together (SEMANTICS U5).
fn for_any(condition: &Condition, lookup: Lookup<'_>, scope: &Scope<'_>) -> Truth {
    let absent = || {
        if condition.operator.if_exists {
            scope.undocumented(true)
        } else {
            Truth::No
        }
    };
    match lookup {
        Lookup::Absent => absent(),
        Lookup::Known(values) if is_null_set(values) => absent(),
        Lookup::Known(values) => Truth::any(
            values
                .iter()
                .map(|value| one_value(condition, value, scope)),
        ),
        Lookup::Unknown { may_be_absent } => match (if_present(condition), may_be_absent) {
            (Some(false), true) if !condition.operator.if_exists => Truth::No,
            (Some(present), false) => present.into(),
            _ => Truth::Unknown,
        },
    }
}

/// "A null data set, such as an empty string", counts as no values for the set operators.
fn is_null_set(values: Values<'_>) -> bool {
    values.single() == Some("")
}

/// What the comparison says of every value alike, where it does: an empty list matches none, and
/// the pattern `*` matches any text.
fn if_present(condition: &Condition) -> Option<bool> {
    let comparison = condition.operator.comparison;
    let matches_all = match comparison.family() {
        Family::String => {
            string::takes_wildcards(comparison)
                && condition
                    .values
                    .iter()
                    .any(|value| is_star(&value.text.value))
        }
        Family::Numeric
        | Family::Date
        | Family::Bool
        | Family::Binary
        | Family::IpAddress
        | Family::Arn
        | Family::Null => false,
    };
    if matches_all {
        return Some(!comparison.is_negated());
    }
    condition
        .values
        .is_empty()
        .then_some(comparison.is_negated())
}

fn is_star(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// Compares one value of the request with all of the policy: any of them suffices, and a negated
/// comparison holds where none matches.
fn one_value(condition: &Condition, value: &str, scope: &Scope<'_>) -> Truth {
    let comparison = condition.operator.comparison;
    let matched = Truth::any(
        condition
            .values
            .iter()
            .map(|wanted| matches(condition, wanted, value, scope)),
    );
    if comparison.is_negated() {
        !matched
    } else {
        matched
    }
}

fn is_multi_valued(key: &str) -> bool {
    condition_key::find(key).is_some_and(|key| key.multi_valued)
}

fn matches(
    condition: &Condition,
    wanted: &ConditionValue,
    value: &str,
    scope: &Scope<'_>,
) -> Truth {
    let wanted = &*wanted.text.value;
    let truth = compare(condition.operator.comparison, wanted, value, scope);
    let is_open = || {
        scope.may_be_role(&condition.key.value, wanted)
            || scope.is_unrendered(wanted)
            // The caller stands in for one that a template has yet to fill in.
            || scope.is_unrendered(value)
    };
    if truth == Truth::No && is_open() {
        return Truth::Unknown;
    }
    truth
}

fn compare(comparison: Comparison, wanted: &str, value: &str, scope: &Scope<'_>) -> Truth {
    match comparison.family() {
        Family::String => string::matches(comparison, wanted, value, scope),
        Family::Numeric => numeric::matches(comparison, wanted, value, scope),
        Family::Date => date::matches(comparison, wanted, value),
        Family::Bool => boolean::matches(wanted, value),
        Family::Binary => binary::matches(wanted, value),
        Family::IpAddress => ip_address::matches(wanted, value),
        Family::Arn => arn::matches(wanted, value, scope),
        Family::Null => Truth::No,
    }
}

/// The keys on which the condition's answer hangs: its own and those of its variables, where they
/// are unknown.
pub(super) fn unknown_keys<'c>(condition: &'c Condition, scope: &Scope<'_>) -> Vec<&'c str> {
    let variables = condition.values.iter().flat_map(|value| {
        let text = &*value.text.value;
        let replaced = has_variables(text, scope);
        variables(text).filter(move |_| replaced)
    });
    let own = &*condition.key.value;
    let open = |key: &str| {
        scope.varies(key)
            || matches!(scope.lookup(key), Lookup::Unknown { .. })
            || condition
                .values
                .iter()
                .any(|value| scope.may_be_role(key, &value.text.value))
    };
    std::iter::once(own)
        .chain(variables)
        .filter(|key| open(key))
        .collect()
}
