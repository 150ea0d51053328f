//! What a principal of a policy is.

use serde::Serialize;

use crate::inventory::IdentityType;
use crate::policy::PrincipalForm;

/// What a principal names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// Everyone.
    Everyone,
    /// An account: its IAM policies decide.
    Account,
    /// A role.
    Role,
    /// A user.
    User,
    /// One session of a role.
    Session,
    /// A federated user.
    FederatedUser,
    /// The id of a user or role that was deleted.
    UniqueId,
    /// An AWS service.
    Service,
    /// A template's placeholder: whom it names shows once the template is rendered.
    Placeholder,
    /// Nobody who could call KMS.
    None,
}

impl PrincipalKind {
    /// The kind of what an entry of a policy names; a placeholder is nobody.
    pub(crate) const fn of_form(form: PrincipalForm<'_>) -> Self {
        match form {
            PrincipalForm::Everyone => Self::Everyone,
            PrincipalForm::Account(_) => Self::Account,
            PrincipalForm::Role(..) => Self::Role,
            PrincipalForm::User(..) => Self::User,
            PrincipalForm::AssumedRole(..) => Self::Session,
            PrincipalForm::FederatedUser(..) => Self::FederatedUser,
            PrincipalForm::UniqueId(_) => Self::UniqueId,
            PrincipalForm::Service(_) => Self::Service,
            PrincipalForm::NoCaller => Self::None,
        }
    }

    /// Whether it names one user, role, session or federated user.
    pub(crate) const fn is_one(self) -> bool {
        match self {
            Self::Role | Self::User | Self::Session | Self::FederatedUser => true,
            Self::Everyone
            | Self::Account
            | Self::UniqueId
            | Self::Service
            | Self::Placeholder
            | Self::None => false,
        }
    }
}

impl From<IdentityType> for PrincipalKind {
    fn from(identity: IdentityType) -> Self {
        match identity {
            IdentityType::User => Self::User,
            IdentityType::Role => Self::Role,
        }
    }
}
