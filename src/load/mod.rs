//! From files to the inventory: every document is told by its shape, never by its name.
//!
//! Files are read in parallel and do not hinder each other; the result stands in the order in
//! which they were given. A new input format is one file in `format` and one line in its list.
//!
//! A notation in which resources are declared, such as a template or a plan, is a folder. Whatever it is,
//! it supplies the same:
//!
//! 1. that a file is its own: `recognize` asks it;
//! 2. the tree of the file, every node with its bytes there (`tree` reads JSON, YAML and HCL);
//! 3. for each resource the node and the path to it, as a `Document::part`, from which `Document::key`
//!    makes a key with its address. Its provenance is declared or planned, so that `join` leaves it as it
//!    is; `Contents::name_apart` gives each key of a file a name of its own;
//! 4. policies as nodes for `read_policy`, in which all that can be resolved is a string, list or map, and the
//!    rest is deferred: what is known of those `policy::deferred` says. A condition whose outcome is not
//!    known is a deferred conditional where both outcomes are strings, and a policy for each outcome else;
//! 5. users, groups, roles, boundaries and their policies as an `AccountPart`, control policies and where
//!    they are attached as `OrganizationPolicy` and `OrganizationPart`, aliases, tags and grants in the key's
//!    metadata, deletions as `PlannedDeletion`, all in one `Contents`;
//! 6. an error at its place for each policy that it could not hand over.
//!
//! The test in `document` does so for an invented notation.

mod account;
mod any_notation;
mod bulk;
mod by_syntax;
mod cloudformation;
mod contents;
mod declared;
mod document;
mod encoded;
mod escapes;
mod fields;
mod file;
mod folder;
mod format;
mod hints;
mod identity;
mod join;
mod loaded;
mod no_text;
mod notes;
mod open_policy;
mod organization;
mod policy;
mod policy_in_text;
mod policy_shape;
mod recognize;
mod recorded;
mod scheduled;
mod single;
mod table;
mod template;
mod terraform;
mod trail;
mod trust;
mod wrapped;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::inventory::{Inventory, Key};
use crate::text::{Discovery, GZIP_MAGIC, Overlay, Progress, Sources};
use cloudformation::ChangeSetPart;
pub use cloudformation::StackValues;
use contents::Contents;
pub use declared::{Declared, Unrecognized};
use file::{Candidate, Kept, Outcome, Shared};
use identity::AccountPart;
use join::PlacedAddition;
pub use loaded::Loaded;
use loaded::complaint;
use organization::OrganizationPart;
pub use policy_shape::same_policy_shape;
pub use single::{key_file, policy_file, policy_file_over};
use trail::TrailParts;

/// What a file holds that is a plan of Terraform, as its record tells.
const PLAN: &str = "Terraform plan";

/// Whether what a file holds, as its record tells, is a plan.
pub fn is_plan(holds: &str) -> bool {
    holds == PLAN || holds == cloudformation::CHANGE_SET
}

/// Reads all files of a discovery into one inventory.
pub fn load(discovery: &Discovery) -> Loaded {
    load_over(discovery, &Overlay::default())
}

/// As [`load`], with the bytes of some files, or of all, taken from memory: what an edit would make
/// of them, or what they were at a revision. Nothing is written, and what stands in the overlay is
/// not read from the disk.
pub fn load_over(discovery: &Discovery, overlay: &Overlay) -> Loaded {
    let (declared, progress) = (Declared::default(), Progress::default());
    load_declared(discovery, overlay, &declared, &progress)
}

