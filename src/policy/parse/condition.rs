//! `Condition`: operators, keys, values.

use crate::policy::placeholder::value as value_of;
use crate::policy::{
    Comparison, Condition, ConditionOperator, ConditionValue, Family, Moment, PolicyKind,
    Quantifier, Text, deferred,
};
use crate::text::InputError;
use crate::tree::{Content, Member, Node};

use super::complaints::{Complaints, Seen};
use super::element::{each, one_or_many};

/// Reads a `Condition` block into one entry for each operator and key.
pub(super) fn read(block: &Node<'_>, complaints: &mut Complaints) -> Vec<Condition> {
    let Some(members) = complaints.object(block, "`Condition`") else {
        return Vec::new();
    };
    let keys_of = |member: &Member<'_>| member.value.members().map_or(0, <[_]>::len);
    let mut conditions = Vec::with_capacity(members.iter().map(keys_of).sum());
    let mut seen = Seen::default();
    for member in members {
        if !seen.insert(&member.key) {
            complaints.duplicate(member, "`Condition`");
        }
        match ConditionOperator::parse(&member.key) {
            Some(operator) => keys(operator, member, &mut conditions, complaints),
            None => unknown_operator(member, complaints),
        }
    }
    conditions
}

fn unknown_operator(member: &Member<'_>, complaints: &mut Complaints) {
    let error = InputError::new(
        member.key_span,
        format!("`{}` is not a condition operator", member.key),
    )
    .label("AWS refuses this");
    complaints.error(match nearest(&member.key) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help(
            "operators are for example `StringEquals`, `NumericLessThan`, `Bool`, `ArnLike`; \
             `Null` takes no `IfExists`",
        ),
    });
}

/// The operator that begins alike: `StringMatch` has none, `NumericLessThanEqual` has one.
fn nearest(name: &str) -> Option<&'static str> {
    let same_start = |known: &str| {
        known
            .bytes()
            .zip(name.bytes())
            .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
            .count()
    };
    let best = Comparison::ALL
        .iter()
        .map(|c| c.name())
        .max_by_key(|known| same_start(known))?;
    let length = best.len().max(name.len());
    (same_start(best).saturating_mul(4) >= length.saturating_mul(3)).then_some(best)
}

fn keys(
    operator: ConditionOperator,
    member: &Member<'_>,
    conditions: &mut Vec<Condition>,
    complaints: &mut Complaints,
) {
    let what = format_args!("the value of `{}`", member.key);
    let Some(keys) = complaints.object(&member.value, what) else {
        return;
    };
    let names: Vec<_> = keys
        .iter()
        .map(|key| key.key.to_ascii_lowercase())
        .collect();
    let mut seen = Seen::default();
    for (key, name) in keys.iter().zip(&names) {
        if !seen.insert(name) {
            complaints.error(
                InputError::new(
                    key.key_span,
                    format!(
                        "the condition key `{}` stands twice under `{}`",
                        key.key, member.key
                    ),
                )
                .label("again; the names of keys ignore case")
                .help("join their values in one list"),
            );
            continue;
        }
        key_shape(operator, (key, name), complaints);
        conditions.push(Condition {
            operator,
            operator_span: member.key_span,
            key: Text::new(value_of(&key.key), key.key_span),
            values: values(operator, &key.value, complaints),
            values_span: key.value.span,
        });
    }
}

/// `name`: the key in lower case.
fn key_shape(
    operator: ConditionOperator,
    (key, name): (&Member<'_>, &str),
    complaints: &mut Complaints,
) {
    if !key.key.contains(':') {
        complaints.error(
            InputError::new(
                key.key_span,
                format!("the condition key `{}` has no prefix", key.key),
            )
            .label("AWS refuses this")
            .help("a condition key is written `service:Name`, for example `aws:PrincipalArn`"),
        );
    }
    // KMS answers `OverlyPermissiveCondition`:
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    let open = name.starts_with("kms:encryptioncontext:") || name.starts_with("aws:requesttag/");
    if complaints.kind == PolicyKind::Key
        && operator.quantifier == Some(Quantifier::ForAllValues)
        && open
    {
        complaints.error(
            InputError::new(
                key.key_span,
                format!("KMS refuses `ForAllValues` with `{}`", key.key),
            )
            .label("it would hold whenever the key is absent")
            .help("use the operator without `ForAllValues`: this key has one value"),
        );
    }
}

fn values(
    operator: ConditionOperator,
    node: &Node<'_>,
    complaints: &mut Complaints,
) -> Vec<ConditionValue> {
    each(one_or_many(node), |item| value(operator, item, complaints))
}

fn value(
    operator: ConditionOperator,
    node: &Node<'_>,
    complaints: &mut Complaints,
) -> Option<ConditionValue> {
    let (value, quoted) = match &node.value {
        Content::Number(text) => ((**text).into(), false),
        Content::Bool(true) => ("true".into(), false),
        Content::Bool(false) => ("false".into(), false),
        _ => {
            let Some(value) = deferred::value(node, value_of) else {
                let wanted = "a string, number or boolean";
                complaints.wrong_type(node, "a value of a condition", wanted);
                return None;
            };
            (value, true)
        }
    };
    let text = Text::new(value, node.span);
    let is_date = || Moment::parse(&text.value).is_some() || text.value.is_open();
    if operator.comparison.family() == Family::Date && !is_date() {
        complaints.error(
            InputError::new(node.span, format!("`{}` is not a date", text.value))
                .label("AWS refuses this")
                .help("write for example `2026-04-01T00:00:00Z`, or seconds since 1970"),
        );
    }
    Some(ConditionValue { text, quoted })
}
