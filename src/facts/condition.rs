//! What each condition of a statement is about and what it does.

use std::collections::BTreeSet;

use crate::access::{Case, CaseSet, ConditionCases};
use crate::aws::condition_key::ValueType;
use crate::aws::data::NOT_KNOWN;
use crate::aws::{
    ActionSet, CRITICAL, ConditionKey, KmsAction, Presence, PrincipalKind, condition_key,
};
use crate::policy::{
    Comparison, Condition, ConditionValue, Family, Piece, PolicyKind, Quantifier, Value,
    first_variable, pieces,
};

use super::policy_context::PolicyContext;
use super::{ConditionEffect, ConditionRecord, GateAttribute, ValueRecord};

/// `covers`: the actions of the statement; `classes`: whom it can be about.
pub(super) fn record(
    condition: &Condition,
    covers: ActionSet,
    classes: &[PrincipalKind],
    subject: &PolicyContext<'_>,
) -> ConditionRecord {
    let key = &condition.key.value;
    let operator = condition.operator;
    let row = condition_key::find(key);
    let known = row.is_some() || is_beyond_the_table(key);
    let nearest = if known {
        None
    } else {
        condition_key::nearest(key)
    };
    let effect = covers
        .contains(KmsAction::ScheduleKeyDeletion)
        .then(|| effect(condition, classes, subject));
    ConditionRecord {
        operator: operator.to_string(),
        quantifier: operator.quantifier,
        comparison: operator.comparison,
        if_exists: operator.if_exists,
        negated: operator.comparison.is_negated(),
        key: key.to_string(),
        key_lower: key.to_lowercase(),
        key_known: known,
        misnamed_window: !known && key.to_ascii_lowercase().contains("window"),
        key_hint: if known {
            String::new()
        } else {
            let near = nearest.as_ref();
            let near = near.map(|name| format!("; did you mean `{name}`?"));
            let is_global = key
                .get(..4)
                .is_some_and(|of| of.eq_ignore_ascii_case("aws:"));
            let is = if is_global { "not documented, or " } else { "" };
            format!(": the key is {is}{NOT_KNOWN}{}", near.unwrap_or_default())
        },
        key_nearest: nearest,
        never_present_for: row.map_or(ActionSet::EMPTY, |row| {
            never_present_for(row, covers, classes)
        }),
        key_type: row.map(|row| row.value_type),
        multi_valued: row.is_some_and(|row| row.multi_valued),
        compares_no_number: compares_no_number(condition, row.map(|row| row.value_type)),
        gate: row.and_then(gate),
        gate_open: None,
        unpaired: false,
        missed_keys: None,
        demands_key: demands_key(condition),
        unsupported_here: subject.document.kind == PolicyKind::Key
            && condition_key::iam_policy_only(key),
        effect,
        values: condition
            .values
            .iter()
            .map(|value| value_record(value, subject))
            .collect(),
        operator_at: subject.place(condition.operator_span),
        at: subject.place(condition.key.span),
    }
}

/// Global keys and those of KMS are all in the table; of other services' nothing is claimed.
fn is_beyond_the_table(key: &Value) -> bool {
    let ours = key.split_once(':').is_none_or(|(service, _)| {
        service.eq_ignore_ascii_case("aws") || service.eq_ignore_ascii_case("kms")
    });
    !ours || key.is_open()
}

/// Access Analyzer calls the one a data type mismatch, the other a type mismatch of a number:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
fn compares_no_number(condition: &Condition, key_type: Option<ValueType>) -> bool {
    match condition.operator.comparison.family() {
        Family::Numeric => condition.values.iter().any(|value| {
            let text = &*value.text.value;
            number(text).is_none() && !value.text.value.is_open()
        }),
        Family::Null | Family::Date => false,
        Family::String | Family::Bool | Family::Binary | Family::IpAddress | Family::Arn => {
            key_type == Some(ValueType::Numeric)
        }
    }
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/abac.html>
fn gate(row: &ConditionKey) -> Option<GateAttribute> {
    match row.name {
        "aws:ResourceTag/" => Some(GateAttribute::Tags),
        "kms:ResourceAliases" => Some(GateAttribute::Aliases),
        _ => None,
    }
}

/// Marks each `ForAllValues` that a request without its key satisfies, as no other condition of the
/// statement demands the key.
pub(super) fn find_unpaired(records: &mut [ConditionRecord], conditions: &[Condition]) {
    let demanded: BTreeSet<String> = records
        .iter()
        .zip(conditions)
        .filter(|(_, condition)| demands_key(condition))
        .map(|(record, _)| record.key_lower.clone())
        .collect();
    for record in records {
        record.unpaired = record.quantifier == Some(Quantifier::ForAllValues)
            && !demanded.contains(&record.key_lower);
        record.missed_keys = missed_keys(record);
    }
}

/// Which keys a `Deny` gets wrong: `ForAllValues` holds for a key without any value, and one value that
/// does not match makes it false; `ForAnyValue` never holds for a key without any.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
fn missed_keys(record: &ConditionRecord) -> Option<&'static str> {
    let is_for_all = record.quantifier? == Quantifier::ForAllValues;
    if record.comparison == Comparison::Null {
        return None;
    }
    match (record.gate?, is_for_all, record.negated) {
        (GateAttribute::Aliases, true, false) if record.unpaired => Some(
            "reaches keys without an alias too, and spares a key with one more alias, which does not match",
        ),
        (GateAttribute::Aliases, true, true) if record.unpaired => Some(
            "reaches keys without an alias too, and spares a protected key with one more alias, which matches",
        ),
        (GateAttribute::Aliases, true, _) => Some("spares a protected key with one more alias"),
        (GateAttribute::Aliases, false, true) => Some("spares keys without an alias"),
        (GateAttribute::Tags, true, _) if record.unpaired => {
            Some("reaches keys without the tag too")
        }
        (GateAttribute::Tags, false, true) => Some("spares keys without the tag"),
        _ => None,
    }
}

