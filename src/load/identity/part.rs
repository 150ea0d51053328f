//! What one file says of users, groups, roles and managed policies.

use crate::aws::{AccountId, PrincipalKind};
use crate::inventory::{LoadedPolicy, Located, Tag};

/// What one file says of an account.
#[derive(Debug, Default)]
pub(in crate::load) struct AccountPart {
    /// Users and roles.
    pub(in crate::load) principals: Vec<PrincipalPart>,
    /// Groups.
    pub(in crate::load) groups: Vec<GroupPart>,
    /// Managed policies by ARN.
    pub(in crate::load) managed: Vec<(String, LoadedPolicy)>,
    /// The same that a plan, a state or a template declares, for the principals that it declares.
    pub(in crate::load) declared: Vec<(String, LoadedPolicy)>,
    /// Inline policies that came without their holder.
    pub(in crate::load) inline: Vec<InlinePart>,
}

impl AccountPart {
    /// Adds what another file says.
    pub(in crate::load) fn extend(&mut self, other: Self) {
        self.principals.extend(other.principals);
        self.groups.extend(other.groups);
        self.managed.extend(other.managed);
        self.declared.extend(other.declared);
        self.inline.extend(other.inline);
    }
}

/// The policies of a user, group or role.
#[derive(Debug, Default)]
pub(in crate::load) struct Attachments {
    /// Inline policies.
    pub(in crate::load) inline: Vec<LoadedPolicy>,
    /// ARNs of managed policies.
    pub(in crate::load) managed: Vec<Located<String>>,
}

/// A user or a role.
#[derive(Debug)]
pub(in crate::load) struct PrincipalPart {
    pub(in crate::load) kind: PrincipalKind,
    pub(in crate::load) arn: Located<String>,
    pub(in crate::load) account: AccountId,
    pub(in crate::load) name: String,
    pub(in crate::load) id: Option<String>,
    /// The tags that every one of its requests carries.
    pub(in crate::load) tags: Option<Vec<Tag>>,
    /// Names of a user's groups.
    pub(in crate::load) groups: Vec<Located<String>>,
    pub(in crate::load) attachments: Attachments,
    /// The ARN of its permissions boundary.
    pub(in crate::load) boundary: Option<String>,
    /// Whether a plan, a state or a template declares it: it can have policies of which that says nothing.
    pub(in crate::load) is_declared: bool,
}

/// A group.
#[derive(Debug)]
pub(in crate::load) struct GroupPart {
    pub(in crate::load) account: AccountId,
    pub(in crate::load) name: String,
    pub(in crate::load) attachments: Attachments,
}

/// Who holds an inline policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) enum Holder {
    /// A user or role.
    Principal(PrincipalKind),
    /// A group.
    Group,
}

/// An inline policy that names its holder, as `get-role-policy` answers.
#[derive(Debug)]
pub(in crate::load) struct InlinePart {
    pub(in crate::load) holder: Holder,
    /// The holder's name, without a path.
    pub(in crate::load) name: String,
    pub(in crate::load) policy: LoadedPolicy,
}
