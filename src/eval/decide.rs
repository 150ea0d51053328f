//! The combination of all policies into a decision.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
//! and, for what is special to KMS,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html>.

use crate::aws::KeyArn;
use crate::policy::{Effect, PolicyDocument};

use super::decision::Layers;
use super::principal::{self, Naming};
use super::scope::Scope;
use super::{
    Evaluation, Holds, Layer, Match, NamedPolicy, PolicyRef, PolicySet, Request, Truth, statement,
};

/// Decides a request, for every case at once.
pub fn evaluate(request: &Request, policies: &PolicySet<'_>) -> Evaluation {
    let mut tally = Tally {
        request,
        policies,
        matches: Vec::new(),
        deny: Holds::NEVER,
    };
    let scp = tally.scps();
    tally.rcps();
    let key_policy = tally.key_policy();
    let root = request.caller.is_root();
    // The root user has no identity-based policies and is under no boundary.
    let identity = if root {
        Holds::NEVER
    } else {
        tally.layer(policies.identity, Layer::Identity, 0)
    };
    let boundary = tally.limit(policies.boundary.filter(|_| !root), Layer::Boundary);
    let session = tally.limit(policies.session.filter(|_| !root), Layer::Session);
    let mut layers = Layers {
        cross_account: false,
        cross_account_use: false,
        direct: key_policy.direct,
        limited: key_policy.limited,
        delegated: key_policy.delegated,
        identity,
        boundary,
        session,
        scp,
    };
    let grant = if is_cross_partition(request) {
        layers.cross_account = true;
        Holds::NEVER
    } else if is_cross_account(request) {
        layers.cross_account = !request.action.cross_account_possible();
        layers.cross_account_use = !layers.cross_account;
        across_accounts(request, &layers)
    } else {
        let limits = layers.boundary.and(layers.session);
        let through_iam = layers.delegated.and(layers.identity);
        layers.direct.or(limits.and(layers.limited.or(through_iam)))
    };
    let allow = grant.and(layers.scp);
    let Tally { deny, matches, .. } = tally;
    let allowed = allow.surely().without(deny.maybe());
    let possible = allow.maybe().without(deny.surely());
    Evaluation {
        allowed,
        conditional: possible.without(allowed),
        explicit_deny: deny.surely(),
        matches,
        layers,
    }
}

/// A service principal has no account; a key whose account is not known is taken to be the
/// caller's, since that is the reading under which the caller can do more.
fn is_cross_account(request: &Request) -> bool {
    match (request.caller.account(), request.key.account) {
        (Some(caller), Some(key)) => caller != key,
        _ => false,
    }
}

/// Each partition has accounts and credentials of its own, and no ARN of one names anything in
/// another: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
fn is_cross_partition(request: &Request) -> bool {
    let key = request.key.arn.as_ref().map(KeyArn::partition);
    request
        .caller
        .partition()
        .zip(key)
        .is_some_and(|(caller, key)| caller != key)
}

/// Both the key policy and the caller's own policies must allow.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html>
fn across_accounts(request: &Request, layers: &Layers) -> Holds {
    if layers.cross_account {
        return Holds::NEVER;
    }
    let own = if request.caller.is_root() {
        Holds::ALWAYS
    } else {
        layers.identity
    };
    let named = layers.direct.or(layers.limited).or(layers.delegated);
    named.and(own).and(layers.boundary).and(layers.session)
}

struct Tally<'r> {
    request: &'r Request,
    policies: &'r PolicySet<'r>,
    matches: Vec<Match>,
    deny: Holds,
}

/// What the key policy grants, by route.
struct KeyPolicyGrants {
    direct: Holds,
    limited: Holds,
    delegated: Holds,
}

