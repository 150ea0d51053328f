//! From files to the inventory: every document is told by its shape, never by its name.
//!
//! Files are read in parallel and do not hinder each other; the result stands in the order in
//! which they were given. A new input format is one file in `format` and one line in its list.

mod account;
mod bulk;
mod contents;
mod document;
mod fields;
mod file;
mod folder;
mod format;
mod identity;
mod join;
mod open_policy;
mod organization;
mod policy;
mod policy_shape;
mod recorded;
mod scheduled;
mod single;
mod trail;
mod trust;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::inventory::{Evidence, EvidenceType, Inventory, Key};
use crate::source::{
    Discovery, InputError, InputFailure, Location, Overlay, Progress, SourceFile, SourceId,
    Sources, Span,
};
use contents::Contents;
use file::{Candidate, Outcome, Shared};
use identity::AccountPart;
use join::PlacedAddition;
use organization::OrganizationPart;
pub use single::{key_file, policy_file, policy_file_over};
use trail::TrailParts;

/// What the given paths held.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The files that were recognised or are complained of; the others' text is not kept.
    pub sources: Sources,
    /// What they say.
    pub inventory: Inventory,
    /// How many files were recognised, those with errors included.
    pub recognized: usize,
    /// Files that were looked into and are of no use here. What discovery itself passed over is
    /// not among them.
    pub passed_over: Vec<PassedOver>,
    /// What could not be read. With any of these the inventory is not the whole truth.
    pub errors: Vec<InputFailure>,
}

/// A file that was looked into and is of no use here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The path as the user gave it.
    pub file: String,
    /// Why, in words that finish "passed over: …".
    pub reason: String,
}

/// Reads all files of a discovery into one inventory.
pub fn load(discovery: &Discovery) -> Loaded {
    load_over(discovery, &Overlay::default())
}

/// Reads all files of a discovery into one inventory, while another thread may look how far that
/// has come.
pub fn load_watched(discovery: &Discovery, progress: &Progress) -> Loaded {
    load_all(discovery, &Overlay::default(), progress)
}

/// As [`load`], with the bytes of some files, or of all, taken from memory: what an edit would make
/// of them, or what they were at a revision. Nothing is written, and what stands in the overlay is
/// not read from the disk.
pub fn load_over(discovery: &Discovery, overlay: &Overlay) -> Loaded {
    load_all(discovery, overlay, &Progress::default())
}

fn load_all(discovery: &Discovery, overlay: &Overlay, progress: &Progress) -> Loaded {
    let mut loaded = Loaded::default();
    for (path, reason) in &discovery.errors {
        loaded.errors.push(InputFailure {
            file: path.to_string_lossy().into_owned(),
            at: None,
            error: InputError::new(Span::default(), format!("cannot be looked at: {reason}")),
        });
    }
    let candidates = candidates(discovery, &mut loaded.sources);
    let shared = Shared {
        progress,
        overlay,
        events: Mutex::default(),
    };
    let read = |candidate| file::read(candidate, &shared);
    let mut outcomes: Vec<_> = candidates.par_iter().map(read).collect();
    folder::gather(&candidates, &mut outcomes);
    open_policy::settle(&candidates, &mut outcomes);
    let events = shared.events.into_inner();
    let mut events = events.unwrap_or_else(PoisonError::into_inner);
    let mut answers = events.take_answers();
    loaded.inventory.trail = events.into_trail();
    let mut parts = Parts {
        keys: Vec::with_capacity(outcomes.len()),
        ..Parts::default()
    };
    for (candidate, outcome) in candidates.iter().zip(outcomes) {
        if matches!(outcome, Outcome::Events { .. }) {
            let answer = answers.remove(&candidate.source);
            parts.trail.log((candidate.path, candidate.source), answer);
        }
        if let Some(contents) = loaded.take(candidate, outcome) {
            parts.sort_out(candidate, contents, &mut loaded.inventory);
        }
    }
    recorded::show(
        &mut loaded.inventory.trail,
        &candidates,
        overlay,
        &mut loaded.sources,
    );
    parts.trail.join(&mut loaded.inventory.trail.coverage);
    loaded.inventory.keys = join::join(parts.keys, parts.additions);
    loaded.inventory.keys.par_iter_mut().for_each(|key| {
        account::complete(key);
        scheduled::complete(key);
    });
    recorded::join(&mut loaded.inventory);
    let mut missing = identity::join(parts.account, &mut loaded.inventory);
    missing.extend(organization::join(
        parts.organizations,
        &mut loaded.inventory,
    ));
    for missing in missing {
        let file = loaded.sources.get(missing.at.source);
        let file = file.map_or_else(String::new, |file| file.name().to_owned());
        let error = complaint(&file, missing.at.source, missing.error);
        loaded.errors.push(error);
    }
    loaded
}

