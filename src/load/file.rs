//! One file, from its path to what it holds.

use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::source::json::{self, Node};
use crate::source::{
    self, InputError, Opened, Overlay, Progress, ReadError, SourceFile, SourceId, admit, read_whole,
};

use super::bulk::refuse_bulk_statements;
use super::contents::Contents;
use super::document::Document;
use super::folder::Sibling;
use super::format::{self, Answer};
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
        reason: String,
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
        /// What is wrong.
        error: Option<PlacedError>,
    },
    /// It has no text at all.
    Unreadable(InputError),
}

/// What is kept of a file that is of no use by itself.
#[derive(Debug)]
pub(super) enum Kept {
    /// It is not JSON.
    Nothing,
    /// It is JSON of a shape that no file beside it could make sense of.
    OtherJson,
    /// Its text: a file beside it may tell what it is about.
    Text(Box<SourceFile>),
    /// The text of a policy of which nothing in it tells what it is attached to.
    OpenPolicy(Box<SourceFile>),
}

impl Outcome {
    /// What is not even JSON.
    pub(super) fn no_json(reason: &str) -> Self {
        Self::PassedOver {
            reason: reason.to_owned(),
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
    Ok(source::open(candidate.path, shared.progress)?)
}

fn read_opened(candidate: &Candidate<'_>, opened: Opened<'_>, shared: &Shared<'_>) -> Outcome {
    let gzip = opened.is_gzip();
    if !gzip && trail::sniff(opened.head(), opened.is_whole()) == Sniff::Other {
        return match opened.into_bytes() {
            Ok(bytes) => read_bytes(candidate, bytes),
            Err(error) => Outcome::Unreadable(error.complaint()),
        };
    }
    // What is compressed, and what cannot be read again, cannot be shown.
    let shown = !gzip && candidate.path != Path::new("-");
    match trail::look(opened.content(), candidate.source, shown) {
        Ok(Look::Events(events)) => {
            let (tally, failure) = events.count();
            let count = usize::try_from(tally.events()).unwrap_or(usize::MAX);
            let mut all = shared.events.lock().unwrap_or_else(PoisonError::into_inner);
            all.merge(tally);
            drop(all);
            let error = failure.map(|failure| trail::place(candidate.path, gzip, &failure));
            Outcome::Events { count, error }
        }
        Ok(Look::Other(unknown)) if gzip => compressed(candidate, unknown),
        Ok(Look::Other(unknown)) => match read_whole(unknown.bytes, unknown.rest) {
            Ok(bytes) => match trail::large_event(&bytes, unknown.is_open) {
                Some(failure) => placed(candidate, &failure),
                None => read_bytes(candidate, bytes),
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
    let is_object = |bytes: &[u8]| bytes.trim_ascii_start().first().is_none_or(|b| *b == b'{');
    if !unknown.is_open && !is_object(&unknown.bytes) {
        return Outcome::no_json(NO_EVENTS);
    }
    if let Err(failure) = unknown.read_to(MAX_COMPRESSED) {
        return Outcome::Unreadable(failure.complaint_in_words(None));
    }
    if let Some(failure) = trail::large_event(&unknown.bytes, unknown.is_open) {
        return placed(candidate, &failure);
    }
    if unknown.bytes.trim_ascii().is_empty() {
        let error = InputError::new(source::Span::default(), "the compressed file holds nothing");
        let help = "fetch the file again: events that it should hold were not read";
        return Outcome::Unreadable(error.help(help));
    }
    match source::decode(&candidate.path.to_string_lossy(), unknown.bytes) {
        Ok(file) => match recognize(candidate, file) {
            Outcome::Read { file, contents } if contents.trail.is_some() => {
                Outcome::Read { file, contents }
            }
            _ => Outcome::no_json(NO_EVENTS),
        },
        Err(_) => Outcome::no_json(NO_EVENTS),
    }
}

const NO_EVENTS: &str = "it is compressed and holds no events of CloudTrail";

/// A file of events of which nothing could be read, and where that is.
fn placed(candidate: &Candidate<'_>, failure: &trail::Failure) -> Outcome {
    Outcome::Events {
        count: 0,
        error: Some(trail::place(candidate.path, true, failure)),
    }
}

fn read_bytes(candidate: &Candidate<'_>, bytes: Vec<u8>) -> Outcome {
    match source::decode(&candidate.path.to_string_lossy(), bytes) {
        Ok(file) => recognize(candidate, file),
        Err(ReadError::NotText { error, shown }) => not_json(candidate, shown, error),
        Err(error) => Outcome::Unreadable(error.complaint()),
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
        Err(_) if !candidate.named && is_of_others(file.text()) => {
            return Outcome::no_json("it has too many values for a document of AWS");
        }
        Err(error) => return not_json(candidate, Box::new(file), error),
    };
    let document = Document {
        source: candidate.source,
        name: file.name(),
        text: file.text(),
        root,
    };
    let mut is_open = false;
    let reason = match format::read(&document) {
        Answer::NotThis => "its format is not known",
        Answer::PassOver(reason) => reason,
        Answer::OpenPolicy => {
            is_open = true;
            OPEN
        }
        Answer::Read(mut contents) => {
            contents.refuse_duplicate_keys(&document.root);
            let contents = Box::new(contents);
            return Outcome::Read { file, contents };
        }
    };
    let may_belong = Sibling::of(&document.root).is_some();
    let reason = reason.to_owned();
    let kept = if is_open {
        Kept::OpenPolicy(Box::new(file))
    } else if may_belong {
        Kept::Text(Box::new(file))
    } else {
        Kept::OtherJson
    };
    Outcome::PassedOver { reason, kept }
}

/// Why a policy that could be anything's is not taken for a key's.
const OPEN: &str = "nothing in it names AWS KMS, and no key stands beside it: it may be the policy of \
     a VPC endpoint";

/// Whether it is so dense that it is no document of AWS, and does not speak of keys or policies.
fn is_of_others(text: &str) -> bool {
    let words = [&b"\"Statement\""[..], b"kms", b"KMS"];
    let speaks = |word| memchr::memmem::find(text.as_bytes(), word).is_some();
    json::is_dense(text) && !words.into_iter().any(speaks)
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
    refuse_bulk_statements(text)?;
    json::parse(text.trim_end().strip_suffix("\tdefault").unwrap_or(text))
}

/// An error where JSON was promised: by the user, who named the file, or by the file's own name.
fn not_json(candidate: &Candidate<'_>, shown: Box<SourceFile>, error: InputError) -> Outcome {
    if !is_promised(candidate) {
        return Outcome::no_json("it is not JSON, and its name does not say that it were");
    }
    let mut error = error;
    if !is_json_by_name(candidate.path) {
        let help = || "only JSON is read: is this the right file?".to_owned();
        error.help.get_or_insert_with(help);
    }
    Outcome::NotJson { shown, error }
}

/// Whether the user, who named the file, or the file's own name says that it is JSON.
fn is_promised(candidate: &Candidate<'_>) -> bool {
    candidate.named || is_json_by_name(candidate.path)
}

fn is_json_by_name(path: &Path) -> bool {
    let is = |path: &Path, wanted: &str| {
        path.extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
    };
    // What is cut to nothing begins no longer as gzip does.
    is(path, "json") || is(path, "gz")
}
