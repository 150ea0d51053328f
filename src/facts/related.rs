//! The other keys of a multi-Region set, and whether a deletion takes the last of them.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>

use std::collections::BTreeMap;

use crate::aws::KeyArn;
use crate::aws::key::KeyState;
use crate::document::record;
use crate::inventory::Key;

use super::IndexedLocation;
use super::pending::is_deleted;

record! {
    /// A primary key whose waiting period has not begun, because a replica is left.
    #[derive(Clone, Debug)]
    pub struct WaitsForReplicas {
        /// ARNs of the replicas that are not known to be pending deletion; empty where no file names
        /// the replicas.
        pub replicas: Vec<String>,
        /// The same in words.
        pub words: String,
        /// The state of the key.
        pub at: IndexedLocation,
    }
}

record! {
    /// A deletion after which no key of the multi-Region set is left.
    #[derive(Clone, Debug)]
    pub struct LastRelated {
        /// ARNs of the other keys of the set, all of them pending deletion.
        pub others: Vec<String>,
        /// Why none is left, in words.
        pub words: String,
        /// The state of the key.
        pub at: IndexedLocation,
    }
}

/// The states of all loaded keys by ARN.
#[derive(Debug, Default)]
pub(super) struct KeyStates<'a> {
    states: BTreeMap<&'a str, KeyState>,
}

impl<'a> KeyStates<'a> {
    pub(super) fn new(keys: &'a [Key]) -> Self {
        let state = |key: &'a Key| {
            let recorded = key.metadata.recorded.as_deref();
            // What is deleted is left no more than what will be.
            let state = if recorded.is_some_and(is_deleted) {
                KeyState::PendingDeletion
            } else {
                key.metadata.state.as_ref()?.value.known()?
            };
            Some((key.arn.as_ref()?.as_str(), state))
        };
        Self {
            states: keys.iter().filter_map(state).collect(),
        }
    }

    fn is_pending(&self, key: &KeyArn) -> bool {
        let state = self.states.get(key.as_str());
        state.is_some_and(|state| is_pending(*state))
    }

    /// What keeps a primary key from being deleted; nothing where the key does not wait.
    pub(super) fn waits(&self, key: &Key, at: IndexedLocation) -> Option<WaitsForReplicas> {
        if state(key)? != KeyState::PendingReplicaDeletion {
            return None;
        }
        let Some(related) = &key.metadata.related else {
            return Some(WaitsForReplicas {
                replicas: Vec::new(),
                words: "its replicas, which no file names".to_owned(),
                at,
            });
        };
        let replicas = related.value.replicas.iter();
        let left: Vec<_> = replicas
            .filter(|replica| !self.is_pending(replica))
            .collect();
        let first = left.first()?;
        let words = match left.len() {
            1 => format!(
                "its replica in {}, which is not known to be pending deletion",
                first.region()
            ),
            count => format!("{count} replicas, which are not known to be pending deletion"),
        };
        let replicas = left
            .iter()
            .map(|replica| replica.as_str().to_owned())
            .collect();
        Some(WaitsForReplicas {
            replicas,
            words,
            at,
        })
    }

    /// Whether no key of the set is left once this one is deleted; unknown counts as no.
    pub(super) fn last(&self, key: &Key, at: IndexedLocation) -> Option<LastRelated> {
        let related = &key.metadata.related.as_ref()?.value;
        if !is_pending(state(key)?) {
            return None;
        }
        // An answer that does not name the primary does not name the whole set.
        let primary = related.primary.as_ref()?;
        let all = std::iter::once(primary).chain(&related.replicas);
        let mut others: Vec<_> = all
            .filter(|other| Some(*other) != key.arn.as_ref())
            .collect();
        others.sort_unstable_by_key(|other| other.as_str());
        others.dedup();
        if !others.iter().all(|other| self.is_pending(other)) {
            return None;
        }
        let words = match others.len() {
            0 => "it has no replica".to_owned(),
            1 => "the other key of its set is pending deletion, too".to_owned(),
            count => format!("the other {count} keys of its set are pending deletion, too"),
        };
        let others = others
            .iter()
            .map(|other| other.as_str().to_owned())
            .collect();
        Some(LastRelated { others, words, at })
    }
}

fn state(key: &Key) -> Option<KeyState> {
    key.metadata.state.as_ref()?.value.known()
}

const fn is_pending(state: KeyState) -> bool {
    matches!(
        state,
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion
    )
}
