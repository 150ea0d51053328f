//! What a plan does to one resource.
//! <https://developer.hashicorp.com/terraform/internals/json-format#change-representation>

use crate::load::document::Document;
use crate::text::InputError;
use crate::tree::{Node, Step};

use super::{Attributes, ResourceName, unreadable};

/// An entry of `resource_changes`, `resource_drift` or `deferred_changes`.
pub(super) struct Change<'n, 'a> {
    pub(super) name: ResourceName<'n>,
    /// The way to it.
    pub(super) path: Vec<Step>,
    /// The whole entry.
    pub(super) node: &'n Node<'a>,
    pub(super) before: Attributes<'n, 'a>,
    pub(super) after: Attributes<'n, 'a>,
    /// The node of the list of actions, and the actions.
    pub(super) actions: (&'n Node<'a>, Vec<&'n str>),
}

impl<'n, 'a> Change<'n, 'a> {
    /// The changes that the document lists under this name. What is wrong with those of KMS goes to `errors`.
    pub(super) fn all(
        document: &'n Document<'a>,
        list: &str,
        errors: &mut Vec<InputError>,
    ) -> Vec<Self> {
        let items = document.root.get(list).and_then(Node::items);
        let items = items.unwrap_or_default().iter().enumerate();
        let each = items.filter_map(|(position, item)| {
            let mut path = vec![Step::Key(list.to_owned()), Step::Index(position)];
            // What is deferred to a later run stands one level deeper.
            let inner = item.get("resource_change");
            path.extend(inner.map(|_| Step::Key("resource_change".to_owned())));
            let node = inner.unwrap_or(item);
            errors.extend(unreadable::complaint(node, true));
            Self::of(document, node, path)
        });
        each.collect()
    }

    fn of(document: &'n Document<'a>, node: &'n Node<'a>, path: Vec<Step>) -> Option<Self> {
        let name = ResourceName::of(node)?;
        let change = node.get("change")?;
        let list = change.get("actions")?;
        let actions = list.items()?.iter().filter_map(Node::as_str).collect();
        let at = |name: &str| change.get(name);
        let named = (document, node.get("address").unwrap_or(node));
        Some(Self {
            name,
            path,
            node,
            before: Attributes::new(named, at("before"), None, at("before_sensitive")),
            after: Attributes::new(
                named,
                at("after"),
                at("after_unknown"),
                at("after_sensitive"),
            ),
            actions: (list, actions),
        })
    }

    /// Whether one of the actions is this one. `forget` takes a resource out of the state and deletes nothing.
    pub(super) fn does(&self, action: &str) -> bool {
        self.actions.1.contains(&action)
    }

    /// The way to what is `before` or `after`.
    pub(super) fn path_to(&self, side: &str) -> Vec<Step> {
        let change = [Step::Key("change".to_owned()), Step::Key(side.to_owned())];
        [self.path.as_slice(), &change].concat()
    }

    /// A string of the entry.
    pub(super) fn said(&self, name: &str) -> Option<&'n str> {
        self.node.get(name).and_then(Node::as_str)
    }

    /// The attributes that cannot be changed without making the resource anew.
    pub(super) fn replaced_by(&self) -> Vec<String> {
        let paths = self
            .node
            .get("change")
            .and_then(|of| of.get("replace_paths"));
        let paths = paths.and_then(Node::items).unwrap_or_default().iter();
        let first = paths.filter_map(|path| path.items()?.first()?.as_str());
        let mut names: Vec<_> = first.map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
