//! How the author of a document writes JSON, so that what is added looks the same.

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::{Content, Node};

use super::written::{Part, Written};

/// Characters of a new array or object that stay on one line, whatever the habit.
const LONGEST_LINE: usize = 100;

/// The habits that a document shows.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    text: &'a str,
    root: &'a Node<'a>,
    /// The white space at the start of the line in which the text begins.
    indent: &'a str,
    /// What ends a line; empty where the whole document is one line.
    newline: &'static str,
    /// One step of indentation.
    unit: String,
    /// Between a key and its value.
    colon: String,
    /// Between items that stand on one line.
    comma: String,
    /// After an opening brace on one line.
    in_braces: String,
    /// After an opening bracket on one line.
    in_brackets: String,
}

/// Where the children of an array or object are: an item, or a key with its value.
pub(super) fn children(node: &Node<'_>) -> Vec<Span> {
    match &node.value {
        Content::Array(items) => items.iter().map(|item| item.span).collect(),
        Content::Object(members) => members
            .iter()
            .map(|member| Span {
                start: member.key_span.start,
                // In YAML the value of a key may be empty, or an alias of what is before it.
                end: member.value.span.end.max(member.key_span.end),
            })
            .collect(),
        Content::Null
        | Content::Bool(_)
        | Content::Number(_)
        | Content::String(_)
        | Content::Deferred(_) => Vec::new(),
    }
}

fn nested<'a>(node: &'a Node<'a>) -> Vec<&'a Node<'a>> {
    match &node.value {
        Content::Array(items) => items.iter().collect(),
        Content::Object(members) => members.iter().map(|member| &member.value).collect(),
        Content::Null
        | Content::Bool(_)
        | Content::Number(_)
        | Content::String(_)
        | Content::Deferred(_) => Vec::new(),
    }
}

/// Every node, from the top in the order in which they are written.
fn walk<'a>(root: &'a Node<'a>) -> impl Iterator<Item = &'a Node<'a>> {
    let mut open = vec![root];
    std::iter::from_fn(move || {
        let node = open.pop()?;
        open.extend(nested(node).into_iter().rev());
        Some(node)
    })
}

/// The white space at the start of the line in which this offset stands, `first` being that of the
/// first line.
pub(super) fn indent_at<'t>(text: &'t str, offset: u32, first: &'t str) -> &'t str {
    let before = text.get(..offset as usize).unwrap_or_default();
    let Some(newline) = before.rfind('\n') else {
        return if first.is_empty() { blank(text) } else { first };
    };
    blank(text.get(newline.saturating_add(1)..).unwrap_or_default())
}

/// The blanks and tabs at the start.
pub(super) fn blank(line: &str) -> &str {
    let rest = line.trim_start_matches([' ', '\t']);
    line.get(..line.len().saturating_sub(rest.len()))
        .unwrap_or_default()
}

impl<'a> Layout<'a> {
    /// The habits of this document, or part of one that begins in a line with this indentation.
    pub(super) fn of(text: &'a str, root: &'a Node<'a>, indent: &'a str) -> Self {
        let body = root.span.of(text);
        let newline = match (body.contains("\r\n"), body.contains('\n')) {
            (true, _) => "\r\n",
            (false, true) => "\n",
            (false, false) => "",
        };
        let mut seen = Seen::default();
        for node in walk(root) {
            seen.look(text, node, indent);
        }
        let colon = seen.colon.unwrap_or_else(|| ": ".to_owned());
        let tight = newline.is_empty() && colon == ":";
        Self {
            text,
            root,
            indent,
            newline,
            unit: seen.unit.unwrap_or_else(|| "  ".to_owned()),
            comma: seen
                .comma
                .unwrap_or_else(|| if tight { "," } else { ", " }.to_owned()),
            in_braces: seen.in_braces.unwrap_or_default(),
            in_brackets: seen.in_brackets.unwrap_or_default(),
            colon,
        }
    }

    pub(super) fn comma(&self) -> &str {
        &self.comma
    }

