//! What the files of a directory say of its owner.

use crate::inventory::{IdentityType, LoadedPolicy, Located, Tag};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::identity::Attachments;
use crate::load::join::{Addition, Fact, Target};
use crate::load::policy::{read_policy, read_rewritten_policy};
use crate::load::trust::session_may_tag;
use crate::policy::PolicyKind;
use crate::source::InputError;
use crate::source::json::{Member, Node};

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

/// What was said so far, each thing once. iam-collect writes no file where there is nothing to say.
#[derive(Debug, Default)]
pub(super) struct Said {
    managed: Option<Vec<Located<String>>>,
    groups: Option<Vec<Located<String>>>,
    inline: Option<Vec<LoadedPolicy>>,
    tags: Option<Located<Vec<Tag>>>,
    sessions_may_tag: Option<bool>,
    policy: Option<LoadedPolicy>,
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
        let is_first = match (owner, sibling) {
            (Owner::Principal(_) | Owner::Group { .. }, Sibling::ManagedPolicies) => {
                self.managed.replace(texts(document)).is_none()
            }
            (Owner::Principal(part), Sibling::Groups) if part.kind == IdentityType::User => {
                let groups = texts(document).iter().map(name_of_group).collect();
                self.groups.replace(groups).is_none()
            }
            (Owner::Principal(_) | Owner::Group { .. }, Sibling::InlinePolicies) => {
                let policies = inline(document, &mut contents);
                self.inline.replace(policies).is_none()
            }
            (Owner::Principal(_) | Owner::Key(_), Sibling::Tags) => {
                self.tags.replace(tags(document)).is_none()
            }
            (Owner::Principal(part), Sibling::ResourcePolicy)
                if part.kind == IdentityType::Role =>
            {
                let may_tag = session_may_tag(document, Some(&document.root));
                self.sessions_may_tag.replace(may_tag).is_none()
            }
            (Owner::Managed { name, .. }, Sibling::Policy) => {
                let root = &document.root;
                let kind = PolicyKind::Identity;
                let policy = read_rewritten_policy(document, root, kind, &mut contents);
                let named = policy.map(|policy| LoadedPolicy {
                    name: name.clone(),
                    ..policy
                });
                let first = self.policy.is_none();
                self.policy = named;
                first
            }
            (_, Sibling::Empty | Sibling::Tags | Sibling::InstanceProfiles)
            | (Owner::Key(_) | Owner::Managed { .. }, _) => return Reading::Nothing,
            (Owner::Principal(_) | Owner::Group { .. }, _) => return Reading::Strange,
        };
        if !is_first {
            let message = format!("of `{}` this is said in two files", owner.name());
            let error = InputError::new(document.root.span, message).label("the second one");
            contents
                .errors
                .push(error.help("which of them holds is not known: keep one"));
        }
        contents.refuse_duplicate_keys(&document.root);
        Reading::Said(contents)
    }

    /// Whether files of the owner were surely left out: every role has a trust policy.
    pub(super) fn is_partial(&self, owner: &Owner) -> bool {
        let is_role = matches!(owner, Owner::Principal(part) if part.kind == IdentityType::Role);
        is_role && self.sessions_may_tag.is_none()
    }

    /// Gives it to the owner, and the owner to what its file holds.
    pub(super) fn give(self, owner: Owner, contents: &mut Contents) {
        let attachments = Attachments {
            inline: self.inline.unwrap_or_default(),
            managed: self.managed.unwrap_or_default(),
        };
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
                contents.account.principals.push(*part);
            }
            Owner::Group { mut part, .. } => {
                part.attachments = attachments;
                contents.account.groups.push(part);
            }
            Owner::Managed { arn, .. } => {
                let policy = self.policy.map(|policy| (arn.value, policy));
                contents.account.managed.extend(policy);
            }
        }
    }
}

/// The strings of a list.
fn texts(document: &Document<'_>) -> Vec<Located<String>> {
    let items = document.root.items().unwrap_or_default().iter();
    let text = |item: &Node<'_>| {
        Some(Located {
            value: item.as_str()?.to_owned(),
            at: document.at(item.span),
        })
    };
    items.filter_map(text).collect()
}

/// The name in the ARN of a group.
fn name_of_group(arn: &Located<String>) -> Located<String> {
    let name = arn.value.rsplit('/').next().unwrap_or_default();
    Located {
        value: name.to_owned(),
        at: arn.at,
    }
}

fn tags(document: &Document<'_>) -> Located<Vec<Tag>> {
    let members = document.root.members().unwrap_or_default().iter();
    let tag = |member: &Member<'_>| {
        let value = member.value.as_str()?;
        Some((member.key.to_string(), value.to_owned()))
    };
    Located {
        value: members.filter_map(tag).collect(),
        at: document.at(document.root.span),
    }
}

/// The policies of a list, each with its name.
fn inline(document: &Document<'_>, contents: &mut Contents) -> Vec<LoadedPolicy> {
    let mut policies = Vec::new();
    for item in document.root.items().unwrap_or_default() {
        let mut fields = Fields::new(document, item);
        let name = fields.text("PolicyName");
        contents.errors.append(&mut fields.errors);
        let Some(node) = item.get("PolicyDocument") else {
            continue;
        };
        if let Some(policy) = read_policy(document, node, PolicyKind::Identity, contents) {
            policies.push(LoadedPolicy {
                name: name.map_or(policy.name, |name| name.value),
                ..policy
            });
        }
    }
    policies
}
