//! A KMS key as far as it was loaded.

use std::sync::{Arc, LazyLock};

use crate::aws::key::{
    ExpirationModel, KeyManager, KeySpec, KeyState, KeyUsage, MultiRegionKeyType, Origin,
};
use crate::aws::{AccountId, KeyArn, Reported};
use crate::text::Location;

use super::{
    Address, DeclaredResource, LoadedPolicy, PlannedChange, Provenance, RecordedDeletion,
    ScheduledDeletion, SensitivePolicy, StackRemoval, Tag,
};

/// A value and the place in a file that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub at: Location,
}

impl<T> Located<T> {
    /// What is made of the value, at the same place.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: make(self.value),
            at: self.at,
        }
    }
}

/// A key: what was loaded of it, from however many files.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// How to speak of it: its ARN, its id, or the file that its policy stands in, with the place there
    /// where it has several keys.
    pub name: String,
    /// Where the first of what was loaded of it is written.
    pub address: Address,
    /// Who says that there is such a key. What was loaded of one key is all of one provenance.
    pub provenance: Provenance,
    /// Its ARN, where a file says it.
    pub arn: Option<KeyArn>,
    /// Its account: that of its ARN or its metadata, or the one that its policy lets no doubt
    /// about.
    pub account: Option<AccountId>,
    /// What is known of it beside its policy. It is large, and where nothing is known all keys share
    /// [`KeyMetadata::nothing`].
    pub metadata: Arc<KeyMetadata>,
    /// Its key policy.
    pub policy: Option<LoadedPolicy>,
    /// The same where it is marked as sensitive; nothing but the rules look at it, and nothing of it is shown.
    pub sensitive_policy: Option<Box<SensitivePolicy>>,
    /// The resource of a template, a plan or a state by which it is managed.
    pub declared: Option<Arc<DeclaredResource>>,
    /// What becomes of it when its resource leaves the stack; none where no template of AWS CloudFormation
    /// declares it.
    pub stack_removal: Option<Arc<StackRemoval>>,
    /// The place to point at where nothing better is known.
    pub at: Location,
}

impl Key {
    /// What a plan does to it.
    pub fn planned(&self) -> Option<&PlannedChange> {
        self.declared.as_ref()?.planned.as_deref()
    }

    /// Whether a plan deletes it, or found it gone: what the plan puts in place has no such key.
    pub fn is_going(&self) -> bool {
        let planned = self.planned();
        planned.is_some_and(|of| {
            let is_gone = of.vanished.as_ref().is_some_and(|of| !of.is_recreated);
            of.destruction.is_some() || is_gone
        })
    }
}

/// What `describe-key`, `list-resource-tags`, `list-aliases` and `get-key-last-usage` say; each is
/// unknown where no file says it.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
#[derive(Clone, Debug, Default)]
pub struct KeyMetadata {
    /// `KeyId`.
    pub key_id: Option<Located<String>>,
    /// `KeySpec`, or `CustomerMasterKeySpec` in older answers.
    pub spec: Option<Located<Reported<KeySpec>>>,
    /// `KeyUsage`.
    pub usage: Option<Located<Reported<KeyUsage>>>,
    /// `KeyState`, or else what CloudTrail recorded of it; where `describe-key`, the answer of
    /// `schedule-key-deletion` and CloudTrail contradict each other, none.
    pub state: Option<Located<Reported<KeyState>>>,
    /// `Origin`.
    pub origin: Option<Located<Reported<Origin>>>,
    /// `KeyManager`.
    pub manager: Option<Located<Reported<KeyManager>>>,
    /// `MultiRegion`.
    pub multi_region: Option<Located<bool>>,
    /// `MultiRegionConfiguration.MultiRegionKeyType`.
    pub multi_region_type: Option<Located<Reported<MultiRegionKeyType>>>,
    /// `MultiRegionConfiguration.PrimaryKey` and `ReplicaKeys`.
    pub related: Option<Located<RelatedKeys>>,
    /// `CreationDate`, RFC 3339 in UTC; as written where it is no moment.
    pub created: Option<Located<String>>,
    /// `DeletionDate`, likewise.
    pub deletion_date: Option<Located<String>>,
    /// `ExpirationModel`, of imported key material.
    pub expiration: Option<Located<Reported<ExpirationModel>>>,
    /// `ValidTo`, when imported key material expires; RFC 3339 in UTC, as written where it is no moment.
    pub valid_to: Option<Located<String>>,
    /// `PendingDeletionWindowInDays`, days.
    pub pending_window: Option<Located<u16>>,
    /// The answer of `schedule-key-deletion`.
    pub scheduled: Option<ScheduledDeletion>,
    /// What CloudTrail recorded last of its deletion.
    pub recorded: Option<Box<RecordedDeletion>>,
    /// All its tags.
    pub tags: Option<Located<Vec<Tag>>>,
    /// All its aliases, for example `alias/payments`.
    pub aliases: Option<Located<Vec<String>>>,
    /// When it was last used.
    pub last_usage: Option<Located<LastUsage>>,
    /// Its grants.
    pub grants: Option<Located<Grants>>,
    /// The operation of a request that gives the key its policy and bypasses the check against a
    /// lock-out, for example `PutKeyPolicy`; none of other requests.
    pub lockout_check_bypassed: Option<Located<&'static str>>,
}

impl KeyMetadata {
    /// Of a key of which nothing is known.
    pub fn nothing() -> Arc<Self> {
        static NOTHING: LazyLock<Arc<KeyMetadata>> = LazyLock::new(Arc::default);
        Arc::clone(&NOTHING)
    }
}

/// The grants of a key that were neither retired nor revoked.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Each grant, in the order of the answer.
    pub list: Vec<Grant>,
    /// Whether those are all.
    pub is_whole: bool,
}

/// A grant, as far as it tells what depends on the key.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// `GranteePrincipal`: an ARN, or the name of a service; else `GranteeServicePrincipal`.
    pub grantee: Option<String>,
    /// `Operations`, for example `Decrypt`.
    pub operations: Vec<String>,
}

/// The multi-Region keys that share one id and one key material.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_MultiRegionConfiguration.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelatedKeys {
    /// `PrimaryKey.Arn`, which may be the key itself.
    pub primary: Option<KeyArn>,
    /// `ReplicaKeys[].Arn`; the key itself may be among them. Empty: there are none.
    pub replicas: Vec<KeyArn>,
}

/// What `get-key-last-usage` says; dates are RFC 3339 in UTC, or as written where they are none.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastUsage {
    /// `KeyCreationDate`.
    pub created: Option<String>,
    /// `TrackingStartDate`: of use before it nothing is known.
    pub tracking_since: Option<String>,
    /// `KeyLastUsage.Operation`; nothing where no use was seen.
    pub operation: Option<String>,
    /// `KeyLastUsage.Timestamp`.
    pub timestamp: Option<String>,
}
