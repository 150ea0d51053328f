//! Edits of YAML, in block style and in flow style, as the container is written.

use serde_json::Value as Json;

use crate::tree::edit::Edit;
use crate::tree::yaml::is_text;
use crate::tree::{Node, Step, Value};

use super::lines::{before, edit, insert, line_end, line_start, newline, next_line};
use super::{Change, children, member_position, position};

/// The edits that make a change of the value at `path`.
pub(super) fn edits(
    text: &str,
    root: &Node<'_>,
    path: &[Step],
    change: &Change,
) -> Option<Vec<Edit>> {
    let node = root.at(path)?;
    let flow = node.span.of(text).starts_with(['{', '[']);
    match change {
        Change::Member(after, key, value) => {
            let at = member_position(node, after.as_deref(), key)?;
            let added = [Added::Member(key, value)];
            Some(vec![add(text, node, flow, at, &added)?])
        }
        Change::Items(at, values) => {
            let at = (*at).min(node.items()?.len());
            let added: Vec<_> = values.iter().map(Added::Item).collect();
            Some(vec![add(text, node, flow, at, &added)?])
        }
        Change::Remove(step) => {
            let at = position(node, step)?;
            Some(vec![if flow {
                remove_from_flow(node, at)?
            } else {
                remove_lines(text, node, at)?
            }])
        }
        Change::Replace(value) => replace(text, root, path, value).map(|edit| vec![edit]),
    }
}

/// What is put in.
enum Added<'v> {
    Item(&'v Json),
    Member(&'v str, &'v Json),
}

impl Added<'_> {
    fn in_flow(&self) -> String {
        match self {
            Self::Item(value) => flow_value(value),
            Self::Member(key, value) => format!("{}: {}", flow_text(key), flow_value(value)),
        }
    }

    /// With its lines after the first indented so far.
    fn in_block(&self, column: usize, newline: &str) -> String {
        match self {
            Self::Item(value) => format!("- {}", block_value(value, column + 2, newline, true)),
            Self::Member(key, value) => member(key, value, column, newline),
        }
    }
}

fn add(text: &str, node: &Node<'_>, flow: bool, at: usize, added: &[Added<'_>]) -> Option<Edit> {
    let children = children(node);
    if flow {
        let written: Vec<_> = added.iter().map(Added::in_flow).collect();
        let written = written.join(", ");
        let previous = at.checked_sub(1).and_then(|at| children.get(at));
        return Some(match (previous, children.get(at)) {
            (Some(previous), _) => insert(previous.end as usize, format!(", {written}")),
            (None, Some(next)) => insert(next.start as usize, format!("{written}, ")),
            (None, None) => insert(node.span.start as usize + 1, written),
        });
    }
    // An empty map or list is always in flow style.
    let first = children.first()?;
    let start = start_of(text, node, 0)?;
    let column = before(text, start).chars().count();
    let newline = newline(text);
    let indent = " ".repeat(column);
    let parts: Vec<_> = added
        .iter()
        .map(|part| part.in_block(column, newline))
        .collect();
    let between = format!("{newline}{indent}");
    let written = parts.join(&between);
    match at.checked_sub(1).and_then(|at| children.get(at)) {
        Some(previous) => {
            let end = line_end(text, previous.end as usize);
            Some(insert(end, format!("{between}{written}")))
        }
        None if first.start as usize >= start => Some(insert(start, format!("{written}{between}"))),
        None => None,
    }
}

/// Where a child of a block begins: its key, or its dash.
fn start_of(text: &str, node: &Node<'_>, at: usize) -> Option<usize> {
    let child = children(node).get(at)?.start as usize;
    if node.members().is_some() {
        return Some(child);
    }
    let first = node.span.start as usize;
    let column = before(text, first).len();
    let mut line = line_start(text, child);
    loop {
        let dash = line + column;
        let is_dash = text.get(dash..).is_some_and(|rest| rest.starts_with('-'));
        if is_dash && dash < child.max(first + 1) {
            return Some(dash);
        }
        if line <= first {
            return None;
        }
        line = line_start(text, line - 1);
    }
}

