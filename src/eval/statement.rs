//! Whether a statement applies, apart from whom it names.

use crate::policy::Statement;

use super::scope::Scope;
use super::{Holds, Truth, condition, resource};

/// Whether the statement is about the request's action. That a wildcard in the service prefix, as in
/// `*:*`, matches is not documented; what a template will put in place of a placeholder is not known.
/// With a complete context the policy counts as AWS would take it, and a placeholder names no action.
pub(super) fn is_about_action(statement: &Statement, scope: &Scope<'_>) -> Truth {
    let Some(element) = &statement.action else {
        return Truth::No;
    };
    let action = scope.request.action;
    let covered = element.covers(action);
    if element.is_doubtful(action) {
        return scope.undocumented(covered);
    }
    let is_open = !covered && element.possible().contains(action);
    if scope.request.context.is_complete() && (!is_open || element.is_written()) {
        return element.literal().contains(action).into();
    }
    if is_open {
        Truth::Unknown
    } else {
        covered.into()
    }
}

/// For which cases resource and conditions hold. A statement without a resource has no effect.
pub(super) fn applies(statement: &Statement, scope: &Scope<'_>) -> Holds {
    let resource = statement
        .resource
        .as_ref()
        .filter(|element| !element.patterns.is_empty())
        .map_or(Holds::NEVER, |element| {
            resource::covers(element, scope).into()
        });
    let mut holds = resource;
    for condition in &statement.conditions {
        if holds.is_never() {
            break;
        }
        holds = holds.and(condition::holds(condition, scope));
    }
    holds
}
