//! Whether a statement narrows whom `*` means by a condition on the caller.

use crate::policy::{Comparison, Condition, ConditionValue, PrincipalForm, Quantifier, Statement};

/// Condition keys that tell callers apart: by who they are, where they call from, or for whom.
const NARROWING: [&str; 20] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:userid",
    "aws:username",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpcSourceIp",
    "kms:CallerAccount",
    "kms:ViaService",
];

/// The beginning of the keys that carry the caller's tags.
const PRINCIPAL_TAG: &str = "aws:PrincipalTag/";

/// Whether one of the statement's conditions narrows the caller.
pub(super) fn narrows(statement: &Statement) -> bool {
    statement.conditions.iter().any(is_narrowing)
}

/// Condition keys by which all principals of an account are the same.
const ACCOUNT_WIDE: [&str; 4] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "kms:CallerAccount",
];

/// Whether the statement's conditions narrow the caller to an account or organization and no
/// further.
pub(super) fn narrows_to_account(statement: &Statement) -> bool {
    let mut narrowing = statement
        .conditions
        .iter()
        .filter(|c| is_narrowing(c))
        .peekable();
    narrowing.peek().is_some() && narrowing.all(is_account_wide)
}

/// Whom a `Deny` leaves of everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spared {
    /// The principals of an account or organization.
    Account,
    /// Some principals.
    Some,
}

/// Whom a `Deny` for everyone leaves by its conditions, each of which holds for all callers but some:
/// `ArnNotLike` on `aws:PrincipalArn`, or `NotPrincipal`. Nothing where it is for some callers, or
/// holds under other conditions too.
pub(super) fn spared(statement: &Statement) -> Option<Spared> {
    let element = statement.principal.as_ref()?;
    let conditions = &statement.conditions;
    if element.negated {
        return conditions.is_empty().then_some(Spared::Some);
    }
    let mut entries = element.entries.iter();
    let is_for_all = entries.any(|entry| entry.form() == PrincipalForm::Everyone);
    let leaves_some = |condition: &Condition| {
        let operator = condition.operator;
        let is_anything = |value: &ConditionValue| is_anything(&value.text.value);
        is_about_caller(condition)
            && operator.comparison.is_negated()
            && operator.quantifier != Some(Quantifier::ForAnyValue)
            && !condition.values.iter().any(is_anything)
    };
    if !is_for_all || conditions.is_empty() || !conditions.iter().all(leaves_some) {
        return None;
    }
    Some(if conditions.iter().any(is_account_wide) {
        Spared::Account
    } else {
        Spared::Some
    })
}

fn is_account_wide(condition: &Condition) -> bool {
    let key = &*condition.key.value;
    ACCOUNT_WIDE
        .iter()
        .any(|name| name.eq_ignore_ascii_case(key))
}

fn is_narrowing(condition: &Condition) -> bool {
    is_about_caller(condition) && demands_a_value(condition)
}

fn is_about_caller(condition: &Condition) -> bool {
    let key = &*condition.key.value;
    let tag = key
        .get(..PRINCIPAL_TAG.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(PRINCIPAL_TAG));
    tag || NARROWING.iter().any(|name| name.eq_ignore_ascii_case(key))
}

/// Whether a caller without the key, or with any value that it likes, does not satisfy it.
fn demands_a_value(condition: &Condition) -> bool {
    let operator = condition.operator;
    let demands = !operator.comparison.is_negated()
        && operator.comparison != Comparison::Null
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::ForAllValues);
    demands
        && condition
            .values
            .iter()
            .all(|value| !is_anything(&value.text.value))
}

/// `*`, `arn:*`, `0.0.0.0/0` and the like.
fn is_anything(value: &str) -> bool {
    if matches!(value, "0.0.0.0/0" | "::/0") {
        return true;
    }
    let rest = value.strip_prefix("arn:").unwrap_or(value);
    rest.contains('*') && rest.chars().all(|c| matches!(c, '*' | '?' | ':' | '/'))
}
