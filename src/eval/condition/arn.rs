//! `ArnEquals` and `ArnLike`, which are the same, and their opposites.

use crate::aws::Arn;
use crate::eval::Truth;
use crate::eval::expansion::{Expansion, as_pattern};
use crate::eval::language::Language;
use crate::eval::scope::Scope;

/// Compares the six parts one by one, so that no `*` reaches across a colon; what is no ARN
/// matches nothing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
pub(super) fn matches(wanted: &str, value: &str, scope: &Scope<'_>) -> Truth {
    let Some(arn) = Arn::parse(value) else {
        return Truth::No;
    };
    as_pattern(wanted, scope).matches(|pattern| pattern.arn_parts_match(arn.parts()))
}

/// The same of every value of a language.
pub(super) fn of_language(wanted: &str, language: &Language, scope: &Scope<'_>) -> Truth {
    match as_pattern(wanted, scope) {
        Expansion::Is(pattern) => language.arn(&pattern.atoms()),
        Expansion::NoValue => Truth::No,
        Expansion::Unknown => Truth::Unknown,
    }
}
