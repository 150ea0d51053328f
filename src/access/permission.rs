//! Whether one caller may make one request, as far as the loaded files tell.

use serde::{Serialize, Serializer};

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{Decision, Decisions, Request, WINDOW_KEY, evaluate, explain};
use crate::policy::PolicyDocument;

use super::candidate::Candidate;
use super::explained::Explained;
use super::identities::Identities;
use super::key::AskedKey;

/// A decision as far as the loaded files tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KnownDecision {
    /// The decision.
    pub decision: Decision,
    /// Whether it is conditional because policies that are in no file may decide otherwise.
    pub lacks_policies: bool,
}

impl KnownDecision {
    /// The decision where every policy that takes part was loaded.
    pub const fn firm(decision: Decision) -> Self {
        Self {
            decision,
            lacks_policies: false,
        }
    }

    /// The decision that depends on policies that are in no file.
    pub const UNKNOWN: Self = Self {
        decision: Decision::Conditional,
        lacks_policies: true,
    };

    /// What is known where the loaded policies decide `loaded` and the most permissive reading of
    /// what was not loaded decides `at_most`. `doubtful`: whether what was not loaded may deny it.
    pub(crate) const fn between(loaded: Decision, at_most: Decision, doubtful: bool) -> Self {
        if !at_most.is_possible() {
            Self::firm(at_most)
        } else if !loaded.is_possible() || doubtful {
            Self::UNKNOWN
        } else {
            Self::firm(loaded)
        }
    }

    /// Whether it is surely allowed.
    pub const fn is_allowed(self) -> bool {
        matches!(self.decision, Decision::Allowed)
    }

    /// Whether it is surely denied, explicitly or implicitly.
    pub const fn is_denied(self) -> bool {
        !self.decision.is_possible()
    }

    /// `allowed`, `conditional`, `denied`, or `unknown` where policies are missing.
    pub const fn word(self) -> &'static str {
        match self.decision {
            Decision::Allowed => "allowed",
            Decision::Conditional if self.lacks_policies => "unknown",
            Decision::Conditional => "conditional",
            Decision::ImplicitDeny | Decision::ExplicitDeny => "denied",
        }
    }
}

impl Serialize for KnownDecision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// How policies that were not loaded are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingPolicies {
    /// As if there were none.
    AllowNothing,
    /// In the most permissive way.
    AllowEverything,
}

/// A question to a candidate about one action on one key.
pub(crate) struct CandidateQuestion<'q, 'a> {
    candidate: &'q Candidate<'a>,
    key: &'q AskedKey<'q>,
    request: Request,
}

impl<'a> Candidate<'a> {
    /// The question whether this caller may do it, for every day count.
    pub(crate) fn asked<'q>(
        &'q self,
        action: KmsAction,
        key: &'q AskedKey<'q>,
    ) -> CandidateQuestion<'q, 'a> {
        CandidateQuestion {
            candidate: self,
            key,
            request: self.request(action, key),
        }
    }

    /// Every policy of this caller and the key that was loaded.
    pub(crate) fn documents<'q>(
        &'q self,
        key: &'q AskedKey<'_>,
    ) -> impl Iterator<Item = &'q PolicyDocument> {
        let loaded = self.policies(key);
        let levels = loaded.scps.iter().chain(loaded.rcps).flatten();
        let boundary = loaded.boundary.into_iter().flatten();
        let named = loaded.identity.iter().chain(boundary).chain(levels);
        let named = named.map(|policy| &policy.document);
        loaded.key_policy.into_iter().chain(named)
    }
}

impl CandidateQuestion<'_, '_> {
    fn asking(&self, request: Request) -> Self {
        Self { request, ..*self }
    }

    /// The same about a request that names this day count, or that names none and has the condition
    /// key absent.
    pub(crate) fn with_window(&self, window: Option<PendingWindowInDays>) -> Self {
        let mut request = self.request.clone();
        match window {
            Some(days) => request.context.set(WINDOW_KEY, [days.to_string()]),
            None => request.context.absent_default(WINDOW_KEY),
        }
        let action = request.action;
        self.asking(request.about(action))
    }

    /// The same about a request with this value of a condition key.
    pub(crate) fn with(&self, key: &str, value: &str) -> Self {
        let mut request = self.request.clone();
        request.context.set(key, [value]);
        self.asking(request)
    }

    /// What is decided where what was not loaded is read like this.
    pub(crate) fn decisions(&self, missing: MissingPolicies) -> Decisions {
        let policies = match missing {
            MissingPolicies::AllowNothing => self.candidate.policies(self.key),
            MissingPolicies::AllowEverything => self.candidate.policies_at_most(self.key),
        };
        evaluate(&self.request, &policies).decisions
    }

    /// What the loaded policies decide and why, with the places of their statements.
    pub(crate) fn explained(&self, identities: &Identities<'_>) -> Explained {
        let policies = self.candidate.policies(self.key);
        let explanation = explain(&self.request, &policies);
        let file = |policy| self.candidate.source_of(policy, self.key, identities);
        Explained::new(&self.request, &explanation, &policies, &file)
    }
}
