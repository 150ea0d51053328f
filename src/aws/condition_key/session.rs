//! Global condition keys about the session and where its credentials come from.
//!
//! Source: IAM user guide, `reference_policies_condition-keys`, "Properties of a role session".

use super::presence::{ByCaller, Presence};
use super::{ConditionKey, ValueType};

/// Set when a role is assumed, so users with keys of their own never have it.
const ROLE_SESSION: ByCaller = ByCaller {
    user: Presence::Never,
    root: Presence::Never,
    ..ByCaller::SOMETIMES_SIGNED
};

/// The keys that tell of multi-factor authentication. Whoever comes by federation never has them: a
/// federated user, and a session of a role of IAM Identity Center.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
pub const MFA_KEYS: [&str; 2] = ["aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent"];

pub(super) const KEYS: &[ConditionKey] = &[
    // Only in root sessions from `AssumeRoot`.
    ConditionKey::global(
        "aws:AssumedRoot",
        ValueType::Bool,
        ByCaller {
            root: Presence::Sometimes,
            ..ByCaller::all(Presence::Never)
        },
    ),
    ConditionKey::global("aws:ChatbotSourceArn", ValueType::Arn, ROLE_SESSION),
    ConditionKey::global(
        "aws:Ec2InstanceSourcePrivateIPv4",
        ValueType::Ip,
        ROLE_SESSION,
    ),
    ConditionKey::global("aws:Ec2InstanceSourceVpc", ValueType::String, ROLE_SESSION),
    ConditionKey::global("aws:FederatedProvider", ValueType::String, ROLE_SESSION),
    // Only if MFA was used.
    ConditionKey::global(MFA_KEYS[0], ValueType::Numeric, ByCaller::SOMETIMES_SIGNED),
    // Only with temporary credentials, never with long-term access keys.
    ConditionKey::global(MFA_KEYS[1], ValueType::Bool, ByCaller::SOMETIMES_SIGNED),
    // Root sessions from `AssumeRoot` can have one.
    ConditionKey::global(
        "aws:SourceIdentity",
        ValueType::String,
        ByCaller {
            user: Presence::Never,
            ..ByCaller::SOMETIMES_SIGNED
        },
    ),
    // Only with temporary credentials, which roles and federated users always have.
    ConditionKey::global(
        "aws:TokenIssueTime",
        ValueType::Date,
        ByCaller {
            role: Presence::Always,
            federated_user: Presence::Always,
            ..ByCaller::SOMETIMES_SIGNED
        },
    ),
    ConditionKey::global("ec2:RoleDelivery", ValueType::Numeric, ROLE_SESSION),
    ConditionKey::global("ec2:SourceInstanceArn", ValueType::Arn, ROLE_SESSION),
    ConditionKey::global(
        "glue:CredentialIssuingService",
        ValueType::String,
        ROLE_SESSION,
    ),
    ConditionKey::global("glue:RoleAssumedBy", ValueType::String, ROLE_SESSION),
    ConditionKey::global("identitystore:UserId", ValueType::String, ROLE_SESSION),
    ConditionKey::global("lambda:SourceFunctionArn", ValueType::Arn, ROLE_SESSION),
    ConditionKey::global("ssm:SourceInstanceArn", ValueType::Arn, ROLE_SESSION),
];
