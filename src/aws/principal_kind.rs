//! Kinds of principals: the one list that every room speaks of.

use serde::Serialize;

/// What a principal, or a class of principals, is.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// Everyone, as `*` names them.
    Everyone,
    /// An account: users and roles of it as far as their own policies let them.
    Account,
    /// An account's root user, or a root session from `AssumeRoot`.
    Root,
    /// Any user or role of an account that nothing names, as far as its own policies let it.
    AnotherAccount,
    /// Any AWS service that nothing names.
    AnyService,
    /// A role; as a caller, some session of it.
    Role,
    /// An IAM user, with long-term keys or a session of its own.
    User,
    /// One session of a role.
    Session,
    /// A federated user: a session from `GetFederationToken`.
    FederatedUser,
    /// An AWS service that calls as itself, not on behalf of a principal.
    Service,
    /// The id of a user or role that was deleted.
    UniqueId,
    /// A template's placeholder: whom it names shows once the template is rendered.
    Placeholder,
    /// Whoever has a policy.
    Holder,
    /// Whoever a policy limits.
    Limited,
    /// An unsigned request.
    Anonymous,
    /// Nobody who could call KMS.
    None,
}

impl PrincipalKind {
    /// Whether it names one user or role.
    pub const fn is_user_or_role(self) -> bool {
        matches!(self, Self::Role | Self::User)
    }

    /// Whether it names one user, role, session or federated user.
    pub const fn is_one(self) -> bool {
        matches!(
            self,
            Self::Role | Self::User | Self::Session | Self::FederatedUser
        )
    }
}
