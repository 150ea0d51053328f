//! A policy and the file that it stands in.

use crate::policy::{PolicyDocument, PolicySize};
use crate::text::{Location, SourceId};
use crate::tree::Encoding;

/// A policy as loaded. The spans of its document are bytes of `source`, also where the policy is
/// embedded there as a string.
#[derive(Clone, Debug)]
pub struct LoadedPolicy {
    /// How to speak of it, for example the file's name.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// How it is written into the file: as itself, or inside a string.
    pub encoding: Option<Encoding>,
    /// How long it is. Not known of one that a tool wrote as a part of its answer, since its text is
    /// then not the one that AWS stores.
    pub size: Option<PolicySize>,
    /// What it says.
    pub document: PolicyDocument,
}

/// A policy that a plan or a state marks as sensitive: it is judged, and nothing of it is shown.
#[derive(Clone, Debug)]
pub struct SensitivePolicy {
    /// How the tool names the resource whose policy it is.
    pub resource: String,
    /// Where the resource is named, which may be shown.
    pub at: Location,
    /// The policy.
    pub policy: LoadedPolicy,
}
