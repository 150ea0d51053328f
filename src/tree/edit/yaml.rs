//! Edits of YAML, in block style and in flow style, as the list or map is written.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::yaml::{is_number, is_text};
use crate::tree::{Content, Node, Step};

use super::Edit;
use super::change::{Added, Change, Site};
use super::layout::children;
use super::lines::{before, edit, insert, line_end, line_start, newline, next_line};
use super::written::{Part, Replacement, Splice, Written};

/// The edits that make a change.
pub(super) fn splice(site: Site<'_>, change: Change<'_>) -> Option<Splice> {
    let (text, node) = (site.text, site.node);
    let flow = is_flow(text, node);
    if node.span.is_empty() && is_collection(node) {
        // The documents of a text are no list that is written.
        return None;
    }
    match change {
        Change::Insert(at, added) => add(text, node, flow, at, added),
        Change::Remove(at) => Some(Splice::only(if flow {
            super::json::remove(node, at)?
        } else {
            remove_lines(text, node, at)?
        })),
        Change::Replace(value) => replace(site, value),
        Change::Rename(at, key) => Some(Splice::only(Edit {
            span: node.members()?.get(at)?.key_span,
            replacement: scalar(key, flow),
        })),
        Change::List(added) => list(site, added),
    }
}

/// Whether a list or map is written in brackets.
fn is_flow(text: &str, node: &Node<'_>) -> bool {
    is_collection(node) && node.span.of(text).starts_with(['{', '['])
}

fn is_collection(node: &Node<'_>) -> bool {
    node.members().is_some() || node.items().is_some()
}

/// Whether the value at this path is inside of brackets.
fn is_in_flow(site: Site<'_>) -> bool {
    let ways = (0..site.path.len()).filter_map(|length| site.path.get(..length));
    let mut around = ways.filter_map(|way| site.root.at(way));
    around.any(|node| is_flow(site.text, node))
}

impl Added<'_> {
    fn in_flow(&self) -> Part {
        match self {
            Self::Item(value) => Part::item("", flow_value(value)),
            Self::Member(key, value) => flow_member(key, value),
        }
    }

    /// With its lines after the first indented so far.
    fn in_block(&self, column: usize, newline: &str) -> Part {
        match self {
            Self::Item(value) => item(value, column, newline),
            Self::Member(key, value) => member(key, value, column, newline),
        }
    }
}

fn add(text: &str, node: &Node<'_>, flow: bool, at: usize, added: &[Added<'_>]) -> Option<Splice> {
    let children = children(node);
    let previous = at.checked_sub(1).and_then(|at| children.get(at));
    let whole = Replacement::default();
    if flow {
        let parts = added.iter().map(Added::in_flow).collect();
        let gap = flow_gap(text, &children, at);
        return Some(match (previous, children.get(at)) {
            (Some(previous), _) => {
                let end = previous.end as usize;
                whole.text(gap).parts(parts, gap).at(end, end)
            }
            (None, Some(next)) => {
                let start = next.start as usize;
                whole.parts(parts, gap).text(gap).at(start, start)
            }
            (None, None) => {
                let inside = node.span.start as usize + 1;
                whole.parts(parts, ", ").at(inside, inside)
            }
        });
    }
    // An empty map or list is always in flow style.
    let first = children.first()?;
    let start = start_of(text, node, 0)?;
    let column = before(text, start).chars().count();
    let newline = newline(text);
    let parts = added.iter().map(|part| part.in_block(column, newline));
    let parts = parts.collect();
    let between = format!("{newline}{}", " ".repeat(column));
    match previous {
        Some(previous) => {
            let end = line_end(text, previous.end as usize);
            Some(whole.text(&between).parts(parts, &between).at(end, end))
        }
        None if first.start as usize >= start => {
            Some(whole.parts(parts, &between).text(&between).at(start, start))
        }
        None => None,
    }
}

/// What is between two children in brackets, where it is no more than a comma and white space.
fn flow_gap<'t>(text: &'t str, children: &[Span], at: usize) -> &'t str {
    let nearest = at.saturating_sub(1).min(children.len().saturating_sub(2));
    let gap = children.get(nearest).zip(children.get(nearest + 1));
    let gap = gap.and_then(|(one, next)| text.get(one.end as usize..next.start as usize));
    let is_plain = |gap: &&str| gap.trim() == "," && gap.ends_with(char::is_whitespace);
    gap.filter(is_plain).unwrap_or(", ")
}

/// Where a child of a block begins: its key with the `?` before it, or its dash.
fn start_of(text: &str, node: &Node<'_>, at: usize) -> Option<usize> {
    let child = children(node).get(at)?.start as usize;
    let first = node.span.start as usize;
    let column = before(text, first).len();
    if node.members().is_some() {
        return Some(key_start(text, child, column));
    }
    dash(text, child, column, first)
}

/// Where a member of a block at this column begins, whose key is there.
fn key_start(text: &str, key: usize, column: usize) -> usize {
    let start = line_start(text, key) + column;
    let is_explicit = text
        .get(start..key)
        .is_some_and(|lead| lead.starts_with('?'));
    if is_explicit { start } else { key }
}

