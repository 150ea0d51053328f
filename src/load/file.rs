//! One file, from its path to what it holds.

use std::path::Path;

use crate::source::json::{self, Node};
use crate::source::{self, InputError, Overlay, ReadError, SourceFile, SourceId};

use super::contents::Contents;
use super::document::Document;
use super::format::{self, Answer};

/// A file that may be of use.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    /// Where it is.
    pub(super) path: &'a Path,
    /// Whether the user named it, and not only a directory above it.
    pub(super) named: bool,
    /// How places refer to it.
    pub(super) source: SourceId,
}

/// What became of a file.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was recognised.
    Read {
        /// Its text.
        file: SourceFile,
        /// What it holds, errors included.
        contents: Box<Contents>,
    },
    /// It is of no use here, for this reason.
    PassedOver(String),
    /// It should be JSON and is not.
    NotJson {
        /// Its text as it can be shown.
        shown: Box<SourceFile>,
        /// Where it stops being JSON.
        error: InputError,
    },
    /// It has no text at all.
    Unreadable(InputError),
}

/// Reads and recognises a file, or what stands in for it.
pub(super) fn read(candidate: &Candidate<'_>, overlay: &Overlay) -> Outcome {
    match text(candidate.path, overlay) {
        Ok(file) => recognize(candidate, file),
        Err(ReadError::NotText { error, shown }) => not_json(candidate, shown, error),
        Err(error @ (ReadError::Io(_) | ReadError::TooLarge)) => {
            let place = source::Span::default();
            Outcome::Unreadable(InputError::new(place, error.to_string()))
        }
    }
}

/// The file's text, or that of what stands in for it.
pub(super) fn text(path: &Path, overlay: &Overlay) -> Result<SourceFile, ReadError> {
    match overlay.get(path) {
        Some(bytes) => source::decode(&path.to_string_lossy(), bytes.to_vec()),
        None => source::read(path),
    }
}

fn recognize(candidate: &Candidate<'_>, file: SourceFile) -> Outcome {
    let root = match parse(file.text()) {
        Ok(root) => root,
        Err(error) => return not_json(candidate, Box::new(file), error),
    };
    let document = Document {
        source: candidate.source,
        name: file.name(),
        text: file.text(),
        root,
    };
    match format::read(&document) {
        Answer::NotThis => Outcome::PassedOver("its format is not known".to_owned()),
        Answer::PassOver(reason) => Outcome::PassedOver(reason.to_owned()),
        Answer::Read(mut contents) => {
            contents.refuse_duplicate_keys(&document.root);
            let contents = Box::new(contents);
            Outcome::Read { file, contents }
        }
    }
}

/// `aws kms get-key-policy --output text` writes the policy, a tab and the policy's name, which is
/// always `default`.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>
pub(super) fn parse(text: &str) -> Result<Node<'_>, InputError> {
    if text.trim().is_empty() {
        let end = source::Span::new(text.len(), text.len());
        return Err(InputError::new(end, "the file is empty")
            .label("nothing stands here")
            .help("did the command that should have written it fail?"));
    }
    json::parse(text.trim_end().strip_suffix("\tdefault").unwrap_or(text))
}

/// An error where JSON was promised: by the user, who named the file, or by the file's own name.
fn not_json(candidate: &Candidate<'_>, shown: Box<SourceFile>, error: InputError) -> Outcome {
    let extension = candidate.path.extension();
    if extension.is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        return Outcome::NotJson { shown, error };
    }
    if candidate.named {
        let mut error = error;
        let help = || "only JSON is read: is this the right file?".to_owned();
        error.help.get_or_insert_with(help);
        return Outcome::NotJson { shown, error };
    }
    Outcome::PassedOver("it is not JSON, and its name does not say that it were".to_owned())
}
