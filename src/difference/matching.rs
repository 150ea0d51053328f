//! Which key or policy of one side is which of the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::aws::KeyArn;
use crate::inventory::{Key, LoadedPolicy};
use crate::text::{Root, SourceFile};

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

/// Things of one side, each with its names; nothing where it is matched.
type Named<'a, T> = Vec<(Names, Option<&'a T>)>;

/// Matches both sides, the best names first, then what says the same elsewhere, as a file does that was
/// moved; what is left is only on one side.
pub(super) fn pairs<'a, T, S: Ord>(
    before: impl Iterator<Item = &'a T>,
    after: impl Iterator<Item = &'a T>,
    names: (impl Fn(&T) -> Names, impl Fn(&T) -> Names),
    says: impl Fn(&T) -> Option<S>,
) -> Vec<(String, Pair<'a, T>)> {
    let (names_before, names_after) = names;
    let mut before: Named<'a, T> = before
        .map(|thing| (names_before(thing), Some(thing)))
        .collect();
    let mut after: Named<'a, T> = after
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
    found.extend(moved(&mut before, &mut after, says));
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

/// Matches what is left on both sides and says the same.
fn moved<'a, T, S: Ord>(
    before: &mut Named<'a, T>,
    after: &mut Named<'a, T>,
    says: impl Fn(&T) -> Option<S>,
) -> Vec<(String, Pair<'a, T>)> {
    let is_left = |side: &Named<'a, T>| side.iter().any(|(_, thing)| thing.is_some());
    let mut found = Vec::new();
    if !is_left(before) || !is_left(after) {
        return found;
    }
    let mut new: BTreeMap<S, Vec<usize>> = BTreeMap::new();
    for (index, (_, thing)) in after.iter().enumerate().rev() {
        if let Some(said) = thing.and_then(&says) {
            new.entry(said).or_default().push(index);
        }
    }
    for (names, thing) in before {
        let Some(same) = thing.and_then(&says).and_then(|said| new.get_mut(&said)) else {
            continue;
        };
        let fits = |index: &usize| {
            let other = after.get(*index);
            other.is_some_and(|(other, _)| !names.contradicts(other))
        };
        let Some(position) = same.iter().rposition(fits) else {
            continue;
        };
        if let Some((other, there)) = after.get_mut(same.remove(position)) {
            found.push((other.best().to_owned(), (thing.take(), there.take())));
        }
    }
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
    let slashed = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let below = roots.iter().find_map(|root| {
        let plain = root.strip_prefix(".").unwrap_or(root);
        match path.strip_prefix(plain) {
            Ok(below) => Some(slashed(below)),
            // The one may be absolute and the other not.
            Err(_) => below_absolute(path, &Root::new(root)),
        }
    });
    match below {
        Some(below) if below.is_empty() => ("*".to_owned(), slashed(path)),
        Some(below) => (below.clone(), below),
        None => (slashed(path), slashed(path)),
    }
}

fn below_absolute(path: &Path, root: &Root) -> Option<String> {
    let whole = Root::new(path);
    let below = whole.directory().strip_prefix(root.directory()).ok()?;
    Some(below.to_string_lossy().replace('\\', "/"))
}
