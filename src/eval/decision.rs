//! The answer to a question.

use serde::Serialize;

use crate::policy::Effect;

use super::combine::{Frame, Layers};
use super::principal::Naming;
use super::scope::Part;
use super::{CaseSet, Holds};

/// A decision, in the words of `aws iam simulate-custom-policy` and one more; best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// It surely may.
    Allowed,
    /// It depends on request context that was not given.
    Conditional,
    /// Nothing allows it.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

impl Decision {
    /// Whether it surely or perhaps may.
    pub const fn is_possible(self) -> bool {
        matches!(self, Self::Allowed | Self::Conditional)
    }

    /// Whether both allow it, depend on the request or deny it, in whatever way.
    pub fn agrees_with(self, other: Self) -> bool {
        self == other || !(self.is_possible() || other.is_possible())
    }

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
    /// For which cases resource and conditions hold.
    pub(super) applies: Holds,
    /// Whether it reaches the caller; of a key policy's statement, in which way.
    pub(super) naming: Naming,
    /// What it is held against.
    pub(super) part: Part,
}

/// A decision for every case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decisions {
    /// Cases that are surely allowed.
    pub allowed: CaseSet,
    /// Cases that depend on context that was not given.
    pub conditional: CaseSet,
    /// Cases that a statement surely denies.
    pub explicit_deny: CaseSet,
}

impl Decisions {
    /// The cases that are surely or perhaps allowed.
    pub fn possible(self) -> CaseSet {
        self.allowed | self.conditional
    }

    /// The decision for the cases of `set` alike: the best over them.
    pub fn over(self, set: CaseSet) -> Decision {
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
    pub fn best(self) -> Decision {
        self.over(CaseSet::DAYS).min(self.omitted())
    }

    /// The decision for a request that names no day count: firm only where both readings of what
    /// AWS then compares agree.
    pub fn omitted(self) -> Decision {
        let omitted = CaseSet::OMITTED;
        if self.allowed.includes(omitted) {
            Decision::Allowed
        } else if (self.possible() & omitted).is_empty() {
            self.over(omitted)
        } else {
            Decision::Conditional
        }
    }

    /// The cases that [`Self::best`] speaks of.
    pub fn decided(self) -> CaseSet {
        match self.best() {
            Decision::Allowed => self.allowed,
            // An omitted day count may be allowed under one of its readings only.
            Decision::Conditional => self.possible(),
            Decision::ImplicitDeny => CaseSet::ALL.without(self.explicit_deny),
            Decision::ExplicitDeny => self.explicit_deny,
        }
    }

    /// The same where whatever is allowed of these cases depends on something that is not known.
    #[must_use]
    pub fn in_doubt(self, cases: CaseSet) -> Self {
        Self {
            allowed: self.allowed.without(cases),
            conditional: self.conditional | (self.allowed & cases),
            ..self
        }
    }

    /// What either of two callers may do.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let allowed = self.allowed | other.allowed;
        Self {
            allowed,
            conditional: (self.conditional | other.conditional).without(allowed),
            explicit_deny: self.explicit_deny & other.explicit_deny,
        }
    }
}

/// The answer for every case.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The decision for each.
    pub decisions: Decisions,
    /// Every statement that may apply, in the order of [`Layer`].
    pub matches: Vec<Match>,
    pub(super) layers: Layers,
    pub(super) frame: Frame,
}

impl Evaluation {
    /// The cases that are surely allowed whatever a permissions boundary or a session policy leaves
    /// out: those that the key policy allows the caller itself.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    pub(crate) fn allowed_under_any_limit(&self) -> CaseSet {
        self.decisions.allowed & self.layers.surely_unlimited()
    }

    /// The best decision over all day counts and none.
    pub fn decision(&self) -> Decision {
        self.decisions.best()
    }

    /// What decided, for [`Decisions::decided`].
    pub fn reason(&self) -> Reason {
        let cases = self.decisions.decided();
        match self.decision() {
            Decision::ExplicitDeny => self.denied_by(|m| m.holds.surely(), cases),
            Decision::ImplicitDeny => self.layers.missing(cases),
            Decision::Conditional if !(self.layers.surely_granted() & cases).is_empty() => {
                self.denied_by(|m| m.holds.maybe(), cases)
            }
            Decision::Allowed | Decision::Conditional => self.layers.granted_by(cases),
        }
    }

    /// Whether a statement that allows takes part in granting these cases: one that delegates only
    /// together with an identity-based policy, and the other way round.
    pub(super) fn grants_through(&self, matched: &Match, cases: CaseSet) -> bool {
        self.layers.grants_through(matched, cases)
    }

    fn denied_by(&self, when: fn(&Match) -> CaseSet, cases: CaseSet) -> Reason {
        let denies = || self.matches.iter().filter(|m| m.effect == Effect::Deny);
        let of = |when: fn(&Match) -> CaseSet| {
            let mut found = denies().filter(move |m| !(when(m) & cases).is_empty());
            found.next().map(|m| m.policy.layer.reason())
        };
        // Some denials are sure only together.
        of(when)
            .or_else(|| of(|m| m.holds.maybe()))
            .unwrap_or(Reason::NotGranted)
    }
}
