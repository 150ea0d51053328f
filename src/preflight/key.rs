//! The key of the question, with what follows from its metadata.

use std::sync::Arc;

use serde::Serialize;

use crate::access::AskedKey;
use crate::aws::key::{KeySpec, KeyState, KeyUsage, MultiRegionKeyType, Origin, Reported};
use crate::aws::{AccountId, KeyArn};
use crate::inventory::{Key, Located};
use crate::text::Location;

/// The key.
#[derive(Clone, Debug)]
pub(super) struct TargetKey {
    /// As loaded, with the ARN that was found for it.
    pub(super) key: Key,
    pub(super) arn: Option<KeyArn>,
    pub(super) id: Option<String>,
    pub(super) account: Option<AccountId>,
}

impl TargetKey {
    /// The key, under the ARN that the request gives it where no file says one.
    pub(super) fn new(key: &Key, given: Option<KeyArn>) -> Self {
        let metadata = &key.metadata;
        let part = known(metadata.multi_region_type.as_ref());
        // KMS leaves the ARN of a primary key empty whose replicas are gone, and says it beside:
        // developer guide, `multi-region-keys-delete`, the second answer of DescribeKey.
        let own = metadata
            .related
            .as_ref()
            .filter(|_| part == Some(MultiRegionKeyType::Primary))
            .and_then(|related| related.value.primary.clone());
        let arn = key.arn.clone().or(own).or(given);
        let id = arn.as_ref().map(|arn| arn.key_id().to_owned());
        let account = arn.as_ref().map(KeyArn::account).or(key.account);
        let mut key = key.clone();
        key.account = account;
        // What is asked about is the key as it is, and not what a plan makes of it.
        key.declared = None;
        key.arn.clone_from(&arn);
        Self {
            id: id.or_else(|| metadata_id(&key)),
            account,
            arn,
            key,
        }
    }

    /// Takes over what a plan says of the same key and no answer of AWS does.
    pub(super) fn fill_in(&mut self, planned: &Key) {
        if self.key.policy.is_none() {
            self.key.policy.clone_from(&planned.policy);
        }
        let own = Arc::make_mut(&mut self.key.metadata);
        let other = &planned.metadata;
        own.spec = own.spec.take().or_else(|| other.spec.clone());
        own.usage = own.usage.take().or_else(|| other.usage.clone());
        own.origin = own.origin.take().or_else(|| other.origin.clone());
        let multi_region = own.multi_region.take();
        own.multi_region = multi_region.or_else(|| other.multi_region.clone());
        let part = own.multi_region_type.take();
        own.multi_region_type = part.or_else(|| other.multi_region_type.clone());
    }

    pub(super) fn name(&self) -> &str {
        self.arn.as_ref().map_or(&self.key.name, |arn| arn.as_str())
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.arn.as_ref().map(KeyArn::region)
    }

    /// The key as it is asked about.
    pub(super) fn asked(&self) -> AskedKey<'_> {
        AskedKey::of(&self.key)
    }

    pub(super) fn aliases(&self) -> impl Iterator<Item = &str> {
        let aliases = self.key.metadata.aliases.iter();
        aliases.flat_map(|found| found.value.iter().map(String::as_str))
    }

    pub(super) fn spec(&self) -> Option<KeySpec> {
        known(self.key.metadata.spec.as_ref())
    }

    pub(super) fn usage(&self) -> Option<KeyUsage> {
        known(self.key.metadata.usage.as_ref())
    }

    pub(super) fn origin(&self) -> Option<Origin> {
        known(self.key.metadata.origin.as_ref())
    }

    pub(super) fn state(&self) -> Option<KeyState> {
        known(self.key.metadata.state.as_ref())
    }

    pub(super) fn part(&self) -> Option<MultiRegionKeyType> {
        known(self.key.metadata.multi_region_type.as_ref())
    }

    /// Whether it is a multi-Region key: its id or its metadata says so.
    pub(super) fn multi_region(&self) -> Option<bool> {
        let metadata = &self.key.metadata;
        let said = metadata.multi_region.as_ref().map(|found| found.value);
        said.or_else(|| self.part().map(|_| true))
            .or_else(|| self.id.as_ref().map(|id| id.starts_with("mrk-")))
    }

    /// Whether its metadata names that key as one of its related keys.
    pub(super) fn names_as_related(&self, arn: &KeyArn) -> bool {
        self.key.metadata.related.as_ref().is_some_and(|related| {
            let related = &related.value;
            related.primary.as_ref() == Some(arn) || related.replicas.contains(arn)
        })
    }

    /// Where the state stands, else the key.
    pub(super) fn at(&self) -> Location {
        let state = self.key.metadata.state.as_ref().map(|state| state.at);
        state.unwrap_or(self.key.at)
    }

    pub(super) fn record(&self) -> KeyRecord {
        fn word<T: crate::aws::key::ApiEnum>(
            found: Option<&Located<Reported<T>>>,
        ) -> Option<String> {
            found.map(|found| found.value.as_str().to_owned())
        }
        let metadata = &self.key.metadata;
        KeyRecord {
            name: self.name().to_owned(),
            arn: self.arn.as_ref().map(ToString::to_string),
            key_id: self.id.clone(),
            account: self.account.map(|account| account.to_string()),
            region: self.region().map(str::to_owned),
            spec: word(metadata.spec.as_ref()),
            usage: word(metadata.usage.as_ref()),
            state: word(metadata.state.as_ref()),
            origin: word(metadata.origin.as_ref()),
            manager: word(metadata.manager.as_ref()),
            multi_region: self.multi_region(),
            multi_region_type: word(metadata.multi_region_type.as_ref()),
            deletion_date: metadata.deletion_date.as_ref().map(|d| d.value.clone()),
            aliases: metadata.aliases.as_ref().map(|found| found.value.clone()),
            at: self.key.at,
        }
    }
}

fn metadata_id(key: &Key) -> Option<String> {
    key.metadata.key_id.as_ref().map(|id| id.value.clone())
}

/// A value that AWS documents.
pub(super) fn known<T: crate::aws::key::ApiEnum>(
    found: Option<&Located<Reported<T>>>,
) -> Option<T> {
    found.and_then(|found| found.value.known())
}

/// The key as the answer shows it; each is null where no file says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyRecord {
    /// How to speak of it: its ARN, else its id, else the file of its policy.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// Its id.
    pub key_id: Option<String>,
    /// Its account.
    pub account: Option<String>,
    /// Its Region.
    pub region: Option<String>,
    /// `KeySpec`.
    pub spec: Option<String>,
    /// `KeyUsage`.
    pub usage: Option<String>,
    /// `KeyState`.
    pub state: Option<String>,
    /// `Origin`.
    pub origin: Option<String>,
    /// `KeyManager`.
    pub manager: Option<String>,
    /// Whether it is a multi-Region key.
    pub multi_region: Option<bool>,
    /// `MultiRegionKeyType`.
    pub multi_region_type: Option<String>,
    /// `DeletionDate`, RFC 3339 in UTC; as written where it is no moment.
    pub deletion_date: Option<String>,
    /// Its aliases.
    pub aliases: Option<Vec<String>>,
    /// The place to point at where nothing better is known.
    #[serde(rename = "location")]
    pub at: Location,
}
