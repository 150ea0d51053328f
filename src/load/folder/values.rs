//! What stands in the files of a folder, once it is clear what they hold.

use crate::inventory::{LoadedPolicy, Located, Tag};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::organization::AttachedTo;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::tree::{Member, Node};

/// The strings of a list.
pub(super) fn texts(document: &Document<'_>, list: Option<&Node<'_>>) -> Vec<Located<String>> {
    let items = list.and_then(Node::items).unwrap_or_default().iter();
    let text = |item: &Node<'_>| {
        Some(Located {
            value: item.as_str()?.to_owned(),
            at: document.at(item.span),
        })
    };
    items.filter_map(text).collect()
}

/// The names in the ARNs of groups.
pub(super) fn names_of_groups(document: &Document<'_>) -> Vec<Located<String>> {
    let mut groups = texts(document, Some(&document.root));
    for group in &mut groups {
        let name = group.value.rsplit('/').next().unwrap_or_default();
        group.value = name.to_owned();
    }
    groups
}

/// Tags by their keys.
pub(super) fn tags(document: &Document<'_>) -> Located<Vec<Tag>> {
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
pub(super) fn inline(document: &Document<'_>, contents: &mut Contents) -> Vec<LoadedPolicy> {
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

/// What is attached to each account or unit; what that is in stands under `parent`.
pub(super) fn attached(document: &Document<'_>, parent: &str) -> Vec<AttachedTo> {
    let members = document.root.members().unwrap_or_default().iter();
    let target = |member: &Member<'_>| {
        let list = |name| texts(document, member.value.get(name));
        let parent = member.value.get(parent).and_then(Node::as_str);
        AttachedTo {
            id: Located {
                value: member.key.to_string(),
                at: document.at(member.value.span),
            },
            parent: parent.map(str::to_owned),
            scps: list("scps"),
            rcps: list("rcps"),
        }
    };
    members.map(target).collect()
}
