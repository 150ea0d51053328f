//! One document under change, as text and as a JSON Patch.

use serde_json::Value as Json;

use crate::text::{InputError, Span};
use crate::tree::{Content, JsonPath, Member, Node, Step, Syntax, hcl, json, yaml};

use super::change::{Added, Change, Site, splice};
use super::layout::children;
use super::moved::Moved;
use super::patch::pointer;
use super::pieces::Pieces;
use super::written::{Child, Splice};
use super::{Edit, Passage, PatchOperation};

/// A document to which changes are made one after the other. It is read once: each change is made to the
/// text and to the tree. What is added looks like what is beside it; every other byte stays.
#[derive(Clone, Debug)]
pub struct Draft {
    syntax: Syntax,
    pieces: Pieces,
    /// What the text says by now.
    root: Node<'static>,
    /// The values whose anchors aliases name.
    shared: Vec<Span>,
    patch: Vec<PatchOperation>,
    /// The way from the document to what the text holds: nothing outside of it can be changed.
    outside: Vec<Step>,
    /// The white space at the start of the line in which the text begins.
    indent: String,
    /// Bytes of the texts to which changes were made.
    changed: usize,
}

/// Each change goes through the whole text: for so many bytes in one draft, 512 changes of the longest key
/// policy that AWS stores.
const MOST_CHANGED: usize = 16 << 20;

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The text is not of its syntax.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The text has no such value, or not what the change needs.
    #[error("cannot edit `{0}`: no such value, or not of the kind that the edit needs")]
    Missing(JsonPath),
    /// An anchor is used elsewhere, too: the change would be made there as well.
    #[error("cannot edit `{0}`: an anchor makes it part of other values, too")]
    Shared(JsonPath),
    /// There are too many changes of so long a text.
    #[error("the text is too long for so many changes at once")]
    TooMany,
    /// The text would not read as it must: its layout is not one that can be edited.
    #[error("cannot edit the text: it would not read as intended")]
    Layout,
}

/// A child is told from the path of its list or map by the last step.
fn split(path: &[Step]) -> Result<(&[Step], &Step), DraftError> {
    let (last, parent) = path.split_last().ok_or_else(|| missing(path))?;
    Ok((parent, last))
}

fn of_path(path: &[Step]) -> JsonPath {
    JsonPath {
        steps: path.to_vec(),
    }
}

fn missing(path: &[Step]) -> DraftError {
    DraftError::Missing(of_path(path))
}

/// The position of a child among the others; of two equal keys, the last.
fn position(node: &Node<'_>, step: &Step) -> Option<usize> {
    match step {
        Step::Key(key) => node.members()?.iter().rposition(|m| m.key == **key),
        Step::Index(index) => match &node.value {
            Content::Deferred(deferred) => deferred.arguments.get(*index).map(|_| *index),
            _ => node.items()?.get(*index).map(|_| *index),
        },
        Step::Embedded => None,
    }
}

fn child<'n>(node: &'n mut Node<'static>, position: usize) -> Option<&'n mut Node<'static>> {
    match &mut node.value {
        Content::Array(items) => items.get_mut(position),
        Content::Object(members) => members.get_mut(position).map(|member| &mut member.value),
        Content::Deferred(deferred) => deferred.arguments.get_mut(position),
        Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => None,
    }
}

impl Draft {
    /// A draft of a text: of JSON of the first document, whatever follows it; where YAML has several, the first
    /// step of a path is the position of one.
    ///
    /// # Errors
    /// Where the text is not of its syntax, or has no document.
    pub fn read(syntax: Syntax, text: &str) -> Result<Self, DraftError> {
        let (root, shared) = as_written(syntax, text)?;
        Ok(Self {
            syntax,
            pieces: Pieces::new(text),
            root: root.into_owned(),
            shared,
            patch: Vec::new(),
            outside: Vec::new(),
            indent: String::new(),
            changed: 0,
        })
    }

    /// A draft of the document from which this passage is; paths begin at that document, and only
    /// what is in the passage can be changed.
    ///
    /// # Errors
    /// As [`Draft::read`].
    pub fn of(passage: &Passage) -> Result<Self, DraftError> {
        Ok(Self {
            outside: passage.root().to_vec(),
            indent: passage.indent().to_owned(),
            ..Self::read(passage.syntax(), passage.text())?
        })
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        self.pieces.text()
    }

