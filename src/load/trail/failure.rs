//! Why the events of a file could not all be read.

use std::io;

use crate::text::{InputError, Span};

use super::window::{MAX_CONTENT, MAX_RECORD};

/// What is wrong with a file of events, and where in its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::load) struct Failure {
    /// The byte of the content, decompressed; none where no byte is to blame.
    pub(in crate::load) at: Option<u64>,
    message: String,
    help: String,
}

impl Failure {
    pub(super) fn at(offset: u64, message: impl Into<String>) -> Self {
        Self {
            at: Some(offset),
            message: message.into(),
            help: "nothing of this file after this place was read".to_owned(),
        }
    }

    pub(super) fn unreadable(error: &io::Error) -> Self {
        let broken = matches!(
            error.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
        );
        let (message, help) = if broken {
            (
                format!("the compressed data is broken or cut off: {error}"),
                "fetch the file again: its events were not all read",
            )
        } else {
            (
                format!("cannot read the file: {error}"),
                "its events were not all read",
            )
        };
        Self {
            at: None,
            message,
            help: help.to_owned(),
        }
    }

    pub(super) fn too_large_record(offset: u64) -> Self {
        let limit = MAX_RECORD >> 20;
        Self::at(offset, format!("one event is larger than {limit} MiB"))
    }

    pub(super) fn too_large_content() -> Self {
        let limit = MAX_CONTENT >> 30;
        Self {
            at: None,
            message: format!("the file holds more than {limit} GiB when decompressed"),
            help: "no file that CloudTrail delivers does; split it if it is what you mean"
                .to_owned(),
        }
    }

    /// As a complaint about the bytes under `span`.
    pub(in crate::load) fn complaint(&self, span: Span) -> InputError {
        InputError::new(span, self.message.clone())
            .label("here")
            .help(self.help.clone())
    }

    /// As a complaint about a file whose content cannot be shown; its place, line and column, in
    /// words.
    pub(in crate::load) fn complaint_in_words(&self, place: Option<(u64, u64)>) -> InputError {
        let place = match (place, self.at) {
            (Some((line, column)), _) => {
                format!(", at line {line}, column {column} of its content")
            }
            (None, Some(at)) => format!(", at byte {at} of its content"),
            (None, None) => String::new(),
        };
        let message = format!("{}{place}", self.message);
        InputError::new(Span::default(), message).help(self.help.clone())
    }
}