impl Tally<'_> {
    fn scope(&self, policy: &PolicyDocument) -> Scope<'_> {
        Scope::new(self.request, policy.kind, policy.replaces_variables())
    }

    /// Every level must allow. Service principals and service-linked roles are not limited.
    fn scps(&mut self) -> Holds {
        let caller = &self.request.caller;
        let levels = self.policies.scps;
        if caller.is_service() || self.is_service_linked() {
            return Holds::ALWAYS;
        }
        let mut allow = Holds::ALWAYS;
        for (level, policies) in levels.iter().enumerate() {
            allow = allow.and(self.layer(policies, Layer::Scp, level));
        }
        allow
    }

    /// Only denials count: `RCPFullAWSAccess` allows at every level and cannot be detached.
    fn rcps(&mut self) {
        if self.is_service_linked() {
            return;
        }
        for (level, policies) in self.policies.rcps.iter().enumerate() {
            self.layer(policies, Layer::Rcp, level);
        }
    }

    fn is_service_linked(&self) -> bool {
        let scope = Scope::new(
            self.request,
            crate::policy::PolicyKind::ServiceControl,
            false,
        );
        principal::is_service_linked(&self.request.caller, &scope)
    }

    /// A boundary or session policy; where there is none it limits nothing.
    fn limit(&mut self, policies: Option<&[NamedPolicy]>, layer: Layer) -> Holds {
        policies.map_or(Holds::ALWAYS, |policies| self.layer(policies, layer, 0))
    }

    /// For which cases the policies allow; what they deny is noted.
    fn layer(&mut self, policies: &[NamedPolicy], layer: Layer, level: usize) -> Holds {
        let mut allow = Holds::NEVER;
        for (index, policy) in policies.iter().enumerate() {
            let reference = PolicyRef {
                layer,
                level,
                index,
            };
            for (position, statement) in policy.document.statements.iter().enumerate() {
                let scope = self.scope(&policy.document);
                if !statement::is_about_action(statement, &scope) {
                    continue;
                }
                let holds = statement::applies(statement, &scope);
                match statement.effect.value {
                    Effect::Allow => allow = allow.or(holds),
                    Effect::Deny => self.deny = self.deny.or(holds),
                }
                self.note(Match {
                    policy: reference,
                    statement: position,
                    effect: statement.effect.value,
                    holds,
                    delegates: false,
                    limited: false,
                });
            }
        }
        allow
    }

    fn key_policy(&mut self) -> KeyPolicyGrants {
        let mut grants = KeyPolicyGrants {
            direct: Holds::NEVER,
            limited: Holds::NEVER,
            delegated: Holds::NEVER,
        };
        let Some(policy) = self.policies.key_policy else {
            return grants;
        };
        let reference = PolicyRef {
            layer: Layer::KeyPolicy,
            level: 0,
            index: 0,
        };
        for (position, statement) in policy.statements.iter().enumerate() {
            let scope = self.scope(policy);
            if !statement::is_about_action(statement, &scope) {
                continue;
            }
            let Some(element) = &statement.principal else {
                continue;
            };
            let naming = match statement.effect.value {
                Effect::Allow => principal::allows(element, &scope),
                Effect::Deny => {
                    let bounded = self.policies.boundary.is_some();
                    let direct = principal::denies(element, bounded, &scope);
                    Naming {
                        direct,
                        ..Naming::NOBODY
                    }
                }
            };
            if naming.any() == Truth::No {
                continue;
            }
            let applies = statement::applies(statement, &scope);
            let by = |truth: Truth| applies.and(truth.into());
            match statement.effect.value {
                Effect::Allow => {
                    grants.direct = grants.direct.or(by(naming.direct));
                    grants.limited = grants.limited.or(by(naming.limited));
                    grants.delegated = grants.delegated.or(by(naming.delegated));
                }
                Effect::Deny => self.deny = self.deny.or(by(naming.direct)),
            }
            let delegates = naming.direct.or(naming.limited) == Truth::No;
            self.note(Match {
                policy: reference,
                statement: position,
                effect: statement.effect.value,
                holds: by(naming.any()),
                delegates,
                limited: naming.direct != Truth::Yes && naming.limited != Truth::No,
            });
        }
        grants
    }

    fn note(&mut self, matched: Match) {
        if !matched.holds.is_never() {
            self.matches.push(matched);
        }
    }
}
