//! One record for each statement of a policy.

use crate::aws::ActionSet;
use crate::policy::Statement;

use super::subject::Subject;
use super::{StatementRecord, action, condition, inert, principal, resource};

/// Every statement in order.
pub(super) fn records(subject: &Subject<'_>) -> Vec<StatementRecord> {
    let statements = subject.document.statements.iter().enumerate();
    statements
        .map(|(index, statement)| record(index, statement, subject))
        .collect()
}

fn record(index: usize, statement: &Statement, subject: &Subject<'_>) -> StatementRecord {
    let kind = subject.document.kind;
    let principal = statement.principal.as_ref();
    let action = statement.action.as_ref();
    let resource = statement.resource.as_ref();
    let actions = action
        .map(|element| action::records(element, subject))
        .unwrap_or_default();
    let covers = action.map_or(ActionSet::EMPTY, |element| {
        action::covers(element, &actions)
    });
    let conditions = if statement.conditions.is_empty() {
        Vec::new()
    } else {
        let classes = principal::classes(statement, kind);
        let of = |found| condition::record(found, covers, &classes, subject);
        statement.conditions.iter().map(of).collect()
    };
    let mut record = StatementRecord {
        index,
        sid: statement.sid.as_ref().map(|sid| sid.value.to_string()),
        effect: statement.effect.value,
        inert: None,
        not_principal: principal.is_some_and(|element| element.negated),
        principals: principal
            .map(|element| principal::records(element, subject))
            .unwrap_or_default(),
        not_action: action.is_some_and(|element| element.negated),
        actions,
        covers,
        not_resource: resource.is_some_and(|element| element.negated),
        resources: resource
            .map(|element| resource::records(element, subject))
            .unwrap_or_default(),
        conditions,
        at: subject.place(statement.span),
    };
    record.inert = inert::why(statement, &record, subject);
    record
}
