//! What the functions of a template come to, as far as the template tells.
//!
//! A value that is not known stays a deferred node, of which `policy::deferred` says what is known: a
//! reference without a value, a string of known and unknown pieces, one of two. Everything else is a string, a
//! list or a map as it is written, in its place; what is written elsewhere, such as the default of a
//! parameter, is in the place of the function.

use std::cell::{Cell, RefCell};

use crate::text::Span;
use crate::tree::{Content, Function, Member, Node};

use super::condition::Case;
use super::function::{
    Intrinsic, call, deferred, intrinsic, joined, making, of_resource, placed, reference, scalar,
    string, weight,
};
use super::substitution::{Piece, pieces};
use super::template::{Resource, Template};

/// How much all functions of a template may make, in bytes: a template has at most 1 MB.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
pub(super) const MOST_MADE: usize = 64 << 20;

/// So many names may stand for each other.
const MOST_NAMES: usize = 16;

/// Resolves the functions of a template in one case of its conditions.
#[derive(Debug)]
pub(super) struct Resolver<'r, 't, 'a> {
    pub(super) template: &'r Template<'t, 'a>,
    /// What holds of the conditions whose outcome the template leaves open.
    pub(super) case: &'r Case,
    /// Whether a parameter has the value of its default: it need not in a condition.
    pub(super) defaults: bool,
    /// How much may still be made.
    pub(super) budget: &'r Cell<usize>,
    /// The resources and conditions that are being looked at: one that is made of itself is not known.
    pub(super) open: RefCell<Vec<&'t str>>,
    /// How deep conditions name each other here.
    pub(super) depth: Cell<usize>,
}

impl<'r, 't, 'a> Resolver<'r, 't, 'a> {
    pub(super) const fn new(
        template: &'r Template<'t, 'a>,
        case: &'r Case,
        budget: &'r Cell<usize>,
    ) -> Self {
        Self {
            template,
            case,
            defaults: true,
            budget,
            open: RefCell::new(Vec::new()),
            depth: Cell::new(0),
        }
    }

    /// The value of a node; nothing where it is that of `AWS::NoValue`.
    pub(super) fn resolve(&self, node: &Node<'a>) -> Option<Node<'a>> {
        if let Some(of) = intrinsic(node) {
            let made = self.call(of, node.span);
            return match made {
                Some(made) if !self.spend(weight(&made)) => {
                    Some(call(of.name, of.argument, node.span))
                }
                made => made,
            };
        }
        let value = match &node.value {
            Content::Array(items) => {
                Content::Array(items.iter().filter_map(|item| self.resolve(item)).collect())
            }
            Content::Object(members) => {
                if let Some(making) = making(members) {
                    let name = making.key.trim_start_matches("Fn::");
                    return Some(call(name, &making.value, node.span));
                }
                let member = |member: &Member<'a>| {
                    Some(Member {
                        key: member.key.clone(),
                        key_span: member.key_span,
                        value: self.resolve(&member.value)?,
                    })
                };
                Content::Object(members.iter().filter_map(member).collect())
            }
            other => other.clone(),
        };
        let span = node.span;
        Some(Node { value, span })
    }

    /// The text of a scalar; nothing where it is not known or none.
    pub(super) fn text(&self, node: &Node<'a>) -> Option<String> {
        scalar(&self.resolve(node)?).map(str::to_owned)
    }

    pub(super) fn spend(&self, bytes: usize) -> bool {
        let left = self.budget.get().checked_sub(bytes);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    fn call(&self, of: Intrinsic<'_, 'a>, span: Span) -> Option<Node<'a>> {
        let Intrinsic { name, argument } = of;
        let unknown = || Some(call(name, argument, span));
        match name {
            "Ref" => match argument.as_str() {
                Some(name) => self.named(name, span),
                None => unknown(),
            },
            "GetAtt" => match attribute(argument) {
                Some((resource, attribute)) => Some(self.attribute(resource, attribute, span)),
                None => unknown(),
            },
            "If" => self.either(argument, span),
            "Sub" => self.substitute(argument, span).or_else(unknown),
            // A policy that is text is read as what it is the text of.
            "ToJsonString" => self.resolve(argument).map(|node| placed_top(node, span)),
            "Join" | "Select" | "Split" | "FindInMap" | "Base64" => {
                let Some(argument) = self.resolve(argument) else {
                    return unknown();
                };
                let made = match name {
                    "Join" => join(&argument, span),
                    "Select" => select(&argument),
                    "Split" => split(&argument, span),
                    "FindInMap" => self.find_in_map(&argument, span),
                    _ => None,
                };
                made.or_else(|| Some(call(name, &argument, span)))
            }
            _ => unknown(),
        }
    }

