//! Global condition keys about the resource.
//!
//! Source: IAM user guide, `reference_policies_condition-keys`, "Properties of the resource"; for
//! tags also KMS developer guide, `abac`.

use super::presence::{ByCaller, Rule};
use super::{ConditionKey, Source, ValueType};

pub(super) const KEYS: &[ConditionKey] = &[
    ConditionKey::new(
        "aws:ResourceAccount",
        ValueType::String,
        Source::GlobalConditions,
        Rule::ResourceAccount,
    ),
    // Only if the key's account is in an organization.
    ConditionKey::global("aws:ResourceOrgID", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global(
        "aws:ResourceOrgPaths",
        ValueType::String,
        ByCaller::SOMETIMES,
    )
    .multi_valued(),
    // Only if the key has the tag.
    ConditionKey::kms(
        "aws:ResourceTag/",
        ValueType::String,
        Rule::OptionalKeyProperty,
    )
    .prefix()
    .iam_policy_only(),
];
