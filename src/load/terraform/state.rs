//! A state as `terraform show -json` writes it.
//! <https://developer.hashicorp.com/terraform/internals/json-format#state-representation>

use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::tree::{Node, Step};

use super::concealment::Concealment;
use super::identity_resources::{Around, IdentityResources};
use super::key::{KeyResource, read_attribute};
use super::key_type::{KeyType, may_be_shown};
use super::{Attributes, ResourceName, unreadable};

/// Reads a state.
pub(super) fn read(document: &Document<'_>) -> Contents {
    let mut contents = Contents::default();
    read_values(document, "values", &mut contents);
    let mut concealment = Concealment::default();
    show_values(&document.root, "values", &mut concealment);
    contents.concealed = concealment.hidden(document);
    contents
}

/// Reads the resources below the root module of the member of this name: of a state, or of what a plan will
/// have put in place.
pub(super) fn read_values(document: &Document<'_>, member: &str, contents: &mut Contents) {
    let Some(root) = document
        .root
        .get(member)
        .and_then(|of| of.get("root_module"))
    else {
        return;
    };
    let path = vec![
        Step::Key(member.to_owned()),
        Step::Key("root_module".to_owned()),
    ];
    let mut resources = Vec::new();
    gather(root, &path, &mut resources);
    let is_planned = member != "values";
    let first = contents.keys.len();
    let mut identities = IdentityResources::default();
    for (node, path) in &resources {
        contents.errors.extend(unreadable::complaint(node, false));
        let Some(name) = ResourceName::of(node) else {
            continue;
        };
        let attributes = attributes(document, node);
        if let Some(kind) = KeyType::of(name.kind) {
            let address = node.get("address").unwrap_or(node);
            let resource = KeyResource {
                kind,
                name,
                attributes: attributes.clone(),
                path: [path.as_slice(), &[Step::Key("values".to_owned())]].concat(),
                at: document.at(address.span),
                has_all_tags: false,
            };
            let key = if is_planned {
                resource.planned(contents)
            } else {
                resource.observed(contents)
            };
            contents.keys.push(key);
        }
        identities.add(name, &attributes, contents);
    }
    identities.join(Around::nothing(), contents);
    for (node, _) in &resources {
        let Some(name) = ResourceName::of(node).filter(|of| of.kind == "aws_kms_key_policy") else {
            continue;
        };
        let attributes = attributes(document, node);
        attach_policy(&name, &attributes, first, contents);
    }
}

/// What a resource of a state is.
fn attributes<'n, 'a>(document: &'n Document<'a>, node: &'n Node<'a>) -> Attributes<'n, 'a> {
    let (values, sensitive) = (node.get("values"), node.get("sensitive_values"));
    let named = node.get("address").unwrap_or(node);
    Attributes::new((document, named), values, None, sensitive)
}

/// Gives the key that a resource names the policy of the resource.
pub(super) fn attach_policy(
    name: &ResourceName<'_>,
    attributes: &Attributes<'_, '_>,
    first: usize,
    contents: &mut Contents,
) {
    let read = read_attribute(attributes, "policy", name.address, contents);
    let Some(id) = attributes.text("key_id") else {
        return;
    };
    let own = contents.keys.iter_mut().skip(first).find(|key| {
        let known = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
        known == Some(id.value) || key.arn.as_ref().is_some_and(|arn| arn.as_str() == id.value)
    });
    if let Some(key) = own
        && (read.policy.is_some() || read.sensitive.is_some())
    {
        key.policy = read.policy;
        key.sensitive_policy = read.sensitive;
    }
}

/// Shows what resources of KMS and IAM say.
pub(super) fn show_values(root: &Node<'_>, member: &str, concealment: &mut Concealment) {
    let Some(root) = root.get(member).and_then(|of| of.get("root_module")) else {
        return;
    };
    each_resource(root, &mut |node| {
        let kind = node.get("type").and_then(Node::as_str).unwrap_or_default();
        if may_be_shown(kind) {
            concealment.show(node);
            concealment.hide_marked(node.get("values"), node.get("sensitive_values"));
            if let Some(values) = node.get("values") {
                concealment.hide_key_material(values);
            }
        }
    });
}

/// Shows every resource of a module and of those that it calls.
pub(super) fn each_resource<'n, 'a>(module: &'n Node<'a>, visit: &mut impl FnMut(&'n Node<'a>)) {
    let mut resources = Vec::new();
    gather(module, &[], &mut resources);
    for (node, _) in resources {
        visit(node);
    }
}

/// The readers limit how deep modules nest.
fn gather<'n, 'a>(module: &'n Node<'a>, path: &[Step], all: &mut Vec<(&'n Node<'a>, Vec<Step>)>) {
    let items = |name: &str| module.get(name).and_then(Node::items).unwrap_or_default();
    let to = |list: &str, position| {
        let steps = [Step::Key(list.to_owned()), Step::Index(position)];
        [path, &steps].concat()
    };
    for (position, resource) in items("resources").iter().enumerate() {
        all.push((resource, to("resources", position)));
    }
    for (position, child) in items("child_modules").iter().enumerate() {
        gather(child, &to("child_modules", position), all);
    }
}