    /// What must be done to the first text to make it this one.
    ///
    /// # Errors
    /// Where the text as it is now would not read as the changes mean: its layout is not one that can be
    /// edited.
    pub fn edits(&self) -> Result<Vec<Edit>, DraftError> {
        let (read, _) = as_written(self.syntax, self.text()).map_err(|_| DraftError::Layout)?;
        if !says_the_same(&read, &self.root) {
            return Err(DraftError::Layout);
        }
        Ok(self.pieces.edits())
    }

    /// The same as a JSON Patch.
    pub fn patch(&self) -> &[PatchOperation] {
        &self.patch
    }

    /// The value that is there now.
    pub fn get(&self, path: &[Step]) -> Option<Json> {
        self.node(path).map(Json::from)
    }

    /// The tree of the text as it is now.
    #[cfg(test)]
    pub(super) const fn root(&self) -> &Node<'static> {
        &self.root
    }

    fn node(&self, path: &[Step]) -> Option<&Node<'static>> {
        self.root.at(self.inside(path)?)
    }

    /// The rest of the way, in the text.
    fn inside<'p>(&self, path: &'p [Step]) -> Option<&'p [Step]> {
        path.strip_prefix(self.outside.as_slice())
    }

    /// Makes the change of the value at `path` that `of` tells.
    fn change<'v>(
        &mut self,
        path: &[Step],
        of: impl FnOnce(&Node<'_>) -> Option<Change<'v>>,
    ) -> Result<(), DraftError> {
        if self.changed > MOST_CHANGED {
            return Err(DraftError::TooMany);
        }
        self.changed = self.changed.saturating_add(self.text().len());
        let inside = self.inside(path).ok_or_else(|| missing(path))?;
        let node = self.root.at(inside).ok_or_else(|| missing(path))?;
        let change = of(node).ok_or_else(|| missing(path))?;
        if self.is_shared(inside, node, change) {
            return Err(DraftError::Shared(of_path(path)));
        }
        let site = Site {
            text: self.text(),
            root: &self.root,
            way: path,
            path: inside,
            node,
            indent: &self.indent,
        };
        let splice = splice(self.syntax, site, change).ok_or_else(|| missing(path))?;
        let way = self.positions(inside).ok_or_else(|| missing(path))?;
        let columns = self.columns(inside);
        self.make(&way, &columns, splice, change);
        Ok(())
    }

    /// The positions of the children on a way.
    fn positions(&self, path: &[Step]) -> Option<Vec<usize>> {
        let mut node = &self.root;
        let mut way = Vec::with_capacity(path.len());
        for step in path {
            way.push(position(node, step)?);
            node = node.at(std::slice::from_ref(step))?;
        }
        Some(way)
    }

    fn make(&mut self, way: &[usize], columns: &[usize], splice: Splice, change: Change<'_>) {
        let mut edits = splice.edits;
        let Some(first) = edits.first().map(|edit| edit.span) else {
            return;
        };
        let around = match change {
            Change::Replace(_) | Change::List(_) => way.split_last().map(|(_, rest)| rest),
            Change::Insert(..) | Change::Remove(_) | Change::Rename(..) => Some(way),
        };
        let moved = Moved::by(&edits);
        moved.tree(&mut self.root, around);
        for span in &mut self.shared {
            *span = moved.span(*span, false);
        }
        let at = moved.place(first);
        let children = splice.children.into_iter().map(|child| child.moved_by(at));
        let target = way
            .iter()
            .try_fold(&mut self.root, |node, at| child(node, *at));
        if let Some(target) = target {
            put(target, change, children, whole(&edits, &moved));
        }
        // Later bytes first: the offsets of the others stay true.
        edits.sort_unstable_by(|one, other| other.cmp(one));
        for edit in &edits {
            self.pieces.replace(edit);
        }
        if self.syntax == Syntax::Yaml {
            super::yaml::settle(
                self.pieces.text(),
                &mut self.root,
                around.unwrap_or_default(),
                columns,
            );
        }
    }

    /// At which byte of its line each value on a path begins. Only the layout of YAML depends on that.
    fn columns(&self, path: &[Step]) -> Vec<usize> {
        if self.syntax != Syntax::Yaml {
            return Vec::new();
        }
        let column = |node: &Node<'_>| {
            let start = node.span.start as usize;
            super::lines::before(self.text(), start).len()
        };
        let on_the_way = (0..=path.len()).map_while(|length| self.root.at(path.get(..length)?));
        on_the_way.map(column).collect()
    }

    /// Whether a change would be one of other values, too: of what an alias repeats.
    fn is_shared(&self, path: &[Step], node: &Node<'_>, change: Change<'_>) -> bool {
        let touched = match change {
            Change::Remove(at) | Change::Rename(at, _) => children(node).get(at).copied(),
            _ => None,
        };
        let touched = touched.unwrap_or(node.span);
        let adds = matches!(change, Change::Insert(..));
        let is_inside = |one: Span, other: Span| other.start <= one.start && one.end <= other.end;
        let overlaps =
            |shared: &Span| is_inside(touched, *shared) || !adds && is_inside(*shared, touched);
        self.shared.iter().any(overlaps) || self.leads_through_alias(path)
    }

    /// Whether a value on the way is an alias: what is in it is written elsewhere.
    fn leads_through_alias(&self, path: &[Step]) -> bool {
        self.syntax == Syntax::Yaml
            && (1..=path.len()).any(|length| {
                let node = path.get(..length).and_then(|path| self.root.at(path));
                node.is_some_and(|node| node.span.of(self.text()).starts_with('*'))
            })
    }

    /// Adds a member to the map or block at `path`, after the members of these names, or at the end
    /// where it has none of them.
    ///
    /// # Errors
    /// Where no map is there, or one that has the key already.
    pub fn insert_member(
        &mut self,
        path: &[Step],
        after: &[&str],
        key: &str,
        value: &Json,
    ) -> Result<(), DraftError> {
        self.add_member(path, key, value, |node| {
            let members = node.members()?;
            let last = members
                .iter()
                .rposition(|member| after.contains(&&*member.key));
            Some(last.map_or(members.len(), |last| last.saturating_add(1)))
        })
    }

    /// Adds a member to the map or block at `path`, before all others.
    ///
    /// # Errors
    /// As [`Draft::insert_member`].
    pub fn insert_first_member(
        &mut self,
        path: &[Step],
        key: &str,
        value: &Json,
    ) -> Result<(), DraftError> {
        self.add_member(path, key, value, |node| node.members().map(|_| 0))
    }

    fn add_member(
        &mut self,
        path: &[Step],
        key: &str,
        value: &Json,
        place: impl FnOnce(&Node<'_>) -> Option<usize>,
    ) -> Result<(), DraftError> {
        let added = [Added::Member(key, value)];
        self.change(path, |node| {
            let place = place(node)?;
            node.get(key)
                .is_none()
                .then_some(Change::Insert(place, &added))
        })?;
        self.note_added(path, Step::Key(key.to_owned()), value);
        Ok(())
    }

    fn note_added(&mut self, path: &[Step], last: Step, value: &Json) {
        let mut whole = path.to_vec();
        whole.push(last);
        self.patch.push(PatchOperation::Add {
            path: pointer(&whole),
            value: value.clone(),
        });
    }

    /// Adds items to the list at `path`, before the item of that position or at the end.
    ///
    /// # Errors
    /// Where no list is there.
    pub fn insert_items(
        &mut self,
        path: &[Step],
        position: usize,
        values: &[Json],
    ) -> Result<(), DraftError> {
        let added: Vec<_> = values.iter().map(Added::Item).collect();
        let mut first = 0;
        self.change(path, |node| {
            first = position.min(node.items()?.len());
            Some(Change::Insert(first, &added))
        })?;
        for (value, index) in values.iter().zip(first..) {
            self.note_added(path, Step::Index(index), value);
        }
        Ok(())
    }

    /// Adds values where one may be alone: to the list at `path` after the item of that
    /// position, or to the single value there, which becomes a list.
    ///
    /// # Errors
    /// Where nothing is there.
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
        self.change(path, |_| Some(Change::List(values)))?;
        let all = std::iter::once(present).chain(values.iter().cloned());
        self.patch.push(PatchOperation::Replace {
            path: pointer(path),
            value: all.collect(),
        });
        Ok(())
    }

    /// Removes the member or item at `path`, with its lines and the comments in them.
    ///
    /// # Errors
    /// Where nothing is there, or `path` is the whole document.
    pub fn remove(&mut self, path: &[Step]) -> Result<(), DraftError> {
        let (parent, last) = split(path)?;
        self.change(parent, |node| position(node, last).map(Change::Remove))?;
        self.patch.push(PatchOperation::Remove {
            path: pointer(path),
        });
        Ok(())
    }

    /// Puts another value in place of the one at `path`.
    ///
    /// # Errors
    /// Where nothing is there.
    pub fn replace(&mut self, path: &[Step], value: &Json) -> Result<(), DraftError> {
        self.change(path, |_| Some(Change::Replace(value)))?;
        self.patch.push(PatchOperation::Replace {
            path: pointer(path),
            value: value.clone(),
        });
        Ok(())
    }

    /// Gives the member at `path` another key; its place and its value stay.
    ///
    /// # Errors
    /// Where no member is there, or the map has that key already.
    pub fn rename(&mut self, path: &[Step], key: &str) -> Result<(), DraftError> {
        let (parent, last) = split(path)?;
        self.change(parent, |node| {
            let at = node.members().and_then(|_| position(node, last))?;
            node.get(key).is_none().then_some(Change::Rename(at, key))
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

/// From the first to the last byte of what is written by these edits and what is between them.
fn whole(edits: &[Edit], moved: &Moved) -> Span {
    let starts = edits.iter().map(|edit| moved.place(edit.span));
    let end = |edit: &Edit| {
        let length = Span::new(edit.replacement.len(), 0).start;
        moved.place(edit.span).saturating_add(length)
    };
    Span {
        start: starts.min().unwrap_or_default(),
        end: edits.iter().map(end).max().unwrap_or_default(),
    }
}

/// Makes a change of the value in the tree, whose text is changed already.
fn put(
    node: &mut Node<'static>,
    change: Change<'_>,
    children: impl Iterator<Item = Child>,
    whole: Span,
) {
    let (mut items, mut members) = (Vec::new(), Vec::new());
    for child in children {
        match child {
            Child::Item(node) => items.push(node),
            Child::Member(member) => members.push(member),
        }
    }
    match (change, &mut node.value) {
        (Change::Insert(at, _), Content::Array(present)) => {
            let at = at.min(present.len());
            present.splice(at..at, items);
        }
        (Change::Insert(at, _), Content::Object(present)) => {
            let at = at.min(present.len());
            present.splice(at..at, members);
        }
        (Change::Remove(at), Content::Array(present)) if at < present.len() => {
            present.remove(at);
        }
        (Change::Remove(at), Content::Object(present)) if at < present.len() => {
            present.remove(at);
        }
        (Change::Rename(at, key), Content::Object(present)) => {
            if let Some(member) = present.get_mut(at) {
                member.key = key.to_owned().into();
            }
        }
        (Change::Replace(_), _) => {
            if let Some(new) = items.pop() {
                *node = new;
            }
        }
        (Change::List(_), _) => {
            let list = Node {
                value: Content::Array(Vec::new()),
                span: whole,
            };
            items.insert(0, std::mem::replace(node, list));
            node.value = Content::Array(items);
        }
        (Change::Insert(..) | Change::Remove(_) | Change::Rename(..), _) => {}
    }
}

/// The document without merges, and what aliases mean; of JSON the first. Several documents of YAML are as
/// items of a list, which has no bytes.
pub(super) fn as_written(syntax: Syntax, text: &str) -> Result<(Node<'_>, Vec<Span>), DraftError> {
    match syntax {
        Syntax::Json => Ok((json::parse_first(text)?, Vec::new())),
        Syntax::Hcl => Ok((hcl::read(text)?, Vec::new())),
        Syntax::Yaml => {
            let read = yaml::read_as_written(text)?;
            let mut documents = read.documents;
            let root = match documents.len() {
                0 | 1 => documents.pop(),
                _ => Some(Node {
                    value: Content::Array(documents),
                    span: Span::default(),
                }),
            };
            let shared = read.aliases.iter().map(|alias| alias.means).collect();
            Ok((root.ok_or_else(|| missing(&[]))?, shared))
        }
    }
}

/// Whether two values are the same wherever they are written.
pub(super) fn says_the_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    let all = |ones: &[Node<'_>], others: &[Node<'_>]| {
        let mut pairs = ones.iter().zip(others);
        ones.len() == others.len() && pairs.all(|(one, other)| says_the_same(one, other))
    };
    match (&one.value, &other.value) {
        (Content::Array(ones), Content::Array(others)) => all(ones, others),
        (Content::Object(ones), Content::Object(others)) => {
            let mut pairs = ones.iter().zip(others);
            let same = |(one, other): (&Member<'_>, &Member<'_>)| {
                one.key == other.key && says_the_same(&one.value, &other.value)
            };
            ones.len() == others.len() && pairs.all(same)
        }
        (Content::Deferred(one), Content::Deferred(other)) => {
            one.function == other.function && all(&one.arguments, &other.arguments)
        }
        (one, other) => one == other,
    }
}
