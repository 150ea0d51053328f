//! Files that make sense only through another one in their directory, as iam-collect writes them.
//!
//! One file says whose the directory is: [`Owner`]. The others do not say whom they are about, and are
//! told by their shape like any other: [`Sibling`]. What stands beside a user, role or group and is of
//! no known shape is an error, and so is what is said twice: it could hold a permission.

mod owner;
mod said;
mod sibling;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::text::{InputError, Overlay, SourceFile, Span};

use super::contents::Contents;
use super::document::Document;
use super::file::{self, Candidate, Kept, Outcome};
use super::recognize;
pub(super) use owner::Owner;
use said::{Reading, Said};
pub(super) use sibling::Sibling;

/// Gives every file that describes someone what the other files of its directory say of them. Those
/// then hold nothing for themselves.
pub(super) fn gather(candidates: &[Candidate<'_>], outcomes: &mut [Outcome], overlay: &Overlay) {
    for (owners, others) in directories(candidates, outcomes) {
        let owners: Vec<_> = owners
            .into_iter()
            .filter_map(|position| Some((position, take_owner(outcomes.get_mut(position)?)?)))
            .collect();
        let (position, owner) = match <[_; 1]>::try_from(owners) {
            Ok([only]) => only,
            Err(several) => {
                for (position, owner) in several {
                    refuse(outcomes.get_mut(position), &owner, SEVERAL, ONE_EACH);
                }
                continue;
            }
        };
        let mut said = Said::default();
        for other in others {
            if let (Some(candidate), Some(outcome)) =
                (candidates.get(other), outcomes.get_mut(other))
            {
                belong((candidate, overlay), outcome, &owner, &mut said);
            }
        }
        if said.is_partial(&owner) {
            let is_organization = matches!(owner, Owner::Organization { .. });
            let why = if is_organization { UNATTACHED } else { ALONE };
            refuse(outcomes.get_mut(position), &owner, why, WHOLE);
        }
        if let Some(contents) = outcomes.get_mut(position).and_then(contents_of) {
            said.give(owner, contents);
        }
    }
}

const SEVERAL: &str = "is not the only one that this directory describes";
const ONE_EACH: &str = "which policies are whose is not known: keep a directory for each";
const ALONE: &str = "is described without the files that say what it may do";
const UNATTACHED: &str = "is described without the files that say where its policies are attached";
const WHOLE: &str = "give the whole folder that iam-collect wrote";

/// The positions of owners and of all others, for every directory that has an owner. A file that was
/// given by two paths counts once.
fn directories(
    candidates: &[Candidate<'_>],
    outcomes: &mut [Outcome],
) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut owned: BTreeMap<PathBuf, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    let mut is_owner = BTreeSet::new();
    for (position, (file, outcome)) in candidates.iter().zip(outcomes.iter_mut()).enumerate() {
        if contents_of(outcome).is_none_or(|contents| contents.owner.is_none()) {
            continue;
        }
        is_owner.insert(position);
        let path = plain(file.path);
        if let Some(directory) = path.as_deref().and_then(Path::parent) {
            owned.entry(directory.to_path_buf()).or_default();
        } else if let Some(owner) = take_owner(outcome) {
            refuse(Some(outcome), &owner, ALONE, WHOLE);
        }
    }
    if owned.is_empty() {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    for (position, file) in candidates.iter().enumerate() {
        let Some(path) = plain(file.path) else {
            continue;
        };
        let directory = path.parent().and_then(|directory| owned.get_mut(directory));
        if let (Some((owners, others)), true) = (directory, seen.insert(path.clone())) {
            if is_owner.contains(&position) {
                owners.push(position);
            } else {
                others.push(position);
            }
        }
    }
    owned.into_values().collect()
}

/// The path without what changes nothing; none for standard input.
fn plain(path: &Path) -> Option<PathBuf> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    (path != Path::new("-")).then(|| parts.collect())
}

fn contents_of(outcome: &mut Outcome) -> Option<&mut Contents> {
    match outcome {
        Outcome::Read { contents, .. } => Some(contents),
        _ => None,
    }
}

fn take_owner(outcome: &mut Outcome) -> Option<Owner> {
    contents_of(outcome)?.owner.take().map(|owner| *owner)
}

/// Complains of an owner whose policies cannot be told, so that nobody passes for powerless.
fn refuse(outcome: Option<&mut Outcome>, owner: &Owner, why: &str, help: &str) {
    let contents = outcome.and_then(contents_of);
    if let (Some(contents), Some(at)) = (contents, owner.at()) {
        let error = InputError::new(at.span, format!("`{}` {why}", owner.name()));
        contents.errors.push(error.label("this one").help(help));
    }
}

/// Takes what a file says of the owner of its directory; it is left as it is where it says nothing of
/// them.
fn belong(
    (candidate, overlay): (&Candidate<'_>, &Overlay),
    outcome: &mut Outcome,
    owner: &Owner,
    said: &mut Said,
) {
    let empty = Outcome::passed_over("");
    *outcome = match std::mem::replace(outcome, empty) {
        Outcome::Read { file, contents } => {
            let contents = match read(candidate, &file, owner, said) {
                Reading::Said(contents) => contents,
                Reading::Strange if contents.is_wrapped && owner.has_permissions() => {
                    *outcome = strange(owner);
                    return;
                }
                Reading::Nothing | Reading::Strange => contents,
            };
            Outcome::Read { file, contents }
        }
        Outcome::PassedOver {
            reason,
            looks_like_ours,
            kept,
        } => passed_over((candidate, overlay), owner, said, kept).unwrap_or_else(|kept| {
            Outcome::PassedOver {
                reason,
                looks_like_ours,
                kept,
            }
        }),
        other => other,
    };
}

/// What becomes of a file that was passed over, beside the owner of its directory; what was kept of it,
/// where nothing does.
fn passed_over(
    (candidate, overlay): (&Candidate<'_>, &Overlay),
    owner: &Owner,
    said: &mut Said,
    kept: Kept,
) -> Result<Outcome, Kept> {
    match kept {
        Kept::OpenPolicy(_) if matches!(owner, Owner::Key(_)) => Err(kept),
        Kept::Text(file) | Kept::OpenPolicy(file) => match read(candidate, &file, owner, said) {
            Reading::Said(contents) => Ok(Outcome::Read {
                file: *file,
                contents,
            }),
            Reading::Strange if owner.has_permissions() => Ok(strange(owner)),
            Reading::Nothing | Reading::Strange => Err(Kept::OtherJson),
        },
        Kept::Unread => Ok(unread(candidate, overlay, owner, said)),
        Kept::Broken(shown, error) if owner.has_permissions() => {
            Ok(Outcome::NotJson { shown, error })
        }
        Kept::Empty(shown) if owner.has_permissions() => {
            let error = recognize::empty(shown.text());
            Ok(Outcome::NotJson { shown, error })
        }
        Kept::OtherJson if owner.has_permissions() => Ok(strange(owner)),
        Kept::Nothing if owner.has_permissions() && recognize::is_json_by_name(candidate.path) => {
            Ok(strange(owner))
        }
        Kept::Broken(..) | Kept::Empty(_) | Kept::OtherJson | Kept::Nothing => Err(kept),
    }
}

/// A file that was not read for itself.
fn unread(candidate: &Candidate<'_>, overlay: &Overlay, owner: &Owner, said: &mut Said) -> Outcome {
    let file = match file::text(candidate.path, overlay) {
        Ok(file) => file,
        Err(error) => return Outcome::Unreadable(error.complaint()),
    };
    if let (Err(error), true) = (recognize::parse(file.text()), owner.has_permissions()) {
        let shown = Box::new(file);
        return Outcome::NotJson { shown, error };
    }
    match read(candidate, &file, owner, said) {
        Reading::Said(contents) => Outcome::Read { file, contents },
        Reading::Strange if owner.has_permissions() => strange(owner),
        Reading::Nothing | Reading::Strange => Outcome::passed_over(recognize::NOTHING_OF_OURS),
    }
}

fn strange(owner: &Owner) -> Outcome {
    let name = owner.name();
    let message = format!("the file stands beside what describes `{name}`, and says nothing known");
    Outcome::Unreadable(
        InputError::new(Span::default(), message)
            .help("it could hold a permission: where it does not belong there, move it away"),
    )
}

fn read(candidate: &Candidate<'_>, file: &SourceFile, owner: &Owner, said: &mut Said) -> Reading {
    let Ok(root) = recognize::parse(file.text()) else {
        return Reading::Nothing;
    };
    let Some(sibling) = Sibling::of(&root) else {
        return Reading::Strange;
    };
    let document = Document {
        source: candidate.source,
        name: file.name(),
        path: Vec::new(),
        text: file.text(),
        root,
        is_whole: true,
    };
    said.read(owner, sibling, &document)
}
