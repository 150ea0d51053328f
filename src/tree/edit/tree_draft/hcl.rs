//! Edits of HCL: bodies of blocks, maps and lists.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::tree::edit::Edit;
use crate::tree::{Node, Step};

use super::lines::{
    before, edit, ends_line, indent, insert, line_end, line_start, newline, next_line,
};
use super::{Change, children, member_position, position};

/// The edits that make a change of the value at `path`.
pub(super) fn edits(
    text: &str,
    root: &Node<'_>,
    path: &[Step],
    change: &Change,
) -> Option<Vec<Edit>> {
    let node = root.at(path)?;
    let written = Container::of(text, root, path)?;
    match change {
        Change::Replace(value) => {
            if written != Container::Value {
                return None;
            }
            let (start, end) = (node.span.start as usize, node.span.end as usize);
            let value = expression(value, indent(text, start), newline(text));
            Some(vec![edit(start, end, value)])
        }
        Change::Member(after, key, value) => {
            let at = member_position(node, after.as_deref(), key)?;
            let writer = Writer { text, node };
            match written {
                Container::Root | Container::Body => writer.attribute(written, at, key, value),
                Container::Value => writer.member(at, key, value),
                Container::Group => None,
            }
        }
        Change::Items(at, values) => {
            let writer = Writer { text, node };
            (written == Container::Value).then(|| writer.items(*at, values))?
        }
        Change::Remove(step) => {
            let at = position(node, step)?;
            let child = children(node).get(at).copied()?;
            match written {
                Container::Group => None,
                Container::Root | Container::Body => {
                    let (start, end) = (child.start as usize, child.end as usize);
                    let whole = [path, std::slice::from_ref(step)].concat();
                    // Several blocks, or one with labels, are not what the key is before.
                    let is_group = Container::of(text, root, &whole)? == Container::Group;
                    (!is_group && alone(text, start, end)).then(|| {
                        let (start, end) = (line_start(text, start), next_line(text, end));
                        vec![edit(start, end, String::new())]
                    })
                }
                Container::Value => Some(vec![remove(text, node, at)?]),
            }
        }
    }
}

/// How a map is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    /// The whole file.
    Root,
    /// The body of a block.
    Body,
    /// Blocks of one type, or of one label: no place of its own.
    Group,
    /// An expression.
    Value,
}

impl Container {
    fn of(text: &str, root: &Node<'_>, path: &[Step]) -> Option<Self> {
        let mut written = Self::Root;
        for length in 1..=path.len() {
            let (step, parent) = path.get(..length)?.split_last()?;
            let node = root.at(path.get(..length)?)?;
            let braces = node.span.of(text).starts_with('{');
            written = match (written, step) {
                (Self::Value, _) => Self::Value,
                (Self::Root | Self::Body, Step::Key(_)) => {
                    let parent = root.at(parent)?;
                    let member = parent.members()?.get(position(parent, step)?)?;
                    let after = text.get(member.key_span.end as usize..)?;
                    let is_attribute = after.trim_start_matches([' ', '\t']).starts_with('=');
                    match (is_attribute, braces && node.members().is_some()) {
                        (true, _) => Self::Value,
                        (false, true) => Self::Body,
                        (false, false) => Self::Group,
                    }
                }
                _ if braces && node.members().is_some() => Self::Body,
                _ => Self::Group,
            };
        }
        Some(written)
    }
}

/// Whether these bytes have their lines for themselves.
fn alone(text: &str, start: usize, end: usize) -> bool {
    before(text, start).trim().is_empty() && ends_line(text, end)
}

struct Writer<'n, 'a> {
    text: &'n str,
    node: &'n Node<'a>,
}

impl Writer<'_, '_> {
    /// The indentation of what is in the braces or brackets.
    fn inner(&self, container: Container) -> String {
        let first = children(self.node)
            .first()
            .map(|child| child.start as usize);
        let first = first.filter(|first| before(self.text, *first).trim().is_empty());
        let outer = indent(self.text, self.node.span.start as usize);
        match (first, container) {
            (Some(first), _) => before(self.text, first).to_owned(),
            (None, Container::Root) => String::new(),
            (None, _) => format!("{outer}  "),
        }
    }

    fn attribute(
        &self,
        container: Container,
        at: usize,
        key: &str,
        value: &Json,
    ) -> Option<Vec<Edit>> {
        let (text, newline) = (self.text, newline(self.text));
        let children = children(self.node);
        let inner = self.inner(container);
        let written = format!("{key} = {}", expression(value, &inner, newline));
        (name(key) == key).then_some(())?;
        let previous = at.checked_sub(1).and_then(|at| children.get(at));
        let one_line = container == Container::Body && !self.node.span.of(text).contains('\n');
        if let (Some(previous), false) = (previous, one_line) {
            let end = line_end(text, previous.end as usize);
            return Some(vec![insert(end, format!("{newline}{inner}{written}"))]);
        }
        if container == Container::Root {
            return Some(vec![insert(0, format!("{written}{newline}"))]);
        }
        let outer = indent(text, self.node.span.start as usize);
        let (open, close) = (
            self.node.span.start as usize + 1,
            self.node.span.end as usize - 1,
        );
        let line = format!("{newline}{inner}{written}");
        if !one_line {
            return Some(vec![insert(open, line)]);
        }
        let (Some(first), Some(last)) = (children.first(), children.last()) else {
            return Some(vec![edit(open, close, format!("{line}{newline}{outer}"))]);
        };
        Some(vec![
            edit(open, first.start as usize, format!("{newline}{inner}")),
            edit(last.end as usize, close, format!("{line}{newline}{outer}")),
        ])
    }

