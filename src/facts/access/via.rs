//! By which pattern a statement grants an action.

use crate::aws::KmsAction;
use crate::facts::subject::Subject;
use crate::facts::{ActionForm, ActionRecord, StatementRecord, Via};

/// How the statement covers the action: by its name where it has it, else by the first pattern.
pub(super) fn via(statement: &StatementRecord, action: KmsAction, subject: &Subject<'_>) -> Via {
    let via = |pattern: &str, by_name, at| Via {
        statement: statement.index,
        sid: statement.sid.clone(),
        pattern: pattern.to_owned(),
        by_name,
        at,
    };
    let matches = |found: &&ActionRecord| found.matches.contains(action);
    let by_name = |found: &&ActionRecord| found.form == ActionForm::Exact && matches(found);
    let exact = statement.actions.iter().find(by_name);
    let pattern = exact.or_else(|| statement.actions.iter().find(matches));
    match pattern {
        Some(found) if !statement.not_action => via(&found.text, exact.is_some(), found.at),
        _ => {
            let document = &subject.document.statements;
            let element = document
                .get(statement.index)
                .and_then(|s| s.action.as_ref());
            let at = element.map_or(statement.at, |element| subject.place(element.span));
            via("NotAction", false, at)
        }
    }
}
