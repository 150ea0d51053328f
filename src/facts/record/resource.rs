//! Which resources a statement names.

use std::ops::Not;

use serde::Serialize;

use super::Place;

/// One resource pattern.
#[derive(Clone, Debug, Serialize)]
pub struct ResourceRecord {
    /// As written.
    pub text: String,
    /// Whether it covers this key; null where that is not known.
    pub covers_key: Option<bool>,
    /// The policy variable in it, without braces; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Whether a policy variable stands before the fifth colon; left out where not.
    #[serde(skip_serializing_if = "Not::not")]
    pub variable_misplaced: bool,
    /// Where it stands.
    pub at: Place,
}
