//! One file, from its path to what it holds.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::text;
use crate::text::{
    InputError, Opened, Overlay, Progress, ReadError, SourceFile, SourceId, admit, read_whole,
};

use super::cloudformation::StackValues;
use super::contents::Contents;
use super::declared::Declared;
use super::hints;
use super::no_text;
use super::recognize;
use super::terraform;
use super::trail::{self, Look, PlacedError, Sniff, Tally, Unknown};

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
    /// It is of no use by itself.
    PassedOver {
        /// Why, in words that finish "passed over: …".
        reason: Cow<'static, str>,
        /// Whether something in it speaks of KMS all the same.
        looks_like_ours: bool,
        /// What may yet become of it.
        kept: Kept,
    },
    /// It should be JSON and is not.
    NotJson {
        /// Its text as it can be shown.
        shown: Box<SourceFile>,
        /// Where it stops being JSON.
        error: InputError,
    },
    /// It holds events of CloudTrail, which were counted.
    Events {
        /// How many events.
        count: usize,
        /// What is wrong; boxed, since most files hold no events.
        error: Option<Box<PlacedError>>,
    },
    /// It has no text at all.
    Unreadable(InputError),
}

/// What is kept of a file that is of no use by itself.
#[derive(Debug)]
pub(super) enum Kept {
    /// Nothing.
    Nothing,
    /// A text without content: beside a key it should hold something.
    Empty(Box<SourceFile>),
    /// A text that begins like JSON and is none, and why.
    Broken(Box<SourceFile>, InputError),
    /// It begins like JSON and was not read further: in a folder of iam-collect it may say something.
    Unread,
    /// It is JSON of a shape that no file beside it could make sense of.
    OtherJson,
    /// Its text: a file beside it may tell what it is about.
    Text(Box<SourceFile>),
    /// The text of a policy of which nothing in it tells what it is attached to.
    OpenPolicy(Box<SourceFile>),
}

impl Outcome {
    /// What is of no use whatever stands beside it.
    pub(super) const fn passed_over(reason: &'static str) -> Self {
        Self::PassedOver {
            reason: Cow::Borrowed(reason),
            looks_like_ours: false,
            kept: Kept::Nothing,
        }
    }
}

/// What the files of a run share while they are read.
#[derive(Debug)]
pub(super) struct Shared<'p> {
    /// How far the reading has come.
    pub(super) progress: &'p Progress,
    /// Bytes that stand in for those of files.
    pub(super) overlay: &'p Overlay,
    /// What the user says of them.
    pub(super) declared: &'p Declared,
    /// The events of all files; each file's are added when it is done, so that they never wait
    /// for one another in memory.
    pub(super) events: Mutex<Tally>,
}

/// Reads and recognises a file, or what stands in for it.
pub(super) fn read(candidate: &Candidate<'_>, shared: &Shared<'_>) -> Outcome {
    let outcome = match open(candidate, shared) {
        Ok(opened) => read_opened(candidate, opened, shared),
        Err(error) => Outcome::Unreadable(error.complaint()),
    };
    shared.progress.file_is_done();
    outcome
}

fn open<'p>(candidate: &Candidate<'_>, shared: &Shared<'p>) -> Result<Opened<'p>, ReadError> {
    if let Some(bytes) = shared.overlay.get(candidate.path) {
        return Ok(Opened::in_memory(bytes.to_vec(), shared.progress));
    }
    // What a directory was searched for lies in it, and is no link.
    if candidate.named {
        admit(candidate.path)?;
    }
    Ok(text::open(candidate.path, shared.progress)?)
}

fn read_opened(candidate: &Candidate<'_>, opened: Opened<'_>, shared: &Shared<'_>) -> Outcome {
    let gzip = opened.is_gzip();
    if !gzip && trail::sniff(opened.head(), opened.is_whole()) == Sniff::Other {
        return read_text(candidate, opened, shared);
    }
    // What cannot be read again cannot be shown.
    let shown = candidate.path != Path::new("-");
    match trail::look(opened.content(), candidate.source, shown) {
        Ok(Look::Events(events)) => {
            let trail::Counted::Events(tally, failure) = events.count() else {
                return Outcome::passed_over(WITHOUT_TIME);
            };
            let count = usize::try_from(tally.events()).unwrap_or(usize::MAX);
            let mut all = shared.events.lock().unwrap_or_else(PoisonError::into_inner);
            all.merge(*tally);
            drop(all);
            let place = |failure| trail::place(candidate.path, gzip, &failure).into();
            let error = failure.map(place);
            Outcome::Events { count, error }
        }
        Ok(Look::Other(unknown)) if gzip => compressed(candidate, unknown),
        Ok(Look::Other(unknown)) => match read_whole(unknown.bytes, unknown.rest) {
            Ok(bytes) => match trail::large_event(&bytes, unknown.is_open) {
                Some(failure) => placed(candidate, &failure),
                None => read_bytes(candidate, bytes, shared),
            },
            Err(error) => Outcome::Unreadable(error.complaint()),
        },
        Err(failure) => Outcome::Unreadable(failure.complaint_in_words(None)),
    }
}

