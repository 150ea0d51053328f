//! One record for each statement of a policy.

use std::collections::BTreeSet;

use crate::aws::{ActionSet, CRITICAL};
use crate::policy::{PolicyKind, Statement};

use super::policy_context::PolicyContext;
use super::{ConditionRecord, ResourceRecord, SidAgain, StatementRecord};
use super::{action, condition, inert, principal, resource, ways_round};

/// Every statement in order.
pub(super) fn records(subject: &PolicyContext<'_>) -> Vec<StatementRecord> {
    let statements = subject.document.statements.iter().enumerate();
    let mut records: Vec<_> = statements
        .map(|(index, statement)| record(index, statement, subject))
        .collect();
    find_sids_again(&mut records, subject);
    ways_round::find(&mut records, subject);
    records
}

fn record(index: usize, statement: &Statement, subject: &PolicyContext<'_>) -> StatementRecord {
    let principal = statement.principal.as_ref();
    let action = statement.action.as_ref();
    let resource = statement.resource.as_ref();
    let actions = action
        .map(|element| action::records(element, subject))
        .unwrap_or_default();
    let covers = statement.covered();
    let mut record = StatementRecord {
        index,
        sid: statement.sid.as_ref().map(|sid| String::from(&*sid.value)),
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
        denied_together: ActionSet::EMPTY,
        denied_in_part: ActionSet::EMPTY,
        ways_round: None,
        deletes_any_key: false,
        allows_everything: false,
        not_resource: resource.is_some_and(|element| element.negated),
        resources: resource
            .map(|element| resource::records(element, subject))
            .unwrap_or_default(),
        conditions: conditions(statement, covers, subject),
        at: subject.place(statement.span),
    };
    record.inert = inert::why(statement, &record, subject);
    if reaches_no_key(&record, subject.document.kind) {
        record.covers = record.covers.difference(about_keys(record.covers));
        record.critical = ActionSet::EMPTY;
    }
    record
}

/// Whether an IAM or a control policy's statement names resources, none of which can be a key. In a
/// key policy such a statement has no effect at all.
fn reaches_no_key(record: &StatementRecord, kind: PolicyKind) -> bool {
    let is_no_key = |found: &ResourceRecord| found.covers_key == Some(false);
    kind != PolicyKind::Key
        && !record.not_resource
        && !record.resources.is_empty()
        && record.resources.iter().all(is_no_key)
}

/// Those that are checked against a key.
fn about_keys(covers: ActionSet) -> ActionSet {
    let checked = covers.iter();
    checked
        .filter(|action| action.resource_level().has_key())
        .collect()
}

fn conditions(
    statement: &Statement,
    covers: ActionSet,
    subject: &PolicyContext<'_>,
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

fn find_sids_again(records: &mut [StatementRecord], subject: &PolicyContext<'_>) {
    let mut seen = BTreeSet::new();
    for (record, statement) in records.iter_mut().zip(&subject.document.statements) {
        let Some(sid) = &statement.sid else { continue };
        if !sid.value.is_empty() && !seen.insert(&*sid.value) {
            record.sid_again = Some(SidAgain {
                text: String::from(&*sid.value),
                at: subject.place(sid.span),
            });
        }
    }
}
