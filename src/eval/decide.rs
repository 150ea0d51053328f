//! Every statement that may apply to a request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
//! and, for what is special to KMS,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html>.

use crate::aws::KmsAction;
use crate::policy::{Effect, PolicyDocument, PolicyKind, Statement};

use super::combine::{Frame, combine};
use super::principal::{self, Naming};
use super::scope::{Part, Scope};
use super::{
    Evaluation, Holds, Layer, Match, NamedPolicy, PolicyRef, PolicySet, Request, Truth, settle,
    statement,
};

/// Decides a request, for every case at once.
pub fn evaluate(request: &Request, policies: &PolicySet<'_>) -> Evaluation {
    let evaluation = evaluate_statement_by_statement(request, policies);
    if evaluation.decisions.conditional.is_empty() {
        return evaluation;
    }
    settle::settle(evaluation, request, policies)
}

/// The same without a look at keys on which several conditions depend together.
pub(super) fn evaluate_statement_by_statement(
    request: &Request,
    policies: &PolicySet<'_>,
) -> Evaluation {
    let scope = Scope::new(request, PolicyKind::ServiceControl, false);
    let mut tally = Tally {
        request,
        policies,
        is_service_linked: principal::is_service_linked(&scope),
        matches: Vec::new(),
    };
    let parts = Part::of(request.action);
    for part in parts {
        tally.part(*part);
    }
    if parts.len() > 1 {
        tally.matches.sort_by_key(|found| found.policy.layer);
    }
    let frame = Frame::of(request, policies, tally.is_service_linked);
    combine(tally.matches, frame)
}

struct Tally<'r> {
    request: &'r Request,
    policies: &'r PolicySet<'r>,
    is_service_linked: Truth,
    matches: Vec<Match>,
}

impl Tally<'_> {
    fn part(&mut self, part: Part) {
        let caller = &self.request.caller;
        let (root, service) = (caller.is_root(), caller.is_service());
        let policies = self.policies;
        if !service && self.is_service_linked != Truth::Yes {
            for (level, list) in policies.scps.iter().enumerate() {
                self.layer(list, (Layer::Scp, level), part);
            }
        }
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        if self.is_service_linked != Truth::Yes && self.request.action != KmsAction::RetireGrant {
            for (level, list) in policies.rcps.iter().enumerate() {
                self.layer(list, (Layer::Rcp, level), part);
            }
        }
        if part == Part::Key {
            self.key_policy();
        }
        // The root user has no identity-based policies and is under no boundary.
        if !root {
            self.layer(policies.identity, (Layer::Identity, 0), part);
            let boundary = policies.boundary.unwrap_or_default();
            self.layer(boundary, (Layer::Boundary, 0), part);
            let session = policies.session.unwrap_or_default();
            self.layer(session, (Layer::Session, 0), part);
        }
    }

    /// The statements of policies that name no principals.
    fn layer(&mut self, policies: &[NamedPolicy], (layer, level): (Layer, usize), part: Part) {
        for (index, policy) in policies.iter().enumerate() {
            let reference = PolicyRef {
                layer,
                level,
                index,
            };
            let document = &policy.document;
            for (position, statement) in document.statements.iter().enumerate() {
                let scope = self.scope(document, statement, part);
                let about = statement::is_about_action(statement, &scope);
                if about == Truth::No {
                    continue;
                }
                let naming = self.reach(layer, &scope);
                let applies = statement::applies(statement, &scope).and(about.into());
                self.note(Match {
                    policy: reference,
                    statement: position,
                    effect: statement.effect.value,
                    holds: applies.and(naming.any().into()),
                    delegates: false,
                    limited: false,
                    applies,
                    naming,
                    part,
                });
            }
        }
    }

    /// Whether a layer's policies reach the caller and the request. What a resource control policy
    /// does to an action without a resource AWS's page does not tell.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    fn reach(&self, layer: Layer, scope: &Scope<'_>) -> Naming {
        let organization = !self.is_service_linked;
        let direct = match layer {
            Layer::Scp => organization,
            Layer::Rcp if scope.part == Part::Key => organization,
            Layer::Rcp => organization.and(scope.undocumented(true)),
            Layer::KeyPolicy | Layer::Identity | Layer::Boundary | Layer::Session => Truth::Yes,
        };
        Naming {
            direct,
            ..Naming::NOBODY
        }
    }

    fn key_policy(&mut self) {
        let Some(policy) = self.policies.key_policy else {
            return;
        };
        let reference = PolicyRef {
            layer: Layer::KeyPolicy,
            level: 0,
            index: 0,
        };
        for (position, statement) in principal::statements(policy, &self.request.caller) {
            #[cfg(test)]
            super::steps::add(1);
            let scope = self.scope(policy, statement, Part::Key);
            let about = statement::is_about_action(statement, &scope);
            let naming = match &statement.principal {
                Some(_) if about == Truth::No => continue,
                Some(element) => self.named(element, &scope),
                None => continue,
            };
            if naming.any() == Truth::No {
                continue;
            }
            let applies = statement::applies(statement, &scope).and(about.into());
            self.note(Match {
                policy: reference,
                statement: position,
                effect: statement.effect.value,
                holds: applies.and(naming.any().into()),
                delegates: naming.direct.or(naming.limited) == Truth::No,
                limited: naming.direct != Truth::Yes && naming.limited != Truth::No,
                applies,
                naming,
                part: Part::Key,
            });
        }
    }

    fn named(&self, element: &crate::policy::PrincipalElement, scope: &Scope<'_>) -> Naming {
        if scope.effect == Effect::Deny {
            let bounded = self.policies.boundary.is_some();
            return Naming {
                direct: principal::denies(element, bounded, scope),
                ..Naming::NOBODY
            };
        }
        let naming = principal::allows(element, scope);
        if self.request.caller.is_federated_user() && self.policies.session.is_none() {
            return principal::as_everyone(naming, element, scope);
        }
        naming
    }

    fn scope<'s>(
        &'s self,
        policy: &PolicyDocument,
        statement: &Statement,
        part: Part,
    ) -> Scope<'s> {
        Scope::new(self.request, policy.kind, policy.replaces_variables())
            .of_effect(statement.effect.value)
            .about(part)
    }

    fn note(&mut self, matched: Match) {
        if matched.holds != Holds::NEVER {
            self.matches.push(matched);
        }
    }
}
