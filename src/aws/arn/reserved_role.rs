//! Roles that only AWS creates: their paths, and how their names begin.

/// The path of service-linked roles.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
pub const SERVICE_LINKED_PATH: &str = "aws-service-role/";

/// How the names of service-linked roles begin.
pub const SERVICE_LINKED_NAME: &str = "AWSServiceRoleFor";

/// The path of the roles of IAM Identity Center.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
pub const IDENTITY_CENTER_PATH: &str = "aws-reserved/sso.amazonaws.com/";

/// How the names of the roles of IAM Identity Center begin.
pub const IDENTITY_CENTER_NAME: &str = "AWSReservedSSO_";

/// Whether the ARN is that of a role of IAM Identity Center: it has their path.
pub fn is_identity_center(arn: &str) -> bool {
    let role = arn.split_once(":role/");
    role.is_some_and(|(_, role)| role.starts_with(IDENTITY_CENTER_PATH))
}
