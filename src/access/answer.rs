//! What one candidate may do, and all that it was decided by.

use crate::aws::KmsAction;
use crate::eval::{CaseSet, Decision, Evaluation, PolicySet, Request, evaluate};

use super::applicable::UnknownBoundary;
use super::candidate::Candidate;
use super::key::AskedKey;

/// A decision and all that it was made of.
pub(crate) struct Answer<'a> {
    pub(crate) request: Request,
    pub(crate) policies: PolicySet<'a>,
    pub(crate) evaluation: Evaluation,
    /// Cases that are surely allowed.
    pub(crate) allowed: CaseSet,
    /// Cases that depend on the request, or on a permissions boundary that was not loaded.
    pub(crate) conditional: CaseSet,
    pub(crate) unknown_boundary: UnknownBoundary,
}

impl<'a> Answer<'a> {
    /// Puts the question to the candidate.
    pub(crate) fn new(candidate: &Candidate<'a>, action: KmsAction, key: &'a AskedKey<'_>) -> Self {
        Self::with(
            candidate,
            candidate.request(action, key),
            candidate.policies(key),
        )
    }

    /// The answer to a request of the candidate's, by these policies.
    pub(crate) fn with(
        candidate: &Candidate<'_>,
        request: Request,
        policies: PolicySet<'a>,
    ) -> Self {
        let evaluation = evaluate(&request, &policies);
        let unknown_boundary = candidate.applicable.unknown_boundary;
        let (mut allowed, mut conditional) = (evaluation.allowed, evaluation.conditional);
        let firm = match unknown_boundary {
            UnknownBoundary::No => allowed,
            UnknownBoundary::NotLoaded => CaseSet::NONE,
            UnknownBoundary::Supposed => evaluation.allowed_under_any_limit(),
        };
        conditional = conditional | allowed.without(firm);
        allowed = firm;
        Self {
            request,
            policies,
            evaluation,
            allowed,
            conditional,
            unknown_boundary,
        }
    }

    /// The best decision over all cases.
    pub(crate) fn decision(&self) -> Decision {
        match self.evaluation.decision() {
            Decision::Allowed if self.unknown_boundary == UnknownBoundary::NotLoaded => {
                Decision::Conditional
            }
            decision => decision,
        }
    }
}
