//! For a denial: the statement that came nearest to allowing, and what of it stopped it.

use crate::policy::{Effect, PolicyDocument, Statement};
use crate::text::Span;

use super::scope::Scope;
use super::{
    CaseSet, Decision, Evaluation, Layer, PolicyRef, PolicySet, Reason, Request, Truth, condition,
    principal, resource, statement,
};

/// An Allow statement that does not apply, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearestMiss {
    /// The policy.
    pub policy: PolicyRef,
    /// The statement's position in it, from 0.
    pub statement: usize,
    /// Everything of it that does not hold, in the order in which it is written.
    pub failures: Vec<Failure>,
}

/// What of a statement does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which element.
    pub element: FailedElement,
    /// Its bytes; the whole statement's where the element is missing.
    pub span: Span,
}

/// An element of a statement that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailedElement {
    /// The condition on this key.
    Condition(String),
    /// It is not about this key.
    Resource,
    /// It does not name the caller.
    Principal,
    /// It is not about this action.
    Action,
}

/// The Allow statement of which the least is missing, in the layer that stopped the request.
pub(super) fn nearest_miss(
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
) -> Option<NearestMiss> {
    if evaluation.decision() != Decision::ImplicitDeny {
        return None;
    }
    let layers: &[Layer] = match evaluation.reason() {
        Reason::Boundary => &[Layer::Boundary],
        Reason::Scp => &[Layer::Scp],
        Reason::SessionPolicy => &[Layer::Session],
        Reason::CrossAccount => &[],
        // The key policy does not decide about what is no key's.
        _ if !request.action.resource_level().has_key() => &[Layer::Identity],
        _ => &[Layer::KeyPolicy, Layer::Identity],
    };
    let cases = evaluation.decisions.decided();
    let references = layers.iter().flat_map(|layer| references(policies, *layer));
    references
        .filter_map(|reference| Some((reference, policies.document(reference)?)))
        .flat_map(|(reference, policy)| misses(request, reference, policy, cases))
        .min_by_key(cost)
}

fn references(policies: &PolicySet<'_>, layer: Layer) -> Vec<PolicyRef> {
    let one_level = |count: usize| {
        (0..count)
            .map(|index| PolicyRef {
                layer,
                level: 0,
                index,
            })
            .collect::<Vec<_>>()
    };
    match layer {
        Layer::KeyPolicy => one_level(usize::from(policies.key_policy.is_some())),
        Layer::Identity => one_level(policies.identity.len()),
        Layer::Boundary => one_level(policies.boundary.map_or(0, <[_]>::len)),
        Layer::Session => one_level(policies.session.map_or(0, <[_]>::len)),
        Layer::Scp | Layer::Rcp => {
            let levels = if layer == Layer::Scp {
                policies.scps
            } else {
                policies.rcps
            };
            let numbered = levels.iter().enumerate();
            numbered
                .flat_map(|(level, list)| {
                    (0..list.len()).map(move |index| PolicyRef {
                        layer,
                        level,
                        index,
                    })
                })
                .collect()
        }
    }
}

fn misses(
    request: &Request,
    policy: PolicyRef,
    document: &PolicyDocument,
    cases: CaseSet,
) -> Vec<NearestMiss> {
    let scope = Scope::new(request, document.kind, document.replaces_variables());
    let numbered = document.statements.iter().enumerate();
    numbered
        .filter(|(_, statement)| statement.effect.value == Effect::Allow)
        .map(|(position, statement)| NearestMiss {
            policy,
            statement: position,
            failures: failures(statement, &scope, cases),
        })
        .filter(|miss| !miss.failures.is_empty())
        .collect()
}

fn failures(written: &Statement, scope: &Scope<'_>, cases: CaseSet) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut add = |element, span| failures.push(Failure { element, span });
    if let Some(element) = &written.principal
        && principal::allows(element, scope).any() == Truth::No
    {
        add(FailedElement::Principal, element.span);
    }
    if statement::is_about_action(written, scope) == Truth::No {
        let span = written
            .action
            .as_ref()
            .map_or(written.span, |element| element.span);
        add(FailedElement::Action, span);
    }
    match &written.resource {
        Some(element) if resource::covers(element, scope) != Truth::No => {}
        Some(element) => add(FailedElement::Resource, element.span),
        None => add(FailedElement::Resource, written.span),
    }
    for condition in &written.conditions {
        if (condition::holds(condition, scope).maybe() & cases).is_empty() {
            let span = Span {
                start: condition.operator_span.start,
                end: condition.values_span.end,
            };
            add(
                FailedElement::Condition(condition.key.value.to_string()),
                span,
            );
        }
    }
    failures
}

/// A condition is nearer to holding than another key, another caller or another action.
fn cost(miss: &NearestMiss) -> (usize, PolicyRef, usize) {
    let weight = |failure: &Failure| match failure.element {
        FailedElement::Condition(_) => 1,
        FailedElement::Resource => 4,
        FailedElement::Principal => 6,
        FailedElement::Action => 9,
    };
    (
        miss.failures.iter().map(weight).sum(),
        miss.policy,
        miss.statement,
    )
}
