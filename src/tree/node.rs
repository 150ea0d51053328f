//! One spanned value, whatever syntax it was written in.

use std::borrow::Cow;

use crate::text::Span;
use crate::tree::{OffsetMap, Step};

use super::Deferred;

/// How deep arrays and objects may nest; the same bound as `serde_json`'s. A policy needs 8.
pub const MAX_DEPTH: usize = 127;

/// A value and the bytes that say it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// The value.
    pub value: Content<'a>,
    /// From its first to its last byte, quotes and brackets included.
    pub span: Span,
}

/// What a document can say. A number keeps its text: nothing that a person wrote is rounded.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written, for example `30` or `1e3`, in YAML also `0o17` or `1_000`.
    Number(Cow<'a, str>),
    /// A string with its escapes undone.
    String(Cow<'a, str>),
    /// `[…]`.
    Array(Vec<Node<'a>>),
    /// `{…}`, in the order as written, equal keys included.
    Object(Vec<Member<'a>>),
    /// What the text does not say but a template would compute. JSON has none.
    Deferred(Box<Deferred<'a>>),
}

/// One key of an object with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'a> {
    /// The key with its escapes undone.
    pub key: Cow<'a, str>,
    /// The key's bytes, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node<'a>,
}

impl<'a> Node<'a> {
    /// The value under `key`, the last one where the key stands twice (as other readers have it).
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()?
            .iter()
            .rev()
            .find(|member| member.key == key)
            .map(|member| &member.value)
    }

    /// The value to which these steps lead inside this document. An index into a deferred value
    /// counts its arguments.
    pub fn at(&self, steps: &[Step]) -> Option<&Self> {
        steps.iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => match &node.value {
                Content::Deferred(deferred) => deferred.arguments.get(*index),
                _ => node.items()?.get(*index),
            },
            Step::Embedded => None,
        })
    }

    /// As [`Node::at`], to be changed.
    pub(super) fn at_mut(&mut self, steps: &[Step]) -> Option<&mut Self> {
        let Some((step, rest)) = steps.split_first() else {
            return Some(self);
        };
        let next = match (&mut self.value, step) {
            (Content::Object(members), Step::Key(key)) => {
                let member = members.iter_mut().rfind(|member| member.key == **key);
                member.map(|member| &mut member.value)
            }
            (Content::Array(items), Step::Index(index)) => items.get_mut(*index),
            (Content::Deferred(deferred), Step::Index(index)) => deferred.arguments.get_mut(*index),
            _ => None,
        };
        next?.at_mut(rest)
    }

    /// The function and its arguments, where a template would compute the value.
    pub fn deferred(&self) -> Option<&Deferred<'a>> {
        match &self.value {
            Content::Deferred(deferred) => Some(deferred),
            _ => None,
        }
    }

    /// The members, where this is an object.
    pub fn members(&self) -> Option<&[Member<'a>]> {
        match &self.value {
            Content::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items, where this is an array.
    pub fn items(&self) -> Option<&[Self]> {
        match &self.value {
            Content::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, where this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Content::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value, where this is `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Content::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// What kind of value this is, with its article, for messages: `a string`, `an array`.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Content::Null => "null",
            Content::Bool(_) => "a boolean",
            Content::Number(_) => "a number",
            Content::String(_) => "a string",
            Content::Array(_) => "an array",
            Content::Object(_) => "an object",
            Content::Deferred(_) => "a function of a template",
        }
    }

    /// The same tree, which is then its own.
    pub fn into_owned(self) -> Node<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let value = match self.value {
            Content::Null => Content::Null,
            Content::Bool(value) => Content::Bool(value),
            Content::Number(text) => Content::Number(owned(text)),
            Content::String(text) => Content::String(owned(text)),
            Content::Array(items) => {
                Content::Array(items.into_iter().map(Self::into_owned).collect())
            }
            Content::Object(members) => {
                let member = |member: Member<'a>| Member {
                    key: owned(member.key),
                    key_span: member.key_span,
                    value: member.value.into_owned(),
                };
                Content::Object(members.into_iter().map(member).collect())
            }
            Content::Deferred(deferred) => Content::Deferred(Box::new(deferred.into_owned())),
        };
        Node {
            value,
            span: self.span,
        }
    }

    /// Moves every span of this tree, which was read from embedded text, to the outer file.
    pub fn relocate(&mut self, map: &OffsetMap) {
        self.span = map.outer_span(self.span);
        match &mut self.value {
            Content::Array(items) => items.iter_mut().for_each(|item| item.relocate(map)),
            Content::Object(members) => {
                for member in members {
                    member.key_span = map.outer_span(member.key_span);
                    member.value.relocate(map);
                }
            }
            Content::Deferred(deferred) => {
                for argument in &mut deferred.arguments {
                    argument.relocate(map);
                }
            }
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => {}
        }
    }
}

impl From<&Node<'_>> for serde_json::Value {
    /// The same value without its places; the last of two equal keys wins. A number that JSON
    /// cannot write is its text, and a deferred value null.
    fn from(node: &Node<'_>) -> Self {
        match &node.value {
            Content::Null | Content::Deferred(_) => Self::Null,
            Content::Bool(value) => Self::Bool(*value),
            Content::Number(text) => {
                (text.parse()).map_or_else(|_| Self::from(&**text), Self::Number)
            }
            Content::String(text) => Self::String(text.clone().into_owned()),
            Content::Array(items) => items.iter().map(Self::from).collect(),
            Content::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|m| (m.key.clone().into_owned(), (&m.value).into()))
                    .collect(),
            ),
        }
    }
}
