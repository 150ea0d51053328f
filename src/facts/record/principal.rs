//! Whom a statement names.

use std::ops::Not;

use serde::Serialize;

use crate::aws::PrincipalKind;
use crate::policy::PrincipalType;

use super::Place;

/// One principal of a statement.
#[derive(Clone, Debug, Serialize)]
pub struct PrincipalRecord {
    /// As written.
    pub text: String,
    /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
    #[serde(rename = "type")]
    pub principal_type: PrincipalType,
    /// What it names.
    pub kind: PrincipalKind,
    /// The account that it names, or null.
    pub account: Option<String>,
    /// Whether that is another account than the key's, or of another partition; null where either is not known.
    pub foreign: Option<bool>,
    /// Whether there is a wildcard inside, which AWS takes for none; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub partial_wildcard: bool,
    /// Whether it is a role that IAM Identity Center made; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub identity_center: bool,
    /// The path of all roles that are called so, which AWS makes, where the text leaves it out: it
    /// names no role then. Left out elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_path: Option<&'static str>,
    /// That its account's users and roles were loaded and it is not among them, as a sentence; left
    /// out where it is or that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlisted: Option<String>,
    /// Where it stands.
    pub at: Place,
}
