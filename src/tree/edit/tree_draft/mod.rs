//! Edits of YAML and HCL that keep every other byte.
//!
//! A text is read once; each change is told in paths of that text, and all of them are made together.
//! What comes out is read again and must be exactly the tree that was meant: a place at which a writer
//! does not know the author's layout well enough is refused, and never spoilt. JSON has
//! [`JsonDraft`](crate::tree::edit::JsonDraft).

mod hcl;
mod lines;
mod shape;
mod yaml;

use serde_json::Value as Json;

use crate::text::{InputError, Span};
use crate::tree::edit::{Edit, EditError, apply, children};
use crate::tree::{JsonPath, Node, Step, Syntax};

use shape::Shape;

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeDraftError {
    /// The text is not of its syntax.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The text has no such value, or not what the change needs.
    #[error("cannot edit `{0}`: no such value, or not of the kind that the edit needs")]
    Missing(JsonPath),
    /// An anchor is used elsewhere, too: the change would be made there as well.
    #[error("cannot edit `{0}`: an anchor makes it part of other values, too")]
    Shared(JsonPath),
    /// Changes are about the same bytes.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The text would not read as it must: its layout is not one that can be edited.
    #[error("cannot edit the text: it would not read as intended")]
    Layout,
}

/// A change of one list, map or value.
#[derive(Clone, Debug)]
enum Change {
    /// A member after the last, or after the member of this name.
    Member(Option<String>, String, Json),
    /// Items before the item of this position.
    Items(usize, Vec<Json>),
    /// Another value.
    Replace(Json),
    /// The child is taken out.
    Remove(Step),
}

/// Changes of one text.
#[derive(Clone, Debug)]
pub struct TreeDraft<'t> {
    syntax: Syntax,
    text: &'t str,
    root: Node<'t>,
    /// What anchors that aliases name are.
    shared: Vec<Span>,
    changes: Vec<(Vec<Step>, Change)>,
    edits: Vec<Edit>,
}

impl<'t> TreeDraft<'t> {
    /// A draft of the first document of a text in YAML or HCL.
    ///
    /// # Errors
    /// Where the text is not of its syntax, has no document, or is JSON.
    pub fn read(syntax: Syntax, text: &'t str) -> Result<Self, TreeDraftError> {
        let (mut documents, shared) = as_written(syntax, text)?;
        if documents.is_empty() || syntax == Syntax::Json {
            return Err(TreeDraftError::Missing(JsonPath::default()));
        }
        Ok(Self {
            syntax,
            text,
            root: documents.swap_remove(0),
            shared,
            changes: Vec::new(),
            edits: Vec::new(),
        })
    }

    /// Adds a member to the map or block at `path`, after the member `after` or the last.
    ///
    /// # Errors
    /// Where no map is there, or one that has the key, or an anchor would change elsewhere.
    pub fn insert_member(
        &mut self,
        path: &[Step],
        after: Option<&str>,
        key: &str,
        value: &Json,
    ) -> Result<(), TreeDraftError> {
        let after = after.map(str::to_owned);
        self.change(path, Change::Member(after, key.to_owned(), value.clone()))
    }

    /// Adds items to the list at `path`, before the item of that position or at the end.
    ///
    /// # Errors
    /// Where no list is there, or an anchor would change elsewhere.
    pub fn insert_items(
        &mut self,
        path: &[Step],
        position: usize,
        values: &[Json],
    ) -> Result<(), TreeDraftError> {
        self.change(path, Change::Items(position, values.to_vec()))
    }

    /// Puts another value in place of the one at `path`.
    ///
    /// # Errors
    /// Where nothing is there, or an anchor would change elsewhere.
    pub fn replace(&mut self, path: &[Step], value: &Json) -> Result<(), TreeDraftError> {
        self.change(path, Change::Replace(value.clone()))
    }

