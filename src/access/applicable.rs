//! The policies and limits that apply to a caller.

use crate::eval::NamedPolicy;

/// The policies and limits that apply to a caller, beside the key policy.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Applicable<'a> {
    /// Its identity-based policies, those of its groups included.
    pub(crate) identity: &'a [NamedPolicy],
    /// Its permissions boundary.
    pub(crate) boundary: Option<&'a [NamedPolicy]>,
    /// Whether it has a permissions boundary that was not loaded, so that nothing is sure.
    pub(crate) unknown_boundary: bool,
    /// Service control policies of each level above the caller's account.
    pub(crate) scps: &'a [Vec<NamedPolicy>],
    /// Resource control policies of each level above the key's account.
    pub(crate) rcps: &'a [Vec<NamedPolicy>],
}
