//! What came of loading: the inventory, and what became of every file.

use crate::aws::DocumentKind;
use crate::inventory::{Evidence, EvidenceType, Inventory};
use crate::text::{
    Discovery, Fate, FileRecord, InputError, InputFailure, Location, SourceFile, SourceId, Sources,
    Span,
};

use super::contents::Contents;
use super::declared::Declared;
use super::file::{Candidate, Kept, Outcome};
use super::recognize::{self, NOTHING_OF_OURS};

/// What the given paths held.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files that were recognised or are complained of; the others' text is not kept.
    pub sources: Sources,
    /// What they say.
    pub inventory: Inventory,
    /// How many files were recognised, those with errors included.
    pub recognized: usize,
    /// What became of every file, and of the directories that were left out: those that were looked
    /// into in their order, then the others.
    pub files: Vec<FileRecord>,
    /// What could not be read. With any of these the inventory is not the whole truth.
    pub errors: Vec<InputFailure>,
}

impl Loaded {
    /// With what is known before any file is read.
    pub(super) fn begin(discovery: &Discovery, declared: &Declared) -> Self {
        let mut loaded = Self::default();
        let expected = discovery.named.len().saturating_add(discovery.found.len());
        loaded.sources.expect(expected);
        loaded.files.reserve_exact(expected);
        for (path, reason) in &discovery.errors {
            let path = path.to_string_lossy().into_owned();
            let message = format!("cannot be looked at: {reason}");
            let error = InputError::new(Span::default(), message);
            loaded
                .errors
                .push(InputFailure::of_file(path.clone(), error));
            loaded.record(path, Fate::Broken, true);
        }
        for (path, reason) in &discovery.left_out {
            let name = path.to_string_lossy().into_owned();
            if declared.may_be_left_out(path, *reason) {
                loaded.record(name, Fate::LeftOut(*reason), false);
            } else {
                let message = format!("what stands here is not checked: {reason}");
                let help =
                    "put policies themselves here, or leave this out (`exclude` in `kmslint.toml`)";
                let error = InputError::new(Span::default(), message).help(help);
                loaded.errors.push(InputFailure::of_file(&*name, error));
                loaded.record(name, Fate::Broken, true);
            }
        }
        for path in &discovery.unwanted {
            let path = path.to_string_lossy().into_owned();
            let reason = NOTHING_OF_OURS.into();
            loaded.record(path, Fate::PassedOver(reason), false);
        }
        loaded
    }

    fn record(&mut self, path: String, fate: Fate, looks_like_ours: bool) {
        self.files.push(FileRecord {
            path,
            fate,
            looks_like_ours,
        });
    }

    /// How many files were read whole.
    pub fn checked(&self) -> usize {
        let files = self.files.iter();
        let checked = files.filter(|file| matches!(file.fate, Fate::Checked { .. }));
        checked.count()
    }

    /// The files that were looked into and are of no use here.
    pub fn passed_over(&self) -> Vec<&FileRecord> {
        let files = self.files.iter();
        let passed_over = files.filter(|file| matches!(file.fate, Fate::PassedOver(_)));
        passed_over.collect()
    }

    /// Takes down what became of a file, and hands back what it held.
    pub(super) fn take(
        &mut self,
        candidate: &Candidate<'_>,
        outcome: Outcome,
        declared: &Declared,
    ) -> Option<Box<Contents>> {
        let name = candidate.path.to_string_lossy();
        match outcome {
            Outcome::Read { file, contents } => Some(self.take_contents(candidate, file, contents)),
            Outcome::Events { count, error } => {
                let (error, shown) = error.map_or((None, None), |e| (Some(e.error), e.shown));
                let fate = match &error {
                    None => checked("CloudTrail file"),
                    Some(_) => Fate::Broken,
                };
                self.recognized = self.recognized.saturating_add(1);
                if let Some(error) = error {
                    let mut error = complaint(&name, candidate.source, error);
                    error.at = error.at.filter(|_| shown.is_some());
                    self.errors.push(error);
                }
                let file = shown.unwrap_or_else(|| SourceFile::new(&*name, ""));
                self.sources.put(candidate.source, file);
                self.inventory.evidence.push(Evidence {
                    kind: EvidenceType::CloudTrail,
                    source: candidate.source,
                    records: count,
                });
                self.record(name.into_owned(), fate, false);
                None
            }
            Outcome::PassedOver {
                reason,
                looks_like_ours,
                kept,
            } => {
                if declared.must_be_understood(candidate.path, candidate.named) {
                    self.refuse(candidate, &reason, kept);
                } else {
                    let fate = Fate::PassedOver(reason);
                    self.record(name.into_owned(), fate, looks_like_ours);
                }
                None
            }
            Outcome::NotJson { shown, error } => {
                self.sources.put(candidate.source, *shown);
                self.errors.push(complaint(&name, candidate.source, error));
                self.record(name.into_owned(), Fate::Broken, true);
                None
            }
            Outcome::Unreadable(error) => {
                self.errors.push(InputFailure::of_file(&*name, error));
                self.record(name.into_owned(), Fate::Broken, true);
                None
            }
        }
    }

    fn take_contents(
        &mut self,
        candidate: &Candidate<'_>,
        file: SourceFile,
        mut contents: Box<Contents>,
    ) -> Box<Contents> {
        let name = candidate.path.to_string_lossy();
        self.recognized = self.recognized.saturating_add(1);
        self.sources.put(candidate.source, file);
        let fate = if contents.errors.is_empty() {
            checked(contents.holds.unwrap_or("collected file"))
        } else {
            Fate::Broken
        };
        let is_broken = fate == Fate::Broken;
        contents.errors.sort_by_key(|error| error.span);
        for error in contents.errors.drain(..) {
            self.errors.push(complaint(&name, candidate.source, error));
        }
        self.record(name.into_owned(), fate, is_broken);
        contents
    }

    /// That a file is not understood which must be.
    fn refuse(&mut self, candidate: &Candidate<'_>, reason: &str, kept: Kept) {
        let name = candidate.path.to_string_lossy();
        let failure = match kept {
            Kept::Broken(shown, error) => {
                self.sources.put(candidate.source, *shown);
                complaint(&name, candidate.source, error)
            }
            Kept::Empty(shown) => {
                let error = recognize::empty(shown.text());
                self.sources.put(candidate.source, *shown);
                complaint(&name, candidate.source, error)
            }
            Kept::Nothing
            | Kept::Unread
            | Kept::OtherJson
            | Kept::Text(_)
            | Kept::OpenPolicy(_) => {
                let message = format!("the file is not checked: {reason}");
                InputFailure::of_file(
                    &*name,
                    InputError::new(Span::default(), message).help(help()),
                )
            }
        };
        self.errors.push(failure);
        self.record(name.into_owned(), Fate::Broken, true);
    }
}

/// What to do about a file that must be understood and is not.
fn help() -> String {
    let kinds = DocumentKind::ALL.map(DocumentKind::name).join("|");
    format!(
        "if it holds a policy all the same, say of which kind: `--as {kinds}`; otherwise leave it out, or \
         pass it over with `--unrecognized skip`"
    )
}

fn checked(holds: &'static str) -> Fate {
    Fate::Checked { holds, note: None }
}

pub(super) fn complaint(file: &str, source: SourceId, error: InputError) -> InputFailure {
    InputFailure {
        file: file.to_owned(),
        at: Some(Location {
            source,
            span: error.span,
        }),
        error,
    }
}
