//! What a change of templates of AWS CloudFormation does to the keys that they declare.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html>

use std::collections::BTreeMap;

use crate::aws::key::{ApiEnum, Reported};
use crate::inventory::{Key, Located, RemovalOutcome, StackRemoval};

use super::Side;
use super::matching::below;

/// What becomes of one key. The template before the change is the one that is deployed: what it says decides, and a
/// `DeletionPolicy` that the change adds comes too late.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StackChange {
    /// The resource is gone, or has another logical id.
    Removed {
        /// The template, and the resource's logical id.
        key: DeclaredKey,
        /// The waiting period that is sent, days; none where the template does not tell it.
        waiting_period: Option<i64>,
        /// Whether the template tells that the key is deleted: its `DeletionPolicy` is not known else.
        is_sure: bool,
        /// The condition under which the resource is there.
        condition: Option<String>,
        /// Whether it is a replica key.
        is_replica: bool,
    },
    /// A template that did not have it has a resource of that logical id now.
    Moved {
        /// The template, and the resource's logical id.
        key: DeclaredKey,
        /// The other template.
        to: String,
    },
    /// A property has another value that a key cannot be given: the update of the stack fails.
    Immutable {
        /// The template, and the resource's logical id.
        key: DeclaredKey,
        /// The property.
        property: &'static str,
        /// Its value before the change, and after it.
        values: [String; 2],
    },
}

/// A key as a template names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclaredKey {
    /// The template.
    pub template: String,
    /// The logical id.
    pub logical_id: String,
}

impl StackChange {
    /// Whether a gate fails on it: a key is deleted that cannot be made again.
    pub const fn fails(&self) -> bool {
        matches!(
            self,
            Self::Removed {
                is_replica: false,
                ..
            }
        )
    }

    /// The rule that finds it.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Removed { .. } | Self::Moved { .. } => "key-removed-from-template",
            Self::Immutable { .. } => "immutable-property-change",
        }
    }

    /// The key.
    pub const fn key(&self) -> &DeclaredKey {
        match self {
            Self::Removed { key, .. } | Self::Moved { key, .. } | Self::Immutable { key, .. } => {
                key
            }
        }
    }
}

/// The keys of a side's templates, each once, by the path of the template and the logical id; of several cases of
/// one, the first that does not keep it.
fn declared(side: Side<'_>) -> BTreeMap<(String, &str), (&Key, &StackRemoval)> {
    let mut found = BTreeMap::new();
    for key in &side.inventory.keys {
        let Some(removal) = key.stack_removal.as_deref() else {
            continue;
        };
        let file = side.sources.get(removal.at.source);
        let (path, _) = below(file.map_or("", |file| file.name()), side.roots);
        let place = found
            .entry((path, removal.logical_id.as_str()))
            .or_insert((key, removal));
        if place.1.outcome == RemovalOutcome::Kept {
            *place = (key, removal);
        }
    }
    found
}

/// What happens to the keys that templates declared before the change.
pub(super) fn changes(before: Side<'_>, after: Side<'_>) -> Vec<StackChange> {
    let (old, new) = (declared(before), declared(after));
    let mut found = Vec::new();
    for ((path, logical_id), (key, removal)) in &old {
        let file = before.sources.get(removal.at.source);
        let (_, shown) = below(file.map_or("", |file| file.name()), before.roots);
        let named = DeclaredKey {
            template: shown,
            logical_id: (*logical_id).to_owned(),
        };
        if let Some((now, _)) = new.get(&(path.clone(), *logical_id)) {
            found.extend(immutable(&named, key, now));
            continue;
        }
        if removal.outcome == RemovalOutcome::Kept {
            continue;
        }
        let elsewhere = new
            .keys()
            .find(|place| place.1 == *logical_id && !old.contains_key(&(place.0.clone(), place.1)));
        found.push(match elsewhere {
            Some((to, _)) => StackChange::Moved {
                key: named,
                to: to.clone(),
            },
            None => StackChange::Removed {
                key: named,
                waiting_period: removal.waiting_period,
                is_sure: removal.outcome != RemovalOutcome::Unknown,
                condition: removal.condition.clone(),
                is_replica: removal.is_replica,
            },
        });
    }
    found
}

/// The properties of a key that cannot be changed, where both templates tell them.
fn immutable(named: &DeclaredKey, before: &Key, after: &Key) -> Vec<StackChange> {
    fn text<T: ApiEnum>(found: Option<&Located<Reported<T>>>) -> Option<String> {
        found.map(|found| found.value.as_str().to_owned())
    }
    let [old, new] = [before, after].map(|key| {
        let of = &key.metadata;
        let multi_region = of.multi_region.as_ref().map(|of| of.value.to_string());
        [
            ("KeySpec", text(of.spec.as_ref())),
            ("KeyUsage", text(of.usage.as_ref())),
            ("Origin", text(of.origin.as_ref())),
            ("MultiRegion", multi_region),
        ]
    });
    let pairs = old.into_iter().zip(new);
    let changed = pairs.filter_map(|((property, old), (_, new))| {
        let (old, new) = (old?, new?);
        (old != new).then(|| StackChange::Immutable {
            key: named.clone(),
            property,
            values: [old, new],
        })
    });
    changed.collect()
}
