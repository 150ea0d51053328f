//! What AWS CloudFormation does to a key when its resource leaves the stack.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>

use crate::text::Location;

use super::Located;

/// A key as a template leaves it when its resource is removed, or the stack is deleted.
#[derive(Clone, Debug)]
pub struct StackRemoval {
    /// The resource's logical id.
    pub logical_id: String,
    /// What becomes of the key.
    pub outcome: RemovalOutcome,
    /// The waiting period that is sent to AWS KMS, days as written; 30 where the resource sets none, and none
    /// where it is not known.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html>
    pub waiting_period: Option<i64>,
    /// The condition of the template under which the resource is there; none where it always is.
    pub condition: Option<String>,
    /// Whether it is a replica key, which can be made again from its primary key.
    pub is_replica: bool,
    /// Resources that the template keeps and that name the key.
    pub dependents: Vec<RetainedDependent>,
    /// `DeletionPolicy`, or the logical id of a resource without one.
    pub at: Location,
}

/// What becomes of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovalOutcome {
    /// Its deletion is scheduled, as no `DeletionPolicy` says otherwise.
    DeletedByDefault,
    /// Its deletion is scheduled, as this `DeletionPolicy` says.
    Deleted(String),
    /// It is kept.
    Kept,
    /// The template does not tell the `DeletionPolicy`.
    Unknown,
}

/// A resource that stays when the stack is deleted, or of which a snapshot does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetainedDependent {
    /// Its logical id, and where that stands.
    pub logical_id: Located<String>,
    /// Its type, for example `AWS::S3::Bucket`.
    pub resource_type: String,
}
