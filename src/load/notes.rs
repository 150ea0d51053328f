//! What could not be concluded from files that were understood: which key a policy is of, and who can do
//! what to a key without its policy.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::inventory::{DeclaredPolicy, Key};
use crate::text::{Fate, SourceId};

use super::file::Candidate;
use super::join::{directory, is_described};
use super::loaded::Loaded;

/// Notes it with the files concerned.
pub(super) fn take(loaded: &mut Loaded, candidates: &[Candidate<'_>]) {
    let keys = &loaded.inventory.keys;
    // The policy of a resource is its key's.
    let is_alone = |key: &Key| key.policy.is_some() && !is_described(key) && key.declared.is_none();
    if !keys.iter().any(lacks_policy) {
        return;
    }
    let paths: BTreeMap<SourceId, PathBuf> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate.source, directory(candidate.path)?)))
        .collect();
    let mut without_policy: BTreeMap<&PathBuf, usize> = BTreeMap::new();
    for directory in keys
        .iter()
        .filter(|key| lacks_policy(key) && key.declared.is_none())
        .filter_map(|key| paths.get(&key.at.source))
    {
        let count = without_policy.entry(directory).or_default();
        *count = count.saturating_add(1);
    }
    let mut notes: BTreeMap<SourceId, String> = BTreeMap::new();
    for key in keys {
        let source = key.at.source;
        if lacks_policy(key) {
            let note = without_policy_note(key);
            notes.entry(source).or_insert(note);
        } else if is_alone(key)
            && let Some(count) = paths.get(&source).and_then(|path| without_policy.get(path))
        {
            let keys = if *count == 1 {
                "one key"
            } else {
                "several keys"
            };
            let note = format!(
                "its directory describes {keys} without a policy, and which key this policy is of is not \
                 known: name the file after the key's id"
            );
            notes.insert(source, note);
        }
    }
    let by_path: BTreeMap<String, String> = candidates
        .iter()
        .filter_map(|of| {
            Some((
                of.path.to_string_lossy().into_owned(),
                notes.remove(&of.source)?,
            ))
        })
        .collect();
    for file in &mut loaded.files {
        if let Fate::Checked { note, .. } = &mut file.fate {
            *note = by_path.get(&file.path).cloned();
        }
    }
}

/// Whether it is not known who can delete the key, for the want of its policy: nobody asks that of a key that goes,
/// or of one with AWS's default policy.
fn lacks_policy(key: &Key) -> bool {
    let declared = key.declared.as_ref().map(|declared| declared.policy);
    key.policy.is_none()
        && key.sensitive_policy.is_none()
        && (is_described(key) || declared.is_some())
        && !key.is_going()
        && declared != Some(DeclaredPolicy::Default)
}

fn without_policy_note(key: &Key) -> String {
    let declared = key.declared.as_ref().map(|declared| &declared.address);
    declared.map_or_else(
        || "no key policy of it was loaded, so who can delete it is not known".to_owned(),
        |address| {
            format!(
                "the key policy of `{address}` is not known before it is applied, so who can delete the key is not \
                 known"
            )
        },
    )
}
