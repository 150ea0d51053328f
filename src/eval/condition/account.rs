//! The ARN of a caller that stands for all of an account: of it no more is known than the account.

use crate::aws::AccountId;
use crate::eval::expansion::has_variables;
use crate::eval::scope::{PRINCIPAL_ARN, Scope};
use crate::eval::{Lookup, Truth, Values};
use crate::policy::{Comparison, Condition, Family, Value, glob};

use super::{is_star, string};

/// The account of the callers, where the key is their ARN and that is unknown.
pub(super) fn of_callers<'r>(condition: &Condition, scope: &Scope<'r>) -> Option<Values<'r>> {
    if !condition.key.value.eq_ignore_ascii_case(PRINCIPAL_ARN) {
        return None;
    }
    match scope.lookup("aws:PrincipalAccount") {
        Lookup::Known(account) => account
            .single()
            .and_then(AccountId::parse)
            .and(Some(account)),
        Lookup::Absent | Lookup::Unknown { .. } => None,
    }
}

/// What the comparison says of every ARN of the account: one of another account is none of them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
pub(super) fn matches(
    comparison: Comparison,
    wanted: &Value,
    account: Values<'_>,
    scope: &Scope<'_>,
) -> Truth {
    if has_variables(wanted, scope) || scope.is_open(wanted) {
        return Truth::Unknown;
    }
    let takes_wildcards = string::takes_wildcards(comparison);
    if takes_wildcards && is_star(wanted) {
        return Truth::Yes;
    }
    let mut parts = wanted.splitn(6, ':');
    let before: Vec<_> = parts.by_ref().take(4).collect();
    let (Some(named), Some(_), Some(account)) = (parts.next(), parts.next(), account.single())
    else {
        return Truth::Unknown;
    };
    let is_wild = |part: &str| part.contains(['*', '?']);
    let is_another = match comparison.family() {
        Family::Arn => !glob(named, account),
        // Here `*` takes colons, too.
        Family::String => named != account && !before.into_iter().chain([named]).any(is_wild),
        _ => false,
    };
    if is_another {
        Truth::No
    } else {
        Truth::Unknown
    }
}
