//! What conditions do.

use super::*;
use crate::aws::KmsAction;
use crate::policy::{Comparison, Quantifier};

fn condition(principal: &str, block: &str) -> ConditionRecord {
    let facts = facts(&format!(
        r#"{{"Effect":"Deny","Principal":{principal},"Action":"kms:*","Resource":"*",
        "Condition":{{{block}}}}}"#
    ));
    facts.statements[0].conditions[0].clone()
}

fn effect(block: &str) -> ConditionEffect {
    condition(r#""*""#, block).effect.unwrap()
}

#[test]
fn day_counts() {
    let key = "kms:ScheduleKeyDeletionPendingWindowInDays";
    for (block, wanted) in [
        (r#""NumericLessThan":{"KEY":14}"#, ConditionEffect::ByDays),
        (
            r#""NumericGreaterThanEquals":{"KEY":"7"}"#,
            ConditionEffect::Always,
        ),
        (r#""NumericLessThan":{"KEY":"7"}"#, ConditionEffect::Never),
        (
            r#""NumericLessThan":{"KEY":"14 days"}"#,
            ConditionEffect::Never,
        ),
        (r#""Null":{"KEY":"false"}"#, ConditionEffect::ByDays),
        (r#""Null":{"KEY":"true"}"#, ConditionEffect::ByDays),
        (
            r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#,
            ConditionEffect::Depends,
        ),
    ] {
        assert_eq!(effect(&block.replace("KEY", key)), wanted, "{block}");
    }
}

#[test]
fn an_effect_is_said_only_of_scheduling() {
    let facts = facts(
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:CancelKeyDeletion","Resource":"*",
        "Condition":{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"x"}}}"#,
    );
    let found = &facts.statements[0].conditions[0];
    assert_eq!(found.effect, None);
    assert_eq!(found.values[0].number, None);
    let never: Vec<_> = found
        .never_present_for
        .iter()
        .map(KmsAction::name)
        .collect();
    assert_eq!(never, ["CancelKeyDeletion"]);
}

#[test]
fn keys_that_no_such_caller_has() {
    let never = |principal: &str, key: &str| {
        let block = format!(r#""StringEquals":{{"{key}":"x"}}"#);
        condition(principal, &block).never_present_for.len()
    };
    let role = r#"{"AWS":"arn:aws:iam::111122223333:role/r"}"#;
    let user = r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#;
    assert_eq!(never(role, "aws:username"), 5);
    assert_eq!(never(user, "aws:username"), 0);
    assert_eq!(never(r#"{"AWS":"111122223333"}"#, "aws:username"), 0);
    assert_eq!(never(role, "aws:SourceArn"), 5);
    assert_eq!(
        never(r#"{"Service":"logs.amazonaws.com"}"#, "aws:SourceArn"),
        0
    );
    // `*` means services, too.
    assert_eq!(never(r#""*""#, "aws:SourceArn"), 0);
    assert_eq!(never(r#""*""#, "kms:EncryptionContext:x"), 5);
}

#[test]
fn unknown_and_unsupported_keys() {
    let found = condition(
        r#""*""#,
        r#""ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/x"}"#,
    );
    assert!(found.unsupported_here && found.key_known);
    assert_eq!(found.operator, "ForAnyValue:StringLike");
    assert_eq!(
        (found.quantifier, found.comparison),
        (Some(Quantifier::ForAnyValue), Comparison::StringLike)
    );
    let found = condition(r#""*""#, r#""Bool":{"aws:MultiFactorAuthPresen":true}"#);
    assert!(!found.key_known);
    assert_eq!(
        found.key_nearest.as_deref(),
        Some("aws:MultiFactorAuthPresent")
    );
    assert_eq!(found.values[0].text, "true");
}
