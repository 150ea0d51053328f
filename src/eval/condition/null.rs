//! `Null`: whether a key is absent.

use crate::eval::scope::Scope;
use crate::eval::{Lookup, Truth};
use crate::policy::{Condition, Quantifier};

/// `"true"` holds where the key is absent, `"false"` where it is there.
///
/// With `ForAllValues` it always holds and with `ForAnyValue` never, as Access Analyzer documents:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
pub(super) fn truth(condition: &Condition, lookup: Lookup<'_>, scope: &Scope<'_>) -> Truth {
    match condition.operator.quantifier {
        Some(Quantifier::ForAllValues) => return Truth::Yes,
        Some(Quantifier::ForAnyValue) => return Truth::No,
        None => {}
    }
    let absent = match lookup {
        Lookup::Absent => Truth::Yes,
        Lookup::Known(_)
        | Lookup::Unknown {
            may_be_absent: false,
        } => Truth::No,
        Lookup::Unknown {
            may_be_absent: true,
        } => Truth::Unknown,
    };
    Truth::any(condition.values.iter().map(|value| {
        if value.text.value.eq_ignore_ascii_case("true") {
            absent
        } else if value.text.value.eq_ignore_ascii_case("false") {
            !absent
        } else if scope.is_open(&value.text.value) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }))
}
