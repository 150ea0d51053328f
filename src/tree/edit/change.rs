//! What is to be changed, and where: what a syntax is asked to write.

use serde_json::Value as Json;

use crate::tree::{Node, Step, Syntax};

use super::written::Splice;
use super::{hcl, json, yaml};

/// A change of one list, map or value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'v> {
    /// Children come before the child of this position, or after the last.
    Insert(usize, &'v [Added<'v>]),
    /// Another value comes in place of this one.
    Replace(&'v Json),
    /// The child of this position goes.
    Remove(usize),
    /// The member of this position has another key.
    Rename(usize, &'v str),
    /// The value becomes the first of a list, and these come after it.
    List(&'v [Json]),
}

/// What is to be in a list or map: values, or keys with their values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Added<'v> {
    Item(&'v Json),
    Member(&'v str, &'v Json),
}

/// Where a change is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'s> {
    pub(super) text: &'s str,
    pub(super) root: &'s Node<'static>,
    /// The way from the document to the value.
    pub(super) way: &'s [Step],
    /// As much of it as begins at `root`.
    pub(super) path: &'s [Step],
    /// The value.
    pub(super) node: &'s Node<'static>,
    /// The white space at the start of the line in which the text begins.
    pub(super) indent: &'s str,
}

/// The edits that make a change, as the author of the text would write it; nothing where the syntax
/// has no way to, or the layout is not one that is known.
pub(super) fn splice(syntax: Syntax, site: Site<'_>, change: Change<'_>) -> Option<Splice> {
    match syntax {
        Syntax::Json => json::splice(site, change),
        Syntax::Yaml => yaml::splice(site, change),
        Syntax::Hcl => hcl::splice(site, change),
    }
}
