//! The policies of one request as somebody gives them, rather than as they were loaded.

use crate::eval::{NamedPolicy, PolicyRef, PolicySet, Request, assume_full_access, explain};
use crate::policy::PolicyDocument;
use crate::text::SourceId;

use super::applicable::{Applicable, UnknownBoundary};
use super::explained::Explained;

/// The policies of one request as somebody gives them.
#[derive(Clone, Debug, Default)]
pub struct GivenPolicies {
    /// The key policy.
    pub key_policy: Option<PolicyDocument>,
    /// Identity-based policies of the caller.
    pub identity: Vec<NamedPolicy>,
    /// Its permissions boundary.
    pub boundary: Option<Vec<NamedPolicy>>,
    /// The policies passed when its session was created.
    pub session: Option<Vec<NamedPolicy>>,
    /// The service control policies of each level, the organization's root first.
    pub scps: Vec<Vec<NamedPolicy>>,
    /// The resource control policies of each level, likewise.
    pub rcps: Vec<Vec<NamedPolicy>>,
}

impl GivenPolicies {
    /// The policies and limits that apply to the caller, beside the key policy.
    pub(crate) fn applicable(&self) -> Applicable<'_> {
        Applicable {
            identity: &self.identity,
            boundary: self.boundary.as_deref(),
            unknown_boundary: UnknownBoundary::No,
            session: self.session.as_deref(),
            scps: &self.scps,
            rcps: &self.rcps,
        }
    }

    /// Every policy.
    pub fn documents(&self) -> impl Iterator<Item = &PolicyDocument> {
        let limits = self.boundary.iter().chain(&self.session);
        let levels = self.scps.iter().chain(&self.rcps);
        let named = std::iter::once(&self.identity).chain(limits).chain(levels);
        let named = named.flatten().map(|policy| &policy.document);
        self.key_policy.iter().chain(named)
    }

    /// The policies that decide the request.
    pub fn policies(&self) -> PolicySet<'_> {
        self.applicable().with(self.key_policy.as_ref())
    }

    /// What these policies decide about a request, and why. `file` tells which file a policy stands
    /// in.
    pub fn explain(
        &self,
        request: &Request,
        file: &dyn Fn(PolicyRef) -> Option<SourceId>,
    ) -> Explained {
        let policies = self.policies();
        Explained::new(request, &explain(request, &policies), &policies, file)
    }

    /// Completes levels of service control policies as AWS has them: beside one that only denies,
    /// `FullAWSAccess` is attached.
    pub fn assume_full_access(&mut self) {
        for level in &mut self.scps {
            assume_full_access(level);
        }
    }
}
