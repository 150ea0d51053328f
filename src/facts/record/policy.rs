//! The policy as a whole.

use crate::document::record;
use crate::policy::PolicyKind;

use super::IndexedLocation;

record! {
    /// A policy as a whole.
    #[derive(Clone, Debug)]
    pub struct PolicyRecord {
        /// Where it is attached.
        pub kind: PolicyKind,
        /// `2012-10-17`, `2008-10-17`, or null where it is missing.
        pub version: Option<&'static str>,
        /// For a key policy: whether it is known to be all of it, as it stands in an answer, a request or
        /// a document with its key; a file of its own may hold a piece. Left out where not.
        @left_out pub whole: bool,
        /// Whether its `Id` is one of those of the policies of AWS's own keys, which AWS alone changes; left
        /// out where not.
        @left_out pub of_aws_key: bool,
        /// How far it is longer than AWS takes; left out where it is not.
        @left_out pub too_large: Option<TooLarge>,
        /// The whole document.
        pub at: IndexedLocation,
    }
}

record! {
    /// How far a policy is longer than AWS takes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TooLarge {
        /// How long it is.
        pub length: usize,
        /// How long it may be.
        pub limit: usize,
        /// What both count: `bytes`, or `characters without white space`.
        pub unit: &'static str,
        /// Where the document begins.
        pub at: IndexedLocation,
    }
}
