//! Whose the files of a directory are.

use crate::aws::{AccountId, KeyArn, PrincipalKind};
use crate::inventory::Located;
use crate::load::identity::{GroupPart, PrincipalPart};
use crate::policy::PolicyKind;
use crate::text::Location;

/// What one file describes and the others in its directory are about.
#[derive(Debug)]
pub(in crate::load) enum Owner {
    /// A key.
    Key(KeyArn),
    /// A user or a role.
    Principal(Box<PrincipalPart>),
    /// A group.
    Group {
        /// Its ARN.
        arn: Located<String>,
        /// What else is said of it.
        part: GroupPart,
    },
    /// A managed policy.
    Managed {
        /// Its ARN.
        arn: Located<String>,
        /// Its name.
        name: String,
    },
    /// A control policy of an organization.
    Control {
        /// Its ARN.
        arn: Located<String>,
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// Which of the two types it is of.
        kind: PolicyKind,
    },
    /// An organization.
    Organization {
        /// Its id.
        id: Located<String>,
        /// The account that its policies do not reach.
        management_account: Option<AccountId>,
    },
}

impl Owner {
    /// How to speak of it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(arn) => arn.as_str(),
            Self::Principal(part) => &part.arn.value,
            Self::Group { arn, .. } | Self::Managed { arn, .. } | Self::Control { arn, .. } => {
                &arn.value
            }
            Self::Organization { id, .. } => &id.value,
        }
    }

    /// Where it says who it is; nowhere, where nothing is lost without the files beside it.
    pub(super) const fn at(&self) -> Option<Location> {
        match self {
            // A key is joined with its policy in other ways, too.
            Self::Key(_) => None,
            Self::Principal(part) => Some(part.arn.at),
            Self::Group { arn, .. } | Self::Managed { arn, .. } | Self::Control { arn, .. } => {
                Some(arn.at)
            }
            Self::Organization { id, .. } => Some(id.at),
        }
    }

    /// Whether it is a user or a role.
    pub(super) fn kind(&self) -> Option<PrincipalKind> {
        match self {
            Self::Principal(part) => Some(part.kind),
            _ => None,
        }
    }

    /// Whether the files beside it give it permissions.
    pub(super) const fn has_permissions(&self) -> bool {
        matches!(self, Self::Principal(_) | Self::Group { .. })
    }
}
