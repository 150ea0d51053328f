//! Which key or policy of one side is which of the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::aws::KeyArn;
use crate::inventory::{Key, LoadedPolicy};
use crate::source::SourceFile;

use super::Side;

/// One thing on both sides; at least one of them has it.
pub(super) type Pair<'a, T> = (Option<&'a T>, Option<&'a T>);

/// By what a thing is known; two things of which one of these differs are not the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    arn: Option<String>,
    id: Option<String>,
    /// Where it stands, which holds only where the others say nothing.
    path: String,
    /// How to call it where it has no other name.
    shown: String,
}

impl Names {
    /// Every name, the best first.
    fn all(&self) -> [Option<&str>; 3] {
        let path = Some(self.path.as_str()).filter(|path| !path.is_empty());
        [self.arn.as_deref(), self.id.as_deref(), path]
    }

    fn best(&self) -> &str {
        let [arn, id, _] = self.all();
        arn.or(id).unwrap_or(&self.shown)
    }

    fn contradicts(&self, other: &Self) -> bool {
        let differ = |one: &Option<String>, other: &Option<String>| {
            one.as_ref()
                .zip(other.as_ref())
                .is_some_and(|(a, b)| a != b)
        };
        differ(&self.arn, &other.arn) || differ(&self.id, &other.id)
    }
}

/// Matches both sides, the best names first; what is left is only on one side.
pub(super) fn pairs<'a, T>(
    before: impl Iterator<Item = &'a T>,
    after: impl Iterator<Item = &'a T>,
    names_before: impl Fn(&T) -> Names,
    names_after: impl Fn(&T) -> Names,
) -> Vec<(String, Pair<'a, T>)> {
    let mut before: Vec<_> = before
        .map(|thing| (names_before(thing), Some(thing)))
        .collect();
    let mut after: Vec<_> = after
        .map(|thing| (names_after(thing), Some(thing)))
        .collect();
    let mut found = Vec::new();
    for rank in 0..3 {
        let mut known: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, (names, thing)) in after.iter().enumerate() {
            let name = names.all().get(rank).copied().flatten();
            if let (Some(name), Some(_)) = (name, thing) {
                known.entry(name.to_owned()).or_default().push(index);
            }
        }
        for (names, thing) in &mut before {
            let name = names.all().get(rank).copied().flatten();
            let same = name.and_then(|name| known.get(name)).into_iter().flatten();
            let mut open = same.filter_map(|index| {
                let (other, there) = after.get(*index)?;
                (there.is_some() && !names.contradicts(other)).then_some(*index)
            });
            let Some(index) = open.next().filter(|_| thing.is_some()) else {
                continue;
            };
            if let Some((other, there)) = after.get_mut(index) {
                let name = other.best().to_owned();
                found.push((name, (thing.take(), there.take())));
            }
        }
    }
    let gone = before
        .into_iter()
        .map(|(names, thing)| (names, (thing, None)));
    let came = after
        .into_iter()
        .map(|(names, thing)| (names, (None, thing)));
    let single = gone.chain(came);
    let single = single.filter(|(_, pair)| pair.0.is_some() || pair.1.is_some());
    found.extend(single.map(|(names, pair)| (names.best().to_owned(), pair)));
    found
}

pub(super) fn key_names(key: &Key, side: Side<'_>) -> Names {
    let arn = key.arn.as_ref();
    let id = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
    let source = key.policy.as_ref().map_or(key.at.source, |p| p.source);
    let file = side.sources.get(source).map(SourceFile::name);
    let (path, shown) = below(file.unwrap_or_default(), side.roots);
    Names {
        id: id.or(arn.map(KeyArn::key_id)).map(str::to_owned),
        arn: arn.map(ToString::to_string),
        path,
        shown,
    }
}

pub(super) fn policy_names(policy: &LoadedPolicy, side: Side<'_>) -> Names {
    let file = side.sources.get(policy.source).map(SourceFile::name);
    let (path, shown) = below(file.unwrap_or_default(), side.roots);
    // A policy that is a file of its own is called by the file's name.
    if file == Some(policy.name.as_str()) {
        return Names {
            path,
            shown,
            ..Names::default()
        };
    }
    Names {
        path: format!("{} ({path})", policy.name),
        shown: format!("{} ({shown})", policy.name),
        ..Names::default()
    }
}

/// The path from the root that it lies below, and how to call it. A root that is the file itself
/// has no name of its own, so that two files can be compared whatever they are called.
fn below(name: &str, roots: &[PathBuf]) -> (String, String) {
    let path = Path::new(name);
    let below = roots.iter().find_map(|root| {
        let root = root.strip_prefix(".").unwrap_or(root);
        path.strip_prefix(root).ok()
    });
    let slashed = |path: &Path| path.to_string_lossy().replace('\\', "/");
    match below.map(slashed) {
        Some(below) if below.is_empty() => ("*".to_owned(), slashed(path)),
        Some(below) => (below.clone(), below),
        None => (slashed(path), slashed(path)),
    }
}
