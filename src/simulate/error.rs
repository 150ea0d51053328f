//! Why a line of a batch is no request.

use crate::aws::KeyArnError;
use crate::aws::action::why_unknown;
use crate::eval::{CallerError, WINDOW_KEY};
use crate::text::InputError;

use super::unknown::UnknownAction;

/// Why a line is no request. Columns count bytes of the line, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// The line is not JSON.
    #[error("column {}: {}{}", .0.span.start.saturating_add(1), .0.message, label(.0))]
    Json(InputError),
    /// A field that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field holds the wrong type.
    #[error("`{field}` must be {wanted}, and this is {found} (column {column})")]
    WrongType {
        /// The field with its position, such as `scps[0][1].policy`.
        field: String,
        /// What it must be.
        wanted: String,
        /// What it is.
        found: &'static str,
        /// Where.
        column: u32,
    },
    /// `principal` is nobody who can make a request.
    #[error("`principal`: {error}; {}", .error.help())]
    Principal {
        /// Why.
        #[from]
        error: CallerError,
    },
    /// `key_arn` is no key's ARN.
    #[error("`key_arn`: {error}; {}", .error.help())]
    Key {
        /// Why.
        #[from]
        error: KeyArnError,
    },
    /// `action` is no KMS action that is known.
    #[error("`action`: {}", why_unknown(.0))]
    Action(String),
    /// `action` may be a KMS action that is newer than this version, and the context is complete.
    #[error("`action`: {}; without `complete_context` the answer is conditional", .0.sentence())]
    NoFirmAnswer(UnknownAction),
    /// `days` is out of bounds.
    #[error("`days` must be a whole number from 7 to 30, and this is {0}")]
    Days(String),
    /// The day count in the context is out of bounds.
    #[error(
        "`context.{WINDOW_KEY}` must be a whole number from 7 to 30, and this is `{0}`: \
         ScheduleKeyDeletion takes no other waiting period"
    )]
    Window(String),
    /// AWS would refuse to store a policy.
    #[error("`{field}`: {message}{help} (column {column})")]
    Policy {
        /// The field with its position.
        field: String,
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
        /// Where.
        column: u32,
    },
}

fn label(error: &InputError) -> String {
    if error.label.is_empty() {
        String::new()
    } else {
        format!(", {}", error.label)
    }
}