fn remove_from_flow(node: &Node<'_>, at: usize) -> Option<Edit> {
    let children = children(node);
    let child = children.get(at)?;
    let previous = at.checked_sub(1).and_then(|at| children.get(at));
    let (start, end) = match (children.get(at + 1), previous) {
        (Some(next), _) => (child.start, next.start),
        (None, Some(previous)) => (previous.end, child.end),
        (None, None) => (node.span.start + 1, node.span.end - 1),
    };
    Some(edit(start as usize, end as usize, String::new()))
}

/// Takes the lines of a child of a block out.
fn remove_lines(text: &str, node: &Node<'_>, at: usize) -> Option<Edit> {
    let children = children(node);
    let child = children.get(at)?;
    let start = start_of(text, node, at)?;
    let end = line_end(text, child.end as usize);
    if children.len() == 1 {
        let empty = if node.members().is_some() { "{}" } else { "[]" };
        return Some(edit(start, child.end as usize, empty.to_owned()));
    }
    let line = line_start(text, start);
    if before(text, start).trim().is_empty() {
        // The last line of a text without a break at its end takes the one before with it.
        return Some(match next_line(text, child.end as usize) {
            next if next == text.len() && next == end && line > 0 => {
                let previous = line_end(text, line_start(text, line - 1));
                edit(previous, end, String::new())
            }
            next => edit(line, next, String::new()),
        });
    }
    // The first of a map in a list, after the dash: the next takes its place.
    let next = start_of(text, node, at + 1)?;
    let between = text.get(child.end as usize..next)?;
    let end = if between.trim().is_empty() { next } else { end };
    Some(edit(start, end, String::new()))
}

fn replace(text: &str, root: &Node<'_>, path: &[Step], value: &Json) -> Option<Edit> {
    let node = root.at(path)?;
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    if node.span.is_empty() {
        // Nothing is written: it comes after the colon or the dash.
        let (last, parent) = path.split_last()?;
        let parent = root.at(parent)?;
        let at = position(parent, last)?;
        let from = match parent.members() {
            Some(members) => members.get(at)?.key_span.end as usize,
            None => start_of(text, parent, at)?,
        };
        let sign = text.get(from..)?.find([':', '-'])?;
        return Some(insert(from + sign + 1, format!(" {}", flow_value(value))));
    }
    let alone = before(text, start).trim().is_empty();
    let block = !matches!(node.value, Value::Null) && alone && is_container(value);
    let in_flow = node.span.of(text).starts_with(['{', '[']);
    let written = if block && !in_flow {
        let column = before(text, start).chars().count();
        block_value(value, column, newline(text), true)
    } else {
        flow_value(value)
    };
    Some(edit(start, end, written))
}

fn is_container(value: &Json) -> bool {
    match value {
        Json::Array(items) => !items.is_empty(),
        Json::Object(members) => !members.is_empty(),
        _ => false,
    }
}

fn member(key: &str, value: &Json, column: usize, newline: &str) -> String {
    let value = block_value(value, column + 2, newline, false);
    let gap = if value.starts_with(['\n', '\r']) {
        ""
    } else {
        " "
    };
    format!("{}:{gap}{value}", block_text(key))
}

/// A value in block style, at this column; `here` where it begins in this line.
fn block_value(value: &Json, column: usize, newline: &str, here: bool) -> String {
    let between = format!("{newline}{}", " ".repeat(column));
    let parts: Vec<_> = match value {
        Json::Array(items) if !items.is_empty() => items
            .iter()
            .map(|item| format!("- {}", block_value(item, column + 2, newline, true)))
            .collect(),
        Json::Object(members) if !members.is_empty() => members
            .iter()
            .map(|(key, value)| member(key, value, column, newline))
            .collect(),
        Json::String(text) => return block_text(text),
        other => return other.to_string(),
    };
    let written = parts.join(&between);
    if here { written } else { between + &written }
}

fn block_text(text: &str) -> String {
    if is_text(text, false) {
        text.to_owned()
    } else {
        Json::from(text).to_string()
    }
}

fn flow_text(text: &str) -> String {
    if is_text(text, true) {
        text.to_owned()
    } else {
        Json::from(text).to_string()
    }
}

fn flow_value(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(flow_value).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| {
                format!("{}: {}", flow_text(key), flow_value(value))
            };
            let members: Vec<_> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
        Json::String(text) => flow_text(text),
        other => other.to_string(),
    }
}
