//! Global condition keys about the network that a request comes from.
//!
//! Source: IAM user guide, `reference_policies_condition-keys`, "Properties of the network".

use super::presence::ByCaller;
use super::{ConditionKey, ValueType};

pub(super) const KEYS: &[ConditionKey] = &[
    // Not through a VPC endpoint; where a service calls, its own address.
    ConditionKey::global("aws:SourceIp", ValueType::Ip, ByCaller::SOMETIMES),
    // The others: only through a VPC endpoint.
    ConditionKey::global("aws:SourceVpc", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:SourceVpcArn", ValueType::Arn, ByCaller::SOMETIMES),
    ConditionKey::global("aws:SourceVpce", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:VpcSourceIp", ValueType::Ip, ByCaller::SOMETIMES),
    ConditionKey::global("aws:VpceAccount", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:VpceOrgID", ValueType::String, ByCaller::SOMETIMES),
    ConditionKey::global("aws:VpceOrgPaths", ValueType::String, ByCaller::SOMETIMES).multi_valued(),
];
