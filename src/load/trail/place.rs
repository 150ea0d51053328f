//! Where in a file of events something is wrong: its text was not kept, so it is read once more.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use crate::text;
use crate::text::{InputError, Progress, ReadError, SourceFile, Span};

use super::failure::Failure;

/// What is wrong with a file of events.
#[derive(Debug)]
pub(in crate::load) struct PlacedError {
    /// What is wrong. Its span is one of `shown`, or of nothing.
    pub(in crate::load) error: InputError,
    /// The file's text, where it is small enough to show the place in.
    pub(in crate::load) shown: Option<SourceFile>,
}

/// Finds the place: in the text of a small file, and in words in any other.
pub(in crate::load) fn place(path: &Path, gzip: bool, failure: &Failure) -> PlacedError {
    let at = failure.at.and_then(|at| usize::try_from(at).ok());
    let text = at.filter(|_| !gzip).and_then(|_| text_to_show(path));
    if let (Some(file), Some(at)) = (text, at) {
        return PlacedError {
            error: failure.complaint(character_at(file.text(), at)),
            shown: Some(file),
        };
    }
    let place = failure.at.and_then(|at| line_and_column(path, at));
    PlacedError {
        error: failure.complaint_in_words(place),
        shown: None,
    }
}

/// The largest file of events whose text is kept, to show a place in it; bytes.
const MAX_SHOWN: u64 = 16 << 20;

/// The text of a file that was read before, unless it is large.
fn text_to_show(path: &Path) -> Option<SourceFile> {
    let small = |metadata: std::fs::Metadata| metadata.is_file() && metadata.len() <= MAX_SHOWN;
    if !path.metadata().is_ok_and(small) {
        return None;
    }
    match text::read(path) {
        Ok(file) => Some(file),
        Err(ReadError::NotText { shown, .. }) => Some(*shown),
        Err(_) => None,
    }
}

/// The bytes of the character at an offset; of its end where the text ends there.
fn character_at(text: &str, at: usize) -> Span {
    let starts = |offset: &usize| text.is_char_boundary(*offset);
    let start = (0..=at.min(text.len())).rev().find(starts);
    let start = start.unwrap_or_default();
    let first = text.get(start..).unwrap_or_default().chars().next();
    Span::new(start, start.saturating_add(first.map_or(0, char::len_utf8)))
}

/// Line and column, in characters, of a place in a file's content. Standard input cannot be read
/// again.
fn line_and_column(path: &Path, at: u64) -> Option<(u64, u64)> {
    if path == Path::new("-") {
        return None;
    }
    let unwatched = Progress::default();
    let content = text::open(path, &unwatched).ok()?.content();
    let mut before = BufReader::new(content.take(at));
    let (mut line, mut column) = (1_u64, 1_u64);
    loop {
        let bytes = before.fill_buf().ok()?;
        if bytes.is_empty() {
            return Some((line, column));
        }
        let length = bytes.len();
        let mut lines = bytes.split(|byte| *byte == b'\n');
        column = column.saturating_add(characters(lines.next().unwrap_or_default()));
        for text in lines {
            line = line.saturating_add(1);
            column = characters(text).saturating_add(1);
        }
        before.consume(length);
    }
}

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> u64 {
    let begin = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80);
    u64::try_from(begin.count()).unwrap_or(u64::MAX)
}
