//! The types of resources that are keys, and what their attributes are called.
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key>
//! <https://registry.terraform.io/providers/hashicorp/awscc/latest/docs/resources/kms_key>

use crate::aws::key::Origin;

/// A type of resources that are keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyType {
    pub(super) name: &'static str,
    pub(super) policy: &'static str,
    pub(super) enabled: &'static str,
    pub(super) spec: &'static str,
    /// The waiting period with which the key is deleted.
    pub(super) waiting_period: &'static str,
    pub(super) tags: &'static str,
    pub(super) bypass: &'static str,
    pub(super) is_replica: bool,
    /// Where its key material comes from, unless an attribute says it.
    pub(super) origin: Option<Origin>,
    /// Whether the waiting period of the resource is the one that is sent. Cloud Control deletes by the
    /// identifier alone.
    /// <https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_DeleteResource.html>
    pub(super) sends_waiting_period: bool,
}

const AWS: KeyType = KeyType {
    name: "aws_kms_key",
    policy: "policy",
    enabled: "is_enabled",
    spec: "customer_master_key_spec",
    waiting_period: "deletion_window_in_days",
    tags: "tags_all",
    bypass: "bypass_policy_lockout_safety_check",
    is_replica: false,
    origin: None,
    sends_waiting_period: true,
};

const AWSCC: KeyType = KeyType {
    name: "awscc_kms_key",
    policy: "key_policy",
    enabled: "enabled",
    spec: "key_spec",
    waiting_period: "pending_window_in_days",
    tags: "tags",
    bypass: "bypass_policy_lockout_safety_check",
    is_replica: false,
    origin: None,
    sends_waiting_period: false,
};

const ALL: [KeyType; 6] = [
    AWS,
    KeyType {
        name: "aws_kms_replica_key",
        enabled: "enabled",
        spec: "key_spec",
        is_replica: true,
        ..AWS
    },
    KeyType {
        name: "aws_kms_external_key",
        enabled: "enabled",
        spec: "key_spec",
        origin: Some(Origin::External),
        ..AWS
    },
    KeyType {
        name: "aws_kms_replica_external_key",
        enabled: "enabled",
        spec: "key_spec",
        is_replica: true,
        origin: Some(Origin::External),
        ..AWS
    },
    AWSCC,
    KeyType {
        name: "awscc_kms_replica_key",
        is_replica: true,
        ..AWSCC
    },
];

impl KeyType {
    /// The type of this name.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        ALL.iter().find(|of| of.name == name)
    }
}

/// Types of resources that say something of keys that others declare.
const BESIDE_KEYS: [&str; 4] = [
    "aws_kms_alias",
    "aws_kms_grant",
    "aws_kms_key_policy",
    "awscc_kms_alias",
];

/// Whether what resources of a type say of themselves may be shown: others have passwords among them.
pub(super) fn may_be_shown(kind: &str) -> bool {
    KeyType::of(kind).is_some()
        || BESIDE_KEYS.contains(&kind)
        || super::identity_policies::KINDS.contains(&kind)
}

/// Types of resources of KMS that are no keys and say nothing of any.
const OTHERS: [&str; 2] = ["aws_kms_ciphertext", "aws_kms_custom_key_store"];

/// Whether a type is one of KMS.
pub(super) fn is_of_kms(kind: &str) -> bool {
    kind.starts_with("aws_kms_") || kind.starts_with("awscc_kms_")
}

/// Whether a type of KMS is known.
pub(super) fn is_known(kind: &str) -> bool {
    KeyType::of(kind).is_some() || BESIDE_KEYS.contains(&kind) || OTHERS.contains(&kind)
}

/// Whether resources of a type are about keys and permissions, so that they are encrypted under no key.
pub(super) fn is_of_kms_or_iam(kind: &str) -> bool {
    is_of_kms(kind) || kind.starts_with("aws_iam_") || kind.starts_with("awscc_iam_")
}
