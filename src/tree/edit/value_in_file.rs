//! Where a value stands in a file, and what stands around it.

use crate::text::Span;
use crate::tree::{Embedded, JsonPath, Node, OffsetMap, Step, Value, json};

use super::layout::indent_at;

/// Bytes of a line beside a value that are kept for people.
const LONGEST_BESIDE: usize = 200;

/// The place of a value in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueInFile {
    /// The way to the value.
    pub path: JsonPath,
    /// Its bytes; of a value inside a string, the bytes of the outermost string.
    pub span: Span,
    /// The white space at the start of the line in which these bytes begin.
    pub indent: String,
    /// The line before these bytes and what stands before them in their own line, as far as these
    /// are short.
    pub before: String,
    /// The rest of the line in which these bytes end and the next line, as far as these are short.
    pub after: String,
}

/// A file, read once for the places of all its policies.
#[derive(Clone, Debug)]
pub struct EditableFile<'t> {
    text: &'t str,
    root: Node<'t>,
}

impl<'t> EditableFile<'t> {
    /// Nothing where the file is not JSON.
    pub fn read(text: &'t str) -> Option<Self> {
        Some(Self {
            root: json::parse_first(text).ok()?,
            text,
        })
    }

    /// The text of the file.
    pub const fn text(&self) -> &'t str {
        self.text
    }

    /// The place of the value that stands at exactly these bytes, or of the innermost around them;
    /// nothing where they are no part of a value.
    pub fn of(&self, span: Span) -> Option<ValueInFile> {
        let mut steps = Vec::new();
        let found = descend(self.text, &self.root, None, span, &mut steps);
        self.at(found.then_some(JsonPath { steps })?)
    }

    /// The place of the value to which this path leads; nothing where it leads nowhere.
    pub fn at(&self, path: JsonPath) -> Option<ValueInFile> {
        let (file, root) = (self.text, &self.root);
        let outside = path
            .steps
            .iter()
            .take_while(|step| **step != Step::Embedded);
        let outside = path.steps.get(..outside.count())?;
        let span = root.at(outside)?.span;
        let (before, after) = (span.start as usize, span.end as usize);
        let (before, after) = (file.get(..before)?, file.get(after..)?);
        Some(ValueInFile {
            indent: indent_at(file, span.start, "").to_owned(),
            before: last_lines(before).to_owned(),
            after: first_lines(after).to_owned(),
            path,
            span,
        })
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
    text: &str,
    node: &Node<'_>,
    map: Option<&OffsetMap>,
    span: Span,
    steps: &mut Vec<Step>,
) -> bool {
    let outer = map.map_or(node.span, |map| map.outer_span(node.span));
    if span.start < outer.start || outer.end < span.end {
        return false;
    }
    match &node.value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                steps.push(Step::Index(index));
                if descend(text, item, map, span, steps) {
                    return true;
                }
                steps.pop();
            }
        }
        Value::Object(members) => {
            for member in members {
                steps.push(Step::Key(member.key.clone().into_owned()));
                if descend(text, &member.value, map, span, steps) {
                    return true;
                }
                steps.pop();
            }
        }
        Value::String(_) if span != outer => descend_into_string(text, node, map, span, steps),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Deferred(_) => {
        }
    }
    true
}

fn descend_into_string(
    text: &str,
    node: &Node<'_>,
    map: Option<&OffsetMap>,
    span: Span,
    steps: &mut Vec<Step>,
) {
    let Some(embedded) = Embedded::from_string(text, node.span) else {
        return;
    };
    let Ok(inner) = json::parse_first(&embedded.text) else {
        return;
    };
    let whole = match map {
        Some(outer) => outer.after(&embedded.map),
        None => embedded.map.clone(),
    };
    steps.push(Step::Embedded);
    if !descend(&embedded.text, &inner, Some(&whole), span, steps) {
        steps.pop();
    }
}