/// Whether a request without the key never satisfies it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
fn demands_key(condition: &Condition) -> bool {
    let operator = condition.operator;
    if operator.comparison == Comparison::Null {
        let says_false = |value: &ConditionValue| value.text.value.eq_ignore_ascii_case("false");
        return condition.values.iter().all(says_false);
    }
    match operator.quantifier {
        _ if operator.if_exists => false,
        Some(Quantifier::ForAllValues) => false,
        Some(Quantifier::ForAnyValue) => true,
        None => !operator.comparison.is_negated(),
    }
}

/// A key counts as never supplied where no class of callers that is meant has it; asked of
/// [`CRITICAL`].
fn never_present_for(
    row: &ConditionKey,
    covers: ActionSet,
    classes: &[PrincipalKind],
) -> ActionSet {
    let never = |action: &KmsAction| {
        let mut classes = classes.iter();
        classes.all(|class| row.presence(*action, *class) == Presence::Never)
    };
    let asked = covers.intersection(CRITICAL).iter();
    asked.filter(never).collect()
}

fn effect(
    condition: &Condition,
    classes: &[PrincipalKind],
    subject: &PolicyContext<'_>,
) -> ConditionEffect {
    let unrendered = |value: &ConditionValue| value.text.value.is_open();
    if condition.values.iter().any(unrendered) {
        return ConditionEffect::Depends;
    }
    let ConditionCases { surely, maybe } =
        subject
            .key
            .condition_cases(condition, subject.document, classes);
    // Which of both readings of an omitted day count is AWS's is not known, and the one with an
    // absent key would make a condition of every lower bound. `Null` asks for just that.
    let counted = if condition.operator.comparison == Comparison::Null {
        CaseSet::ALL
    } else {
        CaseSet::DAYS.with(Case::OmittedAsDefault)
    };
    if surely.includes(counted) {
        ConditionEffect::Always
    } else if maybe.is_empty() {
        ConditionEffect::Never
    } else if (maybe.without(surely) & CaseSet::DAYS).is_empty() {
        ConditionEffect::ByDays
    } else {
        ConditionEffect::Depends
    }
}

fn value_record(value: &ConditionValue, subject: &PolicyContext<'_>) -> ValueRecord {
    let text = &*value.text.value;
    ValueRecord {
        text: text.to_owned(),
        number: number(text),
        wildcard: value.text.value.known().any(has_wildcard),
        variable: first_variable(text).map(str::to_owned),
        placeholder: value.text.value.is_open(),
        at: subject.place(value.text.span),
    }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
        && pieces(text)
            .any(|piece| matches!(piece, Piece::Literal(part) if part.contains(['*', '?'])))
}

/// A decimal number: an optional sign, digits, perhaps a point and more digits.
fn number(text: &str) -> Option<f64> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let decimal = match unsigned.split_once('.') {
        None => digits(unsigned),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
    };
    // Hundreds of digits make an infinity, which JSON does not have.
    let parsed = decimal.then(|| text.parse().ok()).flatten();
    parsed.filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_decimals_are_numbers() {
        assert_eq!(number("14"), Some(14.0));
        assert_eq!(number("-1.50"), Some(-1.5));
        for text in [
            "", " 14", "1e3", "0x0e", "14 days", ".5", "5.", "inf", "NaN",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number(&"9".repeat(400)), None);
    }

    #[test]
    fn keys_of_other_services_are_not_called_unknown() {
        let is_beyond = |key| is_beyond_the_table(&Value::of_template(key));
        assert!(is_beyond("s3:prefix") && is_beyond("kms:${key}"));
        assert!(!is_beyond("aws:MultiFactorPresent"));
        assert!(!is_beyond("MultiFactorAuthPresent"));
    }
}