/// How much is read of compressed content that does not tell soon what it is; bytes.
const MAX_COMPRESSED: usize = 64 << 20;

/// What is compressed and does not begin as events do. Of the documents of other formats only those
/// are read that CloudTrail itself delivers so.
fn compressed(candidate: &Candidate<'_>, mut unknown: Unknown<impl Read>) -> Outcome {
    let is_json = unknown.is_open || begins_like_json(&unknown.bytes);
    let limit = if is_json { MAX_COMPRESSED } else { MAX_OTHER };
    if let Err(failure) = unknown.read_to(limit) {
        return Outcome::Unreadable(failure.complaint_in_words(None));
    }
    if !is_json {
        let ending = candidate.path.with_extension("");
        return not_read(&ending, &unknown.bytes, "is compressed", NO_EVENTS);
    }
    if let Some(failure) = trail::large_event(&unknown.bytes, unknown.is_open) {
        return placed(candidate, &failure);
    }
    if unknown.bytes.trim_ascii().is_empty() {
        let error = InputError::new(text::Span::default(), "the compressed file holds nothing");
        let help = "fetch the file again: events that it should hold were not read";
        return Outcome::Unreadable(error.help(help));
    }
    match text::decode(&candidate.path.to_string_lossy(), unknown.bytes) {
        Ok(file) => match recognize::recognize(candidate, file, (None, &StackValues::default())) {
            Outcome::Read { file, contents } if contents.trail.is_some() => {
                Outcome::Read { file, contents }
            }
            Outcome::Read { contents, .. } => compressed_policy(&contents),
            Outcome::NotJson { error, .. } => {
                let message = format!("in the compressed file: {}", error.message);
                let error = InputError::new(text::Span::default(), message);
                Outcome::Unreadable(error.help(DECOMPRESS))
            }
            Outcome::PassedOver {
                looks_like_ours: true,
                ..
            } => looks_like_ours(),
            _ => Outcome::passed_over(NO_EVENTS),
        },
        Err(_) => Outcome::passed_over(NO_EVENTS),
    }
}

const DECOMPRESS: &str = "decompress it: only the files of CloudTrail are read as they are";

/// What is none of the texts that are read: an error where it holds a key policy all the same, unless it is
/// a program or for people.
fn not_read(path: &Path, bytes: &[u8], is: &str, otherwise: &'static str) -> Outcome {
    if terraform::is_binary_plan(bytes) {
        let error = InputError::new(
            text::Span::default(),
            "the file is a plan of Terraform that only Terraform reads",
        );
        return Outcome::Unreadable(error.help(terraform::SHOW));
    }
    let Some(what) = no_text::holds_inside(bytes) else {
        return Outcome::passed_over(otherwise);
    };
    let is_prose = hints::is_prose_or_code(path);
    let reason = no_text::Kind::of(bytes).passed_over();
    match reason.or(is_prose.then_some(recognize::PROGRAM)) {
        Some(reason) => Outcome::PassedOver {
            reason: reason.into(),
            looks_like_ours: true,
            kept: Kept::Nothing,
        },
        None => Outcome::Unreadable(no_text::error(&what, is)),
    }
}

/// That a compressed file holds what is read only as it is.
fn compressed_policy(contents: &Contents) -> Outcome {
    let what = contents.holds.unwrap_or("document");
    let message = format!("the file is compressed and holds a {what}");
    Outcome::Unreadable(InputError::new(text::Span::default(), message).help(DECOMPRESS))
}

fn looks_like_ours() -> Outcome {
    Outcome::PassedOver {
        reason: "it is compressed, holds no events of CloudTrail, and speaks of a policy or a key"
            .into(),
        looks_like_ours: true,
        kept: Kept::Nothing,
    }
}

const WITHOUT_TIME: &str = "its events are of other services, and none says its time";
const NO_EVENTS: &str = "it is compressed and holds no events of CloudTrail";

/// A file of events of which nothing could be read, and where that is.
fn placed(candidate: &Candidate<'_>, failure: &trail::Failure) -> Outcome {
    Outcome::Events {
        count: 0,
        error: Some(trail::place(candidate.path, true, failure).into()),
    }
}

/// How much is looked at at once of what does not begin as JSON does; a template has no more. CloudFormation
/// takes templates of 1 MB:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const MAX_OTHER: usize = 4 << 20;