    fn member(&self, at: usize, key: &str, value: &Json) -> Option<Vec<Edit>> {
        let (text, newline) = (self.text, newline(self.text));
        let children = children(self.node);
        let inner = self.inner(Container::Value);
        let written = format!("{} = {}", name(key), expression(value, &inner, newline));
        let start = self.node.span.start as usize + 1;
        Some(vec![
            match at.checked_sub(1).and_then(|at| children.get(at)) {
                Some(previous) if ends_line(text, previous.end as usize) => {
                    let end = line_end(text, previous.end as usize);
                    insert(end, format!("{newline}{inner}{written}"))
                }
                Some(previous) => insert(previous.end as usize, format!(", {written}")),
                None if children.is_empty() => insert(start, format!(" {written} ")),
                None => return None,
            },
        ])
    }

    fn items(&self, at: usize, values: &[Json]) -> Option<Vec<Edit>> {
        let (text, newline) = (self.text, newline(self.text));
        let children = children(self.node);
        self.node.items()?;
        let at = at.min(children.len());
        let inner = self.inner(Container::Value);
        let written: Vec<_> = values
            .iter()
            .map(|v| expression(v, &inner, newline))
            .collect();
        let spread = format!(",{newline}{inner}");
        let first = children.first().map_or(0, |first| first.start as usize);
        let lines = !children.is_empty() && before(text, first).trim().is_empty();
        let joined = written.join(if lines { &spread } else { ", " });
        let previous = at.checked_sub(1).and_then(|at| children.get(at));
        Some(match (previous, children.get(at)) {
            (None, None) => vec![insert(self.node.span.start as usize + 1, joined)],
            (_, Some(next)) => {
                let gap = if lines { &*spread } else { ", " };
                vec![insert(next.start as usize, format!("{joined}{gap}"))]
            }
            (Some(previous), None) => {
                let end = previous.end as usize;
                let rest = text.get(end..)?.trim_start();
                let comma = if rest.starts_with(',') { "" } else { "," };
                if lines && ends_line(text, end) {
                    let line = format!("{newline}{inner}{joined}");
                    let line = if comma.is_empty() { line + "," } else { line };
                    let stop = line_end(text, end);
                    if comma.is_empty() || stop == end {
                        vec![edit(
                            end,
                            stop,
                            format!("{}{comma}{line}", text.get(end..stop)?),
                        )]
                    } else {
                        vec![insert(end, comma.to_owned()), insert(stop, line)]
                    }
                } else {
                    vec![insert(end, format!(", {joined}"))]
                }
            }
        })
    }
}

/// Takes a child out of a list or map, with its comma.
fn remove(text: &str, node: &Node<'_>, at: usize) -> Option<Edit> {
    let children = children(node);
    let child = children.get(at)?;
    let (start, end) = (child.start as usize, child.end as usize);
    if alone(text, start, end) {
        return Some(edit(
            line_start(text, start),
            next_line(text, end),
            String::new(),
        ));
    }
    let previous = at.checked_sub(1).and_then(|at| children.get(at));
    let (start, end) = match (children.get(at + 1), previous) {
        (Some(next), _) => (child.start, next.start),
        (None, Some(previous)) => (previous.end, child.end),
        (None, None) => (node.span.start + 1, node.span.end - 1),
    };
    Some(edit(start as usize, end as usize, String::new()))
}

/// A key, in quotes where it is no name.
fn name(key: &str) -> String {
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if starts && key.chars().all(inner) && !matches!(key, "null" | "true" | "false" | "for") {
        key.to_owned()
    } else {
        string(key)
    }
}

/// A value as an expression, on a line with this indentation.
fn expression(value: &Json, indent: &str, newline: &str) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<_> = items
                .iter()
                .map(|i| expression(i, indent, newline))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(members) if members.is_empty() => "{}".to_owned(),
        Json::Object(members) => {
            let inner = format!("{indent}  ");
            let member = |(key, value): (&String, &Json)| {
                format!(
                    "{inner}{} = {}{newline}",
                    name(key),
                    expression(value, &inner, newline)
                )
            };
            let members: String = members.iter().map(member).collect::<Vec<_>>().concat();
            format!("{{{newline}{members}{indent}}}")
        }
        Json::String(text) => string(text),
        other => other.to_string(),
    }
}

/// A string in quotes that has no template.
fn string(text: &str) -> String {
    let mut written = String::from("\"");
    for character in text.replace("${", "$${").replace("%{", "%%{").chars() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c.is_control() => {
                // Writing to memory does not fail.
                let _ = write!(written, "\\u{:04x}", u32::from(c));
            }
            c => written.push(c),
        }
    }
    written + "\""
}
