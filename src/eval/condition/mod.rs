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
use crate::policy::{
    Atom, Atoms, Comparison, Condition, ConditionValue, Family, Possible, Quantifier, Segment,
    Text, Value, glob_ignore_case,
};
use crate::text::Span;

pub use numeric::whole_number;

use super::expansion::{has_variables, variables};
use super::language::Language;
use super::scope::Scope;
use super::{Holds, Lookup, Truth, Values};

/// For which cases the condition holds.
pub(super) fn holds(condition: &Condition, scope: &Scope<'_>) -> Holds {
    #[cfg(test)]
    super::steps::add(condition.values.len());
    if varies(condition, scope) {
        let short = scope.varies(&condition.key.value) && condition.operator.as_documented;
        if let Some(holds) = window::holds(condition).filter(|_| short) {
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
    let read = |scope: &Scope<'_>| {
        let key = &*condition.key.value;
        let lookup = scope.lookup(key);
        if scope.is_unsupported(key) {
            // AWS documents no behaviour, so it counts only what holds with the key absent as with it.
            let absent = with(condition, Lookup::Absent, scope);
            return scope.either(absent, with(condition, lookup, scope));
        }
        with(condition, lookup, scope)
    };
    let truth = if names_letters_outside_ascii(condition, scope) {
        scope.either(read(scope), read(&scope.folding_names()))
    } else {
        read(scope)
    };
    // Whether AWS takes an operator in other letters than it writes is not documented.
    if condition.operator.as_documented || scope.request.context.is_complete() {
        truth
    } else {
        Truth::Unknown
    }
}

/// Names of keys ignore case; whether `É` and `é` are the same letter there AWS does not document.
fn names_letters_outside_ascii(condition: &Condition, scope: &Scope<'_>) -> bool {
    let in_variable = |value: &ConditionValue| {
        let text = &*value.text.value;
        has_variables(text, scope) && !text.is_ascii()
    };
    !condition.key.value.is_ascii() || condition.values.iter().any(in_variable)
}

fn with(condition: &Condition, lookup: Lookup<'_>, scope: &Scope<'_>) -> Truth {
    if condition.operator.comparison.family() == Family::Null {
        return null::truth(condition, lookup, scope);
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
        Lookup::Unknown { may_be_absent } => match if_present(condition, scope) {
            Truth::Unknown => Truth::Unknown,
            _ if is_multi_valued(&condition.key.value) => Truth::Unknown,
            present if !may_be_absent || present == absent.into() => present,
            Truth::Yes | Truth::No => Truth::Unknown,
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
        Lookup::Unknown { may_be_absent } => match if_present(condition, scope) {
            Truth::No if may_be_absent => Truth::Unknown,
            present => present,
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
        Lookup::Unknown { may_be_absent } => match if_present(condition, scope) {
            Truth::No if may_be_absent && condition.operator.if_exists => Truth::Unknown,
            Truth::Yes if may_be_absent => Truth::Unknown,
            present => present,
        },
    }
}

/// "A null data set, such as an empty string", counts as no values for the set operators.
fn is_null_set(values: Values<'_>) -> bool {
    values.single() == Some("")
}

/// What the comparison says of every value that the unknown key can have: an empty list matches
/// none, the pattern `*` matches any text, and of some keys a part is known.
fn if_present(condition: &Condition, scope: &Scope<'_>) -> Truth {
    let comparison = condition.operator.comparison;
    let wildcards = string::takes_wildcards(comparison);
    let matched = if condition.values.is_empty() {
        Truth::No
    } else if let Some(language) = scope.language(&condition.key.value) {
        let values = condition.values.iter();
        Truth::any(values.map(|value| some_of(&language, comparison, &value.text.value, scope)))
    } else if wildcards && condition.values.iter().any(|v| is_star(&v.text.value)) {
        Truth::Yes
    } else {
        Truth::Unknown
    };
    if comparison.is_negated() {
        !matched
    } else {
        matched
    }
}

/// Whether every value of the language matches, some do, or none.
fn some_of(
    language: &Language,
    comparison: Comparison,
    wanted: &Value,
    scope: &Scope<'_>,
) -> Truth {
    if let Some(open) = wanted.open().filter(|_| scope.is_open(wanted)) {
        let some_of = |one| some_of(language, comparison, one, scope);
        return match open.possible() {
            Possible::OneOf(values) => {
                (values.iter().map(some_of).reduce(Truth::where_both)).unwrap_or(Truth::Unknown)
            }
            Possible::Pattern(_) => may_be_of(language, comparison, wanted, scope),
        };
    }
    match comparison.family() {
        Family::String => string::of_language(comparison, wanted, language, scope),
        Family::Arn => arn::of_language(wanted, language, scope),
        Family::Numeric
        | Family::Date
        | Family::Bool
        | Family::Binary
        | Family::IpAddress
        | Family::Null => Truth::No,
    }
}

/// Whether what is not known of a text of the policy leaves room for a value of the language: as
/// [`may_match`], and never sure that every value matches.
fn may_be_of(
    language: &Language,
    comparison: Comparison,
    wanted: &Value,
    scope: &Scope<'_>,
) -> Truth {
    if !is_one_pattern(comparison, wanted, scope) {
        return Truth::Unknown;
    }
    let is_literal = comparison.family() == Family::String && !string::takes_wildcards(comparison);
    let mut pattern = Vec::new();
    for segment in wanted.segments() {
        match segment {
            Segment::Unknown(..) => pattern.push(Atom::AnyRun),
            Segment::Known(text) => {
                let text = text.to_ascii_lowercase();
                if is_literal {
                    pattern.extend(text.bytes().map(Atom::Byte));
                } else {
                    pattern.extend((0..).map_while(|index| text.atom(index)));
                }
            }
        }
    }
    match language.lower_case().glob(pattern.as_slice()) {
        Truth::No => Truth::No,
        Truth::Yes | Truth::Unknown => Truth::Unknown,
    }
}

/// Whether a text of which not all is known matches at most what it matches as one pattern, upper and lower
/// case alike. Of letters outside ASCII AWS does not say which are the same.
fn is_one_pattern(comparison: Comparison, wanted: &Value, scope: &Scope<'_>) -> bool {
    matches!(comparison.family(), Family::String | Family::Arn)
        && wanted.is_ascii()
        && wanted.stays_one()
        && !has_variables(&wanted.with_wildcards(), scope)
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
    let wanted = &wanted.text.value;
    let comparison = condition.operator.comparison;
    let truth = compare(comparison, wanted, value, scope);
    // The same text stands for the same; another may stand for it, too.
    if truth == Truth::No && scope.is_open_key(&condition.key.value) {
        return Truth::Unknown;
    }
    match wanted.open().filter(|_| scope.is_open(wanted)) {
        Some(open) if truth != Truth::Yes => match open.possible() {
            Possible::Pattern(_) => may_match(comparison, wanted, value, scope),
            Possible::OneOf(values) => one_of(values, condition, value, scope),
        },
        _ => truth,
    }
}

/// What comes of comparing where the policy has one of several.
fn one_of(values: &[Value], condition: &Condition, value: &str, scope: &Scope<'_>) -> Truth {
    let each = values.iter().map(|one| {
        let text = Text::new(one.clone(), Span::default());
        let quoted = true;
        matches(condition, &ConditionValue { text, quoted }, value, scope)
    });
    each.reduce(Truth::where_both).unwrap_or(Truth::Unknown)
}

/// Whether what is not known of a text of the policy leaves room for this value. A text without variables that
/// is compared as a text or an ARN matches at most what it matches as one pattern.
fn may_match(comparison: Comparison, wanted: &Value, value: &str, scope: &Scope<'_>) -> Truth {
    // Of numbers AWS does not say which texts are the same.
    let is_plain = value.len() > 2 && value.is_ascii();
    let may = !is_plain
        || !is_one_pattern(comparison, wanted, scope)
        || glob_ignore_case(&wanted.with_wildcards(), value);
    if may { Truth::Unknown } else { Truth::No }
}

fn compare(comparison: Comparison, wanted: &str, value: &str, scope: &Scope<'_>) -> Truth {
    match comparison.family() {
        Family::String => string::matches(comparison, wanted, value, scope),
        Family::Numeric => numeric::matches(comparison, wanted, value, scope),
        Family::Date => date::matches(comparison, wanted, value),
        Family::Bool => boolean::matches(wanted, value, scope),
        Family::Binary => binary::matches(wanted, value),
        Family::IpAddress => ip_address::matches(wanted, value, scope),
        Family::Arn => arn::matches(wanted, value, scope),
        Family::Null => Truth::No,
    }
}

/// Whether AWS does not document what the condition comes to with some values of its key: one operator for
/// several values (SEMANTICS U6), none for `ForAnyValue` with `IfExists` (U5), or a key that it does not
/// support in such a policy (U8).
pub(super) fn is_undocumented_of_own_key(condition: &Condition, scope: &Scope<'_>) -> bool {
    let key = &*condition.key.value;
    let operator = condition.operator;
    let is_open = match operator.quantifier {
        None => operator.comparison.family() != Family::Null && is_multi_valued(key),
        Some(Quantifier::ForAnyValue) => operator.if_exists,
        Some(Quantifier::ForAllValues) => false,
    };
    is_open || scope.is_unsupported(key)
}

/// The keys on which the condition's answer depends: its own and those of its variables, where they
/// are unknown. A day count that differs from case to case is known in each.
pub(super) fn unknown_keys<'c>(condition: &'c Condition, scope: &Scope<'_>) -> Vec<&'c str> {
    let variables = condition.values.iter().flat_map(|value| {
        let text = &*value.text.value;
        let replaced = has_variables(text, scope);
        variables(text).filter(move |_| replaced)
    });
    let own = &*condition.key.value;
    let open =
        |key: &str| !scope.varies(key) && matches!(scope.lookup(key), Lookup::Unknown { .. });
    std::iter::once(own)
        .chain(variables)
        .filter(|key| open(key))
        .collect()
}
