//! By which pattern a statement grants an action.

use crate::aws::{KmsAction, PrincipalKind};
use crate::facts::policy_context::PolicyContext;
use crate::facts::{
    ActionForm, ActionRecord, GrantedBy, IndexedLocation, PrincipalRecord, StatementRecord,
};
use crate::policy::{ActionPattern, Statement};
use crate::text::Span;

/// How the statement covers the action: by its name where it has it, else by the first pattern.
pub(super) fn of_key_policy(
    statement: &StatementRecord,
    direct: bool,
    action: KmsAction,
    subject: &PolicyContext<'_>,
) -> GrantedBy {
    let via = |pattern: &str, by_name, at| GrantedBy {
        policy: None,
        direct,
        everyone: statement.not_principal || statement.principals.iter().any(is_everyone),
        statement: statement.index,
        sid: statement.sid.clone(),
        pattern: pattern.to_owned(),
        by_name,
        at,
        statement_at: statement.at,
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

fn is_everyone(principal: &PrincipalRecord) -> bool {
    principal.kind == PrincipalKind::Everyone
}

/// How a statement of a principal's own policy covers the action.
pub(super) fn own(
    policy: &str,
    (index, statement): (usize, &Statement),
    action: KmsAction,
    place: impl Fn(Span) -> IndexedLocation,
) -> GrantedBy {
    let element = statement.action.as_ref();
    let matching = |pattern: &&ActionPattern| pattern.matches(action);
    let by_name = |pattern: &&ActionPattern| !pattern.has_wildcard() && matching(pattern);
    let patterns = || element.iter().flat_map(|element| element.patterns());
    let exact = patterns().find(by_name);
    let pattern = exact.or_else(|| patterns().find(matching));
    let pattern = pattern.filter(|_| element.is_some_and(|element| !element.negated));
    let span = element.map_or(statement.span, |element| element.span);
    GrantedBy {
        policy: Some(policy.to_owned()),
        direct: false,
        everyone: false,
        statement: index,
        sid: statement.sid.as_ref().map(|sid| String::from(&*sid.value)),
        pattern: pattern.map_or_else(
            || "NotAction".to_owned(),
            |pattern| String::from(&*pattern.text().value),
        ),
        by_name: pattern.is_some() && exact.is_some(),
        at: place(pattern.map_or(span, |pattern| pattern.text().span)),
        statement_at: place(statement.span),
    }
}