    /// Removes the member or item at `path`, with its lines and the comments in them.
    ///
    /// # Errors
    /// Where nothing is there, or an anchor would change elsewhere.
    pub fn remove(&mut self, path: &[Step]) -> Result<(), TreeDraftError> {
        let (last, parent) = path.split_last().ok_or_else(|| missing(path))?;
        self.change(parent, Change::Remove(last.clone()))
    }

    /// The edits, and the text with them made.
    ///
    /// # Errors
    /// Where two changes are about the same bytes, or the text would not read as it must.
    pub fn finish(self) -> Result<(Vec<Edit>, String), TreeDraftError> {
        let edited = apply(self.text, &self.edits)?;
        let mut expected = Shape::of(&self.root);
        for (path, change) in &self.changes {
            expected.mark(path, change).ok_or_else(|| missing(path))?;
        }
        let (read, _) = as_written(self.syntax, &edited).map_err(|_| TreeDraftError::Layout)?;
        let read = read.first().map(Shape::of);
        if read.as_ref() != Some(&expected.settled()) {
            return Err(TreeDraftError::Layout);
        }
        Ok((self.edits, edited))
    }

    fn change(&mut self, path: &[Step], change: Change) -> Result<(), TreeDraftError> {
        let node = self.root.at(path).ok_or_else(|| missing(path))?;
        let touched = match &change {
            Change::Remove(step) => node.at(std::slice::from_ref(step)),
            _ => Some(node),
        };
        let touched = touched.ok_or_else(|| missing(path))?.span;
        let is_inside = |one: Span, other: Span| other.start <= one.start && one.end <= other.end;
        let overlaps = |shared: &Span| is_inside(touched, *shared) || is_inside(*shared, touched);
        if self.shared.iter().any(overlaps) || self.leads_through_alias(path) {
            return Err(TreeDraftError::Shared(JsonPath {
                steps: path.to_vec(),
            }));
        }
        let edits = match self.syntax {
            Syntax::Yaml => yaml::edits(self.text, &self.root, path, &change),
            Syntax::Hcl => hcl::edits(self.text, &self.root, path, &change),
            Syntax::Json => None,
        };
        self.edits.extend(edits.ok_or_else(|| missing(path))?);
        self.changes.push((path.to_vec(), change));
        Ok(())
    }

    /// Whether a value on the way is an alias: what is in it is written elsewhere.
    fn leads_through_alias(&self, path: &[Step]) -> bool {
        self.syntax == Syntax::Yaml
            && (1..=path.len()).any(|length| {
                let node = path.get(..length).and_then(|path| self.root.at(path));
                node.is_some_and(|node| node.span.of(self.text).starts_with('*'))
            })
    }
}

type Written<'t> = (Vec<Node<'t>>, Vec<Span>);

/// The documents without merges, and what aliases mean.
fn as_written(syntax: Syntax, text: &str) -> Result<Written<'_>, InputError> {
    if syntax != Syntax::Yaml {
        return Ok((syntax.read(text)?, Vec::new()));
    }
    let read = crate::tree::yaml::read_as_written(text)?;
    let shared = read.aliases.iter().map(|alias| alias.means).collect();
    Ok((read.documents, shared))
}

fn missing(path: &[Step]) -> TreeDraftError {
    TreeDraftError::Missing(JsonPath {
        steps: path.to_vec(),
    })
}

/// The position of a child; of two equal keys, the last.
fn position(node: &Node<'_>, step: &Step) -> Option<usize> {
    match step {
        Step::Key(key) => node.members()?.iter().rposition(|m| m.key == **key),
        Step::Index(index) => node.items()?.get(*index).map(|_| *index),
        Step::Embedded => None,
    }
}

/// After how many children a member comes; nothing where the map has its key already.
fn member_position(node: &Node<'_>, after: Option<&str>, key: &str) -> Option<usize> {
    let members = node.members()?;
    if node.get(key).is_some() {
        return None;
    }
    match after {
        None => Some(members.len()),
        Some(after) => Some(members.iter().rposition(|m| m.key == after)? + 1),
    }
}
