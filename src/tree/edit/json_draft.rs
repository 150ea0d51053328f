//! One JSON document under change, as text and as a JSON Patch.

use serde_json::Value as Json;

use crate::text::InputError;
use crate::tree::{JsonPath, Node, Step, json};

use super::draft::Draft;
use super::layout::Layout;
use super::patch::pointer;
use super::splice::{self, Added};
use super::{Edit, Passage, PatchOperation};

/// A document to which changes are made one after the other. What is added looks like what
/// stands beside it; every other byte stays.
#[derive(Clone, Debug)]
pub struct JsonDraft {
    draft: Draft,
    patch: Vec<PatchOperation>,
    /// The way from the document to what the text holds: nothing outside of it can be changed.
    root: Vec<Step>,
    /// The white space at the start of the line in which the text begins.
    indent: String,
    /// Bytes that were read again for changes.
    read: usize,
}

/// How many bytes are read again for the changes of one draft: 512 changes of the longest key policy that
/// AWS stores.
const MOST_READ: usize = 16 << 20;

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The text is not JSON.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Nothing stands there, or not what the change needs.
    #[error("nothing that could be changed so stands at `{0}`")]
    Missing(JsonPath),
    /// There are too many changes of so long a text: each reads it again.
    #[error("the text is too long for so many changes at once")]
    TooMany,
}

/// A child is told from the path of its array or object by the last step.
fn split(path: &[Step]) -> Result<(&[Step], &Step), DraftError> {
    let (last, parent) = path.split_last().ok_or_else(|| missing(path))?;
    Ok((parent, last))
}

fn missing(path: &[Step]) -> DraftError {
    DraftError::Missing(JsonPath {
        steps: path.to_vec(),
    })
}

/// The position of a child among the others; of two equal keys, the last.
fn position(container: &Node<'_>, step: &Step) -> Option<usize> {
    match step {
        Step::Key(key) => {
            let members = container.members()?;
            members.iter().rposition(|member| member.key == *key)
        }
        Step::Index(index) => container.items()?.get(*index).map(|_| *index),
        Step::Embedded => None,
    }
}

impl JsonDraft {
    /// A draft of this document. White space around the value, and what may follow it, stays.
    pub fn new(text: &str) -> Self {
        Self {
            draft: Draft::new(text),
            patch: Vec::new(),
            root: Vec::new(),
            indent: String::new(),
            read: 0,
        }
    }

    /// A draft of the document from which this passage is; paths begin at that document, and only
    /// what stands in the passage can be changed.
    pub fn of(passage: &Passage) -> Self {
        Self {
            root: passage.root().to_vec(),
            indent: passage.indent().to_owned(),
            ..Self::new(passage.text())
        }
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        self.draft.text()
    }

    /// What must be done to the first text to make it this one.
    pub fn edits(&self) -> Vec<Edit> {
        self.draft.edits()
    }

    /// The same as a JSON Patch.
    pub fn patch(&self) -> &[PatchOperation] {
        &self.patch
    }

    /// The value that stands there now.
    pub fn get(&self, path: &[Step]) -> Option<Json> {
        let root = json::parse_first(self.text()).ok()?;
        root.at(self.inside(path)?).map(Json::from)
    }