/// What is to be joined over all files.
#[derive(Default)]
struct Parts<'a> {
    keys: Vec<(&'a Path, Key)>,
    additions: Vec<PlacedAddition>,
    account: AccountPart,
    organizations: Vec<OrganizationPart>,
    trail: TrailParts<'a>,
}

impl<'a> Parts<'a> {
    /// Takes what must be joined, and hands on what stands for itself.
    fn sort_out(&mut self, of: &Candidate<'a>, contents: Contents, inventory: &mut Inventory) {
        let placed = |key| (of.path, key);
        self.keys.extend(contents.keys.into_iter().map(placed));
        let placed = |addition| PlacedAddition::new(of.path, addition);
        self.additions
            .extend(contents.additions.into_iter().map(placed));
        if let Some(account) = contents.account {
            self.account.principals.extend(account.principals);
            self.account.groups.extend(account.groups);
            self.account.managed.extend(account.managed);
            self.account.inline.extend(account.inline);
        }
        self.organizations.extend(contents.organizations);
        if let Some(part) = contents.trail {
            let coverage = &mut inventory.trail.coverage;
            self.trail.take((of.path, of.source), *part, coverage);
        }
        inventory.planned.extend(contents.planned);
        inventory.policies.extend(contents.policies);
        inventory
            .organization_policies
            .extend(contents.organization_policies);
        inventory.evidence.extend(contents.evidence);
    }
}

/// Every file once, those that were named first.
fn candidates<'a>(discovery: &'a Discovery, sources: &mut Sources) -> Vec<Candidate<'a>> {
    let named = discovery.named.iter().map(|path| (path, true));
    let found = discovery.found.iter().map(|path| (path, false));
    let all = named.chain(found);
    // A directory's files come in order, so mostly none has to be looked for among the others.
    let mut seen =
        (!all.clone().map(|(path, _)| path).is_sorted_by(|a, b| a < b)).then(BTreeSet::new);
    let is_new =
        |(path, _): &(&'a PathBuf, bool)| seen.as_mut().is_none_or(|seen| seen.insert(*path));
    all.filter(is_new)
        .map(|(path, named)| Candidate {
            path,
            named,
            source: sources.reserve(),
        })
        .collect()
}

impl Loaded {
    /// Takes down what became of a file, and hands back what it held.
    fn take(&mut self, candidate: &Candidate<'_>, outcome: Outcome) -> Option<Contents> {
        let name = || candidate.path.to_string_lossy();
        match outcome {
            Outcome::Read { file, mut contents } => {
                self.recognized = self.recognized.saturating_add(1);
                self.sources.put(candidate.source, file);
                contents.errors.sort_by_key(|error| error.span);
                for error in contents.errors.drain(..) {
                    self.errors
                        .push(complaint(&name(), candidate.source, error));
                }
                Some(*contents)
            }
            Outcome::Events { count, error } => {
                self.recognized = self.recognized.saturating_add(1);
                let (error, shown) = error.map_or((None, None), |e| (Some(e.error), e.shown));
                if let Some(error) = error {
                    let mut error = complaint(&name(), candidate.source, error);
                    error.at = error.at.filter(|_| shown.is_some());
                    self.errors.push(error);
                }
                let file = shown.unwrap_or_else(|| SourceFile::new(name(), ""));
                self.sources.put(candidate.source, file);
                self.inventory.evidence.push(Evidence {
                    kind: EvidenceType::CloudTrail,
                    source: candidate.source,
                    records: count,
                });
                None
            }
            Outcome::PassedOver { reason, .. } => {
                self.passed_over.push(PassedOver {
                    file: name().into_owned(),
                    reason,
                });
                None
            }
            Outcome::NotJson { shown, error } => {
                self.sources.put(candidate.source, *shown);
                self.errors
                    .push(complaint(&name(), candidate.source, error));
                None
            }
            Outcome::Unreadable(error) => {
                self.errors.push(InputFailure {
                    file: name().into_owned(),
                    at: None,
                    error,
                });
                None
            }
        }
    }
}

fn complaint(file: &str, source: SourceId, error: InputError) -> InputFailure {
    InputFailure {
        file: file.to_owned(),
        at: Some(Location {
            source,
            span: error.span,
        }),
        error,
    }
}
