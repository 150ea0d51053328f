//! A file that is JSON, ready to be recognised.

use crate::inventory::{Address, Key, KeyMetadata};
use crate::text::{Location, SourceId, Span};
use crate::tree::{Node, Step};

/// A file's text and the tree that it says.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// The file.
    pub(super) source: SourceId,
    /// The path as the user gave it.
    pub(super) name: &'a str,
    /// The way to the tree in the file.
    pub(super) path: Vec<Step>,
    /// The whole text.
    pub(super) text: &'a str,
    /// The tree.
    pub(super) root: Node<'a>,
    /// Whether the tree is all that the file says: a policy that is a part of something else was not
    /// written so for AWS.
    pub(super) is_whole: bool,
}

impl Document<'_> {
    /// A key that is written here, of which nothing else is known.
    pub(super) fn key(&self, at: Location) -> Key {
        Key {
            name: self.name.to_owned(),
            address: Address {
                source: self.source,
                path: self.path.clone(),
            },
            metadata: KeyMetadata::nothing(),
            at,
            ..Key::default()
        }
    }

    /// A place in this file.
    pub(super) const fn at(&self, span: Span) -> Location {
        Location {
            source: self.source,
            span,
        }
    }
}
