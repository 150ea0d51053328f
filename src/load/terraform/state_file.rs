//! The file `terraform.tfstate`, version 4.
//! <https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go>

use crate::inventory::Provenance;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::text::InputError;
use crate::tree::{Content, Node, Step};

use super::concealment::Concealment;
use super::identity_resources::{Around, IdentityResources};
use super::key::KeyResource;
use super::key_type::{KeyType, is_known, is_of_kms, may_be_shown};
use super::state::PolicyResource;
use super::{Attributes, ResourceName};

/// An instance of a resource.
struct Instance<'n, 'a> {
    /// The block of the resource, and the instance.
    resource: &'n Node<'a>,
    node: &'n Node<'a>,
    address: String,
    path: Vec<Step>,
}

/// Reads a state.
pub(super) fn read(document: &Document<'_>) -> Contents {
    let mut contents = Contents::default();
    let mut concealment = Concealment::default();
    let instances = instances(&document.root, &mut contents.errors);
    let mut identities = IdentityResources::default();
    for instance in &instances {
        let Some(name) = instance.name() else {
            continue;
        };
        if may_be_shown(name.kind) {
            instance.show(&mut concealment);
        }
        let attributes = instance.attributes(document);
        if instance.node.get("attributes_flat").is_some() && is_of_kms(name.kind) {
            let message = "the attributes of a key are written as Terraform 0.11 did";
            let error = InputError::new(instance.node.span, message).label("`attributes_flat`");
            contents.errors.push(error.help(super::SHOW));
            continue;
        }
        if let Some(kind) = KeyType::of(name.kind) {
            let named = instance.resource.get("name").unwrap_or(instance.resource);
            let resource = KeyResource {
                kind,
                name,
                attributes: attributes.clone(),
                path: instance.path.clone(),
                at: document.at(named.span),
                has_all_tags: false,
            };
            let key = resource.observed(&mut contents);
            contents.keys.push(key);
        }
        identities.add(name, &attributes, &mut contents);
    }
    identities.join(Around::nothing(), &mut contents);
    for instance in &instances {
        let of_policy = |name: &ResourceName<'_>| name.kind == "aws_kms_key_policy";
        if let Some(name) = instance.name().filter(of_policy) {
            let named = instance.resource.get("name").unwrap_or(instance.resource);
            let resource = PolicyResource {
                name,
                attributes: instance.attributes(document),
                path: instance.path.clone(),
                at: document.at(named.span),
            };
            resource.attach(0, Provenance::Observed, &mut contents);
        }
    }
    contents.concealed = concealment.hidden(document);
    contents
}

fn instances<'n, 'a>(root: &'n Node<'a>, errors: &mut Vec<InputError>) -> Vec<Instance<'n, 'a>> {
    let mut all = Vec::new();
    let resources = root.get("resources").and_then(Node::items);
    for (at, resource) in resources.unwrap_or_default().iter().enumerate() {
        errors.extend(complaint(resource));
        let text = |name: &str| resource.get(name).and_then(Node::as_str);
        let (Some("managed"), Some(kind), Some(name)) = (text("mode"), text("type"), text("name"))
        else {
            continue;
        };
        let module = text("module").map_or_else(String::new, |module| format!("{module}."));
        let instances = resource.get("instances").and_then(Node::items);
        for (position, node) in instances.unwrap_or_default().iter().enumerate() {
            let index = match node.get("index_key").map(|key| &key.value) {
                Some(Content::Number(number)) => format!("[{number}]"),
                Some(Content::String(key)) => {
                    format!("[\"{}\"]", key.replace('\\', "\\\\").replace('"', "\\\""))
                }
                _ => String::new(),
            };
            all.push(Instance {
                resource,
                node,
                address: format!("{module}{kind}.{name}{index}"),
                path: vec![
                    Step::Key("resources".to_owned()),
                    Step::Index(at),
                    Step::Key("instances".to_owned()),
                    Step::Index(position),
                    Step::Key("attributes".to_owned()),
                ],
            });
        }
    }
    all
}

/// What is wrong with a resource of KMS.
fn complaint(resource: &Node<'_>) -> Option<InputError> {
    let kind_node = resource.get("type")?;
    let kind = kind_node.as_str()?;
    let is_data = resource.get("mode").and_then(Node::as_str) == Some("data");
    if is_data || !is_of_kms(kind) {
        return None;
    }
    let is_whole = resource
        .get("name")
        .is_some_and(|name| name.as_str().is_some())
        && resource
            .get("instances")
            .is_some_and(|of| of.items().is_some());
    let message = if !is_known(kind) {
        format!("this version of kmslint does not know the resource type `{kind}`")
    } else if is_whole {
        return None;
    } else {
        format!("the `{kind}` has no `name` or no `instances`")
    };
    Some(
        InputError::new(kind_node.span, message)
            .label("not checked")
            .help(super::SHOW),
    )
}

impl<'n, 'a> Instance<'n, 'a> {
    fn name(&self) -> Option<ResourceName<'_>> {
        let text = |name: &str| self.resource.get(name).and_then(Node::as_str);
        Some(ResourceName {
            address: &self.address,
            module: text("module").unwrap_or_default(),
            kind: text("type")?,
            name: text("name")?,
        })
    }

    fn values(&self) -> Option<&'n Node<'a>> {
        self.node.get("attributes")
    }

    /// The attributes, without those that are sensitive: of these the file lists the paths.
    fn attributes(&self, document: &'n Document<'a>) -> Attributes<'n, 'a> {
        let named = self.resource.get("name").unwrap_or(self.resource);
        Attributes::new((document, named), self.values(), None, None).without(self.secret_names())
    }

    /// The names of the attributes that hold something sensitive.
    fn secret_names(&self) -> Vec<&'n str> {
        let paths = self.node.get("sensitive_attributes").and_then(Node::items);
        let first = |path: &'n Node<'a>| path.items()?.first()?.get("value")?.as_str();
        paths.unwrap_or_default().iter().filter_map(first).collect()
    }

    fn show(&self, concealment: &mut Concealment) {
        for name in ["module", "type", "name"] {
            if let Some(node) = self.resource.get(name) {
                concealment.show(node);
            }
        }
        let Some(values) = self.values() else {
            return;
        };
        concealment.show(values);
        concealment.hide_key_material(values);
        for name in self.secret_names() {
            if let Some(value) = values.get(name) {
                concealment.hide(value);
            }
        }
    }
}
