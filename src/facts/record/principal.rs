//! Whom a statement names.

use crate::aws::{AccountId, PrincipalKind};
use crate::document::record;
use crate::policy::PrincipalType;

use super::IndexedLocation;

record! {
    /// One principal of a statement.
    #[derive(Clone, Debug)]
    pub struct PrincipalRecord {
        /// As written.
        pub text: String,
        /// `AWS`, `Service`, `Federated` or `CanonicalUser`.
        @named "type" pub principal_type: PrincipalType,
        /// What it names.
        pub kind: PrincipalKind,
        /// The account that it names, or null.
        pub account: Option<AccountId>,
        /// Whether that is another account than the key's, or of another partition; null where either is not known.
        pub foreign: Option<bool>,
        /// Whether there is a wildcard inside, which AWS takes for none; left out where not.
        @left_out pub partial_wildcard: bool,
        /// Whether it is a role that IAM Identity Center made; left out where not.
        @left_out pub identity_center: bool,
        /// The path of all roles that are called so, which AWS makes, where the text leaves it out: it
        /// names no role then. Left out elsewhere.
        @left_out pub reserved_path: Option<&'static str>,
        /// That its account's users and roles were loaded and it is not among them, as a sentence; left
        /// out where it is or that is not known.
        @left_out pub unlisted: Option<String>,
        /// Where it stands.
        pub at: IndexedLocation,
    }
}
