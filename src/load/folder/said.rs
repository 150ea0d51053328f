//! What the files of a directory say of its owner.

use crate::aws::PrincipalKind;
use crate::inventory::{LoadedPolicy, Located, OrganizationPolicy, Tag};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::identity::Attachments;
use crate::load::join::{Addition, Fact, Target};
use crate::load::organization::{AttachedTo, OrganizationPart};
use crate::load::policy::read_rewritten_policy;
use crate::load::trust::session_may_tag;
use crate::policy::PolicyKind;
use crate::text::InputError;

use super::values::{attached, inline, names_of_groups, tags, texts};
use super::{Owner, Sibling};

/// What a file says of the owner of its directory.
#[derive(Debug)]
pub(super) enum Reading {
    /// Something; what is wrong with it is in here.
    Said(Box<Contents>),
    /// Nothing that matters.
    Nothing,
    /// What stands beside no such owner.
    Strange,
}

/// What became of what a file says.
enum Taken {
    First,
    /// The same was said before.
    Again,
    No,
}

/// What was said so far, each thing once. iam-collect writes no file where there is nothing to say.
#[derive(Debug, Default)]
pub(super) struct Said {
    managed: Option<Vec<Located<String>>>,
    groups: Option<Vec<Located<String>>>,
    inline: Option<Vec<LoadedPolicy>>,
    tags: Option<Located<Vec<Tag>>>,
    sessions_may_tag: Option<bool>,
    policy: Option<LoadedPolicy>,
    accounts: Option<Vec<AttachedTo>>,
    units: Option<Vec<AttachedTo>>,
}

impl Said {
    /// Takes what `document` says, which is of the shape of `sibling`.
    pub(super) fn read(
        &mut self,
        owner: &Owner,
        sibling: Sibling,
        document: &Document<'_>,
    ) -> Reading {
        let mut contents = Box::<Contents>::default();
        let taken = match owner {
            Owner::Principal(_) | Owner::Group { .. } => {
                self.take_permissions(owner, sibling, document, &mut contents)
            }
            Owner::Managed { name, .. } if sibling == Sibling::Policy => {
                self.take_policy(name, PolicyKind::Identity, document, &mut contents)
            }
            Owner::Control { name, kind, .. }
                if matches!(sibling, Sibling::Policy | Sibling::ResourcePolicy) =>
            {
                self.take_policy(name, *kind, document, &mut contents)
            }
            Owner::Key(_) if sibling == Sibling::Tags => put(&mut self.tags, tags(document)),
            Owner::Organization { .. } => match sibling {
                Sibling::Accounts => put(&mut self.accounts, attached(document, "ou")),
                Sibling::Units => put(&mut self.units, attached(document, "parent")),
                _ => Taken::No,
            },
            Owner::Key(_) | Owner::Managed { .. } | Owner::Control { .. } => Taken::No,
        };
        let says_nothing = matches!(
            sibling,
            Sibling::Empty | Sibling::Tags | Sibling::InstanceProfiles
        );
        match taken {
            Taken::No if says_nothing => return Reading::Nothing,
            Taken::No => return Reading::Strange,
            Taken::First => {}
            Taken::Again => {
                let message = format!("of `{}` this is said in two files", owner.name());
                let error = InputError::new(document.root.span, message)
                    .label("the second one")
                    .help("which of them holds is not known: keep one");
                contents.errors.push(error);
            }
        }
        contents.refuse_duplicate_keys(&document.root);
        Reading::Said(contents)
    }

    /// What a user, role or group may do.
    fn take_permissions(
        &mut self,
        owner: &Owner,
        sibling: Sibling,
        document: &Document<'_>,
        contents: &mut Contents,
    ) -> Taken {
        let root = &document.root;
        match (sibling, owner.kind()) {
            (Sibling::ManagedPolicies, _) => put(&mut self.managed, texts(document, Some(root))),
            (Sibling::InlinePolicies, _) => put(&mut self.inline, inline(document, contents)),
            (Sibling::Tags, Some(_)) => put(&mut self.tags, tags(document)),
            (Sibling::Groups, Some(PrincipalKind::User)) => {
                put(&mut self.groups, names_of_groups(document))
            }
            (Sibling::ResourcePolicy, Some(PrincipalKind::Role)) => {
                let may_tag = session_may_tag(document, Some(root));
                put(&mut self.sessions_may_tag, may_tag)
            }
            _ => Taken::No,
        }
    }

    /// The policy that the directory is about.
    fn take_policy(
        &mut self,
        name: &str,
        kind: PolicyKind,
        document: &Document<'_>,
        contents: &mut Contents,
    ) -> Taken {
        let policy = read_rewritten_policy(document, &document.root, kind, contents);
        // One that AWS would refuse is complained of already.
        policy.map_or(Taken::First, |policy| {
            let name = name.to_owned();
            put(&mut self.policy, LoadedPolicy { name, ..policy })
        })
    }

    /// Whether files of the owner were surely left out: every role has a trust policy, and every
    /// organization has accounts and a root.
    pub(super) fn is_partial(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Principal(part) => {
                part.kind == PrincipalKind::Role && self.sessions_may_tag.is_none()
            }
            Owner::Organization { .. } => self.accounts.is_none() || self.units.is_none(),
            _ => false,
        }
    }

    /// Gives it to the owner, and the owner to what its file holds.
    pub(super) fn give(self, owner: Owner, contents: &mut Contents) {
        let attachments = Attachments {
            inline: self.inline.unwrap_or_default(),
            managed: self.managed.unwrap_or_default(),
        };
        let policy = self.policy;
        match owner {
            Owner::Key(key) => {
                contents.additions.extend(self.tags.map(|tags| Addition {
                    target: Target::Arn(key),
                    fact: Fact::Tags(tags),
                }));
            }
            Owner::Principal(mut part) => {
                let own_tags = self.tags.map_or_else(Vec::new, |tags| tags.value);
                let may_differ = self.sessions_may_tag == Some(true);
                part.tags = (!may_differ).then_some(own_tags);
                part.groups = self.groups.unwrap_or_default();
                part.attachments = attachments;
                contents.account().principals.push(*part);
            }
            Owner::Group { mut part, .. } => {
                part.attachments = attachments;
                contents.account().groups.push(part);
            }
            Owner::Managed { arn, .. } => {
                let policy = policy.map(|policy| (arn.value, policy));
                contents.account().managed.extend(policy);
            }
            Owner::Control { arn, id, .. } => {
                let policy = policy.map(|policy| OrganizationPolicy {
                    id: Some(id),
                    arn: Some(arn.value),
                    policy,
                });
                contents.organization_policies.extend(policy);
            }
            Owner::Organization {
                id,
                management_account,
            } => contents.organizations.push(OrganizationPart {
                id,
                management_account,
                units: self.units.unwrap_or_default(),
                accounts: self.accounts.unwrap_or_default(),
            }),
        }
    }
}

fn put<T>(slot: &mut Option<T>, value: T) -> Taken {
    match slot.replace(value) {
        None => Taken::First,
        Some(_) => Taken::Again,
    }
}
