//! A policy and the file that it stands in.

use crate::policy::PolicyDocument;
use crate::source::{Encoding, SourceId};

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
    /// What it says.
    pub document: PolicyDocument,
}
