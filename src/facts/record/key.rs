//! What is known of a key beside its policy.

use crate::aws::AccountId;
use crate::document::record;
use crate::facts::{
    DeclaredRecord, EvidenceRecord, LastRelated, NotRetained, PlannedRecord, WaitsForReplicas,
};

use super::IndexedLocation;

record! {
    /// What is known of the key; a field is null where no file says it.
    #[derive(Clone, Debug, Default)]
    pub struct KeyRecord {
        /// ARN.
        pub arn: Option<String>,
        /// Account, 12 digits.
        pub account: Option<AccountId>,
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
        /// `MultiRegionKeyType`.
        pub multi_region_type: Option<String>,
        /// Whether the spec is an asymmetric one; null where it is not known, to any file or to this
        /// version.
        pub asymmetric: Option<bool>,
        /// What whoever has the public key goes on doing with it after the deletion, so that it is lost, in
        /// words that finish "goes on …"; left out for keys of other usages.
        @left_out pub public_key_goes_on: Option<&'static str>,
        /// `DeletionDate`, RFC 3339 in UTC; as written where it is no moment.
        pub deletion_date: Option<String>,
        /// All its aliases, for example `alias/payments`.
        pub aliases: Option<Vec<String>>,
        /// All its tags.
        pub tags: Option<Vec<TagRecord>>,
        /// When it was last used, RFC 3339 in UTC; null where no file says it or no use was recorded.
        pub last_used: Option<String>,
        /// The deletion that is under way; left out where the key is not pending it.
        @left_out pub pending: Option<PendingRecord>,
        /// What keeps a primary key in `PendingReplicaDeletion`; left out elsewhere, and where all its
        /// replicas are known to be pending deletion.
        @left_out pub waits_for_replicas: Option<WaitsForReplicas>,
        /// That the deletion that is under way leaves no key of the multi-Region set; left out where
        /// one is left or that is not known.
        @left_out pub last_related: Option<LastRelated>,
        /// That the request which gives the key its policy bypasses the check against a lock-out; left out
        /// elsewhere.
        @left_out pub lockout_check_bypassed: Option<BypassRecord>,
        /// That AWS CloudFormation schedules its deletion when its resource leaves the stack; left out where the
        /// template keeps it, and for keys of no template.
        @left_out pub not_retained: Option<Box<NotRetained>>,
        /// The resource of a template, a plan or a state by which it is managed; left out where there is none.
        @left_out pub declared: Option<Box<DeclaredRecord>>,
        /// What a plan does to it; left out where none does anything that is told of.
        @left_out pub planned: Option<Box<PlannedRecord>>,
        /// What CloudTrail recorded; left out where no file of CloudTrail was loaded.
        @left_out pub evidence: Option<Box<EvidenceRecord>>,
        /// Where the spec stands, else where the key stands.
        pub at: IndexedLocation,
    }
}

record! {
    /// A request that bypasses the check that its caller can change the key policy later.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
    #[derive(Clone, Debug)]
    pub struct BypassRecord {
        /// The operation, for example `PutKeyPolicy`.
        pub operation: &'static str,
        /// Who makes it, in words.
        pub by: String,
        /// Where it says so.
        pub at: IndexedLocation,
    }
}

record! {
    /// A tag of the key.
    #[derive(Clone, Debug)]
    pub struct TagRecord {
        /// The tag's key.
        pub key: String,
        /// The tag's value.
        pub value: String,
    }
}

record! {
    /// A deletion that is under way.
    #[derive(Clone, Debug)]
    pub struct PendingRecord {
        /// `PendingDeletion` or `PendingReplicaDeletion`.
        pub state: String,
        /// When, in words that follow "the key is pending deletion".
        pub when: String,
        /// Who scheduled or cancelled it by what CloudTrail recorded, in words that follow; empty where
        /// nothing of it is recorded.
        pub recorded: String,
        /// When it was scheduled, where CloudTrail alone tells of it: a later scheduling is another one.
        /// Else empty.
        pub identity: String,
        /// Where the state stands.
        pub at: IndexedLocation,
    }
}
