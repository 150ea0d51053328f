//! What several files say of one key becomes one key.
//!
//! Metadata is joined by ARN, or by key id where no ARN is said; where two files differ, the later
//! one holds. A key policy says nothing of its key; it is joined
//!
//! 1. by its file's name, if that begins with the key's id: `<key-id>.json`;
//! 2. by its directory's name, if that is the key's id and no other key policy stands there;
//! 3. by being the only key policy in a directory with the metadata of only one key.
//!
//! Only what AWS said is joined so. What a template declares or a plan foresees is whole as it comes, and
//! never becomes a part of a key that exists, nor the other way round.
//!
//! A key that several policies claim with equal right gets none of them: which one is in force is
//! not known, and each stands for a key of its own.

mod addition;
mod claim;
mod part;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::inventory::{Key, KeyMetadata, Provenance};
pub(super) use addition::{Addition, Fact, PlacedAddition, Target};
pub(super) use claim::is_key_id;
use claim::winners;
use part::Part;
pub(super) use part::{directory, is_described, stem};

/// Joins what the files at these paths say, and what else is said of the keys; a key stands where
/// its first part stood. `paths` are those of the parts, one for each.
pub(super) fn join(parts: Vec<Key>, paths: &[&Path], additions: Vec<PlacedAddition>) -> Vec<Key> {
    // Nothing but policies: none has a key to be joined to.
    if additions.is_empty() && !parts.iter().any(is_described) {
        return parts;
    }
    let numbered = paths.iter().copied().zip(parts).enumerate();
    let (observed, others): (Vec<_>, Vec<_>) =
        numbered.partition(|(_, (_, key))| key.provenance == Provenance::Observed);
    let parts = observed.into_iter();
    let parts = parts.map(|(place, (path, key))| (place, Part::new(path, key)));
    let (places, mut keys): (Vec<_>, Vec<_>) = join_parts(parts.collect()).into_iter().unzip();
    addition::add(&mut keys, additions);
    let joined = keys.into_iter().map(|part| part.key);
    let mut all: BTreeMap<_, _> = places.into_iter().zip(joined).collect();
    all.extend(others.into_iter().map(|(place, (_, key))| (place, key)));
    all.into_values().collect()
}

/// The same for parts that stand with their paths.
#[cfg(test)]
pub(super) fn join_placed(parts: Vec<(&Path, Key)>, additions: Vec<PlacedAddition>) -> Vec<Key> {
    let (paths, parts): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    join(parts, &paths, additions)
}

/// Joins parts, each with its place among all.
fn join_parts(parts: Vec<(usize, Part)>) -> BTreeMap<usize, Part> {
    let (described, policies): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|(_, part)| part.is_described());
    let mut keys = DescribedKeys::new(described);
    let winners = winners(&keys, &policies);
    let mut all = BTreeMap::new();
    for (number, (place, part)) in policies.into_iter().enumerate() {
        let winner = winners.get(&number).copied();
        match winner.and_then(|index| keys.all.get_mut(index)) {
            Some(key) => key.join(place, part),
            None => drop(all.insert(place, part)),
        }
    }
    all.extend(keys.all.into_iter().map(|key| (key.place, key.part)));
    all
}

/// A key that is known by its ARN or id, joined from everything that says either.
#[derive(Debug)]
struct DescribedKey {
    /// Where its first part stood among all parts.
    place: usize,
    part: Part,
}

/// Every such key.
#[derive(Debug, Default)]
struct DescribedKeys {
    all: Vec<DescribedKey>,
    /// Indices of those with this ARN. There are several where each has a policy of its own.
    by_arn: BTreeMap<String, Vec<usize>>,
    /// Indices of those with this key id. A multi-Region key has one id in all its Regions.
    by_id: BTreeMap<String, Vec<usize>>,
}

impl DescribedKeys {
    fn new(described: Vec<(usize, Part)>) -> Self {
        // What says an ARN goes first, so that what says only an id finds its key.
        let (with_arn, by_id_only): (Vec<_>, Vec<_>) = described
            .into_iter()
            .partition(|(_, part)| part.key.arn.is_some());
        let mut keys = Self::default();
        for (place, part) in with_arn.into_iter().chain(by_id_only) {
            keys.add(place, part);
        }
        keys
    }

    fn add(&mut self, place: usize, part: Part) {
        let same = match &part.key.arn {
            Some(arn) => self.by_arn.get(arn.as_str()),
            None => part
                .key_id()
                .and_then(|id| self.by_id.get(id))
                .filter(|all| all.len() == 1),
        };
        let same = same.into_iter().flatten().copied().find(|index| {
            let other = self.all.get(*index);
            part.key.policy.is_none() || other.is_some_and(|key| key.part.key.policy.is_none())
        });
        if let Some(key) = same.and_then(|index| self.all.get_mut(index)) {
            key.join(place, part);
            return;
        }
        let index = self.all.len();
        if let Some(arn) = &part.key.arn {
            self.by_arn.entry(arn.to_string()).or_default().push(index);
        }
        if let Some(id) = part.key_id() {
            self.by_id.entry(id.to_owned()).or_default().push(index);
        }
        self.all.push(DescribedKey { place, part });
    }
}

