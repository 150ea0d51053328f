//! Where a value stands in a file, and what stands around it.

use crate::text::Span;
use crate::tree::{Content, JsonPath, Node, OffsetMap, Step, Syntax, json};

use super::draft::as_written;
use super::layout::indent_at;

/// Bytes of a line beside a value that are kept for people.
const LONGEST_BESIDE: usize = 200;

/// The place of a value in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueInFile {
    /// What the file is written in.
    pub(super) syntax: Syntax,
    /// The way to the value.
    pub path: JsonPath,
    /// The bytes that have to be read to change it: of a file of JSON its own, or those of the outermost
    /// string that it is in; of another syntax, in which a value depends on what is around it, the whole file.
    pub span: Span,
    /// Whether they are the whole file.
    pub(super) is_whole_file: bool,
    /// The white space at the start of the line in which these bytes begin.
    pub indent: String,
    /// The line before these bytes and what is before them in their own line, as far as these
    /// are short.
    pub before: String,
    /// The rest of the line in which these bytes end and the next line, as far as these are short.
    pub after: String,
}

/// A file, read once for the places of all its policies.
#[derive(Clone, Debug)]
pub struct EditableFile<'t> {
    syntax: Syntax,
    text: &'t str,
    root: Node<'t>,
}

impl<'t> EditableFile<'t> {
    /// A file; nothing where it cannot be read. Where it has several documents, the first step of a path is the
    /// position of one, as if they were items of a list.
    pub fn read(syntax: Syntax, text: &'t str) -> Option<Self> {
        let whole = Span::new(0, text.len());
        let several = |documents: Vec<Node<'t>>| Node {
            value: Content::Array(documents),
            span: whole,
        };
        let root = match syntax {
            Syntax::Json => json::parse_all(text, 0)
                .ok()
                .filter(|all| all.len() > 1)
                .map_or_else(|| json::parse_first(text).ok(), |all| Some(several(all)))?,
            _ => as_written(syntax, text).ok()?.0,
        };
        Some(Self { syntax, text, root })
    }

    /// The text of the file.
    pub const fn text(&self) -> &'t str {
        self.text
    }

    /// The place of the value at exactly these bytes, or of the innermost around them;
    /// nothing where they are no part of a value.
    pub fn of(&self, span: Span) -> Option<ValueInFile> {
        let mut steps = Vec::new();
        let text = (self.syntax, self.text);
        let found = descend(text, &self.root, None, span, &mut steps);
        self.at(found.then_some(JsonPath { steps })?)
    }

    /// The place of the value to which this path leads; nothing where it leads nowhere.
    pub fn at(&self, path: JsonPath) -> Option<ValueInFile> {
        let file = self.text;
        let mut place = ValueInFile {
            syntax: self.syntax,
            path,
            span: Span::new(0, file.len()),
            is_whole_file: self.syntax != Syntax::Json,
            indent: String::new(),
            before: String::new(),
            after: String::new(),
        };
        let span = self.root.at(place.outside())?.span;
        if !place.is_whole_file {
            let (before, after) = (span.start as usize, span.end as usize);
            let (before, after) = (file.get(..before)?, file.get(after..)?);
            place.span = span;
            indent_at(file, span.start, "").clone_into(&mut place.indent);
            last_lines(before).clone_into(&mut place.before);
            first_lines(after).clone_into(&mut place.after);
        }
        Some(place)
    }
}

/// The last line and the one before it, as far as they are short.
fn last_lines(text: &str) -> &str {
    let mut start = text.len();
    for _ in 0..2 {
        let line = text.get(..start).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let from = memchr::memrchr(b'\n', line.as_bytes()).map_or(0, |at| at.saturating_add(1));
        if start.saturating_sub(from) > LONGEST_BESIDE {
            break;
        }
        start = from;
    }
    text.get(start..).unwrap_or_default()
}

/// The first line and the one after it, as far as they are short.
fn first_lines(text: &str) -> &str {
    let lines = text.split_inclusive('\n').take(2);
    let short = lines.take_while(|line| line.len() <= LONGEST_BESIDE);
    text.get(..short.map(str::len).sum()).unwrap_or_default()
}

/// Goes into whatever holds the bytes; `text` is the document that `node` was read from, and `map`
/// leads from it to the file.
fn descend(
    text: (Syntax, &str),
    node: &Node<'_>,
    map: Option<&OffsetMap>,
    span: Span,
    steps: &mut Vec<Step>,
) -> bool {
    let outer = map.map_or(node.span, |map| map.outer_span(node.span));
    let has_bytes = !outer.is_empty() || node.items().is_none();
    if has_bytes && (span.start < outer.start || outer.end < span.end) {
        return false;
    }
    if span != outer && descend_into_string(text, node, map, span, steps) {
        return true;
    }
    let mut into = |step: Step, child: &Node<'_>| {
        steps.push(step);
        let found = descend(text, child, map, span, steps);
        if !found {
            steps.pop();
        }
        found
    };
    let mut listed = |items: &[Node<'_>]| {
        let mut items = items.iter().enumerate();
        items.any(|(index, item)| into(Step::Index(index), item))
    };
    match &node.value {
        Content::Array(items) => listed(items),
        Content::Deferred(deferred) => listed(&deferred.arguments),
        Content::Object(members) => {
            let mut members = members.iter();
            members.any(|m| into(Step::Key(m.key.clone().into_owned()), &m.value))
        }
        Content::String(_) | Content::Null | Content::Bool(_) | Content::Number(_) => false,
    };
    true
}

fn descend_into_string(
    (syntax, text): (Syntax, &str),
    node: &Node<'_>,
    map: Option<&OffsetMap>,
    span: Span,
    steps: &mut Vec<Step>,
) -> bool {
    let Some(embedded) = syntax.embedded(text, node) else {
        return false;
    };
    let Ok(inner) = json::parse_first(&embedded.text) else {
        return false;
    };
    let whole = match map {
        Some(outer) => outer.after(&embedded.map),
        None => embedded.map.clone(),
    };
    steps.push(Step::Embedded);
    let inside = (Syntax::Json, embedded.text.as_str());
    let found = descend(inside, &inner, Some(&whole), span, steps);
    if !found {
        steps.pop();
    }
    found
}
