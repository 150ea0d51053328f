//! A document that stands in a file, as itself or inside a string, and the way back to the file.

use std::fmt::Write as _;

use crate::source::json::{self, Node, Value};
use crate::source::{Embedded, Encoding, JsonPath, OffsetMap, Span, Step};

use super::Edit;

/// A JSON document of a file: the file itself, or the text that one of its strings holds.
#[derive(Clone, Debug)]
pub struct Passage {
    /// The document, with the escapes of the strings around it undone.
    text: String,
    /// From offsets in `text` to offsets in the file; none where they are the same.
    map: Option<OffsetMap>,
    /// How the document is written into its surroundings, outermost first.
    encodings: Vec<Encoding>,
}

impl Passage {
    /// The innermost document on the way along `path`, and the rest of the path in it. Nothing
    /// where the path leads nowhere.
    pub fn open<'p>(file: &str, path: &'p JsonPath) -> Option<(Self, &'p [Step])> {
        let mut passage = Self {
            text: file.to_owned(),
            map: None,
            encodings: Vec::new(),
        };
        let mut rest = path.steps.as_slice();
        while let Some(at) = rest.iter().position(|step| *step == Step::Embedded) {
            let (before, after) = rest.split_at_checked(at)?;
            let root = json::parse_first(&passage.text).ok()?;
            let span = find(&root, before)?.span;
            let inner = Embedded::from_string(&passage.text, span)?;
            passage.encodings.push(inner.encoding);
            passage.map = Some(match &passage.map {
                Some(outer) => outer.after(&inner.map),
                None => inner.map,
            });
            passage.text = inner.text;
            rest = after.get(1..)?;
        }
        Some((passage, rest))
    }

    /// The document.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The offsets of the document as offsets of the file.
    pub fn outer_span(&self, span: Span) -> Span {
        self.map.as_ref().map_or(span, |map| map.outer_span(span))
    }

    /// The document as JSON, its places being the file's; what follows the first value is not
    /// looked at.
    ///
    /// # Errors
    /// Where it is not JSON; the place is the file's.
    pub fn parse(&self) -> Result<Node<'_>, crate::source::InputError> {
        let mut node = json::parse_first(&self.text).map_err(|mut error| {
            error.span = self.outer_span(error.span);
            error
        })?;
        if let Some(map) = &self.map {
            node.relocate(map);
        }
        Ok(node)
    }

    /// Edits of the document as edits of the file.
    pub fn outer(&self, edits: Vec<Edit>) -> Vec<Edit> {
        let outer = |edit: Edit| {
            let encode = |text: String, encoding: &Encoding| encode(&text, *encoding);
            Edit {
                span: self.outer_span(edit.span),
                replacement: self.encodings.iter().rev().fold(edit.replacement, encode),
            }
        };
        edits.into_iter().map(outer).collect()
    }
}

fn find<'n, 'a>(root: &'n Node<'a>, path: &[Step]) -> Option<&'n Node<'a>> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items()?.get(*index),
        Step::Embedded => None,
    })
}

/// The path to the value that stands at exactly these bytes of the file, or to the innermost
/// around them; nothing where they are no part of a value.
pub fn locate(file: &str, span: Span) -> Option<JsonPath> {
    let root = json::parse_first(file).ok()?;
    let mut steps = Vec::new();
    descend(file, &root, None, span, &mut steps).then_some(JsonPath { steps })
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
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
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

/// A text as it is written inside a string.
fn encode(text: &str, encoding: Encoding) -> String {
    let text = match encoding {
        Encoding::JsonString => text.to_owned(),
        Encoding::PercentEncoded => percent_encode(text),
    };
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// What is not unreserved in RFC 3986 is escaped, as IAM does.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len().saturating_mul(3));
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to memory does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
