//! Global condition keys about the request.
//!
//! Source: IAM user guide, `reference_policies_condition-keys`, "Properties of the request".

use super::presence::{ByCaller, Rule};
use super::{ConditionKey, Source, ValueType};

pub(super) const KEYS: &[ConditionKey] = &[
    // The four about `CalledVia`: only where a service calls on behalf of the principal.
    ConditionKey::global("aws:CalledVia", ValueType::String, ByCaller::SOMETIMES).multi_valued(),
    ConditionKey::global(
        "aws:CalledViaAWSMCP",
        ValueType::String,
        ByCaller::SOMETIMES,
    ),
    ConditionKey::global("aws:CalledViaFirst", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:CalledViaLast", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:CurrentTime", ValueType::Date, ByCaller::ALWAYS),
    // A date to date operators, a number of seconds to numeric ones.
    ConditionKey::global("aws:EpochTime", ValueType::Date, ByCaller::ALWAYS),
    ConditionKey::global(
        "aws:IsMcpServiceAction",
        ValueType::Bool,
        ByCaller::SOMETIMES,
    ),
    ConditionKey::global("aws:referer", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:RequestedRegion", ValueType::String, ByCaller::ALWAYS),
    tagging("aws:RequestTag/").prefix(),
    ConditionKey::global("aws:SecureTransport", ValueType::Bool, ByCaller::ALWAYS),
    // The five `Source` keys: only where an AWS service calls as itself.
    ConditionKey::global(
        "aws:SourceAccount",
        ValueType::String,
        ByCaller::SERVICE_ONLY,
    ),
    ConditionKey::global("aws:SourceArn", ValueType::Arn, ByCaller::SERVICE_ONLY),
    ConditionKey::global("aws:SourceOrgID", ValueType::String, ByCaller::SERVICE_ONLY),
    ConditionKey::global(
        "aws:SourceOrgPaths",
        ValueType::String,
        ByCaller::SERVICE_ONLY,
    )
    .multi_valued(),
    ConditionKey::global("aws:SourceOwner", ValueType::String, ByCaller::SERVICE_ONLY),
    tagging("aws:TagKeys").multi_valued(),
    ConditionKey::global("aws:UserAgent", ValueType::String, ByCaller::ALWAYS),
    ConditionKey::global("aws:ViaAWSMCPService", ValueType::Bool, ByCaller::SOMETIMES),
    ConditionKey::global("aws:ViaAWSService", ValueType::Bool, ByCaller::ALWAYS),
];

const fn tagging(name: &'static str) -> ConditionKey {
    ConditionKey::new(
        name,
        ValueType::String,
        Source::GlobalConditions,
        Rule::RequestTags,
    )
}
