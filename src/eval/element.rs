//! What one element of a statement says by itself, for those who analyse a policy part by part.

use crate::policy::{Condition, PolicyDocument, ResourcePattern};

use super::scope::Scope;
use super::{Holds, Request, Truth, condition, resource};

/// For which cases this one condition of the policy holds.
pub fn condition_holds(condition: &Condition, request: &Request, policy: &PolicyDocument) -> Holds {
    condition::holds(condition, &scope(request, policy))
}

/// Whether this one resource pattern of the policy covers the request's key.
pub fn resource_covers(
    pattern: &ResourcePattern,
    request: &Request,
    policy: &PolicyDocument,
) -> Truth {
    resource::matches(pattern, &scope(request, policy))
}

fn scope<'r>(request: &'r Request, policy: &PolicyDocument) -> Scope<'r> {
    Scope::new(request, policy.kind, policy.replaces_variables())
}