/// How much of what was looked at is looked at again with what follows it: no policy is longer.
const OVERLAP: usize = 64 << 10;

/// A file that holds no events. Of what is no text, no more is read than the first part.
fn read_text(candidate: &Candidate<'_>, opened: Opened<'_>, shared: &Shared<'_>) -> Outcome {
    let head = opened.head();
    let is_json = begins_like_json(head);
    let ending = candidate.path.extension();
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
        && (!is_json || head.trim_ascii().is_empty())
    {
        // What is cut to nothing begins no longer as gzip does.
        let message = "the file is called compressed, and does not begin as gzip does";
        let error = InputError::new(text::Span::default(), message);
        return Outcome::Unreadable(error.help("fetch the file again: it may be cut off"));
    }
    if is_json {
        return match opened.into_bytes() {
            Ok(bytes) => read_bytes(candidate, bytes, shared),
            Err(error) => Outcome::Unreadable(error.complaint()),
        };
    }
    let is_binary = hints::is_binary(head);
    let mut content = opened.content();
    let mut bytes = Vec::new();
    if let Err(error) = next_part(&mut content, &mut bytes) {
        return Outcome::Unreadable(error.complaint());
    }
    if is_binary {
        return not_read(candidate.path, &bytes, "is no text", "it is no text");
    }
    if bytes.len() < MAX_OTHER {
        return read_bytes(candidate, bytes, shared);
    }
    let end = bytes.len().saturating_sub(OVERLAP);
    let last = bytes.split_off(end);
    let first = [bytes.as_slice(), whole_characters(&last)].concat();
    match read_bytes(candidate, first, shared) {
        Outcome::PassedOver { .. } if !hints::is_prose_or_code(candidate.path) => {}
        outcome => return outcome,
    }
    bytes = last;
    loop {
        match next_part(&mut content, &mut bytes) {
            Ok(0) => return Outcome::passed_over("it is no JSON"),
            Ok(_) => {}
            Err(error) => return Outcome::Unreadable(error.complaint()),
        }
        if let Some(what) = no_text::holds(&bytes) {
            return Outcome::Unreadable(no_text::error(&what, "is larger than 4 MiB"));
        }
        bytes = bytes.split_off(bytes.len().saturating_sub(OVERLAP));
    }
}

/// Reads on, so much as is looked at at once.
fn next_part(content: &mut impl Read, into: &mut Vec<u8>) -> Result<usize, ReadError> {
    let limit = u64::try_from(MAX_OTHER).unwrap_or(u64::MAX);
    Ok(content.take(limit).read_to_end(into)?)
}

/// Without the character of which the end is missing.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let last = bytes.utf8_chunks().last();
    let cut = last.map_or(0, |chunk| chunk.invalid().len());
    bytes
        .get(..bytes.len().saturating_sub(cut))
        .unwrap_or(bytes)
}

/// So much of a file tells how it begins.
const HEAD: usize = 64 * 1024;

/// Whether the first bytes are those of JSON, in UTF-8 or UTF-16, or blanks only, after which it may
/// begin.
pub(super) fn begins_like_json(head: &[u8]) -> bool {
    // Nearly every file of JSON begins so, whatever its encoding turns out to be.
    if let [b'{', ..] = head.trim_ascii_start() {
        return true;
    }
    let head = head.get(..HEAD).unwrap_or(head);
    match text::decode("", head.to_vec()) {
        Ok(file) => may_begin(file.text()),
        Err(ReadError::NotText { shown, .. }) => may_begin(shown.text()),
        Err(ReadError::Io(_) | ReadError::Refused(_) | ReadError::TooLarge) => false,
    }
}

fn may_begin(text: &str) -> bool {
    hints::begins_like_json(text) || text.trim().is_empty()
}

fn read_bytes(candidate: &Candidate<'_>, bytes: Vec<u8>, shared: &Shared<'_>) -> Outcome {
    let kind = shared.declared.kind(candidate.path, candidate.named);
    match text::decode(&candidate.path.to_string_lossy(), bytes) {
        Ok(file) => recognize::recognize(candidate, file, (kind, &shared.declared.stack)),
        Err(ReadError::NotText { error, shown }) => recognize::broken(candidate, shown, error),
        Err(error) => Outcome::Unreadable(error.complaint()),
    }
}

/// The file's text, or that of what stands in for it.
pub(super) fn text(path: &Path, overlay: &Overlay) -> Result<SourceFile, ReadError> {
    match overlay.get(path) {
        Some(bytes) => text::decode(&path.to_string_lossy(), bytes.to_vec()),
        None => text::read(path),
    }
}
