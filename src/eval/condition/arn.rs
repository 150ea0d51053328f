//! `ArnEquals` and `ArnLike`, which are the same, and their opposites.

use crate::aws::Arn;
use crate::eval::Truth;
use crate::eval::expansion::as_pattern;
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
