//! What one candidate may do, what gives it that and what limits it.

use crate::aws::KmsAction;
use crate::eval::{
    CaseSet, Decisions, Evaluation, Layer, Match, PolicySet, Request, RequestContext, dependencies,
    evaluate,
};
use crate::policy::{Effect, Statement};

use super::applicable::UnknownBoundary;
use super::candidate::Candidate;
use super::key::AskedKey;

/// A decision for every case and all that it was made of.
pub(crate) struct Answer<'a> {
    pub(super) request: Request,
    pub(super) policies: PolicySet<'a>,
    pub(super) evaluation: Evaluation,
    /// Of a permissions boundary that is not known no more is sure than what no boundary limits.
    pub(crate) decisions: Decisions,
    pub(super) unknown_boundary: UnknownBoundary,
}

/// A statement that takes part in an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnsweringStatement<'a> {
    pub(crate) matched: Match,
    pub(crate) statement: &'a Statement,
}

/// What allows nothing though it would have to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingAllow {
    /// A permissions boundary, which was not loaded.
    UnknownBoundary,
    /// The permissions boundary.
    Boundary,
    /// The service control policies.
    ServiceControl,
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
    pub(super) fn with(
        candidate: &Candidate<'_>,
        request: Request,
        policies: PolicySet<'a>,
    ) -> Self {
        let evaluation = evaluate(&request, &policies);
        let unknown_boundary = candidate.applicable.unknown_boundary;
        Self {
            decisions: match unknown_boundary {
                UnknownBoundary::No => evaluation.decisions,
                UnknownBoundary::NotLoaded => evaluation.decisions.in_doubt(CaseSet::ALL),
                UnknownBoundary::Supposed => {
                    let firm = evaluation.allowed_under_any_limit();
                    evaluation.decisions.in_doubt(!firm)
                }
            },
            request,
            policies,
            evaluation,
            unknown_boundary,
        }
    }

    /// What is known of the request.
    pub(crate) const fn context(&self) -> &RequestContext {
        &self.request.context
    }

    /// Condition keys that the answer depends on, sorted.
    pub(crate) fn depends_on(&self) -> Vec<String> {
        let mut keys = dependencies(&self.request, &self.policies, &self.evaluation).keys;
        keys.sort();
        keys
    }

    /// Every statement that may apply.
    pub(crate) fn statements(&self) -> impl Iterator<Item = AnsweringStatement<'a>> {
        self.evaluation.matches.iter().filter_map(|matched| {
            let document = self.policies.document(matched.policy)?;
            Some(AnsweringStatement {
                matched: *matched,
                statement: document.statements.get(matched.statement)?,
            })
        })
    }

    /// Which limits allow it in no case.
    pub(crate) fn missing_allows(&self) -> Vec<MissingAllow> {
        let allows = |layer| {
            let mut matches = self.evaluation.matches.iter();
            matches.any(|of| of.effect == Effect::Allow && of.policy.layer == layer)
        };
        let is_not_loaded = self.unknown_boundary == UnknownBoundary::NotLoaded;
        let has_boundary = self.policies.boundary.is_some();
        let has_scps = !self.policies.scps.is_empty();
        let limits = [
            (is_not_loaded, MissingAllow::UnknownBoundary),
            (
                has_boundary && !allows(Layer::Boundary),
                MissingAllow::Boundary,
            ),
            (
                has_scps && !allows(Layer::Scp),
                MissingAllow::ServiceControl,
            ),
        ];
        let missing = limits.into_iter().filter(|(is_missing, _)| *is_missing);
        missing.map(|(_, limit)| limit).collect()
    }

    /// How many levels of service control policies there are.
    pub(crate) const fn scp_levels(&self) -> usize {
        self.policies.scps.len()
    }

    /// Whether nothing of the caller's levels of service control policies counts.
    pub(crate) fn ignores_scps(&self) -> bool {
        let scps = |matched: &Match| matched.policy.layer == Layer::Scp;
        !self.evaluation.matches.iter().any(scps)
    }
}
