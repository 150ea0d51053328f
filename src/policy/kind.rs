//! The kinds of policies that take part in a decision.

use serde::Serialize;

/// Where a policy is attached, which decides what its grammar allows and what it can do.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// The key policy: the resource-based policy of one KMS key.
    Key,
    /// An identity-based policy of a user, group or role.
    Identity,
    /// A permissions boundary: limits, never grants.
    PermissionsBoundary,
    /// A session policy: limits one session.
    Session,
    /// A service control policy: limits the principals of an organization's accounts.
    ServiceControl,
    /// A resource control policy: limits access to the resources of an organization's accounts.
    ResourceControl,
}

impl PolicyKind {
    /// AWS's name with its article, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "a key policy",
            Self::Identity => "an identity-based policy",
            Self::PermissionsBoundary => "a permissions boundary",
            Self::Session => "a session policy",
            Self::ServiceControl => "a service control policy",
            Self::ResourceControl => "a resource control policy",
        }
    }

    /// Whether it is a policy of an organization, which limits accounts.
    pub const fn is_control_policy(self) -> bool {
        matches!(self, Self::ServiceControl | Self::ResourceControl)
    }

    /// Whether statements say whom they are about.
    pub const fn has_principal(self) -> bool {
        matches!(self, Self::Key | Self::ResourceControl)
    }
}
