//! The answer to a question.

use serde::Serialize;

use crate::policy::Effect;

use super::{CaseSet, Holds};

/// A decision, in the words of `aws iam simulate-custom-policy` and one more; best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// It surely may.
    Allowed,
    /// It hangs on request context that was not given.
    Conditional,
    /// Nothing allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl Decision {
    /// AWS's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Conditional => "conditional",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }
}

/// What decided, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// A policy of the caller, to which the key policy hands the decision.
    IdentityPolicy,
    /// The key policy itself.
    KeyPolicy,
    /// The key policy does not let IAM policies count.
    NoDelegation,
    /// The permissions boundary.
    Boundary,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// The session policy.
    SessionPolicy,
    /// The caller's account is not the key's, and AWS does not allow the action across accounts; or
    /// the caller is of another partition, and no action reaches that far.
    CrossAccount,
    /// Nothing grants it.
    NotGranted,
}

impl Reason {
    /// The word of the batch protocol.
    pub const fn word(self) -> &'static str {
        match self {
            Self::IdentityPolicy => "identityPolicy",
            Self::KeyPolicy => "keyPolicy",
            Self::NoDelegation => "noDelegation",
            Self::Boundary => "boundary",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::SessionPolicy => "sessionPolicy",
            Self::CrossAccount => "crossAccount",
            Self::NotGranted => "notGranted",
        }
    }
}

/// Which of the policies of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// The key policy.
    KeyPolicy,
    /// Identity-based policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
}

impl Layer {
    /// The reason that names this layer.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Scp => Reason::Scp,
            Self::Rcp => Reason::Rcp,
            Self::KeyPolicy => Reason::KeyPolicy,
            Self::Identity => Reason::IdentityPolicy,
            Self::Boundary => Reason::Boundary,
            Self::Session => Reason::SessionPolicy,
        }
    }
}

/// One policy of a [`super::PolicySet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyRef {
    /// The layer.
    pub layer: Layer,
    /// Level from the organization's root, from 0; always 0 but for SCPs and RCPs.
    pub level: usize,
    /// Position in its level, from 0.
    pub index: usize,
}

/// A statement that may apply to the request.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// The policy.
    pub policy: PolicyRef,
    /// The statement's position in it, from 0.
    pub statement: usize,
    /// What it does.
    pub effect: Effect,
    /// For which cases it applies to this caller.
    pub holds: Holds,
    /// Whether it only hands the decision to IAM policies.
    pub delegates: bool,
    /// Whether a permissions boundary limits what it grants: it names a role, not its session.
    pub limited: bool,
}

/// The answer for every case.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Cases that are surely allowed.
    pub allowed: CaseSet,
    /// Cases that hang on context that was not given.
    pub conditional: CaseSet,
    /// Cases that a statement surely denies.
    pub explicit_deny: CaseSet,
    /// Every statement that may apply, in the order of [`Layer`].
    pub matches: Vec<Match>,
    pub(super) layers: Layers,
}

/// What each layer says, for the reason.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    /// The action does not reach keys of other accounts, and this key is another account's.
    pub(super) cross_account: bool,
    /// The key is another account's, and both sides must allow.
    pub(super) cross_account_use: bool,
    pub(super) direct: Holds,
    pub(super) limited: Holds,
    pub(super) delegated: Holds,
    pub(super) identity: Holds,
    pub(super) boundary: Holds,
    pub(super) session: Holds,
    pub(super) scp: Holds,
}

impl Evaluation {
    /// The decision for the cases of `set` alike: the best over them.
    pub fn decision_over(&self, set: CaseSet) -> Decision {
        if !(self.allowed & set).is_empty() {
            Decision::Allowed
        } else if !(self.conditional & set).is_empty() {
            Decision::Conditional
        } else if self.explicit_deny.includes(set) {
            Decision::ExplicitDeny
        } else {
            Decision::ImplicitDeny
        }
    }

    /// The best decision over all day counts and none.
    pub fn decision(&self) -> Decision {
        self.decision_over(CaseSet::DAYS).min(self.omitted())
    }

