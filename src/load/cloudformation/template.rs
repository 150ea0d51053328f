//! The sections of a template.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

use std::collections::{BTreeMap, BTreeSet};

use crate::text::Span;
use crate::tree::{Content, Member, Node};

use super::StackValues;
use super::function::{intrinsic, scalar};
use super::substitution::{Piece, pieces};

/// A template.
#[derive(Debug)]
pub(super) struct Template<'t, 'a> {
    pub(super) root: &'t Node<'a>,
    parameters: BTreeMap<&'t str, Parameter<'t, 'a>>,
    conditions: BTreeMap<&'t str, &'t Node<'a>>,
    resources: BTreeMap<&'t str, Resource<'t, 'a>>,
    /// What the user says of parameters and of the stack.
    pub(super) given: &'t StackValues,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter<'t, 'a> {
    node: &'t Node<'a>,
}

/// A resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resource<'t, 'a> {
    /// Its logical id.
    pub(super) id: &'t str,
    pub(super) id_span: Span,
    /// `Type`, for example `AWS::KMS::Key`.
    pub(super) kind: &'t str,
    pub(super) node: &'t Node<'a>,
}

impl<'t, 'a> Resource<'t, 'a> {
    fn of(member: &'t Member<'a>) -> Option<Self> {
        Some(Self {
            id: &member.key,
            id_span: member.key_span,
            kind: member.value.get("Type")?.as_str()?,
            node: &member.value,
        })
    }

    /// An attribute beside its properties, for example `DeletionPolicy`.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t Node<'a>> {
        self.node.get(name)
    }

    pub(super) fn properties(&self) -> Option<&'t Node<'a>> {
        self.attribute("Properties")
    }

    pub(super) fn property(&self, name: &str) -> Option<&'t Node<'a>> {
        self.properties()?.get(name)
    }
}

impl Parameter<'_, '_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.node.get(name).and_then(scalar)
    }

    /// Whether it is a list of strings or numbers.
    pub(super) fn is_list(self) -> bool {
        let kind = self.text("Type").unwrap_or_default();
        kind == "CommaDelimitedList" || kind.starts_with("List<") || kind.contains("::List<")
    }

    /// Its default, where that is what a policy gets: no secret, no name of something that is looked up in
    /// AWS Systems Manager, and no empty text, which whoever deploys the template is to replace.
    pub(super) fn default(&self) -> Option<&str> {
        let is_looked_up = self
            .text("Type")
            .is_some_and(|kind| kind.starts_with("AWS::SSM::Parameter::Value<"));
        let is_secret = self.text("NoEcho") == Some("true");
        let default = self.text("Default").filter(|text| !text.is_empty());
        default.filter(|_| !is_looked_up && !is_secret)
    }

    /// `AllowedValues`, where there are any.
    pub(super) fn allowed(&self) -> Option<Vec<&str>> {
        let items = self.node.get("AllowedValues").and_then(Node::items)?;
        items.iter().map(scalar).collect()
    }
}

impl<'t, 'a> Template<'t, 'a> {
    pub(super) fn new(root: &'t Node<'a>, given: &'t StackValues) -> Self {
        let section = |name: &str| root.get(name).and_then(Node::members).unwrap_or_default();
        let named = |member: &'t Member<'a>| (&*member.key, &member.value);
        let parameters = section("Parameters").iter().map(named);
        let resources = section("Resources").iter().filter_map(Resource::of);
        Self {
            root,
            parameters: parameters
                .map(|(name, node)| (name, Parameter { node }))
                .collect(),
            conditions: section("Conditions").iter().map(named).collect(),
            resources: resources.map(|of| (of.id, of)).collect(),
            given,
        }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<Parameter<'t, 'a>> {
        self.parameters.get(name).copied()
    }

    pub(super) fn condition(&self, name: &str) -> Option<&'t Node<'a>> {
        self.conditions.get(name).copied()
    }

    pub(super) fn resource(&self, id: &str) -> Option<Resource<'t, 'a>> {
        self.resources.get(id).copied()
    }

    /// The parameters whose default values the functions at these bytes return, because no value is given.
    pub(super) fn defaults_at<'n>(
        &self,
        node: &'n Node<'a>,
        at: Span,
        names: &mut BTreeSet<&'n str>,
    ) {
        let is_inside = node.span.start >= at.start && node.span.end <= at.end;
        let overlaps = node.span.start < at.end && at.start < node.span.end;
        if !overlaps {
            return;
        }
        let mut add = |name: &'n str| {
            let parameter = self.parameter(name);
            let has_default = parameter.is_some_and(|of| of.default().is_some());
            if is_inside && has_default && self.given.parameter(name).is_none() {
                names.insert(name);
            }
        };
        if let Some(of) = intrinsic(node) {
            let text = of.argument.items().map_or(Some(of.argument), <[_]>::first);
            match (of.name, text.and_then(Node::as_str)) {
                ("Ref", Some(name)) => add(name),
                ("Sub", Some(text)) => pieces(text).into_iter().for_each(|piece| {
                    if let Piece::Variable(name) = piece {
                        add(name);
                    }
                }),
                _ => {}
            }
            self.defaults_at(of.argument, at, names);
            return;
        }
        match &node.value {
            Content::Array(items) => {
                for item in items {
                    self.defaults_at(item, at, names);
                }
            }
            Content::Object(members) => {
                for member in members {
                    self.defaults_at(&member.value, at, names);
                }
            }
            _ => {}
        }
    }

    /// The value of a mapping.
    pub(super) fn mapped(&self, map: &str, top: &str, second: &str) -> Option<&'t Node<'a>> {
        let maps = self.root.get("Mappings")?;
        maps.get(map)?.get(top)?.get(second)
    }

    /// All resources, in the order as written.
    pub(super) fn resources(&self) -> impl Iterator<Item = Resource<'t, 'a>> {
        let root = self.root;
        let all = root.get("Resources").and_then(Node::members);
        all.unwrap_or_default().iter().filter_map(Resource::of)
    }
}

/// Whether a document is the tree of constructs that the AWS CDK writes beside the templates that it makes of
/// it: `tree.json`.
/// <https://docs.aws.amazon.com/cdk/v2/guide/constructs.html>
pub(in crate::load) fn is_construct_tree(root: &Node<'_>) -> bool {
    let version = root.get("version").and_then(Node::as_str);
    let tree = root.get("tree").and_then(|tree| tree.get("id"));
    version.is_some_and(|version| version.starts_with("tree-")) && tree.is_some()
}

/// Whether a document is a template: its resources have types, each of which has colons in it.
pub(in crate::load) fn is_template(root: &Node<'_>) -> bool {
    let is_resource = |member: &Member<'_>| {
        let kind = member.value.get("Type").and_then(Node::as_str);
        kind.is_some_and(|kind| kind.contains("::"))
    };
    let is_loop = |member: &Member<'_>| member.key.starts_with("Fn::");
    let resources = root.get("Resources").and_then(Node::members);
    let is_named = || {
        let version = root.get("AWSTemplateFormatVersion");
        version.is_some_and(|version| version.value != Content::Null)
    };
    resources.is_some_and(|all| {
        is_named()
            || all
                .iter()
                .any(|member| is_resource(member) || is_loop(member))
    })
}