    /// What `Ref` means.
    fn named(&self, name: &str, span: Span) -> Option<Node<'a>> {
        if name == "AWS::NoValue" {
            return None;
        }
        if let Some(value) = self.template.given.pseudo_parameter(name) {
            return Some(string(value, span));
        }
        if let Some(parameter) = self.template.parameter(name) {
            let given = self.template.given.parameter(name);
            let default = || parameter.default().filter(|_| self.defaults);
            return Some(match given.or_else(default) {
                None => reference(name, span),
                Some(text) if parameter.is_list() => {
                    let items = text
                        .split(',')
                        .map(|item| string(item.trim().to_owned(), span));
                    Node {
                        value: Content::Array(items.collect()),
                        span,
                    }
                }
                Some(text) => string(text.to_owned(), span),
            });
        }
        let resource = self.template.resource(name);
        let known = resource.and_then(|of| self.inside(of, || self.physical_id(of, span)));
        Some(known.unwrap_or_else(|| match resource {
            Some(_) => of_resource(name, span),
            None => reference(name, span),
        }))
    }

    /// What is made while a resource is looked at; nothing where it is looked at already.
    fn inside<T>(&self, of: Resource<'t, 'a>, make: impl FnOnce() -> Option<T>) -> Option<T> {
        {
            let mut open = self.open.borrow_mut();
            if open.len() >= MOST_NAMES || open.contains(&of.id) {
                return None;
            }
            open.push(of.id);
        }
        let result = make();
        self.open.borrow_mut().pop();
        result
    }

    /// What `Ref` means of a resource.
    fn physical_id(&self, of: Resource<'t, 'a>, span: Span) -> Option<Node<'a>> {
        match of.kind {
            "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => Some(self.name_of(of, span)),
            "AWS::IAM::ManagedPolicy" => self.arn_of(of, span),
            "AWS::KMS::Alias" => {
                let name = self.resolve(of.property("AliasName")?)?;
                joined(vec![name], span)
            }
            _ => None,
        }
    }

    /// What `Fn::GetAtt` means.
    fn attribute(&self, resource: &str, attribute: &str, span: Span) -> Node<'a> {
        let unknown = || of_resource(&format!("{resource}.{attribute}"), span);
        let Some(of) = self.template.resource(resource) else {
            return unknown();
        };
        let known = match (of.kind, attribute) {
            ("AWS::KMS::Key" | "AWS::KMS::ReplicaKey", "KeyId") => {
                return of_resource(resource, span);
            }
            ("AWS::IAM::ManagedPolicy", "PolicyArn") | (_, "Arn") => {
                self.inside(of, || self.arn_of(of, span))
            }
            _ => None,
        };
        known.unwrap_or_else(unknown)
    }

    /// The ARN of a resource.
    pub(super) fn arn_of(&self, of: Resource<'t, 'a>, span: Span) -> Option<Node<'a>> {
        let pseudo = |name: &str| self.named(name, span);
        let text = |text: &'static str| Some(string(text, span));
        let head = [text("arn:"), pseudo("AWS::Partition")];
        let kind = match of.kind {
            "AWS::KMS::Key" | "AWS::KMS::ReplicaKey" => {
                let pieces = head.into_iter().chain([
                    text(":kms:"),
                    pseudo("AWS::Region"),
                    text(":"),
                    pseudo("AWS::AccountId"),
                    text(":key/"),
                    Some(of_resource(of.id, span)),
                ]);
                return joined(pieces.flatten().collect(), span);
            }
            "AWS::IAM::Role" => "role",
            "AWS::IAM::User" => "user",
            "AWS::IAM::Group" => "group",
            "AWS::IAM::ManagedPolicy" => "policy",
            _ => return None,
        };
        let path = match of.property("Path") {
            Some(path) => self.resolve(path),
            None => text("/"),
        };
        let pieces = head.into_iter().chain([
            text(":iam::"),
            pseudo("AWS::AccountId"),
            text(":"),
            text(kind),
            path,
            Some(self.name_of(of, span)),
        ]);
        joined(pieces.flatten().collect(), span)
    }

    /// The name of a user, group, role or managed policy; one that CloudFormation makes up is not known.
    pub(super) fn name_of(&self, of: Resource<'t, 'a>, span: Span) -> Node<'a> {
        let property = match of.kind {
            "AWS::IAM::Role" => "RoleName",
            "AWS::IAM::User" => "UserName",
            "AWS::IAM::Group" => "GroupName",
            _ => "ManagedPolicyName",
        };
        let written = of.property(property).and_then(|name| self.resolve(name));
        let name = written.and_then(|name| joined(vec![name], span));
        name.unwrap_or_else(|| of_resource(of.id, span))
    }

    /// Of `Fn::If` the outcome that the case tells, or both where they are strings.
    fn either(&self, argument: &Node<'a>, span: Span) -> Option<Node<'a>> {
        let Some([name, one, other]) = argument.items() else {
            return Some(call("If", argument, span));
        };
        match name.as_str().and_then(|name| self.holds(name)) {
            Some(true) => self.resolve(one),
            Some(false) => self.resolve(other),
            None => {
                let absent = |node: &Node<'_>| Node {
                    value: Content::Null,
                    span: node.span,
                };
                let outcome = |node| self.resolve(node).unwrap_or_else(|| absent(node));
                let condition = reference(name.as_str().unwrap_or_default(), name.span);
                let arguments = vec![condition, outcome(one), outcome(other)];
                Some(deferred(Function::Conditional, arguments, span))
            }
        }
    }

    fn substitute(&self, argument: &Node<'a>, span: Span) -> Option<Node<'a>> {
        let (text, variables) = match argument.items() {
            Some([text, variables]) => (text.as_str()?, Some(variables)),
            Some([text]) => (text.as_str()?, None),
            Some(_) => return None,
            None => (argument.as_str()?, None),
        };
        self.substituted(text, variables, span)
    }

    /// A text with the values of its variables; nothing where one of them can be no part of it.
    pub(super) fn substituted(
        &self,
        text: &str,
        variables: Option<&Node<'a>>,
        span: Span,
    ) -> Option<Node<'a>> {
        let mut made = Vec::new();
        for piece in pieces(text) {
            let node = match piece {
                Piece::Text(text) => string(text.to_owned(), span),
                Piece::Variable(name) => self.variable(name, variables, span)?,
            };
            if !self.spend(weight(&node)) {
                return None;
            }
            made.push(node);
        }
        joined(made, span)
    }

    fn variable(&self, name: &str, variables: Option<&Node<'a>>, span: Span) -> Option<Node<'a>> {
        if let Some(own) = variables.and_then(|all| all.get(name)) {
            return self.resolve(own).map(|node| placed(node, span));
        }
        match name.split_once('.') {
            Some((resource, attribute)) => Some(self.attribute(resource, attribute, span)),
            None => self.named(name, span),
        }
    }

    /// The value of a mapping, or the default that the call names.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html>
    fn find_in_map(&self, argument: &Node<'a>, span: Span) -> Option<Node<'a>> {
        let items = argument.items()?;
        let mut texts = items.iter().map(scalar);
        let (map, top, second) = (texts.next()??, texts.next()??, texts.next()??);
        if let Some(found) = self.template.mapped(map, top, second) {
            return self.resolve(found).map(|node| placed(node, span));
        }
        let default = items.get(3)?.get("DefaultValue")?;
        Some(placed(default.clone(), span))
    }
}

/// The node itself at these bytes; what is in it stays where it is.
fn placed_top(node: Node<'_>, span: Span) -> Node<'_> {
    match &node.value {
        Content::Object(_) | Content::Array(_) => node,
        _ => Node { span, ..node },
    }
}

/// The resource and the attribute of `Fn::GetAtt`, which are a list or two words with a dot between.
pub(super) fn attribute<'n>(argument: &'n Node<'_>) -> Option<(&'n str, &'n str)> {
    match argument.items() {
        Some([resource, attribute]) => Some((resource.as_str()?, attribute.as_str()?)),
        Some(_) => None,
        None => argument.as_str()?.split_once('.'),
    }
}

fn join<'a>(argument: &Node<'a>, span: Span) -> Option<Node<'a>> {
    let [delimiter, list] = argument.items()? else {
        return None;
    };
    let delimiter = scalar(delimiter)?;
    let mut pieces = Vec::new();
    for item in list.items()? {
        if !pieces.is_empty() {
            pieces.push(string(delimiter.to_owned(), span));
        }
        pieces.push(item.clone());
    }
    joined(pieces, span)
}

fn select<'a>(argument: &Node<'a>) -> Option<Node<'a>> {
    let [index, list] = argument.items()? else {
        return None;
    };
    let index: usize = scalar(index)?.parse().ok()?;
    list.items()?.get(index).cloned()
}

fn split<'a>(argument: &Node<'a>, span: Span) -> Option<Node<'a>> {
    let [delimiter, text] = argument.items()? else {
        return None;
    };
    let (delimiter, text) = (delimiter.as_str()?, text.as_str()?);
    let parts = text.split(delimiter);
    let items = parts.map(|part| string(part.to_owned(), span)).collect();
    (!delimiter.is_empty()).then_some(Node {
        value: Content::Array(items),
        span,
    })
}
