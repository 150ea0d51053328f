//! What is wrong with an input, where, and what to do.

use super::{Location, Span};

/// One complaint about an input. The words follow the house style: lower case, no final stop,
/// what was written in backticks, the cure apart from the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InputError {
    /// What is wrong, for example ``unknown element `effect` in a statement``.
    pub message: String,
    /// A few words that stand at the underlined bytes.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The bytes that are wrong.
    pub span: Span,
}

impl InputError {
    /// A complaint about the bytes under `span`.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            label: String::new(),
            help: None,
            span,
        }
    }

    /// With a few words at the underlined bytes.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A complaint about a file: which file, where in it, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {error}")]
pub struct InputFailure {
    /// The path as the user gave it, for example `keys/policy.json`.
    pub file: String,
    /// Where in it, if its text is among the sources.
    pub at: Option<Location>,
    /// What is wrong. Its span is that of `at`.
    #[source]
    pub error: InputError,
}

impl InputFailure {
    /// A complaint about a file without text that could be shown.
    pub fn of_file(file: impl Into<String>, error: InputError) -> Self {
        Self {
            file: file.into(),
            at: None,
            error,
        }
    }
}
