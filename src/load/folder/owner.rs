//! Whose the files of a directory are.

use crate::aws::KeyArn;
use crate::inventory::Located;
use crate::load::identity::{GroupPart, PrincipalPart};
use crate::source::Location;

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
}

impl Owner {
    /// How to speak of it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Key(arn) => arn.as_str(),
            Self::Principal(part) => &part.arn.value,
            Self::Group { arn, .. } | Self::Managed { arn, .. } => &arn.value,
        }
    }

    /// Where it says who it is; nowhere, where nothing is lost without the files beside it.
    pub(super) const fn at(&self) -> Option<Location> {
        match self {
            // A key is joined with its policy in other ways, too.
            Self::Key(_) => None,
            Self::Principal(part) => Some(part.arn.at),
            Self::Group { arn, .. } | Self::Managed { arn, .. } => Some(arn.at),
        }
    }

    /// Whether the files beside it give it permissions.
    pub(super) const fn has_permissions(&self) -> bool {
        matches!(self, Self::Principal(_) | Self::Group { .. })
    }
}
