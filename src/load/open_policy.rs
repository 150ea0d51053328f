//! Policies of which nothing tells what they are attached to, but for the key beside them.
//!
//! `{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}` is the default policy of every
//! VPC endpoint, and a key policy that anybody may change. It is the key's where it stands in the
//! directory of a key that no other file gives a policy, or where it is named after a key.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::text::SourceFile;

use super::document::Document;
use super::file::{Candidate, Kept, Outcome};
use super::format;
use super::join::{directory, is_described, is_key_id, stem};
use super::recognize;

/// What stands in a directory.
#[derive(Default)]
struct Beside {
    /// Whether a file says which key it is about.
    has_key: bool,
    /// Whether a key policy stands there.
    has_policy: bool,
    /// How many policies could be anything's.
    open: usize,
}

/// Reads those that are a key's as key policies.
pub(super) fn settle(candidates: &[Candidate<'_>], outcomes: &mut [Outcome]) {
    let is_open = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::PassedOver {
                kept: Kept::OpenPolicy(_),
                ..
            }
        )
    };
    if !outcomes.iter().any(is_open) {
        return;
    }
    let directories = directories(candidates, outcomes);
    for (candidate, outcome) in candidates.iter().zip(outcomes) {
        if !is_open(outcome) || !is_of_key(candidate.path, &directories) {
            continue;
        }
        if let Outcome::PassedOver {
            kept: Kept::OpenPolicy(file),
            ..
        } = std::mem::replace(outcome, Outcome::passed_over(""))
        {
            *outcome = read(candidate, file);
        }
    }
}

fn directories(candidates: &[Candidate<'_>], outcomes: &[Outcome]) -> BTreeMap<PathBuf, Beside> {
    let mut found: BTreeMap<PathBuf, Beside> = BTreeMap::new();
    for (candidate, outcome) in candidates.iter().zip(outcomes) {
        let (keys, open) = match outcome {
            Outcome::Read { contents, .. } => (&*contents.keys, 0),
            Outcome::PassedOver {
                kept: Kept::OpenPolicy(_),
                ..
            } => (&[][..], 1),
            _ => continue,
        };
        if let Some(directory) = directory(candidate.path) {
            let here = found.entry(directory).or_default();
            here.has_key |= keys.iter().any(is_described);
            here.has_policy |= keys.iter().any(|key| key.policy.is_some());
            here.open = here.open.saturating_add(open);
        }
    }
    found
}

fn is_of_key(path: &Path, directories: &BTreeMap<PathBuf, Beside>) -> bool {
    let Some(directory) = directory(path) else {
        return false;
    };
    let is_named_after_key = |name: &OsStr| name.to_str().is_some_and(is_key_id);
    let alone = directories
        .get(&directory)
        .filter(|here| !here.has_policy && here.open == 1);
    is_key_id(&stem(path))
        || alone.is_some_and(|here| {
            here.has_key || directory.file_name().is_some_and(is_named_after_key)
        })
}

fn read(candidate: &Candidate<'_>, file: Box<SourceFile>) -> Outcome {
    let contents = match recognize::parse(file.text()) {
        Ok(root) => {
            let document = Document {
                source: candidate.source,
                name: file.name(),
                path: Vec::new(),
                text: file.text(),
                root,
                is_whole: true,
            };
            let mut contents = format::read_as_key_policy(&document);
            contents.refuse_duplicate_keys(&document.root);
            contents
        }
        // It was read before.
        Err(error) => return Outcome::NotJson { shown: file, error },
    };
    Outcome::Read {
        file: *file,
        contents: Box::new(contents),
    }
}
