//! Denials by a condition key that does not exist: a slip of one that does.
//!
//! No request has such a key, so it is absent, and a Deny that needs it protects nothing. That is not
//! credited on either side of a change: put right it takes something, and gone it gives nothing.

use std::sync::Arc;

use crate::aws::condition_key;
use crate::inventory::{IdentityPolicy, Inventory, LoadedPolicy, OrganizationPolicy};
use crate::policy::{Comparison, Condition, Effect, PolicyDocument, Quantifier, Statement};

/// The policy without denials that never apply, and in others without what always holds.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
pub(super) fn without_nonexistent_keys(document: &PolicyDocument) -> PolicyDocument {
    let mut rest = document.clone();
    rest.statements.retain(|statement| {
        !(denies(statement)
            && statement
                .conditions
                .iter()
                .any(|of| is_nonexistent(of) && !holds_without_key(of)))
    });
    for statement in rest.statements.iter_mut().filter(|of| denies(of)) {
        statement.conditions.retain(|of| !is_nonexistent(of));
    }
    rest
}

/// Whether the policy denies something by a key that does not exist.
fn has_nonexistent_keys(document: &PolicyDocument) -> bool {
    let mut denials = document.statements.iter().filter(|of| denies(of));
    denials.any(|of| of.conditions.iter().any(is_nonexistent))
}

/// What applies beside the keys, users, roles and the policies of others, where their policies likewise deny
/// without effect; nothing where none does.
pub(super) fn beside_keys_without_nonexistent_keys(all: &Inventory) -> Option<Inventory> {
    let attached = all.identity_policies.iter().map(|of| &of.policy.document);
    let control = all.organization_policies.iter();
    let mut documents = attached.chain(control.map(|of| &of.policy.document));
    if !documents.any(has_nonexistent_keys) {
        return None;
    }
    let ready = |policy: &LoadedPolicy| LoadedPolicy {
        document: without_nonexistent_keys(&policy.document),
        ..policy.clone()
    };
    let attached = all.identity_policies.iter().map(|of| {
        if has_nonexistent_keys(&of.policy.document) {
            Arc::new(IdentityPolicy {
                arn: of.arn.clone(),
                policy: ready(&of.policy),
            })
        } else {
            Arc::clone(of)
        }
    });
    let control = all.organization_policies.iter();
    let control = control.map(|of| OrganizationPolicy {
        policy: ready(&of.policy),
        ..of.clone()
    });
    Some(Inventory {
        principals: all.principals.clone(),
        identity_policies: attached.collect(),
        organization_policies: control.collect(),
        organization: all.organization.clone(),
        ..Inventory::default()
    })
}

fn denies(statement: &Statement) -> bool {
    statement.effect.value == Effect::Deny
}

/// A name that is like none that is known may be newer than this version.
fn is_nonexistent(condition: &Condition) -> bool {
    let name = &condition.key.value;
    condition_key::find(name).is_none() && condition_key::nearest(name).is_some()
}

/// Whether a condition on an absent key holds.
fn holds_without_key(condition: &Condition) -> bool {
    let operator = condition.operator;
    let asks_for_absence = || {
        let mut values = condition.values.iter();
        values.any(|value| value.text.value.eq_ignore_ascii_case("true"))
    };
    match (operator.comparison, operator.quantifier) {
        (Comparison::Null, _) => asks_for_absence(),
        (_, Some(Quantifier::ForAllValues)) => true,
        (_, Some(Quantifier::ForAnyValue)) => operator.if_exists,
        (comparison, None) => operator.if_exists || comparison.is_negated(),
    }
}
