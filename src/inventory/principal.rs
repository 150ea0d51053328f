//! Users and roles of an account with the policies that are attached to them.

use std::sync::Arc;

use crate::aws::{AccountId, PrincipalKind};
use crate::text::Location;

use super::{LoadedPolicy, Located};

/// A tag: its key and its value.
pub type Tag = (String, String);

/// An identity-based policy: an inline one of one user, group or role, or a managed one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    /// The ARN of a managed policy; an inline policy has none.
    pub arn: Option<String>,
    /// The policy. Its name is the one that IAM knows it by, for example `DeployPolicy`.
    pub policy: LoadedPolicy,
}

impl IdentityPolicy {
    /// Whether AWS wrote it, so that nobody else can change it.
    pub fn is_aws_managed(&self) -> bool {
        let parts = |arn: &str| arn.split(':').nth(4) == Some("aws");
        self.arn.as_deref().is_some_and(parts)
    }
}

/// The permissions boundary of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// It has none.
    None,
    /// Position in [`super::Inventory::identity_policies`].
    Policy(usize),
    /// It has one that was not loaded: what it stops is not known.
    NotLoaded,
}

/// A user or a role.
#[derive(Clone, Debug)]
pub struct Principal {
    /// A user or a role.
    pub kind: PrincipalKind,
    /// Its ARN, path included, and where it stands.
    pub arn: Located<String>,
    /// The account of the ARN.
    pub account: AccountId,
    /// Its name without the path.
    pub name: String,
    /// Its unique id (`AIDA…`, `AROA…`).
    pub id: Option<String>,
    /// The tags that every one of its requests carries (`aws:PrincipalTag`); unknown where they
    /// were not loaded, and for a role whose trust policy lets a session have tags of its own.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    pub tags: Option<Vec<Tag>>,
    /// Its policies, those of its groups included: positions in
    /// [`super::Inventory::identity_policies`], ascending.
    pub policies: Vec<usize>,
    /// Of a user: those of its policies that it has only as a member of a group, ascending, each with
    /// the name of the first group that has it.
    pub of_groups: Vec<(usize, Arc<str>)>,
    /// Its permissions boundary.
    pub boundary: Boundary,
    /// Whether only a plan, a state or a template declares it. It can have other policies then, and its account other
    /// principals: what its policies give is known, and what they do not give is not.
    pub is_declared: bool,
}

impl Principal {
    /// The group through which alone it has the policy at this position.
    pub fn group_of(&self, policy: usize) -> Option<&str> {
        let found = self.of_groups.binary_search_by_key(&policy, |of| of.0);
        let (_, group) = self.of_groups.get(found.ok()?)?;
        Some(group)
    }

    /// Where its ARN stands.
    pub const fn at(&self) -> Location {
        self.arn.at
    }
}
