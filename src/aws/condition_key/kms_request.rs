//! KMS condition keys that depend on the request or the caller.
//!
//! Source: KMS developer guide, `conditions-kms` and `conditions-nitro-enclaves`; the actions are
//! in the action table.

use super::presence::{ByCaller, Rule};
use super::{ConditionKey, Source, ValueType};

pub(super) const KEYS: &[ConditionKey] = &[
    listed("kms:BypassPolicyLockoutSafetyCheck", ValueType::Bool),
    ConditionKey::kms("kms:CallerAccount", ValueType::String, Rule::CallerAccount),
    listed("kms:DataKeyPairSpec", ValueType::String),
    listed("kms:EncryptionAlgorithm", ValueType::String),
    listed("kms:EncryptionContext:", ValueType::String).prefix(),
    listed("kms:EncryptionContextKeys", ValueType::String).multi_valued(),
    listed("kms:ExpirationModel", ValueType::String),
    listed("kms:GrantConstraintSourceArn", ValueType::Arn),
    listed("kms:GrantConstraintType", ValueType::String),
    listed("kms:GranteePrincipal", ValueType::String),
    listed("kms:GranteeServicePrincipal", ValueType::String),
    listed("kms:GrantIsForAWSResource", ValueType::Bool),
    listed("kms:GrantOperations", ValueType::String).multi_valued(),
    listed("kms:KeyAgreementAlgorithm", ValueType::String),
    listed("kms:MacAlgorithm", ValueType::String),
    listed("kms:MessageType", ValueType::String),
    listed("kms:PrimaryRegion", ValueType::String),
    attestation("kms:RecipientAttestation:ImageSha384"),
    attestation("kms:RecipientAttestation:NitroTPMPCR").prefix(),
    attestation("kms:RecipientAttestation:PCR").prefix(),
    listed("kms:ReEncryptOnSameKey", ValueType::Bool),
    listed("kms:ReplicaRegion", ValueType::String),
    listed("kms:RequestAlias", ValueType::String),
    listed("kms:RetiringPrincipal", ValueType::String),
    listed("kms:RetiringServicePrincipal", ValueType::String),
    listed("kms:RotationPeriodInDays", ValueType::Numeric),
    // Whether it is there when the request leaves the waiting period out is not documented.
    listed(
        "kms:ScheduleKeyDeletionPendingWindowInDays",
        ValueType::Numeric,
    ),
    listed("kms:SigningAlgorithm", ValueType::String),
    // Whole days since the key was last used, for `ScheduleKeyDeletion` and `DisableKey` only.
    listed("kms:TrailingDaysWithoutKeyUsage", ValueType::Numeric),
    listed("kms:ValidTo", ValueType::Date),
    // Only where an AWS service calls on behalf of the principal.
    ConditionKey::kms(
        "kms:ViaService",
        ValueType::String,
        Rule::Caller(ByCaller::SOMETIMES),
    ),
    listed("kms:WrappingAlgorithm", ValueType::String),
    listed("kms:WrappingKeySpec", ValueType::String),
];

const fn listed(name: &'static str, value_type: ValueType) -> ConditionKey {
    ConditionKey::kms(name, value_type, Rule::Listed)
}

const fn attestation(name: &'static str) -> ConditionKey {
    ConditionKey::new(
        name,
        ValueType::String,
        Source::KmsAttestation,
        Rule::Listed,
    )
}