/// The dash at this column that is nearest before an item, and not before `first`.
fn dash(text: &str, item: usize, column: usize, first: usize) -> Option<usize> {
    let mut line = line_start(text, item);
    loop {
        let dash = line + column;
        let is_dash = text.get(dash..).is_some_and(|rest| rest.starts_with('-'));
        if is_dash && dash < item.max(first + 1) {
            return Some(dash);
        }
        if line <= first {
            return None;
        }
        line = line_start(text, line - 1);
    }
}

/// Takes the lines of a child of a block out.
fn remove_lines(text: &str, node: &Node<'_>, at: usize) -> Option<Edit> {
    let children = children(node);
    let child = children.get(at)?;
    let start = start_of(text, node, at)?;
    let end = line_end(text, child.end as usize);
    if children.len() == 1 {
        let empty = if node.members().is_some() { "{}" } else { "[]" };
        let (at, gap) = inline(text, node, start);
        return Some(edit(at, child.end as usize, format!("{gap}{empty}")));
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

/// Where a value in brackets or without children comes that is to be in place of a block, and what is
/// between: after its key, where only white space is between the two.
fn inline(text: &str, node: &Node<'_>, start: usize) -> (usize, &'static str) {
    let before_it = text.get(..start).unwrap_or_default();
    let lead = before_it.trim_end_matches([' ', '\t', '\n', '\r']);
    let gap = before_it.get(lead.len()..).unwrap_or_default();
    if lead.ends_with(':') && gap.contains(['\n', '\r']) {
        return (lead.len(), " ");
    }
    // A list may be no deeper than its key, but not in brackets.
    let is_list = node.items().is_some() && before(text, start).trim().is_empty();
    (start, if is_list { "  " } else { "" })
}

fn replace(site: Site<'_>, value: &Json) -> Option<Splice> {
    let (text, node) = (site.text, site.node);
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    let whole = Replacement::default();
    if node.span.is_empty() {
        // Nothing is written: it comes after the colon or the dash.
        let (last, parent) = site.path.split_last()?;
        let parent = site.root.at(parent)?;
        let from = match (parent.members(), last) {
            (Some(members), Step::Key(key)) => {
                let at = members.iter().rposition(|member| member.key == **key)?;
                members.get(at)?.key_span.end as usize
            }
            (None, Step::Index(at)) => start_of(text, parent, *at)?,
            _ => return None,
        };
        let sign = text.get(from..)?.find([':', '-'])?;
        let at = from + sign + 1;
        return Some(whole.part(Part::item(" ", flow_value(value))).at(at, at));
    }
    let alone = before(text, start).trim().is_empty();
    let block = !matches!(node.value, Content::Null) && alone && is_container(value);
    let in_flow = is_in_flow(site);
    if block && !in_flow && !is_flow(text, node) {
        // A list may be no deeper than its key, but not a map.
        let deeper = if node.items().is_some() && value.is_object() {
            "  "
        } else {
            ""
        };
        let column = before(text, start).chars().count() + deeper.len();
        let written = block_value(value, column, newline(text));
        return Some(whole.part(Part::item(deeper, written)).at(start, end));
    }
    let written = match value {
        Json::String(text) if !in_flow => Written::leaf(value, scalar(text, false)),
        _ => flow_value(value),
    };
    let is_block = is_collection(node) && !is_flow(text, node);
    let (at, gap) = if is_block {
        inline(text, node, start)
    } else {
        (start, "")
    };
    Some(whole.part(Part::item(gap, written)).at(at, end))
}

/// Makes a list of a value: in brackets, or of a block with a dash before it and its lines further in.
fn list(site: Site<'_>, added: &[Json]) -> Option<Splice> {
    let (text, node) = (site.text, site.node);
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    let written = node.span.of(text);
    let is_collection = is_collection(node);
    if is_collection && !is_flow(text, node) {
        let (column, newline) = (before(text, start).chars().count(), newline(text));
        let between = format!("{newline}{}", " ".repeat(column));
        let parts = added.iter().map(|value| item(value, column, newline));
        let last = line_end(text, end);
        let rest = Replacement::default().text(&between);
        let rest = rest.parts(parts.collect(), &between).at(last, last);
        let mut all = rest.and(insert(start, "- ".to_owned()));
        let mut line = next_line(text, start);
        while line < end {
            if line_end(text, line) > line {
                all = all.and(insert(line, "  ".to_owned()));
            }
            line = next_line(text, line).max(line + 1);
        }
        return Some(all);
    }
    let is_quoted = written.starts_with(['"', '\'']);
    let is_safe = is_collection || is_quoted || is_text(written, true);
    let is_safe = is_safe || is_number(written) || matches!(written, "true" | "false" | "null");
    if !is_safe || written.contains(['\n', '\r']) {
        return None;
    }
    let parts = added.iter().map(|value| Part::item("", flow_value(value)));
    let rest = Replacement::default()
        .text(", ")
        .parts(parts.collect(), ", ");
    let rest = rest.text("]").at(end, end);
    Some(rest.and(insert(start, "[".to_owned())))
}

/// Gives the blocks on a way the places that their children have after a change.
///
/// A block has no bytes of its own around its children: it begins with its first key or dash and ends with
/// its last child. `columns` are those at which the values on the way began.
pub(super) fn settle(text: &str, node: &mut Node<'static>, way: &[usize], columns: &[usize]) {
    if let Some((next, rest)) = way.split_first() {
        let columns = columns.get(1..).unwrap_or_default();
        match &mut node.value {
            Content::Array(items) => {
                if let Some(item) = items.get_mut(*next) {
                    settle(text, item, rest, columns);
                }
            }
            Content::Object(members) => {
                if let Some(member) = members.get_mut(*next) {
                    settle(text, &mut member.value, rest, columns);
                }
            }
            Content::Deferred(deferred) => {
                if let Some(argument) = deferred.arguments.get_mut(*next) {
                    settle(text, argument, rest, columns);
                }
            }
            Content::Null | Content::Bool(_) | Content::Number(_) | Content::String(_) => {}
        }
    }
    if let Content::Deferred(deferred) = &node.value {
        let end = deferred.arguments.last().map(|last| last.span.end);
        node.span.end = end.unwrap_or(node.span.end).max(node.span.start);
        return;
    }
    let children = children(node);
    if !is_collection(node) || is_flow(text, node) || node.span.is_empty() {
        return;
    }
    let (Some(first), Some(last)) = (children.first(), children.last()) else {
        // Of an empty one only the brackets are its own.
        node.span.start = node.span.end.saturating_sub(2);
        return;
    };
    node.span.end = last.end;
    let start = match (&node.value, columns.first()) {
        (Content::Array(_), Some(column)) => dash(text, first.start as usize, *column, 0),
        (_, Some(column)) => Some(key_start(text, first.start as usize, *column)),
        (_, None) => None,
    };
    if let Some(start) = start {
        node.span.start = Span::new(start, start).start;
    }
}

fn is_container(value: &Json) -> bool {
    match value {
        Json::Array(items) => !items.is_empty(),
        Json::Object(members) => !members.is_empty(),
        _ => false,
    }
}

fn item(value: &Json, column: usize, newline: &str) -> Part {
    Part::item("- ", block_value(value, column + 2, newline))
}

fn member(key: &str, value: &Json, column: usize, newline: &str) -> Part {
    let column = column + 2;
    let gap = if is_container(value) {
        format!(":{newline}{}", " ".repeat(column))
    } else {
        ": ".to_owned()
    };
    let value = block_value(value, column, newline);
    Part::member(key, &scalar(key, false), &gap, value)
}

/// A value in block style, whose first line begins at this column.
fn block_value(value: &Json, column: usize, newline: &str) -> Written {
    let between = format!("{newline}{}", " ".repeat(column));
    let parts: Vec<_> = match value {
        Json::Array(items) if !items.is_empty() => items
            .iter()
            .map(|value| item(value, column, newline))
            .collect(),
        Json::Object(members) if !members.is_empty() => members
            .iter()
            .map(|(key, value)| member(key, value, column, newline))
            .collect(),
        other => return leaf(other, false),
    };
    Written::of_parts(parts, ("", &between, ""), value.is_array())
}

fn flow_value(value: &Json) -> Written {
    match value {
        Json::Array(items) => {
            let parts = items.iter().map(|item| Part::item("", flow_value(item)));
            Written::of_parts(parts.collect(), ("[", ", ", "]"), true)
        }
        Json::Object(members) => {
            let parts = members.iter().map(|(key, value)| flow_member(key, value));
            Written::of_parts(parts.collect(), ("{", ", ", "}"), false)
        }
        other => leaf(other, true),
    }
}

fn flow_member(key: &str, value: &Json) -> Part {
    Part::member(key, &scalar(key, true), ": ", flow_value(value))
}

/// What has no children.
fn leaf(value: &Json, flow: bool) -> Written {
    let text = match value {
        Json::String(text) => scalar(text, flow),
        Json::Number(number) => number_text(&number.to_string()),
        other => other.to_string(),
    };
    Written::leaf(value, text)
}

/// A number of JSON as one of YAML 1.1, which wants a fraction and a sign in what has an exponent.
fn number_text(number: &str) -> String {
    let Some((digits, exponent)) = number.split_once(['e', 'E']) else {
        return number.to_owned();
    };
    let fraction = if digits.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) {
        ""
    } else {
        "+"
    };
    format!("{digits}{fraction}e{sign}{exponent}")
}

/// A string: without quotes where it may be, else as JSON writes it, which is YAML but for what YAML does
/// not print. <https://yaml.org/spec/1.2.2/#51-character-set>
pub(super) fn scalar(text: &str, flow: bool) -> String {
    if is_text(text, flow) {
        return text.to_owned();
    }
    quoted(text)
}

/// A string in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut written = String::new();
    for character in Json::from(text).to_string().chars() {
        match u32::from(character) {
            code @ (0x7f..=0x9f | 0x2028 | 0x2029 | 0xfeff | 0xfffe | 0xffff) => {
                // Writing to memory does not fail.
                let _ = write!(written, "\\u{code:04x}");
            }
            _ => written.push(character),
        }
    }
    written
}
