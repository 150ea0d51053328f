//! A whole policy.

use serde::Serialize;

use crate::source::{InputError, Span};

use super::{PolicyKind, Statement, Text};

/// The version of the policy language.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Version {
    /// Policy variables are literal text.
    #[serde(rename = "2008-10-17")]
    V2008,
    /// Policy variables such as `${aws:username}` are replaced.
    #[serde(rename = "2012-10-17")]
    V2012,
}

/// A policy that AWS would store.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// Where it is attached.
    pub kind: PolicyKind,
    /// The version as written; a policy without one behaves as [`Version::V2008`].
    pub version: Option<(Version, Span)>,
    /// The optional `Id`.
    pub id: Option<Text>,
    /// The statements as written; their order means nothing.
    pub statements: Vec<Statement>,
    /// The whole document.
    pub span: Span,
    /// What AWS refuses although it decides nothing, such as two statements with one `Sid`. The
    /// policy can be evaluated, and whoever shows the answer shows these too.
    pub refusals: Vec<InputError>,
}

impl PolicyDocument {
    /// Whether `${…}` is replaced.
    pub fn replaces_variables(&self) -> bool {
        matches!(self.version, Some((Version::V2012, _)))
    }
}
