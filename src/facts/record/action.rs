//! Which actions a statement names.

use serde::Serialize;

use crate::aws::ActionSet;

use super::Place;

/// One action pattern.
#[derive(Clone, Debug, Serialize)]
pub struct ActionRecord {
    /// As written.
    pub text: String,
    /// How it names actions.
    pub form: ActionForm,
    /// KMS actions that it matches.
    pub matches: ActionSet,
    /// For a `kms:` name that does not exist, the nearest that does.
    pub nearest: Option<String>,
    /// Why a `kms:` name or pattern matches nothing, as a sentence; left out where it matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mistake: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// How a pattern names actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionForm {
    /// A KMS action by its name.
    Exact,
    /// A pattern with a wildcard that matches some KMS action.
    Wildcard,
    /// A `kms:` name or pattern that matches nothing.
    Unknown,
    /// Another service's.
    OtherService,
    /// A template's placeholder.
    Placeholder,
}
