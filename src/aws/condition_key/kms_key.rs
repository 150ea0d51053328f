//! KMS condition keys that depend on the KMS key.
//!
//! Source: KMS developer guide, `conditions-kms`; Service Authorization Reference, resource type
//! `key` of `list_kms`.

use super::presence::Rule;
use super::{ConditionKey, ValueType};

pub(super) const KEYS: &[ConditionKey] = &[
    // Deprecated, same effect as `kms:KeySpec` and `kms:KeyUsage`.
    ConditionKey::kms(
        "kms:CustomerMasterKeySpec",
        ValueType::String,
        Rule::KeyProperty,
    ),
    ConditionKey::kms(
        "kms:CustomerMasterKeyUsage",
        ValueType::String,
        Rule::KeyProperty,
    ),
    ConditionKey::kms("kms:KeyOrigin", ValueType::String, Rule::KeyProperty),
    ConditionKey::kms("kms:KeySpec", ValueType::String, Rule::KeyProperty),
    ConditionKey::kms("kms:KeyUsage", ValueType::String, Rule::KeyProperty),
    ConditionKey::kms("kms:MultiRegion", ValueType::Bool, Rule::KeyProperty),
    // Absent for single-Region keys.
    ConditionKey::kms(
        "kms:MultiRegionKeyType",
        ValueType::String,
        Rule::OptionalKeyProperty,
    ),
    // Alias names, not ARNs; empty for keys without alias.
    ConditionKey::kms(
        "kms:ResourceAliases",
        ValueType::String,
        Rule::OptionalKeyProperty,
    )
    .multi_valued()
    .iam_policy_only(),
];