    /// The decision for a request that names no day count: firm only where both readings of what
    /// AWS then compares agree.
    pub fn omitted(&self) -> Decision {
        let omitted = CaseSet::OMITTED;
        if self.allowed.includes(omitted) {
            Decision::Allowed
        } else if (self.allowed & omitted).is_empty() && (self.conditional & omitted).is_empty() {
            self.decision_over(omitted)
        } else {
            Decision::Conditional
        }
    }

    /// The cases that [`Self::decision`] speaks of.
    pub fn decided(&self) -> CaseSet {
        match self.decision() {
            Decision::Allowed => self.allowed,
            // An omitted day count may be allowed under one of its readings only.
            Decision::Conditional => self.conditional | self.allowed,
            Decision::ImplicitDeny => CaseSet::ALL.without(self.explicit_deny),
            Decision::ExplicitDeny => self.explicit_deny,
        }
    }

    /// What decided, for [`Self::decided`].
    pub fn reason(&self) -> Reason {
        let cases = self.decided();
        match self.decision() {
            Decision::ExplicitDeny => self.denied_by(|m| m.holds.surely(), cases),
            Decision::ImplicitDeny => self.missing(cases),
            Decision::Conditional if !(self.grant(Holds::surely) & cases).is_empty() => {
                self.denied_by(|m| m.holds.maybe(), cases)
            }
            Decision::Allowed | Decision::Conditional => self.granted_by(cases),
        }
    }

    fn grant(&self, of: fn(Holds) -> CaseSet) -> CaseSet {
        let layers = &self.layers;
        let limits = of(layers.boundary) & of(layers.session);
        let delegated = of(layers.delegated) & of(layers.identity);
        of(layers.scp) & (of(layers.direct) | (limits & (of(layers.limited) | delegated)))
    }

    /// Whether a statement that allows takes part in granting these cases: one that delegates only
    /// together with an identity-based policy, and the other way round.
    pub(super) fn grants_through(&self, matched: &Match, cases: CaseSet) -> bool {
        let layers = &self.layers;
        let through_iam = layers.delegated.and(layers.identity);
        let counts = !(through_iam.maybe() & cases).is_empty();
        match matched.policy.layer {
            Layer::KeyPolicy => !matched.delegates || counts,
            Layer::Identity => counts || layers.cross_account_use,
            Layer::Scp | Layer::Rcp | Layer::Boundary | Layer::Session => false,
        }
    }

    fn granted_by(&self, cases: CaseSet) -> Reason {
        let layers = &self.layers;
        let limits = layers.boundary.maybe() & layers.session.maybe();
        let by_key_policy = layers.direct.maybe() | (layers.limited.maybe() & limits);
        if (by_key_policy & cases).is_empty() {
            Reason::IdentityPolicy
        } else {
            Reason::KeyPolicy
        }
    }

    fn denied_by(&self, when: fn(&Match) -> CaseSet, cases: CaseSet) -> Reason {
        let denies = self.matches.iter().filter(|m| m.effect == Effect::Deny);
        denies
            .filter(|m| !(when(m) & cases).is_empty())
            .map(|m| m.policy.layer.reason())
            .next()
            .unwrap_or(Reason::NotGranted)
    }

    /// The first thing that is missing on the way to an allow.
    fn missing(&self, cases: CaseSet) -> Reason {
        let layers = &self.layers;
        let lacks = |holds: Holds| (holds.maybe() & cases).is_empty();
        let delegated = layers.delegated.and(layers.identity);
        if layers.cross_account {
            return Reason::CrossAccount;
        }
        if lacks(layers.scp) {
            return Reason::Scp;
        }
        if lacks(layers.limited) && lacks(delegated) {
            let only_identity = lacks(layers.delegated) && !lacks(layers.identity);
            return if only_identity {
                Reason::NoDelegation
            } else {
                Reason::NotGranted
            };
        }
        if lacks(layers.boundary) {
            return Reason::Boundary;
        }
        if lacks(layers.session) {
            Reason::SessionPolicy
        } else {
            Reason::NotGranted
        }
    }
}
