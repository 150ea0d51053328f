//! Text that is to be put into a file, with what it says.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::{Content, Member, Node, OffsetMap};

use super::Edit;

/// A value as it is written; its places count from the start of the text.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) node: Node<'static>,
}

/// A child of a list or map as it is written; its places count from the start of the text.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) text: String,
    child: Child,
}

/// An item of a list, or a member of a map.
#[derive(Debug)]
pub(super) enum Child {
    Item(Node<'static>),
    Member(Member<'static>),
}

impl Child {
    /// The same child so many bytes further on.
    pub(super) fn moved_by(self, by: u32) -> Self {
        let map = OffsetMap::shift(by);
        match self {
            Self::Item(mut node) => {
                node.relocate(&map);
                Self::Item(node)
            }
            Self::Member(mut member) => {
                member.key_span = map.outer_span(member.key_span);
                member.value.relocate(&map);
                Self::Member(member)
            }
        }
    }
}

impl Written {
    /// A value that has no children, written so.
    pub(super) fn leaf(value: &Json, text: String) -> Self {
        let value = match value {
            Json::Null => Content::Null,
            Json::Bool(value) => Content::Bool(*value),
            Json::Number(_) => Content::Number(Cow::Owned(text.clone())),
            Json::String(value) => Content::String(Cow::Owned(value.clone())),
            Json::Array(_) => Content::Array(Vec::new()),
            Json::Object(_) => Content::Object(Vec::new()),
        };
        let span = Span::new(0, text.len());
        Self {
            text,
            node: Node { value, span },
        }
    }

    /// A list or map of these parts, between these brackets and with this between them.
    pub(super) fn of_parts(
        parts: Vec<Part>,
        (open, between, close): (&str, &str, &str),
        is_list: bool,
    ) -> Self {
        let whole = Replacement::default().text(open).parts(parts, between);
        let Replacement { text, children } = whole.text(close);
        let (mut items, mut members) = (Vec::new(), Vec::new());
        for child in children {
            match child {
                Child::Item(node) => items.push(node),
                Child::Member(member) => members.push(member),
            }
        }
        let value = if is_list {
            Content::Array(items)
        } else {
            Content::Object(members)
        };
        let span = Span::new(0, text.len());
        Self {
            text,
            node: Node { value, span },
        }
    }
}

impl Part {
    /// An item after this text.
    pub(super) fn item(lead: &str, value: Written) -> Self {
        let child = Child::Item(value.node).moved_by(length(lead));
        Self {
            text: format!("{lead}{}", value.text),
            child,
        }
    }

    /// A member of this key, which is written so, with this between it and the value.
    pub(super) fn member(key: &str, written: &str, gap: &str, value: Written) -> Self {
        let mut node = value.node;
        node.relocate(&OffsetMap::shift(
            length(written).saturating_add(length(gap)),
        ));
        Self {
            text: format!("{written}{gap}{}", value.text),
            child: Child::Member(Member {
                key: Cow::Owned(key.to_owned()),
                key_span: Span::new(0, written.len()),
                value: node,
            }),
        }
    }
}

/// What is to come in place of some bytes, with the children that are in it.
#[derive(Debug, Default)]
pub(super) struct Replacement {
    text: String,
    children: Vec<Child>,
}

impl Replacement {
    /// And this text.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// And this part.
    pub(super) fn part(mut self, part: Part) -> Self {
        let at = length(&self.text);
        self.children.push(part.child.moved_by(at));
        self.text.push_str(&part.text);
        self
    }

    /// And these parts with a text between them.
    pub(super) fn parts(self, parts: Vec<Part>, between: &str) -> Self {
        let add = |whole: Self, (index, part)| {
            let gap = if index > 0 { between } else { "" };
            whole.text(gap).part(part)
        };
        parts.into_iter().enumerate().fold(self, add)
    }

    /// In place of these bytes.
    pub(super) fn at(self, start: usize, end: usize) -> Splice {
        Splice {
            edits: vec![Edit {
                span: Span::new(start, end),
                replacement: self.text,
            }],
            children: self.children,
        }
    }
}

/// The edits that make one change.
#[derive(Debug)]
pub(super) struct Splice {
    pub(super) edits: Vec<Edit>,
    /// What is new in the tree; places count from the start of the first edit's text.
    pub(super) children: Vec<Child>,
}

impl Splice {
    /// Edits that bring nothing new to the tree.
    pub(super) fn only(edit: Edit) -> Self {
        Self {
            edits: vec![edit],
            children: Vec::new(),
        }
    }

    /// And this edit.
    pub(super) fn and(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }
}

fn length(text: &str) -> u32 {
    Span::new(text.len(), 0).start
}
