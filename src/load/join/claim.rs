//! Which key policy belongs to which key, as files and directories tell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{DescribedKeys, Part};

/// By what right a policy claims a key; the earlier is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    /// Its file is named after the key.
    File,
    /// Its directory is, or holds no other key's metadata.
    Directory,
}

/// The key's index for each policy's number, where the policy's claim stands alone.
pub(super) fn winners(keys: &DescribedKeys, policies: &[(usize, Part)]) -> BTreeMap<usize, usize> {
    let directories = Directories::new(keys, policies);
    let mut claims: BTreeMap<usize, Vec<(Right, usize)>> = BTreeMap::new();
    for (number, (_, policy)) in policies.iter().enumerate() {
        if let Some((right, key)) = directories.claim(policy) {
            claims.entry(key).or_default().push((right, number));
        }
    }
    let free = claims.into_iter().filter(|(key, _)| {
        let key = keys.all.get(*key);
        key.is_some_and(|key| key.part.key.policy.is_none())
    });
    free.filter_map(|(key, claims)| Some((best(claims)?, key)))
        .collect()
}

/// The claim of the best right, where only one has it.
fn best(mut claims: Vec<(Right, usize)>) -> Option<usize> {
    claims.sort_unstable();
    match claims.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, number), ..] => Some(*number),
        [] => None,
    }
}

/// What stands in each directory.
struct Directories<'k> {
    keys: &'k DescribedKeys,
    /// Indices of the keys whose metadata stands there.
    metadata: BTreeMap<&'k Path, BTreeSet<usize>>,
    /// How many key policies stand there.
    policies: BTreeMap<PathBuf, usize>,
}

impl<'k> Directories<'k> {
    fn new(keys: &'k DescribedKeys, policies: &[(usize, Part)]) -> Self {
        let mut metadata: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (index, key) in keys.all.iter().enumerate() {
            for directory in &key.part.directories {
                metadata
                    .entry(directory.as_path())
                    .or_default()
                    .insert(index);
            }
        }
        let mut counts = BTreeMap::new();
        for directory in policies.iter().flat_map(|(_, part)| &part.directories) {
            let count: &mut usize = counts.entry(directory.clone()).or_default();
            *count = count.saturating_add(1);
        }
        Self {
            keys,
            metadata,
            policies: counts,
        }
    }

    fn claim(&self, policy: &Part) -> Option<(Right, usize)> {
        let directory = policy.directories.first()?;
        if let Some(key) = self.named(&policy.stem, directory) {
            return Some((Right::File, key));
        }
        if is_key_id(&policy.stem) || self.policies.get(directory) != Some(&1) {
            return None;
        }
        let name = directory.file_name().and_then(|name| name.to_str());
        let key = name
            .and_then(|name| self.named(name, directory))
            .or_else(|| only(self.metadata.get(directory.as_path())?.iter().copied()));
        key.map(|key| (Right::Directory, key))
    }

    /// The key with this id; of several, the one whose metadata stands in `directory`.
    fn named(&self, id: &str, directory: &Path) -> Option<usize> {
        let all = self.keys.by_id.get(id)?;
        only(all.iter().copied()).or_else(|| {
            let here = self.metadata.get(directory)?;
            only(all.iter().copied().filter(|key| here.contains(key)))
        })
    }
}

fn only(mut keys: impl Iterator<Item = usize>) -> Option<usize> {
    let first = keys.next()?;
    keys.next().is_none().then_some(first)
}

/// Whether a name looks like the id of a key: a UUID, or `mrk-` and 32 hexadecimal digits.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id>
pub(in crate::load) fn is_key_id(name: &str) -> bool {
    let lengths = name.split('-').map(str::len);
    name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') && lengths.eq([8, 4, 4, 4, 12])
        || name
            .strip_prefix("mrk-")
            .is_some_and(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}