    /// The rest of the way, in the text.
    fn inside<'p>(&self, path: &'p [Step]) -> Option<&'p [Step]> {
        path.strip_prefix(self.root.as_slice())
    }

    /// Calls `change` with the node at `path`.
    fn change(
        &mut self,
        path: &[Step],
        change: impl FnOnce(&str, &Layout<'_>, &Node<'_>) -> Option<Vec<Edit>>,
    ) -> Result<(), DraftError> {
        let text = self.draft.text().to_owned();
        if self.read > MOST_READ {
            return Err(DraftError::TooMany);
        }
        self.read = self.read.saturating_add(text.len());
        let root = json::parse_first(&text)?;
        let inside = self.inside(path).ok_or_else(|| missing(path))?;
        let node = root.at(inside).ok_or_else(|| missing(path))?;
        let layout = Layout::of(&text, &root, &self.indent);
        let mut edits = change(&text, &layout, node).ok_or_else(|| missing(path))?;
        // Later bytes first: the offsets of the others stay true.
        edits.sort_unstable_by(|one, other| other.cmp(one));
        for edit in &edits {
            self.draft.replace(edit);
        }
        Ok(())
    }

    /// Adds a member to the object at `path`, after the members of these names, or at the end
    /// where it has none of them.
    ///
    /// # Errors
    /// Where no object stands there, or one that has the key already.
    pub fn insert_member(
        &mut self,
        path: &[Step],
        after: &[&str],
        key: &str,
        value: &Json,
    ) -> Result<(), DraftError> {
        self.change(path, |text, layout, node| {
            let members = node.members()?;
            if node.get(key).is_some() {
                return None;
            }
            let is_named = |name: &str| after.contains(&name);
            let last = members.iter().rposition(|member| is_named(&member.key));
            let position = last.map_or(members.len(), |last| last.saturating_add(1));
            let added = [Added::Member(key, value)];
            Some(vec![splice::insert(text, layout, node, position, &added)])
        })?;
        let mut whole = path.to_vec();
        whole.push(Step::Key(key.to_owned()));
        self.patch.push(PatchOperation::Add {
            path: pointer(&whole),
            value: value.clone(),
        });
        Ok(())
    }

    /// Adds items to the array at `path`, before the item of that position or at the end.
    ///
    /// # Errors
    /// Where no array stands there.
    pub fn insert_items(
        &mut self,
        path: &[Step],
        position: usize,
        values: &[Json],
    ) -> Result<(), DraftError> {
        let mut length = 0;
        self.change(path, |text, layout, node| {
            length = node.items()?.len();
            let added: Vec<_> = values.iter().map(Added::Item).collect();
            Some(vec![splice::insert(text, layout, node, position, &added)])
        })?;
        for (value, index) in values.iter().zip(position.min(length)..) {
            let mut whole = path.to_vec();
            whole.push(Step::Index(index));
            self.patch.push(PatchOperation::Add {
                path: pointer(&whole),
                value: value.clone(),
            });
        }
        Ok(())
    }

    /// Adds values where one may stand alone: to the array at `path` after the item of that
    /// position, or to the single value there, which becomes an array.
    ///
    /// # Errors
    /// Where nothing stands there.
    pub fn add_values(
        &mut self,
        path: &[Step],
        after: usize,
        values: &[Json],
    ) -> Result<(), DraftError> {
        let present = self.get(path).ok_or_else(|| missing(path))?;
        if present.is_array() {
            return self.insert_items(path, after.saturating_add(1), values);
        }
        let key = path.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) | Step::Embedded => None,
        });
        self.change(path, |_, layout, node| {
            Some(splice::make_array(layout, node, key, values))
        })?;
        let all = std::iter::once(present).chain(values.iter().cloned());
        self.patch.push(PatchOperation::Replace {
            path: pointer(path),
            value: all.collect(),
        });
        Ok(())
    }

    /// Removes the member or item at `path`.
    ///
    /// # Errors
    /// Where nothing stands there, or `path` is the whole document.
    pub fn remove(&mut self, path: &[Step]) -> Result<(), DraftError> {
        let (parent, last) = split(path)?;
        self.change(parent, |_, _, node| {
            Some(vec![splice::remove(node, position(node, last)?)?])
        })?;
        self.patch.push(PatchOperation::Remove {
            path: pointer(path),
        });
        Ok(())
    }

    /// Puts another value in place of the one at `path`.
    ///
    /// # Errors
    /// Where nothing stands there.
    pub fn replace(&mut self, path: &[Step], value: &Json) -> Result<(), DraftError> {
        let key = match path.last() {
            Some(Step::Key(key)) => Some(key.as_str()),
            Some(Step::Index(_) | Step::Embedded) | None => None,
        };
        self.change(path, |_, layout, node| {
            let indent = layout.indent_at(node.span.start);
            Some(vec![Edit {
                span: node.span,
                replacement: layout.value(value, key, Some(node), indent),
            }])
        })?;
        self.patch.push(PatchOperation::Replace {
            path: pointer(path),
            value: value.clone(),
        });
        Ok(())
    }

    /// Gives the member at `path` another key; its place and its value stay.
    ///
    /// # Errors
    /// Where no member stands there, or the object has that key already.
    pub fn rename(&mut self, path: &[Step], key: &str) -> Result<(), DraftError> {
        let (parent, last) = split(path)?;
        self.change(parent, |_, _, node| {
            let member = node.members()?.get(position(node, last)?)?;
            if node.get(key).is_some() {
                return None;
            }
            Some(vec![Edit {
                span: member.key_span,
                replacement: Json::from(key).to_string(),
            }])
        })?;
        let mut renamed = parent.to_vec();
        renamed.push(Step::Key(key.to_owned()));
        self.patch.push(PatchOperation::Move {
            from: pointer(path),
            path: pointer(&renamed),
        });
        Ok(())
    }
}
