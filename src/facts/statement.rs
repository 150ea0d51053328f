//! One record for each statement of a policy.

use std::collections::BTreeSet;

use crate::aws::{ActionSet, CRITICAL, KmsAction, WAYS_ROUND_DELETION, WAYS_ROUND_GUARDRAIL};
use crate::policy::{Effect, PolicyKind, Statement};

use super::subject::Subject;
use super::{ConditionRecord, SidAgain, StatementRecord};
use super::{action, condition, inert, principal, resource};

/// Every statement in order.
pub(super) fn records(subject: &Subject<'_>) -> Vec<StatementRecord> {
    let statements = subject.document.statements.iter().enumerate();
    let mut records: Vec<_> = statements
        .map(|(index, statement)| record(index, statement, subject))
        .collect();
    find_sids_again(&mut records, subject);
    find_ways_round(&mut records, subject.document.kind);
    records
}

fn record(index: usize, statement: &Statement, subject: &Subject<'_>) -> StatementRecord {
    let principal = statement.principal.as_ref();
    let action = statement.action.as_ref();
    let resource = statement.resource.as_ref();
    let actions = action
        .map(|element| action::records(element, subject))
        .unwrap_or_default();
    let covers = statement.covered();
    let mut record = StatementRecord {
        index,
        sid: statement.sid.as_ref().map(|sid| sid.value.to_string()),
        sid_again: None,
        effect: statement.effect.value,
        inert: None,
        not_principal: principal.is_some_and(|element| element.negated),
        principals: principal
            .map(|element| principal::records(element, subject))
            .unwrap_or_default(),
        not_action: action.is_some_and(|element| element.negated),
        actions,
        covers,
        critical: covers.intersection(CRITICAL),
        ways_round: None,
        not_resource: resource.is_some_and(|element| element.negated),
        resources: resource
            .map(|element| resource::records(element, subject))
            .unwrap_or_default(),
        conditions: conditions(statement, covers, subject),
        at: subject.place(statement.span),
    };
    record.inert = inert::why(statement, &record, subject);
    record
}

fn conditions(
    statement: &Statement,
    covers: ActionSet,
    subject: &Subject<'_>,
) -> Vec<ConditionRecord> {
    if statement.conditions.is_empty() {
        return Vec::new();
    }
    let classes = principal::classes(statement, subject.document.kind);
    let of = |found| condition::record(found, covers, &classes, subject);
    let mut records: Vec<_> = statement.conditions.iter().map(of).collect();
    condition::find_unpaired(&mut records, &statement.conditions);
    records
}

fn find_sids_again(records: &mut [StatementRecord], subject: &Subject<'_>) {
    let mut seen = BTreeSet::new();
    for (record, statement) in records.iter_mut().zip(&subject.document.statements) {
        let Some(sid) = &statement.sid else { continue };
        if !sid.value.is_empty() && !seen.insert(&*sid.value) {
            record.sid_again = Some(SidAgain {
                text: sid.value.to_string(),
                at: subject.place(sid.span),
            });
        }
    }
}

fn find_ways_round(records: &mut [StatementRecord], kind: PolicyKind) {
    let denied = records
        .iter()
        .filter(|record| is_guard(record))
        .fold(ActionSet::EMPTY, |all, record| all.union(record.covers));
    let all = if kind == PolicyKind::Key {
        WAYS_ROUND_DELETION
    } else {
        WAYS_ROUND_GUARDRAIL
    };
    let left = all.difference(denied);
    if left.is_empty() {
        return;
    }
    for record in records {
        let covers = record.covers.contains(KmsAction::ScheduleKeyDeletion);
        if covers && is_guard(record) {
            record.ways_round = Some(left);
        }
    }
}

/// Whether it denies as such, and not only short waiting periods or sessions without a second
/// factor.
fn is_guard(record: &StatementRecord) -> bool {
    let is_about_how = |condition: &ConditionRecord| {
        let key = condition.key_lower.as_str();
        key == "kms:schedulekeydeletionpendingwindowindays"
            || key.starts_with("aws:multifactorauth")
    };
    record.effect == Effect::Deny
        && record.inert.is_none()
        && !record.conditions.iter().any(is_about_how)
}
