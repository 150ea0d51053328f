//! What a file says of a key that other files are about: its tags, its aliases, its last use,
//! its grants.
//!
//! It is joined by the key's ARN or id where it says one; else by its file's or directory's name,
//! if that is a key's id, or by standing in a directory with one key only. What finds no key is of
//! no use: no key is made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::aws::KeyArn;
use crate::inventory::{Grants, LastUsage, Located, Tag};

use super::Part;

/// Which key is meant, as far as the file says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::load) enum Target {
    /// It does not say so.
    Beside,
    /// The key with this id; a multi-Region key has one id in all its Regions.
    Id(String),
    /// The key with this ARN.
    Arn(KeyArn),
}

/// What is said.
#[derive(Clone, Debug)]
pub(in crate::load) enum Fact {
    /// All its tags.
    Tags(Located<Vec<Tag>>),
    /// All its aliases.
    Aliases(Located<Vec<String>>),
    /// Its last use.
    LastUsage(Located<LastUsage>),
    /// Its grants.
    Grants(Located<Grants>),
}

/// One such statement.
#[derive(Clone, Debug)]
pub(in crate::load) struct Addition {
    pub(in crate::load) target: Target,
    pub(in crate::load) fact: Fact,
}

/// An addition and where its file stands.
#[derive(Debug)]
pub(in crate::load) struct PlacedAddition {
    /// None for standard input.
    pub(in crate::load) directory: Option<PathBuf>,
    /// The file's name up to its first dot.
    pub(in crate::load) stem: String,
    pub(in crate::load) addition: Addition,
}

/// Joins each to its key; where two say the same kind of thing, the later one holds.
pub(super) fn add(keys: &mut [Part], additions: Vec<PlacedAddition>) {
    if additions.is_empty() {
        return;
    }
    let index = Index::new(keys);
    let found: Vec<_> = additions
        .iter()
        .map(|placed| index.key_of(placed))
        .collect();
    for (placed, found) in additions.into_iter().zip(found) {
        let Some(part) = found.and_then(|index| keys.get_mut(index)) else {
            continue;
        };
        let metadata = Arc::make_mut(&mut part.key.metadata);
        match placed.addition.fact {
            Fact::Tags(tags) => metadata.tags = Some(tags),
            Fact::Aliases(aliases) => metadata.aliases = Some(aliases),
            Fact::LastUsage(usage) => metadata.last_usage = Some(usage),
            Fact::Grants(grants) => metadata.grants = Some(after(metadata.grants.take(), grants)),
        }
    }
}

/// The later of two answers, with what stands on the pages before it. That no page between them is
/// missing is not known.
fn after(before: Option<Located<Grants>>, mut grants: Located<Grants>) -> Located<Grants> {
    if let Some(pages) = before.filter(|before| !before.value.is_whole) {
        let mut list = pages.value.list;
        list.append(&mut grants.value.list);
        grants.value = Grants {
            list,
            is_whole: false,
        };
    }
    grants
}

/// Positions of the keys.
#[derive(Default)]
struct Index {
    arns: BTreeMap<String, Vec<usize>>,
    ids: BTreeMap<String, Vec<usize>>,
    /// Every directory in which something of the key stands.
    directories: BTreeMap<PathBuf, BTreeSet<usize>>,
}

impl Index {
    fn new(keys: &[Part]) -> Self {
        let mut this = Self::default();
        for (position, part) in keys.iter().enumerate() {
            if let Some(arn) = &part.key.arn {
                let same = this.arns.entry(arn.as_str().to_owned()).or_default();
                same.push(position);
            }
            if let Some(id) = part.key_id() {
                this.ids.entry(id.to_owned()).or_default().push(position);
            }
            for directory in &part.directories {
                let here = this.directories.entry(directory.clone()).or_default();
                here.insert(position);
            }
        }
        this
    }

    fn key_of(&self, placed: &PlacedAddition) -> Option<usize> {
        match &placed.addition.target {
            Target::Arn(arn) => self
                .arns
                .get(arn.as_str())
                .and_then(|all| only(all.iter().copied())),
            Target::Id(id) => self.named(id, placed),
            Target::Beside => self
                .named(&placed.stem, placed)
                .or_else(|| {
                    let name = placed.directory.as_ref()?.file_name()?.to_str()?;
                    self.named(name, placed)
                })
                .or_else(|| only(self.beside(placed)?.iter().copied())),
        }
    }

    /// The key with this id; of several, the one beside the file.
    fn named(&self, id: &str, placed: &PlacedAddition) -> Option<usize> {
        let all = self.ids.get(id)?;
        only(all.iter().copied()).or_else(|| {
            let here = self.beside(placed)?;
            only(all.iter().copied().filter(|key| here.contains(key)))
        })
    }

    fn beside(&self, placed: &PlacedAddition) -> Option<&BTreeSet<usize>> {
        self.directories.get(placed.directory.as_ref()?)
    }
}

fn only(mut keys: impl Iterator<Item = usize>) -> Option<usize> {
    let first = keys.next()?;
    keys.next().is_none().then_some(first)
}
