//! Adds what goes with deletion to those who can schedule it: cancel it, see the key's state,
//! disable and enable the key.

use serde_json::Value as Json;

use crate::aws::{ActionSet, KmsAction, PrincipalKind, RECOMMENDED_BY_NEED};
use crate::finding::Finding;

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, WINDOW_KEY, Written, key, listed_actions, names, then};

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let schedulers = target.schedulers(finding);
    let missing = schedulers
        .iter()
        .filter_map(|access| access.lacks)
        .fold(ActionSet::EMPTY, ActionSet::union);
    let statement = schedulers
        .iter()
        .find_map(|access| Target::grants_deletion(access));
    let statement = target.statement(statement.unwrap_or(usize::MAX))?;
    add_beside_deletion(target, &statement, missing)
}

/// Adds actions to the statement that allows deletion, or, where its conditions would stop them,
/// in a statement of their own after it.
pub(super) fn add_beside_deletion(
    target: &Target<'_>,
    statement: &Written<'_>,
    missing: ActionSet,
) -> Result<Plan, Refusal> {
    let record = statement.record;
    if record.not_action || record.not_principal {
        return Err(Refusal::decide(format!(
            "decide whom {} is for and what it allows, and name them: it says so by exception",
            statement.name()
        )));
    }
    if missing.is_empty() {
        return Err(Refusal::decide(
            "decide who has to be able to undo a deletion",
        ));
    }
    let stops = record.conditions.iter().any(|condition| {
        condition.key.eq_ignore_ascii_case(WINDOW_KEY)
            || !condition.never_present_for.intersection(missing).is_empty()
    });
    let added = names(in_order(missing));
    let mut draft = target.draft();
    let words = listed_actions(in_order(missing));
    let title = if stops || !record.covers.intersection(missing).is_empty() {
        let new = beside(target, statement, added, missing);
        draft.add_values(&target.statements_path(), record.index, &[new])?;
        format!("allow {words} in a statement after {}", statement.name())
    } else {
        let position = statement.pattern_of(KmsAction::ScheduleKeyDeletion);
        let action = then(&statement.path, key("Action"));
        draft.add_values(&action, position.unwrap_or(usize::MAX), &added)?;
        format!("add {words} to {}", statement.name())
    };
    Ok(Plan {
        draft,
        title,
        meant: Meant::gains(missing),
        caution: None,
    })
}

/// In the order in which they are needed.
fn in_order(actions: ActionSet) -> impl Iterator<Item = KmsAction> {
    let order = RECOMMENDED_BY_NEED.into_iter();
    order.filter(move |action| actions.contains(*action))
}

/// A statement for the same principals and resources under the same conditions, but for those that
/// no request for these actions can meet.
fn beside(
    target: &Target<'_>,
    statement: &Written<'_>,
    mut added: Vec<Json>,
    missing: ActionSet,
) -> Json {
    let action = match added.len() {
        1 => added.pop().unwrap_or_default(),
        _ => Json::Array(added),
    };
    let copied = |name: &'static str| Some((name, statement.element(name)?.clone()));
    let mut elements = vec![
        ("Effect", Json::from("Allow")),
        ("Principal", living(statement)),
        ("Action", action),
    ];
    elements.extend(copied("Resource").or_else(|| copied("NotResource")));
    if let Some(condition) = remaining_condition(statement, missing) {
        elements.push(("Condition", condition));
    }
    target.new_statement("Allow cancelling key deletion", &elements)
}

/// The principals without the ids of those that were deleted.
fn living(statement: &Written<'_>) -> Json {
    let mut principal = statement.element("Principal").cloned().unwrap_or_default();
    let is_orphan = |text: &Json| {
        let mut orphans = statement.record.principals.iter();
        orphans.any(|p| p.kind == PrincipalKind::UniqueId && text == p.text.as_str())
    };
    if let Some(items) = principal.get_mut("AWS").and_then(Json::as_array_mut)
        && !items.iter().all(is_orphan)
    {
        items.retain(|item| !is_orphan(item));
        if let [one] = items.as_slice() {
            let one = one.clone();
            if let Some(members) = principal.as_object_mut() {
                members.insert("AWS".to_owned(), one);
            }
        }
    }
    principal
}

fn remaining_condition(statement: &Written<'_>, missing: ActionSet) -> Option<Json> {
    let mut operators = serde_json::Map::new();
    for (condition, record) in statement
        .conditions()
        .iter()
        .zip(&statement.record.conditions)
    {
        let stops = condition.key.eq_ignore_ascii_case(WINDOW_KEY)
            || !record.never_present_for.intersection(missing).is_empty();
        if !stops {
            let keys = operators
                .entry(condition.operator)
                .or_insert_with(|| Json::Object(serde_json::Map::new()));
            if let Some(keys) = keys.as_object_mut() {
                keys.insert(condition.key.to_owned(), condition.values.clone());
            }
        }
    }
    (!operators.is_empty()).then_some(Json::Object(operators))
}
