//! The functions of a template, in their short and in their full form.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>

use std::borrow::Cow;

use crate::text::Span;
use crate::tree::{Content, Deferred, Function, Member, Node};

/// A function and what it is applied to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intrinsic<'n, 'a> {
    /// Its name without `Fn::`, for example `Sub`; that of a loop is `ForEach::` and the loop's.
    pub(super) name: &'n str,
    pub(super) argument: &'n Node<'a>,
}

/// The function that a node is, where it is one.
pub(super) fn intrinsic<'n, 'a>(node: &'n Node<'a>) -> Option<Intrinsic<'n, 'a>> {
    match &node.value {
        Content::Deferred(deferred) => {
            let ([argument], Function::Tag(name)) =
                (deferred.arguments.as_slice(), &deferred.function)
            else {
                return None;
            };
            Some(Intrinsic { name, argument })
        }
        Content::Object(members) => {
            let [member] = members.as_slice() else {
                return None;
            };
            let name = name(&member.key)?;
            let argument = &member.value;
            Some(Intrinsic { name, argument })
        }
        _ => None,
    }
}

fn name(key: &str) -> Option<&str> {
    (key == "Ref")
        .then_some(key)
        .or_else(|| key.strip_prefix("Fn::"))
}

/// The member by which a macro or a loop makes others of a map, where it has one: nothing of the map is
/// known then.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html>
pub(super) fn making<'n, 'a>(members: &'n [Member<'a>]) -> Option<&'n Member<'a>> {
    members
        .iter()
        .find(|member| member.key == "Fn::Transform" || member.key.starts_with("Fn::ForEach::"))
}

/// Something that is called so and has no value here.
pub(super) fn reference<'a>(name: &str, span: Span) -> Node<'a> {
    let name = Node {
        value: Content::String(Cow::Owned(name.to_owned())),
        span,
    };
    deferred(Function::Reference, vec![name], span)
}

/// Something of a resource, which is known only once the resource is there.
pub(super) fn of_resource<'a>(name: &str, span: Span) -> Node<'a> {
    deferred(
        Function::AfterApply,
        vec![string(name.to_owned(), span)],
        span,
    )
}

/// A function that cannot be carried out.
pub(super) fn call<'a>(name: &str, argument: &Node<'a>, span: Span) -> Node<'a> {
    let function = Function::Call {
        name: Cow::Owned(format!("Fn::{name}")),
        expands: false,
    };
    deferred(function, vec![argument.clone()], span)
}

pub(super) fn deferred<'a>(
    function: Function<'a>,
    arguments: Vec<Node<'a>>,
    span: Span,
) -> Node<'a> {
    let deferred = Deferred {
        function,
        arguments,
    };
    Node {
        value: Content::Deferred(Box::new(deferred)),
        span,
    }
}

pub(super) fn string<'a>(text: impl Into<Cow<'a, str>>, span: Span) -> Node<'a> {
    Node {
        value: Content::String(text.into()),
        span,
    }
}

/// The text of a scalar, as CloudFormation puts it into a string.
pub(super) fn scalar<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Content::String(text) | Content::Number(text) => Some(text),
        Content::Bool(true) => Some("true"),
        Content::Bool(false) => Some("false"),
        _ => None,
    }
}

/// The node with all its places at these bytes: of a value that is written elsewhere.
pub(super) fn placed(mut node: Node<'_>, span: Span) -> Node<'_> {
    place(&mut node, span);
    node
}

fn place(node: &mut Node<'_>, span: Span) {
    node.span = span;
    match &mut node.value {
        Content::Array(items) => items.iter_mut().for_each(|item| place(item, span)),
        Content::Object(members) => {
            for member in members {
                member.key_span = span;
                place(&mut member.value, span);
            }
        }
        Content::Deferred(deferred) => {
            let arguments = deferred.arguments.iter_mut();
            arguments.for_each(|argument| place(argument, span));
        }
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => {}
    }
}

/// One string of these pieces; nothing where one of them can be no part of a string.
pub(super) fn joined<'a>(pieces: Vec<Node<'a>>, span: Span) -> Option<Node<'a>> {
    let mut all: Vec<Node<'a>> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let parts = match piece.value {
            Content::Deferred(deferred) if deferred.function == Function::Template => {
                deferred.arguments
            }
            Content::Array(_) | Content::Object(_) | Content::Null => return None,
            value => vec![Node { value, span }],
        };
        for part in parts {
            let Some(text) = scalar(&part) else {
                all.push(placed(part, span));
                continue;
            };
            if let Some(Content::String(last)) = all.last_mut().map(|last| &mut last.value) {
                last.to_mut().push_str(text);
            } else if !text.is_empty() {
                all.push(string(text.to_owned(), span));
            }
        }
    }
    let mut pieces = all;
    Some(match pieces.len() {
        0 => string("", span),
        1 => pieces.pop()?,
        _ => deferred(Function::Template, pieces, span),
    })
}

/// How far a text is that functions make, in nodes and bytes: counted, so that none makes more than can be
/// kept.
pub(super) fn weight(node: &Node<'_>) -> usize {
    let inner: usize = match &node.value {
        Content::String(text) | Content::Number(text) => text.len(),
        Content::Array(items) => items.iter().map(weight).sum(),
        Content::Object(members) => {
            let each = members.iter();
            each.map(|m| weight(&m.value).saturating_add(m.key.len()))
                .sum()
        }
        Content::Deferred(deferred) => deferred.arguments.iter().map(weight).sum(),
        Content::Null | Content::Bool(_) => 0,
    };
    inner.saturating_add(16)
}
