//! Which statements of an IAM policy let whoever has it delete every key.

use std::borrow::Cow;

use crate::aws::{Arn, KmsAction};
use crate::policy::{Effect, PolicyKind, Reason, Segment, Statement, Value, glob};

use super::policy_context::PolicyContext;
use super::{ConditionEffect, ConditionRecord, StatementRecord};

/// Two keys that no policy names: one of one Region, one of many.
const SOME_KEYS: [&str; 2] = [
    "key/8d3e5f60-2c1b-4a97-b6d4-90c7ae15f283",
    "key/mrk-5b0c94d7e2f84a61a3f5d8721e6b49c0",
];

/// Condition keys that tell one key from another, by how they begin, in lower case; all others tell
/// callers and requests apart.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
const ABOUT_KEYS: [&str; 8] = [
    "aws:resourcetag/",
    "kms:resourcealiases",
    "kms:keyspec",
    "kms:keyusage",
    "kms:keyorigin",
    "kms:multiregion",
    "kms:customermasterkey",
    "kms:trailingdays",
];

/// Marks them.
pub(super) fn find(records: &mut [StatementRecord], subject: &PolicyContext<'_>) {
    if subject.document.kind != PolicyKind::Identity {
        return;
    }
    let statements = records.iter().zip(&subject.document.statements);
    let reaches: Vec<_> = statements
        .map(|(record, statement)| is_about_every_key(record, statement))
        .collect();
    let mut both = records.iter().zip(&subject.document.statements);
    if both.any(|(record, statement)| denies_most_keys(record, statement)) {
        return;
    }
    for (record, reaches) in records.iter_mut().zip(reaches) {
        record.deletes_any_key = reaches && record.effect == Effect::Allow;
        let is_all = |text: &str| matches!(text, "*" | "*:*");
        record.allows_everything = record.deletes_any_key
            && (record.not_action || record.actions.iter().any(|action| is_all(&action.text)));
    }
}

/// Whether the statement is about deletion of whatever key, and no condition is about the key.
fn is_about_every_key(record: &StatementRecord, statement: &Statement) -> bool {
    let holds = |condition: &ConditionRecord| {
        !is_about_the_key(condition) && condition.effect != Some(ConditionEffect::Never)
    };
    covers_deletion_of_all(record, statement) && record.conditions.iter().all(holds)
}

/// Whether the statement denies deletion of all keys, or of all but those with a tag or the like; one
/// for some callers only may leave the others.
fn denies_most_keys(record: &StatementRecord, statement: &Statement) -> bool {
    let spares_few =
        |condition: &ConditionRecord| is_about_the_key(condition) && !condition.demands_key;
    record.effect == Effect::Deny
        && covers_deletion_of_all(record, statement)
        && record.conditions.iter().all(spares_few)
}

fn covers_deletion_of_all(record: &StatementRecord, statement: &Statement) -> bool {
    record.inert.is_none()
        && record.critical.contains(KmsAction::ScheduleKeyDeletion)
        && covers_every_key(statement)
}

fn is_about_the_key(condition: &ConditionRecord) -> bool {
    let key = condition.key_lower.as_str();
    ABOUT_KEYS.iter().any(|begin| key.starts_with(begin))
}

fn covers_every_key(statement: &Statement) -> bool {
    let Some(element) = &statement.resource else {
        return false;
    };
    let mut texts = element.patterns.iter().map(|of| &of.text.value);
    if element.negated {
        !texts.any(matches_every_key)
    } else {
        texts.any(matches_every_key)
    }
}

/// The pattern with `*` in place of what is not known, but for what is known once a resource is there: that
/// is one name, and not every name.
fn without_new_names(pattern: &Value) -> Cow<'_, str> {
    let mut unknown = pattern.unknown_reasons();
    if !unknown.any(|reason| reason == Reason::KnownAfterApply) {
        return pattern.with_wildcards();
    }
    let pieces = pattern.segments().map(|segment| match segment {
        Segment::Known(text) => text,
        Segment::Unknown(_, Reason::KnownAfterApply) => "-",
        Segment::Unknown(..) => "*",
    });
    Cow::Owned(pieces.collect())
}

/// Whether the pattern matches every key of some account and Region.
fn matches_every_key(pattern: &Value) -> bool {
    let pattern = &*without_new_names(pattern);
    let arn = Arn::parse(pattern);
    let filled = |part: Option<&str>, any: &str| {
        let is_whole = |part: &&str| !part.is_empty() && !part.contains(['*', '?']);
        part.filter(is_whole).unwrap_or(any).to_owned()
    };
    let (partition, region, account) = (
        filled(arn.as_ref().map(|arn| arn.partition), "aws"),
        filled(arn.as_ref().map(|arn| arn.region), "eu-west-1"),
        filled(arn.as_ref().map(|arn| arn.account), "111122223333"),
    );
    SOME_KEYS.iter().all(|key| {
        let arn = format!("arn:{partition}:kms:{region}:{account}:{key}");
        glob(pattern, &arn)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_every_key_are_told_from_those_of_some() {
        for all in [
            "*",
            "arn:aws:kms:*:*:key/*",
            "arn:aws:kms:eu-west-1:111122223333:key/*",
            "arn:aws-cn:kms:cn-north-1:*:*",
            "arn:aws:kms:*",
            "arn:*",
            "arn:aws:kms:*:${account}:key/*",
        ] {
            assert!(matches_every_key(&Value::of_template(all)), "{all}");
        }
        for some in [
            "arn:aws:kms:*:*:key/1234abcd-*",
            "arn:aws:kms:*:*:key/mrk-*",
            "arn:aws:kms:*:*:alias/*",
            "arn:aws:s3:::b/*",
            "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ] {
            assert!(!matches_every_key(&Value::of_template(some)), "{some}");
        }
    }
}
