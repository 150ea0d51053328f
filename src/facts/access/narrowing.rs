//! Whether a statement narrows whom `*` means by a condition on the caller.

use crate::policy::{Comparison, Condition, Quantifier, Statement};

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

fn is_narrowing(condition: &Condition) -> bool {
    let key = &*condition.key.value;
    let tag = key
        .get(..PRINCIPAL_TAG.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(PRINCIPAL_TAG));
    let about_caller = tag || NARROWING.iter().any(|name| name.eq_ignore_ascii_case(key));
    about_caller && demands_a_value(condition)
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
