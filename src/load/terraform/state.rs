//! A state as `terraform show -json` writes it.
//! <https://developer.hashicorp.com/terraform/internals/json-format#state-representation>

use crate::aws::KeyArn;
use crate::inventory::{Key, Provenance};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::text::Location;
use crate::tree::{Node, Step};

use super::concealment::Concealment;
use super::identity_resources::{Around, IdentityResources};
use super::key::{KeyResource, key_elsewhere, read_attribute};
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
    let provenance = match member {
        "values" => Provenance::Observed,
        _ => Provenance::Planned,
    };
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
            let key = match provenance {
                Provenance::Planned => resource.planned(contents),
                _ => resource.observed(contents),
            };
            contents.keys.push(key);
        }
        identities.add(name, &attributes, contents);
    }
    identities.join(Around::nothing(), contents);
    for (node, path) in &resources {
        let Some(name) = ResourceName::of(node).filter(|of| of.kind == "aws_kms_key_policy") else {
            continue;
        };
        let resource = PolicyResource {
            name,
            attributes: attributes(document, node),
            path: [path.as_slice(), &[Step::Key("values".to_owned())]].concat(),
            at: document.at(node.get("address").unwrap_or(node).span),
        };
        resource.attach(first, provenance, contents);
    }
}

/// What a resource of a state is.
fn attributes<'n, 'a>(document: &'n Document<'a>, node: &'n Node<'a>) -> Attributes<'n, 'a> {
    let (values, sensitive) = (node.get("values"), node.get("sensitive_values"));
    let named = node.get("address").unwrap_or(node);
    Attributes::new((document, named), values, None, sensitive)
}

/// A resource that gives a key its policy.
pub(super) struct PolicyResource<'n, 'a> {
    pub(super) name: ResourceName<'n>,
    pub(super) attributes: Attributes<'n, 'a>,
    /// The way to the attributes.
    pub(super) path: Vec<Step>,
    /// Where it is named.
    pub(super) at: Location,
}

impl PolicyResource<'_, '_> {
    /// Gives the policy to the key that is named, which is one of those from `first` on, or is elsewhere.
    pub(super) fn attach(self, first: usize, provenance: Provenance, contents: &mut Contents) {
        let read = read_attribute(&self.attributes, "policy", self.name.address, contents);
        if read.policy.is_none() && read.sensitive.is_none() {
            return;
        }
        let id = self.attributes.text("key_id").map(|id| id.value);
        let is_named = |key: &&mut Key| {
            let known = key.metadata.key_id.as_ref().map(|id| id.value.as_str());
            let arn = key.arn.as_ref().map(KeyArn::as_str);
            id.is_some() && (known == id || arn == id)
        };
        if let Some(key) = contents.keys.iter_mut().skip(first).find(is_named) {
            key.policy = read.policy;
            key.sensitive_policy = read.sensitive;
            return;
        }
        let place = (self.path, self.at);
        let key = key_elsewhere(&self.name, &self.attributes, place, provenance);
        contents.keys.push(Key {
            policy: read.policy,
            sensitive_policy: read.sensitive,
            ..key
        });
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