/// As [`load_over`], with what the user says of the files, while another thread may look how far that
/// has come.
pub fn load_declared(
    discovery: &Discovery,
    overlay: &Overlay,
    declared: &Declared,
    progress: &Progress,
) -> Loaded {
    let mut loaded = Loaded::begin(discovery, declared);
    let candidates = candidates(discovery, &mut loaded.sources);
    let shared = Shared {
        progress,
        overlay,
        declared,
        events: Mutex::default(),
    };
    let read = |candidate| file::read(candidate, &shared);
    let files = candidates.par_iter().with_max_len(FILES);
    let mut outcomes: Vec<_> = files.map(read).collect();
    folder::gather(&candidates, &mut outcomes, overlay);
    open_policy::settle(&candidates, &mut outcomes);
    refuse_empty(&candidates, &mut outcomes);
    let events = shared.events.into_inner();
    let mut events = events.unwrap_or_else(PoisonError::into_inner);
    let mut answers = events.take_answers();
    loaded.inventory.trail = events.into_trail();
    let mut parts = Parts {
        keys: Vec::with_capacity(outcomes.len()),
        paths: Vec::with_capacity(outcomes.len()),
        ..Parts::default()
    };
    for (candidate, outcome) in candidates.iter().zip(outcomes) {
        if matches!(outcome, Outcome::Events { .. }) {
            let answer = answers.remove(&candidate.source);
            parts.trail.log((candidate.path, candidate.source), answer);
        }
        if let Some(contents) = loaded.take(candidate, outcome, declared) {
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
    loaded.inventory.keys = join::join(parts.keys, &parts.paths, parts.additions);
    loaded.inventory.keys.extend(parts.new_keys);
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
    missing.extend(cloudformation::nested_not_read(&parts.change_sets));
    for missing in missing {
        let file = loaded.sources.get(missing.at.source);
        let file = file.map_or_else(String::new, |file| file.name().to_owned());
        let error = complaint(&file, missing.at.source, missing.error);
        loaded.errors.push(error);
    }
    notes::take(&mut loaded, &candidates);
    loaded
}

/// Files in one piece of work. Without a bound rayon cuts no more pieces than there are cores and what
/// others took from them, and the last one may be a quarter of all.
const FILES: usize = 16;

/// Makes errors of empty files that are called JSON and stand beside what was recognised: a command that
/// should have written a policy has failed.
fn refuse_empty(candidates: &[Candidate<'_>], outcomes: &mut [Outcome]) {
    let is_read = |outcome: &Outcome| matches!(outcome, Outcome::Read { .. });
    let is_empty = |outcome: &Outcome| {
        let Outcome::PassedOver { kept, .. } = outcome else {
            return false;
        };
        matches!(kept, Kept::Empty(_))
    };
    if !outcomes.iter().any(is_empty) {
        return;
    }
    let read = candidates.iter().zip(outcomes.iter());
    let read = read.filter(|(_, outcome)| is_read(outcome));
    let directories: BTreeSet<_> = read
        .filter_map(|(of, _)| join::directory(of.path))
        .collect();
    for (candidate, outcome) in candidates.iter().zip(outcomes) {
        let is_beside = || {
            let directory = join::directory(candidate.path);
            recognize::is_json_by_name(candidate.path)
                && directory.is_some_and(|directory| directories.contains(&directory))
        };
        if is_empty(outcome)
            && is_beside()
            && let Outcome::PassedOver { kept, .. } = outcome
            && let Kept::Empty(shown) = std::mem::replace(kept, Kept::Nothing)
        {
            let error = recognize::empty(shown.text());
            *outcome = Outcome::NotJson { shown, error };
        }
    }
}

/// Whether the bytes of a file can hold anything that is read, or may have to be told of: of a git
/// revision the others need not be kept.
pub fn may_be_read(_: &Path, bytes: &[u8]) -> bool {
    file::begins_like_json(bytes) || bytes.starts_with(&GZIP_MAGIC) || hints::may_be_ours(bytes)
}

/// What is to be joined over all files.
#[derive(Default)]
struct Parts<'a> {
    keys: Vec<Key>,
    /// The file of each of them.
    paths: Vec<&'a Path>,
    new_keys: Vec<Key>,
    additions: Vec<PlacedAddition>,
    account: AccountPart,
    organizations: Vec<OrganizationPart>,
    trail: TrailParts<'a>,
    change_sets: Vec<ChangeSetPart>,
}

impl<'a> Parts<'a> {
    /// Takes what must be joined, and hands on what stands for itself.
    fn sort_out(
        &mut self,
        of: &Candidate<'a>,
        mut contents: Box<Contents>,
        inventory: &mut Inventory,
    ) {
        self.keys.append(&mut contents.keys);
        self.paths.resize(self.keys.len(), of.path);
        self.new_keys.extend(contents.new_keys);
        let placed = |addition| PlacedAddition::new(of.path, addition);
        self.additions
            .extend(contents.additions.into_iter().map(placed));
        if let Some(account) = contents.account {
            self.account.extend(*account);
        }
        self.organizations.extend(contents.organizations);
        let change_set = contents.change_set.map(|of| *of);
        self.change_sets.extend(change_set);
        if let Some(part) = contents.trail {
            let coverage = &mut inventory.trail.coverage;
            self.trail.take((of.path, of.source), *part, coverage);
        }
        inventory.planned.extend(contents.planned);
        inventory.policies.extend(contents.policies);
        inventory
            .sensitive_policies
            .extend(contents.sensitive_policies);
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
