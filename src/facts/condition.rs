//! What each condition of a statement is about and what it does.

use crate::aws::{ActionSet, CallerClass, KmsAction, Presence, condition_key};
use crate::eval::{Case, CaseSet, condition_holds};
use crate::policy::{Comparison, Condition, ConditionValue, PolicyKind};

use super::subject::Subject;
use super::{ConditionEffect, ConditionRecord, ValueRecord};

/// The actions for which it is said whether a key is ever supplied.
const WATCHED: [KmsAction; 4] = [
    KmsAction::ScheduleKeyDeletion,
    KmsAction::CancelKeyDeletion,
    KmsAction::PutKeyPolicy,
    KmsAction::DisableKey,
];

/// `covers`: the actions of the statement; `classes`: whom it can be about.
pub(super) fn record(
    condition: &Condition,
    covers: ActionSet,
    classes: &[CallerClass],
    subject: &Subject<'_>,
) -> ConditionRecord {
    let key = &*condition.key.value;
    let operator = condition.operator;
    let known = is_known(key);
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
        quantifier: operator.quantifier.map(crate::policy::Quantifier::name),
        comparison: operator.comparison.name(),
        if_exists: operator.if_exists,
        negated: operator.comparison.is_negated(),
        key: key.to_owned(),
        key_lower: key.to_lowercase(),
        key_known: known,
        misnamed_window: !known && key.to_ascii_lowercase().contains("window"),
        key_hint: nearest
            .as_ref()
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default(),
        key_nearest: nearest,
        never_present_for: never_present_for(key, covers, classes),
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
fn is_known(key: &str) -> bool {
    let ours = key.split_once(':').is_none_or(|(service, _)| {
        service.eq_ignore_ascii_case("aws") || service.eq_ignore_ascii_case("kms")
    });
    !ours || condition_key::find(key).is_some()
}

/// A key counts as never supplied where no class of callers that is meant has it.
fn never_present_for(key: &str, covers: ActionSet, classes: &[CallerClass]) -> ActionSet {
    let Some(row) = condition_key::find(key) else {
        return ActionSet::EMPTY;
    };
    let never = |action: &KmsAction| {
        covers.contains(*action)
            && classes
                .iter()
                .all(|class| row.presence(*action, *class) == Presence::Never)
    };
    WATCHED.into_iter().filter(never).collect()
}

fn effect(
    condition: &Condition,
    classes: &[CallerClass],
    subject: &Subject<'_>,
) -> ConditionEffect {
    let (mut surely, mut maybe) = (CaseSet::ALL, CaseSet::NONE);
    let meant = subject
        .probes()
        .iter()
        .filter(|request| classes.contains(&request.caller.class()));
    for request in meant {
        let holds = condition_holds(condition, request, subject.document);
        surely = surely & holds.surely();
        maybe = maybe | holds.maybe();
    }
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

fn value_record(value: &ConditionValue, subject: &Subject<'_>) -> ValueRecord {
    let text = &*value.text.value;
    ValueRecord {
        text: text.to_owned(),
        number: number(text),
        at: subject.place(value.text.span),
    }
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
        assert!(is_known("s3:prefix") && is_known("AWS:userId"));
        assert!(!is_known("aws:MultiFactorPresent") && !is_known("MultiFactorAuthPresent"));
    }
}
