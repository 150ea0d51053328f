//! Which key or policy of one side is which of the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::aws::KeyArn;
use crate::inventory::{Address, Key, LoadedPolicy, Provenance};
use crate::text::{Root, SourceFile};

use super::Side;

/// One thing on both sides; at least one of them has it.
pub(super) type Pair<'a, T> = (Option<&'a T>, Option<&'a T>);

/// By what a thing is known; two things of which one of these differs are not the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    arn: Option<String>,
    id: Option<String>,
    /// The file in which it stands, which holds only where the others say nothing.
    path: String,
    /// The way to it there, where that is not the whole file.
    inside: String,
    /// Whether that is a position, which is another's once what stands before is taken out.
    by_position: bool,
    /// How to call it where it has no other name.
    shown: String,
    /// Of two keys with the same name, the one with the same provenance on both sides is the same key.
    provenance: Provenance,
}

impl Names {
    fn file(&self) -> Option<&str> {
        Some(self.path.as_str()).filter(|path| !path.is_empty())
    }

    fn address(&self) -> Option<(&str, &str)> {
        Some((self.file()?, self.inside.as_str()))
    }

    fn best(&self) -> &str {
        let known = self.arn.as_deref().or(self.id.as_deref());
        known.unwrap_or(&self.shown)
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
    let sides = (&mut before, &mut after);
    by_name(sides, |names, _| names.arn.clone(), &mut found);
    let sides = (&mut before, &mut after);
    by_name(sides, |names, _| names.id.clone(), &mut found);
    if has_several_in_a_file(&before) || has_several_in_a_file(&after) {
        let owned = |(file, inside): (&str, &str)| (file.to_owned(), inside.to_owned());
        let sides = (&mut before, &mut after);
        let by_key = |names: &Names, _: &T| {
            let address = names.address().filter(|_| !names.by_position);
            address.map(owned)
        };
        by_name(sides, by_key, &mut found);
        // Of a list in which some were taken out or put in, those are the same that say the same.
        let sides = (&mut before, &mut after);
        let same = |names: &Names, thing: &T| Some((names.file()?.to_owned(), says(thing)?));
        by_name(sides, same, &mut found);
        let sides = (&mut before, &mut after);
        by_name(sides, |names, _| names.address().map(owned), &mut found);
    }
    let sides = (&mut before, &mut after);
    by_name(
        sides,
        |names, _| names.file().map(str::to_owned),
        &mut found,
    );
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

/// Matches what is left on both sides and is called the same: what is known by the same first, then, as a
/// plan is compared with what there is, what is not.
fn by_name<'a, T, N: Ord>(
    (before, after): (&mut Named<'a, T>, &mut Named<'a, T>),
    name: impl Fn(&Names, &T) -> Option<N>,
    found: &mut Vec<(String, Pair<'a, T>)>,
) {
    let same = |one: &Names, other: &Names| one.provenance == other.provenance;
    by_name_where((before, after), &name, same, found);
    by_name_where((before, after), &name, |_, _| true, found);
}

fn by_name_where<'a, T, N: Ord>(
    (before, after): (&mut Named<'a, T>, &mut Named<'a, T>),
    name: &impl Fn(&Names, &T) -> Option<N>,
    fits: impl Fn(&Names, &Names) -> bool,
    found: &mut Vec<(String, Pair<'a, T>)>,
) {
    let mut known: BTreeMap<N, Vec<usize>> = BTreeMap::new();
    for (index, (names, thing)) in after.iter().enumerate() {
        if let Some(name) = thing.and_then(|thing| name(names, thing)) {
            known.entry(name).or_default().push(index);
        }
    }
    if known.is_empty() {
        return;
    }
    for (names, thing) in before {
        let same = thing.and_then(|thing| known.get(&name(names, thing)?));
        let mut open = same.into_iter().flatten().filter_map(|index| {
            let (other, there) = after.get(*index)?;
            let is_same = fits(names, other) && !names.contradicts(other);
            (there.is_some() && is_same).then_some(*index)
        });
        let Some(index) = open.next() else {
            continue;
        };
        if let Some((other, there)) = after.get_mut(index) {
            let name = other.best().to_owned();
            found.push((name, (thing.take(), there.take())));
        }
    }
}

/// Whether two of those that are left stand in one file.
fn has_several_in_a_file<T>(side: &Named<'_, T>) -> bool {
    let left = side.iter().filter(|(_, thing)| thing.is_some());
    let mut files = left.filter_map(|(names, _)| names.file());
    let mut seen = BTreeSet::new();
    files.any(|file| !seen.insert(file))
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
        let has_origin = |index: &usize| {
            let other = after.get(*index);
            other.is_some_and(|(other, _)| other.provenance == names.provenance)
        };
        let first = same
            .iter()
            .rposition(|index| fits(index) && has_origin(index));
        let Some(position) = first.or_else(|| same.iter().rposition(fits)) else {
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
    let (path, mut shown) = below(file.unwrap_or_default(), side.roots);
    let address = Some(&key.address).filter(|address| address.source == source);
    let inside = address.map(ToString::to_string).unwrap_or_default();
    // It is called by its place only where its file has several keys.
    if !inside.is_empty() && key.name.ends_with(&format!("#{inside}")) {
        shown = format!("{shown}#{inside}");
    }
    Names {
        inside,
        by_position: address.is_some_and(Address::is_by_position),
        id: id.or(arn.map(KeyArn::key_id)).map(str::to_owned),
        arn: arn.map(ToString::to_string),
        path,
        shown,
        provenance: key.provenance,
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
pub(super) fn below(name: &str, roots: &[PathBuf]) -> (String, String) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The way to each thing in its file, and what it says; with these of before each of after.
    fn matched(before: &[(&str, u8)], after: &[(&str, u8)]) -> Vec<(Option<u8>, Option<u8>)> {
        let names = |thing: &(&str, u8)| Names {
            path: "k.json".to_owned(),
            inside: thing.0.to_owned(),
            by_position: thing.0.ends_with(|c: char| c.is_ascii_digit()),
            ..Names::default()
        };
        let says = |thing: &(&str, u8)| Some(thing.1);
        let pairs = pairs(before.iter(), after.iter(), (names, names), says);
        let said = |thing: Option<&(&str, u8)>| thing.map(|thing| thing.1);
        let mut found: Vec<_> = pairs
            .into_iter()
            .map(|(_, (before, after))| (said(before), said(after)))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn keys_of_one_file_are_matched_by_their_names_there() {
        let swapped = matched(&[("/a", 1), ("/b", 2)], &[("/b", 1), ("/a", 2)]);
        assert_eq!(swapped, [(Some(1), Some(2)), (Some(2), Some(1))]);
        let removed = matched(&[("/a", 1), ("/b", 2)], &[("/b", 2)]);
        assert_eq!(removed, [(Some(1), None), (Some(2), Some(2))]);
    }

    /// A plan of a key that there is already: what there is is compared with what there is.
    #[test]
    fn of_two_with_one_name_those_are_the_same_that_are_known_alike() {
        use Provenance::{Declared, Observed, Planned};
        let names = |thing: &(Provenance, u8)| Names {
            arn: Some("arn:aws:kms:eu-west-1:111122223333:key/a".to_owned()),
            provenance: thing.0,
            ..Names::default()
        };
        let matched = |before: &[(Provenance, u8)], after: &[(Provenance, u8)]| {
            let says = |_: &(Provenance, u8)| None::<u8>;
            let pairs = pairs(before.iter(), after.iter(), (names, names), says);
            let said = |thing: Option<&(Provenance, u8)>| thing.map(|thing| thing.1);
            let said = pairs.into_iter().map(|(_, (b, a))| (said(b), said(a)));
            let mut said: Vec<_> = said.collect();
            said.sort_unstable();
            said
        };
        let both = [(Planned, 1), (Observed, 2)];
        assert_eq!(
            matched(&both, &[(Observed, 3), (Planned, 4)]),
            [(Some(1), Some(4)), (Some(2), Some(3))]
        );
        assert_eq!(
            matched(&both, &[(Observed, 3)]),
            [(Some(1), None), (Some(2), Some(3))]
        );
        // What there is, and what is to be.
        assert_eq!(
            matched(&[(Observed, 1)], &[(Declared, 2)]),
            [(Some(1), Some(2))]
        );
    }

    #[test]
    fn keys_of_a_list_are_matched_by_what_they_say_before_their_position() {
        let removed = matched(&[("/0", 1), ("/1", 2)], &[("/0", 2)]);
        assert_eq!(removed, [(Some(1), None), (Some(2), Some(2))]);
        let changed = matched(&[("/0", 1), ("/1", 2)], &[("/0", 1), ("/1", 3)]);
        assert_eq!(changed, [(Some(1), Some(1)), (Some(2), Some(3))]);
        let wrapped = matched(&[("", 1)], &[("/a", 2)]);
        assert_eq!(wrapped, [(Some(1), Some(2))]);
    }
}
