//! The policies and limits that apply to a caller.

use crate::eval::{NamedPolicy, PolicySet};
use crate::policy::PolicyDocument;

/// Whether there is a permissions boundary of which nothing is known but that it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum UnknownBoundary {
    /// No.
    #[default]
    No,
    /// The listing names one that was not loaded, so that nothing is sure.
    NotLoaded,
    /// It is asked what would be so if there were one: it is not known whether there is. What the
    /// boundary itself denies is left aside, as it is of all policies that are not known.
    Supposed,
}

/// The policies and limits that apply to a caller, beside the key policy.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Applicable<'a> {
    /// Its identity-based policies, those of its groups included.
    pub(crate) identity: &'a [NamedPolicy],
    /// Its permissions boundary; of one that is not known, one that allows everything.
    pub(crate) boundary: Option<&'a [NamedPolicy]>,
    /// Whether its permissions boundary is not known.
    pub(crate) unknown_boundary: UnknownBoundary,
    /// The policies of its session, which no file holds; of a federated user without one, the most
    /// that it could do with one.
    pub(crate) session: Option<&'a [NamedPolicy]>,
    /// Service control policies of each level above the caller's account.
    pub(crate) scps: &'a [Vec<NamedPolicy>],
    /// Resource control policies of each level above the key's account.
    pub(crate) rcps: &'a [Vec<NamedPolicy>],
}

impl<'a> Applicable<'a> {
    /// All policies of a request by this caller: these and the key policy.
    pub(crate) const fn with<'p>(self, key_policy: Option<&'p PolicyDocument>) -> PolicySet<'p>
    where
        'a: 'p,
    {
        PolicySet {
            key_policy,
            identity: self.identity,
            boundary: self.boundary,
            session: self.session,
            scps: self.scps,
            rcps: self.rcps,
        }
    }
}
