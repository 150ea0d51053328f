//! What plans and templates do to keys, for suppressions that approve of one such thing.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Target;
use crate::finding::Finding;
use crate::inventory::{Inventory, Key};
use crate::text::Location;

/// The keys to which something is done, by the places at which findings say what.
#[derive(Debug, Default)]
pub struct Actions<'a>(BTreeMap<Location, &'a Key>);

impl<'a> Actions<'a> {
    /// What everything that was loaded does.
    pub fn of(inventory: &'a Inventory) -> Self {
        let keys = inventory.keys.iter();
        let of_key = |key: &'a Key| places(key).into_iter().map(move |at| (at, key));
        Self(keys.flat_map(of_key).collect())
    }

    /// Whether the finding is about a thing that the target names.
    pub(super) fn covers(&self, target: &Target, finding: &Finding) -> bool {
        let key = self.0.get(&finding.primary.at);
        key.is_some_and(|key| is_named(key, target))
    }

    /// Whether anything is done that the target names.
    pub(super) fn has(&self, target: &Target) -> bool {
        self.0.values().any(|key| is_named(key, target))
    }
}

/// Where it is said what is done to the key.
fn places(key: &Key) -> BTreeSet<Location> {
    let mut places = BTreeSet::new();
    if let Some(planned) = key.planned() {
        places.extend(planned.destruction.as_ref().map(|of| of.at));
        places.extend(planned.disabled);
        places.extend(planned.waiting_period_lowered.as_ref().map(|of| of.1.at));
        places.extend(planned.policy_reset.as_ref().map(|of| of.at));
        places.extend(planned.vanished.as_ref().map(|of| of.at));
        places.extend(planned.gate_attributes.as_ref().map(|of| of.at));
    }
    places.extend(key.stack_removal.as_ref().map(|of| of.at));
    places
}

fn is_named(key: &Key, target: &Target) -> bool {
    match target {
        Target::Resource(address) => {
            let declared = key.declared.as_ref();
            declared.is_some_and(|of| of.address == *address)
        }
        Target::Key(name) => {
            let id = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
            let arn = key.arn.as_ref();
            arn.is_some_and(|arn| arn.as_str() == name || arn.key_id() == name)
                || id == Some(name.as_str())
        }
        Target::Path(_) | Target::Subject(_) => false,
    }
}
