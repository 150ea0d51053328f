//! Which actions a statement names.

use serde::Serialize;

use crate::aws::ActionSet;
use crate::document::record;

use super::IndexedLocation;

record! {
    /// One action pattern.
    #[derive(Clone, Debug)]
    pub struct ActionRecord {
        /// As written.
        pub text: String,
        /// How it names actions.
        pub form: ActionForm,
        /// KMS actions that it matches.
        pub matches: ActionSet,
        /// For a `kms:` name that is not known, the nearest that is.
        pub nearest: Option<String>,
        /// Why a `kms:` name or pattern matches no action that is known, as a sentence; left out where
        /// it matches one.
        @left_out pub mistake: Option<String>,
        /// Whether such a name or pattern is like none that is known, so that AWS may have added what it
        /// names since; left out where not.
        @left_out pub may_be_newer: bool,
        /// Where it stands.
        pub at: IndexedLocation,
    }
}

/// How a pattern names actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionForm {
    /// A KMS action by its name.
    Exact,
    /// A pattern with a wildcard that matches some KMS action.
    Wildcard,
    /// A `kms:` name or pattern that matches no action that is known.
    Unknown,
    /// Another service's.
    OtherService,
    /// A template's placeholder.
    Placeholder,
}
