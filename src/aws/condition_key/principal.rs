//! Global condition keys about the principal.
//!
//! Source: IAM user guide, `reference_policies_condition-keys`, "Properties of the principal".

use super::presence::{ByCaller, Presence};
use super::{ConditionKey, ValueType};

/// For every principal of an account; what a service that calls as itself has is not documented.
const OF_PRINCIPAL: ByCaller = ByCaller {
    service: Presence::Sometimes,
    anonymous: Presence::Never,
    ..ByCaller::ALWAYS
};

/// In unsigned requests too, with the value `anonymous`.
const EVEN_ANONYMOUS: ByCaller = ByCaller {
    service: Presence::Sometimes,
    ..ByCaller::ALWAYS
};

pub(super) const KEYS: &[ConditionKey] = &[
    ConditionKey::global("aws:PrincipalAccount", ValueType::String, EVEN_ANONYMOUS),
    // The role's ARN for role sessions, not the session's.
    ConditionKey::global("aws:PrincipalArn", ValueType::Arn, OF_PRINCIPAL),
    ConditionKey::global(
        "aws:PrincipalIsAWSService",
        ValueType::Bool,
        ByCaller {
            anonymous: Presence::Never,
            ..ByCaller::ALWAYS
        },
    ),
    // Only if the caller's account is in an organization.
    ConditionKey::global(
        "aws:PrincipalOrgID",
        ValueType::String,
        ByCaller::SOMETIMES_SIGNED,
    ),
    ConditionKey::global(
        "aws:PrincipalOrgPaths",
        ValueType::String,
        ByCaller::SOMETIMES_SIGNED,
    )
    .multi_valued(),
    ConditionKey::global(
        "aws:PrincipalServiceName",
        ValueType::String,
        ByCaller {
            service: Presence::Always,
            ..ByCaller::SERVICE_ONLY
        },
    ),
    ConditionKey::global(
        "aws:PrincipalServiceNamesList",
        ValueType::String,
        ByCaller {
            service: Presence::Always,
            ..ByCaller::SERVICE_ONLY
        },
    )
    .multi_valued(),
    ConditionKey::global(
        "aws:PrincipalTag/",
        ValueType::String,
        ByCaller::SOMETIMES_SIGNED,
    )
    .prefix(),
    ConditionKey::global("aws:PrincipalType", ValueType::String, EVEN_ANONYMOUS),
    ConditionKey::global("aws:userid", ValueType::String, EVEN_ANONYMOUS),
    ConditionKey::global(
        "aws:username",
        ValueType::String,
        ByCaller {
            user: Presence::Always,
            ..ByCaller::all(Presence::Never)
        },
    ),
];
