//! Adds a guardrail against waiting periods below the limit, or raises the one that is there.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html>

use serde_json::{Value as Json, json};

use crate::access::{Case, CaseSet};
use crate::aws::{KmsAction, PrincipalKind};
use crate::policy::{Effect, PolicyKind};

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, WINDOW_KEY, Written};

pub(super) fn plan(target: &Target<'_>) -> Result<Plan, Refusal> {
    if target.policy.kind != PolicyKind::Key {
        return Err(Refusal::decide("decide whom the guardrail has to reach"));
    }
    let limit = target.facts.limits.minimum_waiting_period;
    let days = i64::from(limit.days()).to_string();
    let mut draft = target.draft();
    let title = if let Some((statement, values)) = guardrail(target) {
        let mut path = values;
        let present = draft.get(&path);
        if present.is_some_and(|present| present.is_array()) {
            path.push(crate::tree::Step::Index(0));
        }
        let as_number = draft.get(&path).is_some_and(|value| value.is_number());
        let value = if as_number {
            json!(limit.days())
        } else {
            json!(days)
        };
        draft.replace(&path, &value)?;
        format!("raise the limit of {} to {days} days", statement.name())
    } else {
        let statement = target.new_statement(
            "Deny short waiting periods",
            &[
                ("Effect", json!("Deny")),
                ("Principal", json!({"AWS": "*"})),
                ("Action", json!("kms:ScheduleKeyDeletion")),
                ("Resource", json!("*")),
                ("Condition", json!({"NumericLessThan": {WINDOW_KEY: days}})),
            ],
        );
        draft.add_values(&target.statements_path(), usize::MAX, &[statement])?;
        format!("deny waiting periods below {days} days to everyone")
    };
    let below = |case: &Case| case.window().is_some_and(|window| window < limit);
    let cases = Case::all()
        .filter(below)
        .filter(|case| CaseSet::DAYS.contains(*case));
    Ok(Plan {
        draft,
        title,
        meant: Meant {
            cases: cases.fold(CaseSet::NONE, CaseSet::with),
            ..Meant::loses_deletion()
        },
        caution: None,
    })
}

/// A statement that denies short waiting periods to everyone and does nothing else, and the way to
/// its number.
fn guardrail<'t>(target: &'t Target<'_>) -> Option<(Written<'t>, Vec<crate::tree::Step>)> {
    let statements = target.facts.statements.iter();
    let mut guardrails = statements.filter_map(|record| {
        let [condition] = record.conditions.as_slice() else {
            return None;
        };
        let for_everyone = record
            .principals
            .iter()
            .any(|p| p.kind == PrincipalKind::Everyone);
        let is_one = record.effect == Effect::Deny
            && record.inert.is_none()
            && for_everyone
            && !record.not_principal
            && !record.not_action
            && record.covers.contains(KmsAction::ScheduleKeyDeletion)
            && record.covers.len() == 1
            && condition.operator == "NumericLessThan"
            && condition.key.eq_ignore_ascii_case(WINDOW_KEY)
            && condition.values.len() == 1;
        let statement = target.statement(record.index).ok().filter(|_| is_one)?;
        let path = statement
            .conditions()
            .first()
            .map(|written| written.path.clone())?;
        let is_value = statement
            .conditions()
            .first()
            .is_some_and(|written| !matches!(written.values, Json::Object(_)));
        is_value.then_some((statement, path))
    });
    guardrails.next()
}
