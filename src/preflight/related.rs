//! The other keys of a multi-Region key: the primary and its replicas.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::aws::KeyArn;
use crate::aws::key::{KeyState, MultiRegionKeyType};
use crate::inventory::{Inventory, Key};
use crate::text::Location;

use super::key::{TargetKey, known};
use super::moment::parse;

/// A related key, as far as files say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Its ARN.
    pub arn: String,
    /// Its Region.
    pub region: String,
    /// Whether it is the primary or a replica.
    pub part: MultiRegionKeyType,
    /// Its state; null where no file describes it.
    pub state: Option<KeyState>,
    /// Its deletion date, where it is pending deletion.
    pub deletion_date: Option<String>,
    /// The same as a moment.
    #[serde(skip)]
    pub(super) deleted_at: Option<Timestamp>,
    /// Where its state stands.
    #[serde(rename = "location")]
    pub at: Option<Location>,
}

impl Related {
    pub(super) fn is_pending(&self) -> bool {
        self.state.is_some_and(KeyState::is_pending_deletion)
    }
}

/// The keys that share id and material with a multi-Region key.
#[derive(Clone, Debug, Default)]
pub(super) struct Family {
    /// The primary, where the key is a replica.
    pub(super) primary: Option<Related>,
    /// The replicas but for the key itself; by Region.
    pub(super) replicas: Vec<Related>,
    /// Whether those are all.
    pub(super) is_whole: bool,
}

impl Family {
    /// The relatives of a multi-Region key: those that its metadata lists, and those that other
    /// files describe.
    pub(super) fn of(subject: &TargetKey, inventory: &Inventory) -> Self {
        let mut family = Self::default();
        if subject.multi_region() == Some(false) {
            return family;
        }
        let described = described(subject, inventory);
        let listed = subject.key.metadata.related.as_ref();
        family.is_whole = listed.is_some();
        let mut arns: BTreeMap<String, (KeyArn, MultiRegionKeyType)> = BTreeMap::new();
        if let Some(listed) = listed {
            let replicas = listed.value.replicas.iter();
            for arn in replicas {
                arns.insert(arn.to_string(), (arn.clone(), MultiRegionKeyType::Replica));
            }
            if let Some(arn) = &listed.value.primary {
                arns.insert(arn.to_string(), (arn.clone(), MultiRegionKeyType::Primary));
            }
        }
        for other in described.values() {
            if let (Some(arn), Some(part)) = (&other.arn, other.part()) {
                arns.entry(arn.to_string())
                    .or_insert_with(|| (arn.clone(), part));
            }
        }
        for (text, (arn, part)) in arns {
            if subject.arn.as_ref() == Some(&arn) {
                continue;
            }
            let related = related(&arn, part, described.get(&text));
            match part {
                MultiRegionKeyType::Primary => family.primary = Some(related),
                MultiRegionKeyType::Replica => family.replicas.push(related),
            }
        }
        family.replicas.sort_by(|a, b| a.region.cmp(&b.region));
        family
    }

    /// Everyone but the key itself.
    pub(super) fn all(&self) -> Vec<Related> {
        self.primary.iter().chain(&self.replicas).cloned().collect()
    }
}

/// The described keys with the same id and account, by ARN.
fn described(subject: &TargetKey, inventory: &Inventory) -> BTreeMap<String, TargetKey> {
    // Most keys are none of its relatives, and need not be looked at closely.
    let id = |key: &Key| -> Option<String> {
        let said = key.metadata.key_id.as_ref().map(|id| id.value.clone());
        key.arn.as_ref().map(|arn| arn.key_id().to_owned()).or(said)
    };
    let keys = inventory.keys.iter().filter(|key| id(key) == subject.id);
    keys.map(|key| TargetKey::new(key, None))
        .filter(|key| key.account == subject.account)
        .filter_map(|key| Some((key.arn.as_ref()?.to_string(), key)))
        .collect()
}

fn related(arn: &KeyArn, part: MultiRegionKeyType, described: Option<&TargetKey>) -> Related {
    let metadata = described.map(|key| &key.key.metadata);
    let date = metadata.and_then(|metadata| metadata.deletion_date.as_ref());
    let state = metadata.and_then(|metadata| metadata.state.as_ref());
    Related {
        arn: arn.to_string(),
        region: arn.region().to_owned(),
        part,
        state: known(state),
        deleted_at: date.and_then(|date| parse(&date.value)),
        deletion_date: date.map(|date| date.value.clone()),
        at: state.map(|state| state.at),
    }
}
