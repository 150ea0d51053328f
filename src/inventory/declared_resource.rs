//! The resource of a template, a plan or a state by which a key is managed.

use std::fmt;

use crate::text::Location;

use super::{Located, PlannedChange};

/// A tool whose files declare resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclaringTool {
    /// AWS CloudFormation, and what is written for it: SAM, the AWS CDK.
    CloudFormation,
    /// Terraform and `OpenTofu`.
    Terraform,
}

impl DeclaringTool {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudFormation => "CloudFormation",
            Self::Terraform => "Terraform",
        }
    }
}

impl fmt::Display for DeclaringTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a resource says of the policy of its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclaredPolicy {
    /// It has one, which is the key's.
    #[default]
    Written,
    /// It has none, so AWS KMS attaches its default one.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    Default,
    /// It has one of which nothing is known before the tool runs, or none that may be shown.
    Unknown,
}

/// A resource that declares a key.
#[derive(Clone, Debug)]
pub struct DeclaredResource {
    /// Whose resource it is.
    pub tool: DeclaringTool,
    /// Its type, for example `aws_kms_key` or `AWS::KMS::Key`.
    pub resource_type: String,
    /// How the tool names it: `module.a.aws_kms_key.main["eu"]`, or a logical id.
    pub address: String,
    /// The waiting period with which the tool schedules the deletion of the key when it destroys the
    /// resource, days as written. None where the resource leaves it out: AWS KMS takes 30 then.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
    pub waiting_period: Option<Located<i64>>,
    /// What it says of the key policy.
    pub policy: DeclaredPolicy,
    /// What a plan does to it; none of a template or a state, and where the plan changes nothing.
    pub planned: Option<Box<PlannedChange>>,
    /// Where the resource is named.
    pub at: Location,
}
