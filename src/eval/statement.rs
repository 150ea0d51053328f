//! Whether a statement applies, apart from whom it names.

use crate::policy::Statement;

use super::scope::Scope;
use super::{Holds, Truth, condition, resource};

/// Whether the statement is about the request's action. That a wildcard in the service prefix, as in
/// `*:*`, matches is not documented.
pub(super) fn is_about_action(statement: &Statement, scope: &Scope<'_>) -> Truth {
    let Some(element) = &statement.action else {
        return Truth::No;
    };
    let covered = element.covers(scope.request.action);
    if element.is_doubtful(scope.request.action) {
        scope.undocumented(covered)
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
