//! Why a file has no text.

use std::io;

use super::admit::{MAX_FILE, Refusal};
use super::{InputError, SourceFile, Span};

/// Why a file has no text.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot read the file: {0}")]
    Io(#[from] io::Error),
    /// A symbolic link leads to where nothing is read.
    #[error("cannot read the file: {0}")]
    Refused(#[from] Refusal),
    /// It is larger than [`MAX_FILE`].
    #[error("the file is larger than {} MiB", MAX_FILE >> 20)]
    TooLarge,
    /// Its bytes are not the text that AWS takes.
    #[error("{error}")]
    NotText {
        /// What is wrong and where.
        error: InputError,
        /// The text with what is not UTF-8 replaced, to show the place in.
        shown: Box<SourceFile>,
    },
}

impl ReadError {
    /// What is wrong with a file that has no text to show.
    pub fn complaint(&self) -> InputError {
        let error = InputError::new(Span::default(), self.to_string());
        match self {
            Self::Refused(refusal) => error.help(refusal.help()),
            Self::TooLarge => error.help("no policy is this large: is this the right file?"),
            Self::Io(_) | Self::NotText { .. } => error,
        }
    }
}
