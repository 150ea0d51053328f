//! A node that a selector found, with all that encloses it.

use std::borrow::Cow;

use super::FieldPath;
use crate::document::Fact;

/// A node of the facts and the objects and lists around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected<'a, 'f> {
    root: &'a Fact<'f>,
    /// From below the root to the node; empty where the node is the root.
    chain: Vec<&'a Fact<'f>>,
}

impl<'a, 'f> Selected<'a, 'f> {
    /// The top of the facts as a node.
    pub const fn root(root: &'a Fact<'f>) -> Self {
        Self {
            root,
            chain: Vec::new(),
        }
    }

    /// The node at the end of this way down from the top.
    pub(super) const fn of_chain(root: &'a Fact<'f>, chain: Vec<&'a Fact<'f>>) -> Self {
        Self { root, chain }
    }

    /// All facts, from the top.
    pub const fn facts(&self) -> &'a Fact<'f> {
        self.root
    }

    /// The node itself.
    pub fn value(&self) -> &'a Fact<'f> {
        self.chain.last().copied().unwrap_or(self.root)
    }

    /// The value at a path, as [`super::Template`] reads it; nothing beside it is made.
    pub fn lookup(&self, path: &FieldPath) -> Option<Cow<'a, Fact<'f>>> {
        let (first, rest) = path.names.split_first()?;
        let start = if path.absolute {
            self.root.peek(first)
        } else {
            self.nearest(first)
        };
        rest.iter().try_fold(start?, |value, name| match value {
            Cow::Borrowed(value) => value.peek(name),
            Cow::Owned(value) => value.peek(name).map(|field| Cow::Owned(field.into_owned())),
        })
    }

    /// The same value where it stands in the facts.
    pub fn find(&self, path: &FieldPath) -> Option<&'a Fact<'f>> {
        let (first, rest) = path.names.split_first()?;
        let start = if path.absolute {
            self.root.get(first)
        } else {
            self.outwards().find_map(|value| value.get(first))
        };
        rest.iter().try_fold(start?, |value, name| value.get(name))
    }

    /// The field of this name in the innermost object that has one, from the node outwards.
    pub fn nearest(&self, name: &str) -> Option<Cow<'a, Fact<'f>>> {
        self.outwards().find_map(|value| value.peek(name))
    }

    /// The innermost object around the node, itself not included, that has such a field.
    pub fn enclosing_with(&self, name: &str) -> Option<Self> {
        let outer = self.chain.split_last()?.1;
        let length = outer.iter().rposition(|value| value.peek(name).is_some())?;
        Some(Self {
            root: self.root,
            chain: outer.get(..=length)?.to_vec(),
        })
    }

    /// A value that was found from this node, so that what it does not say is looked up around
    /// the node.
    #[must_use]
    pub fn with(&self, value: &'a Fact<'f>) -> Self {
        let mut chain = Vec::with_capacity(self.chain.len().saturating_add(1));
        chain.extend_from_slice(&self.chain);
        chain.push(value);
        Self {
            root: self.root,
            chain,
        }
    }

    fn outwards(&self) -> impl Iterator<Item = &'a Fact<'f>> {
        let inner = self.chain.iter().rev().copied();
        inner.chain(std::iter::once(self.root))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Selector;
    use super::*;
    use crate::document::written;

    #[test]
    fn fields_are_looked_up_outwards() {
        let facts = json!({"a": [{"at": 1, "b": {"at": 2, "c": [3]}}], "d": 4});
        let facts = &written(&facts).unwrap();
        let integer = |number| Fact::Integer(number);
        let selector = Selector::parse("$.a[0].b.c[0]").unwrap();
        let node = selector.select(facts).unwrap().remove(0);
        assert_eq!(node.value(), &integer(3));
        assert_eq!(node.nearest("at").as_deref(), Some(&integer(2)));
        assert_eq!(node.nearest("d").as_deref(), Some(&integer(4)));
        let outer = node.enclosing_with("at").unwrap();
        assert_eq!(outer.nearest("at").as_deref(), Some(&integer(2)));
        let outermost = outer.enclosing_with("at").unwrap();
        assert_eq!(outermost.nearest("at").as_deref(), Some(&integer(1)));
        assert!(outermost.enclosing_with("at").is_none());
        assert_eq!(Selected::root(facts).value(), facts);
    }
}
