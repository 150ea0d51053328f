//! Makes the tree.

use std::borrow::Cow;
use std::vec;

use crate::text::Span;

use super::build::Build;
use crate::tree::{Content, Member, Node};

/// Makes [`Node`]s.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// How many items or members each array and object has, in the order in which they begin, where
    /// they were counted: lists that grow would take twice the memory.
    counts: vec::IntoIter<u32>,
}

impl Tree {
    /// A tree whose arrays and objects were counted.
    pub(super) fn of_counted(counts: Vec<u32>) -> Self {
        Self {
            counts: counts.into_iter(),
        }
    }

    fn list<T>(&mut self) -> Vec<T> {
        let count = self.counts.next().unwrap_or_default();
        Vec::with_capacity(usize::try_from(count).unwrap_or_default())
    }
}

impl<'a> Build<'a> for Tree {
    type Node = Node<'a>;
    type Items = Vec<Node<'a>>;
    type Members = Vec<Member<'a>>;

    fn leaf(&mut self, value: Content<'a>, span: Span) -> Node<'a> {
        Node { value, span }
    }

    fn items(&mut self) -> Vec<Node<'a>> {
        self.list()
    }

    fn item(&mut self, items: &mut Vec<Node<'a>>, node: Node<'a>) {
        items.push(node);
    }

    fn array(&mut self, items: Vec<Node<'a>>, span: Span) -> Node<'a> {
        let value = Content::Array(items);
        Node { value, span }
    }

    fn members(&mut self) -> Vec<Member<'a>> {
        self.list()
    }

    fn member(
        &mut self,
        members: &mut Vec<Member<'a>>,
        (key, key_span): (Cow<'a, str>, Span),
        value: Node<'a>,
    ) {
        members.push(Member {
            key,
            key_span,
            value,
        });
    }

    fn object(&mut self, members: Vec<Member<'a>>, span: Span) -> Node<'a> {
        let value = Content::Object(members);
        Node { value, span }
    }
}