impl DescribedKey {
    fn join(&mut self, place: usize, mut part: Part) {
        let mine = &mut self.part;
        mine.directories.append(&mut part.directories);
        let mut first = part.key;
        // Whichever stood first is in `first` from here on.
        if self.place < place {
            std::mem::swap(&mut first, &mut mine.key);
        }
        let second = std::mem::replace(&mut mine.key, first);
        take_later(&mut mine.key, second);
        self.place = self.place.min(place);
    }
}

/// Takes over what the later part says; what it leaves out stays as it is.
fn take_later(key: &mut Key, later: Key) {
    fn take<T>(old: &mut Option<T>, new: Option<T>) {
        if new.is_some() {
            *old = new;
        }
    }
    take(&mut key.arn, later.arn);
    take(&mut key.account, later.account);
    take(&mut key.policy, later.policy);
    take(&mut key.sensitive_policy, later.sensitive_policy);
    take(&mut key.declared, later.declared);
    let old = Arc::make_mut(&mut key.metadata);
    let new = Arc::unwrap_or_clone(later.metadata);
    let KeyMetadata {
        key_id,
        spec,
        usage,
        state,
        origin,
        manager,
        multi_region,
        multi_region_type,
        related,
        created,
        deletion_date,
        expiration,
        valid_to,
        pending_window,
        scheduled,
        recorded,
        tags,
        aliases,
        last_usage,
        grants,
        lockout_check_bypassed,
    } = new;
    take(&mut old.key_id, key_id);
    take(&mut old.spec, spec);
    take(&mut old.usage, usage);
    take(&mut old.state, state);
    take(&mut old.origin, origin);
    take(&mut old.manager, manager);
    take(&mut old.multi_region, multi_region);
    take(&mut old.multi_region_type, multi_region_type);
    take(&mut old.related, related);
    take(&mut old.created, created);
    take(&mut old.deletion_date, deletion_date);
    take(&mut old.expiration, expiration);
    take(&mut old.valid_to, valid_to);
    take(&mut old.pending_window, pending_window);
    take(&mut old.scheduled, scheduled);
    take(&mut old.recorded, recorded);
    take(&mut old.tags, tags);
    take(&mut old.aliases, aliases);
    take(&mut old.last_usage, last_usage);
    take(&mut old.grants, grants);
    take(&mut old.lockout_check_bypassed, lockout_check_bypassed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{LoadedPolicy, Located};
    use crate::policy::{PolicyKind, PolicyReading};
    use crate::text::{Location, SourceId};

    const A: &str = "aaaaaaaa-12ab-34cd-56ef-1234567890ab";
    const B: &str = "bbbbbbbb-12ab-34cd-56ef-1234567890ab";

    fn nothing(path: &str) -> Key {
        Key {
            name: path.to_owned(),
            metadata: KeyMetadata::nothing(),
            ..Key::default()
        }
    }

    fn policy(path: &str) -> (&Path, Key) {
        let text = r#"{"Statement":[{"Effect":"Allow","Principal":"*"}]}"#;
        let document = PolicyReading::of_text(text, PolicyKind::Key)
            .document
            .unwrap();
        let policy = LoadedPolicy {
            name: path.to_owned(),
            source: SourceId::default(),
            encoding: None,
            size: None,
            document,
        };
        let key = Key {
            policy: Some(policy),
            ..nothing(path)
        };
        (Path::new(path), key)
    }

    fn metadata<'p>(path: &'p str, region: &str, id: &str) -> (&'p Path, Key) {
        let mut key = nothing(path);
        if !region.is_empty() {
            let arn = format!("arn:aws:kms:{region}:111122223333:key/{id}");
            key.arn = Some(crate::aws::KeyArn::parse(&arn).unwrap());
        }
        Arc::make_mut(&mut key.metadata).key_id = Some(Located {
            value: id.to_owned(),
            at: Location::default(),
        });
        Arc::make_mut(&mut key.metadata).deletion_date = Some(Located {
            value: path.to_owned(),
            at: Location::default(),
        });
        (Path::new(path), key)
    }

    /// Name and policy of every key.
    fn joined(parts: Vec<(&Path, Key)>) -> Vec<(String, Option<String>)> {
        join_placed(parts, Vec::new())
            .into_iter()
            .map(|key| (key.name, key.policy.map(|policy| policy.name)))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let pair = |(name, policy): &(&str, &str)| {
            (
                (*name).to_owned(),
                (!policy.is_empty()).then(|| (*policy).to_owned()),
            )
        };
        expected.iter().map(pair).collect()
    }

    /// A template's only policy is not that of the key whose description stands beside it, even where the
    /// file is named after the key, and nothing that AWS says of a key is said of one that is declared.
    #[test]
    fn what_is_declared_is_no_part_of_what_exists() {
        let named = format!("k/{A}.json");
        for provenance in [Provenance::Declared, Provenance::Planned] {
            let of = |(path, key): (&'static str, Key)| {
                let key = Key { provenance, ..key };
                (Path::new(path), key)
            };
            let policy_of = |path| (path, policy(path).1);
            let mut declared = metadata("k/t", "r", A).1;
            declared.provenance = provenance;
            assert_eq!(
                joined(vec![
                    of(policy_of("k/template.json")),
                    metadata("k/key.json", "r", A)
                ]),
                pairs(&[("k/template.json", "k/template.json"), ("k/key.json", "")])
            );
            assert_eq!(
                joined(vec![
                    (Path::new("k/t"), declared),
                    policy(&named),
                    metadata("k/key.json", "r", A),
                ]),
                pairs(&[("k/t", ""), (&named, &named)])
            );
        }
    }

    #[test]
    fn what_stands_alone_together_belongs_together() {
        assert_eq!(
            joined(vec![
                policy("k/policy.json"),
                metadata("./k/key.json", "r", A)
            ]),
            pairs(&[("k/policy.json", "k/policy.json")])
        );
        // Two policies: which is in force?
        assert_eq!(
            joined(vec![policy("k/a"), policy("k/b"), metadata("k/c", "r", A)]),
            pairs(&[("k/a", "k/a"), ("k/b", "k/b"), ("k/c", "")])
        );
        // Two keys: whose is it?
        assert_eq!(
            joined(vec![
                metadata("a", "r", A),
                metadata("b", "r", B),
                policy("p")
            ]),
            pairs(&[("a", ""), ("b", ""), ("p", "p")])
        );
        // Standard input stands in no directory.
        assert_eq!(
            joined(vec![policy("-"), metadata("k", "r", A)]),
            pairs(&[("-", "-"), ("k", "")])
        );
    }

    #[test]
    fn a_file_or_directory_named_after_a_key_is_its_own() {
        let (a, b) = (format!("k/{A}.policy.json"), format!("k/{B}.json"));
        assert_eq!(
            joined(vec![
                metadata("x/1", "r", A),
                metadata("k/2", "r", B),
                policy(&a),
                policy(&b),
            ]),
            pairs(&[("x/1", &a), ("k/2", &b)])
        );
        let inside = format!("keys/{A}/policy.json");
        assert_eq!(
            joined(vec![
                metadata("all/1", "r", A),
                metadata("all/2", "r", B),
                policy(&inside)
            ]),
            pairs(&[("all/1", &inside), ("all/2", "")])
        );
        // Named after another key than the only one beside it.
        assert_eq!(
            joined(vec![metadata("k/2", "r", B), policy(&a)]),
            pairs(&[("k/2", ""), (&a, &a)])
        );
    }

    #[test]
    fn a_key_that_several_policies_claim_gets_none() {
        let (one, two) = (format!("x/{A}.json"), format!("y/{A}.json"));
        assert_eq!(
            joined(vec![policy(&one), policy(&two), metadata("m", "r", A)]),
            pairs(&[(&one, &one), (&two, &two), ("m", "")])
        );
        // A file's name is a better claim than a directory's.
        assert_eq!(
            joined(vec![policy(&one), policy("z/p"), metadata("z/m", "r", A)]),
            pairs(&[(&one, &one), ("z/p", "z/p")])
        );
    }

    #[test]
    fn one_id_in_two_regions_is_two_keys() {
        let p = |directory: &str| format!("{directory}/{A}.policy.json");
        assert_eq!(
            joined(vec![
                metadata("eu/key.json", "eu-west-1", A),
                metadata("us/key.json", "us-east-1", A),
                metadata("old/key.json", "", A),
                policy(&p("eu")),
                policy(&p("us")),
                policy(&p("old")),
            ]),
            pairs(&[
                ("eu/key.json", &p("eu")),
                ("us/key.json", &p("us")),
                ("old/key.json", &p("old")),
            ])
        );
    }

    #[test]
    fn the_later_metadata_of_one_key_holds() {
        for parts in [
            vec![metadata("1", "r", A), metadata("2", "r", A)],
            vec![
                metadata("1", "", A),
                metadata("2", "r", A),
                metadata("2", "", A),
            ],
        ] {
            let keys = join_placed(parts, Vec::new());
            assert_eq!(keys.len(), 1);
            assert_eq!(keys[0].name, "1");
            assert!(keys[0].arn.is_some());
        }
        let keys = join_placed(
            vec![metadata("1", "r", A), metadata("2", "r", A)],
            Vec::new(),
        );
        assert_eq!(keys[0].metadata.deletion_date.as_ref().unwrap().value, "2");
    }
}
