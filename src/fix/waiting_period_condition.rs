//! Puts a condition on the waiting period right: its operator, its key, its values.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>

use serde_json::Value as Json;

use crate::aws::{ActionSet, KmsAction};
use crate::facts::{ConditionRecord, IndexedLocation};
use crate::finding::Finding;
use crate::policy::{Comparison, Effect, Family};
use crate::tree::Step;
use crate::tree::edit::Draft;

use super::plan::{Meant, Plan, Refusal};
use super::target::{
    Target, WINDOW_KEY, Written, WrittenCondition, at_finding, rewrite_condition, then,
};

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let statement = target.statement_of(finding)?;
    let records = &statement.record.conditions;
    let at = |place: IndexedLocation| {
        let here = |record: &ConditionRecord| {
            record.at == place || record.values.iter().any(|value| value.at == place)
        };
        records.iter().position(here)
    };
    let places = records.iter().flat_map(|record| {
        std::iter::once(record.at).chain(record.values.iter().map(|value| value.at))
    });
    let places: Vec<_> = places.collect();
    let place = at_finding(finding, &places, |place| *place).copied();
    let index = place.and_then(at);
    let written = statement.conditions();
    let (Some(record), Some(condition)) = (
        index.and_then(|index| records.get(index)),
        index.and_then(|index| written.get(index)),
    ) else {
        return Err(Refusal::input("the condition cannot be found again"));
    };
    let mut draft = target.draft();
    let wrong_value = record
        .values
        .iter()
        .position(|value| Some(value.at) == place);
    let title = match wrong_value {
        Some(value) if Some(record.at) != place => {
            remove_value(&mut draft, &statement, condition, record, value)?
        }
        _ => put_right(&mut draft, &statement, condition, record)?,
    };
    let deletion = ActionSet::only(KmsAction::ScheduleKeyDeletion);
    let caution = (statement.record.effect == Effect::Allow && wrong_value.is_none()).then(|| {
        "the statement allows deletion for the waiting periods that it names only now".to_owned()
    });
    Ok(Plan {
        draft,
        title,
        meant: Meant {
            gains: if caution.is_some() {
                deletion
            } else {
                ActionSet::EMPTY
            },
            ..Meant::loses(deletion)
        },
        caution,
    })
}

/// Removes a value that no waiting period has, where others stay.
fn remove_value(
    draft: &mut Draft,
    statement: &Written<'_>,
    condition: &WrittenCondition<'_>,
    record: &ConditionRecord,
    value: usize,
) -> Result<String, Refusal> {
    let text = record
        .values
        .get(value)
        .map_or("", |value| value.text.as_str());
    if record.values.len() < 2 || !condition.values.is_array() {
        return Err(Refusal::decide(format!(
            "decide which waiting periods are meant, from 7 to 30 days: `{text}` is none"
        )));
    }
    draft.remove(&then(&condition.path, Step::Index(value)))?;
    Ok(format!(
        "remove `{text}`, which is no waiting period, from {}",
        statement.name()
    ))
}

fn put_right(
    draft: &mut Draft,
    statement: &Written<'_>,
    condition: &WrittenCondition<'_>,
    record: &ConditionRecord,
) -> Result<String, Refusal> {
    let decide = |what: String| Err(Refusal::decide(what));
    let mut changes = Vec::new();
    for (index, value) in record.values.iter().enumerate() {
        let days = number(&value.text);
        match days {
            Some(days) if (7..=30).contains(&days) => {
                if days.to_string() != value.text.trim() {
                    let path = if condition.values.is_array() {
                        then(&condition.path, Step::Index(index))
                    } else {
                        condition.path.clone()
                    };
                    draft.replace(&path, &Json::from(days.to_string()))?;
                    changes.push(format!("`{days}` for `{}`", value.text));
                }
            }
            Some(_) | None => {
                return decide(format!(
                    "decide which waiting periods are meant, from 7 to 30 days: `{}` is none",
                    value.text
                ));
            }
        }
    }
    let name = if record.misnamed_window {
        WINDOW_KEY
    } else {
        condition.key
    };
    if name != condition.key {
        changes.push(format!("`{name}` for `{}`", condition.key));
    }
    let operator = match (numeric(record.comparison), record.if_exists) {
        (Some(numeric), true) => format!("{}IfExists", numeric.name()),
        (Some(numeric), false) => numeric.name().to_owned(),
        (None, _) => {
            return decide(format!(
                "decide how the waiting period is to be compared: `{}` compares no numbers",
                record.operator
            ));
        }
    };
    if operator != record.operator {
        changes.push(format!("`{operator}` for `{}`", record.operator));
    }
    if changes.is_empty() {
        return decide(format!(
            "decide which waiting periods are meant: the condition holds for all of them or for \
             none, as `{}` has it",
            record.operator
        ));
    }
    rewrite_condition(draft, statement, condition, &operator, name)?;
    Ok(format!(
        "write {} in {}",
        changes.join(", "),
        statement.name()
    ))
}

/// The operator that compares numbers as this one compares texts.
fn numeric(comparison: Comparison) -> Option<Comparison> {
    match comparison.family() {
        Family::Numeric => Some(comparison),
        Family::String if comparison.is_negated() => Some(Comparison::NumericNotEquals),
        Family::String => Some(Comparison::NumericEquals),
        _ => None,
    }
}

/// The days that a text names, alone or before the word for them.
fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let days = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let unit = text.get(days.len()..)?.trim().to_ascii_lowercase();
    let is_days = matches!(unit.as_str(), "" | "d" | "day" | "days");
    days.parse().ok().filter(|_| is_days)
}