    pub(super) fn newline(&self) -> &'static str {
        self.newline
    }

    /// One step further in.
    pub(super) fn deeper(&self, indent: &str) -> String {
        format!("{indent}{}", self.unit)
    }

    /// The white space at the start of the line in which this offset stands.
    pub(super) fn indent_at(&self, offset: u32) -> &'a str {
        indent_at(self.text, offset, self.indent)
    }

    /// Whether a new value under this key goes over several lines: as the value of the same key
    /// elsewhere, or where there is none as the document does.
    pub(super) fn spreads(
        &self,
        key: Option<&str>,
        sample: Option<&Node<'_>>,
        array: bool,
    ) -> bool {
        if self.newline.is_empty() {
            return false;
        }
        let fits = |node: &Node<'_>| {
            let same_kind = if array {
                node.items().is_some()
            } else {
                node.members().is_some()
            };
            same_kind && !children(node).is_empty()
        };
        if let Some(sample) = sample.filter(|sample| fits(sample)) {
            return self.is_spread(sample);
        }
        let elsewhere = key.and_then(|key| {
            let members = walk(self.root).filter_map(Node::members).flatten();
            members
                .filter(|member| member.key == key)
                .map(|member| &member.value)
                .find(|value| fits(value))
        });
        elsewhere.is_none_or(|value| self.is_spread(value))
    }

    fn is_spread(&self, node: &Node<'_>) -> bool {
        let start = node.span.start.saturating_add(1);
        let first = children(node).first().map_or(start, |child| child.start);
        let lead = Span { start, end: first };
        lead.of(self.text).contains('\n')
    }

    /// A member as it is to be written.
    pub(super) fn member(
        &self,
        key: &str,
        value: &Json,
        sample: Option<&Node<'_>>,
        indent: &str,
    ) -> Part {
        let written = self.value(value, Some(key), sample, indent);
        Part::member(key, &Json::from(key).to_string(), &self.colon, written)
    }

    /// A value as it is to be written, on a line with this indentation. `sample` is a value of the
    /// document to take for an example.
    pub(super) fn value(
        &self,
        value: &Json,
        key: Option<&str>,
        sample: Option<&Node<'_>>,
        indent: &str,
    ) -> Written {
        let inner = self.deeper(indent);
        let (parts, open, close, pad, array): (Vec<Part>, _, _, _, _) = match value {
            Json::Array(items) => {
                let example = sample.and_then(|s| s.items()?.first());
                let item = |item| Part::item("", self.value(item, None, example, &inner));
                (
                    items.iter().map(item).collect(),
                    '[',
                    ']',
                    &self.in_brackets,
                    true,
                )
            }
            Json::Object(members) => {
                let member = |(key, value): (&String, &Json)| {
                    self.member(key, value, sample.and_then(|s| s.get(key)), &inner)
                };
                (
                    members.iter().map(member).collect(),
                    '{',
                    '}',
                    &self.in_braces,
                    false,
                )
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
                return Written::leaf(value, value.to_string());
            }
        };
        if parts.is_empty() {
            return Written::leaf(value, format!("{open}{close}"));
        }
        let count = |text: &str| text.chars().count();
        let line: usize = parts.iter().map(|part| count(&part.text)).sum();
        let gaps = count(&self.comma).saturating_mul(parts.len().saturating_sub(1));
        let pads = count(pad).saturating_add(1).saturating_mul(2);
        let line = line.saturating_add(gaps).saturating_add(pads);
        let too_long = line > LONGEST_LINE && !self.newline.is_empty();
        let (open, between, close) = if too_long || self.spreads(key, sample, array) {
            let newline = self.newline;
            (
                format!("{open}{newline}{inner}"),
                format!(",{newline}{inner}"),
                format!("{newline}{indent}{close}"),
            )
        } else {
            (
                format!("{open}{pad}"),
                self.comma.clone(),
                format!("{pad}{close}"),
            )
        };
        Written::of_parts(parts, (&open, &between, &close), array)
    }
}

/// Habits as far as they were seen.
#[derive(Default)]
struct Seen {
    unit: Option<String>,
    colon: Option<String>,
    comma: Option<String>,
    in_braces: Option<String>,
    in_brackets: Option<String>,
}

impl Seen {
    fn look(&mut self, text: &str, node: &Node<'_>, first_indent: &str) {
        let between = |start, end| Span { start, end }.of(text);
        let children = children(node);
        let Some(first) = children.first() else {
            return;
        };
        let lead = between(node.span.start.saturating_add(1), first.start);
        if let Some((_, indent)) = lead.rsplit_once('\n') {
            let outer = indent_at(text, node.span.start, first_indent);
            let unit = indent.strip_prefix(outer).filter(|unit| !unit.is_empty());
            if let (None, Some(unit)) = (&self.unit, unit) {
                self.unit = Some(unit.to_owned());
            }
        } else if node.items().is_some() {
            self.in_brackets.get_or_insert_with(|| lead.to_owned());
        } else {
            self.in_braces.get_or_insert_with(|| lead.to_owned());
        }
        for (one, next) in children.iter().zip(children.iter().skip(1)) {
            let gap = between(one.end, next.start);
            if self.comma.is_none() && !gap.contains('\n') {
                self.comma = Some(gap.to_owned());
            }
        }
        for member in node.members().unwrap_or_default() {
            let gap = between(member.key_span.end, member.value.span.start);
            if self.colon.is_none() && !gap.contains('\n') {
                self.colon = Some(gap.to_owned());
            }
        }
    }
}
