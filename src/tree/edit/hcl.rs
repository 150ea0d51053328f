//! Edits of HCL: bodies of blocks, maps and lists.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::{Node, Step};

use super::Edit;
use super::change::{Added, Change, Site};
use super::layout::children;
use super::lines::{
    before, edit, ends_line, indent, insert, line_end, line_start, newline, next_line,
};
use super::written::{Part, Replacement, Splice, Written};

/// The edits that make a change.
pub(super) fn splice(site: Site<'_>, change: Change<'_>) -> Option<Splice> {
    let (text, node) = (site.text, site.node);
    let container = Container::of(text, site.root, site.path)?;
    let writer = Writer {
        text,
        node,
        children: children(node),
        container,
    };
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    let is_value = container == Container::Value;
    match change {
        Change::Replace(value) => {
            let value = expression(value, indent(text, start), newline(text));
            let whole = Replacement::default().part(Part::item("", value));
            is_value.then(|| whole.at(start, end))
        }
        Change::Insert(at, added) => match added {
            [Added::Member(key, value)] if is_value => writer.member(at, key, value),
            [Added::Member(key, value)] if container != Container::Group => {
                writer.attribute(at, key, value)
            }
            _ if is_value => writer.items(at, added),
            _ => None,
        },
        Change::Remove(at) if is_value => Some(Splice::only(writer.remove(at)?)),
        Change::Remove(at) => {
            let whole = site.child(at)?;
            // Several blocks, or one with labels, are not what the key is before.
            let is_group = Container::of(text, site.root, &whole)? == Container::Group;
            let is_part = is_group || container == Container::Group;
            (!is_part)
                .then(|| writer.remove_from_body(at))?
                .map(Splice::only)
        }
        Change::Rename(at, key) => {
            let kind = Container::of(text, site.root, &site.child(at)?)?;
            let written = match (container, kind) {
                (_, Container::Group) => return None,
                (Container::Value, _) => name(key),
                (Container::Group, _) => string(key),
                (Container::Root | Container::Body, _) => is_name(key).then(|| key.to_owned())?,
            };
            Some(Splice::only(Edit {
                span: node.members()?.get(at)?.key_span,
                replacement: written,
            }))
        }
        Change::List(added) => {
            let (indent, newline) = (indent(text, start), newline(text));
            let lead = lead(node.span.of(text), newline, indent);
            let parts = added
                .iter()
                .map(|value| Part::item("", expression(value, indent, newline)));
            let rest = Replacement::default()
                .text(&lead)
                .parts(parts.collect(), ", ");
            let rest = rest.text("]").at(end, end);
            is_value.then(|| rest.and(insert(start, "[".to_owned())))
        }
    }
}

impl Site<'_> {
    /// The path of the child of this position.
    fn child(&self, at: usize) -> Option<Vec<Step>> {
        let step = match self.node.members() {
            Some(members) => Step::Key(members.get(at)?.key.to_string()),
            None => Step::Index(at),
        };
        Some([self.path, std::slice::from_ref(&step)].concat())
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
        let mut parent = root;
        for step in path {
            let node = parent.at(std::slice::from_ref(step))?;
            let is_braced = node.members().is_some() && node.span.of(text).starts_with('{');
            written = match (written, step) {
                (Self::Value, _) => Self::Value,
                (Self::Root | Self::Body, Step::Key(key)) => {
                    let members = parent.members()?;
                    let member = members.iter().rfind(|member| member.key == **key)?;
                    let after = text.get(member.key_span.end as usize..)?;
                    let is_attribute = after_comments(after).starts_with('=');
                    match (is_attribute, is_braced) {
                        (true, _) => Self::Value,
                        (false, true) => Self::Body,
                        (false, false) => Self::Group,
                    }
                }
                _ if is_braced => Self::Body,
                _ => Self::Group,
            };
            parent = node;
        }
        Some(written)
    }
}

/// What follows blanks and comments in the same line.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start_matches([' ', '\t']);
    while let Some(comment) = rest.strip_prefix("/*") {
        let Some((_, after)) = comment.split_once("*/") else {
            break;
        };
        rest = after.trim_start_matches([' ', '\t']);
    }
    rest
}

/// Whether these bytes have their lines for themselves.
fn alone(text: &str, start: usize, end: usize) -> bool {
    before(text, start).trim().is_empty() && ends_line(text, end)
}

struct Writer<'n> {
    text: &'n str,
    node: &'n Node<'static>,
    children: Vec<Span>,
    container: Container,
}

impl<'n> Writer<'n> {
    /// After the bracket that opens the list, map or block, and before the one that closes it.
    fn inside(&self) -> (usize, usize) {
        let (start, end) = (self.node.span.start as usize, self.node.span.end as usize);
        (start + 1, end.saturating_sub(1))
    }

    fn newline(&self) -> &'static str {
        newline(self.text)
    }

    /// The indentation of the line in which the bracket is.
    fn outer(&self) -> &'n str {
        indent(self.text, self.node.span.start as usize)
    }

    /// The indentation of what is in the braces or brackets.
    fn inner(&self) -> String {
        let mut starts = self.children.iter().map(|child| child.start as usize);
        let own_line = starts.find(|start| before(self.text, *start).trim().is_empty());
        match (own_line, self.container) {
            (Some(start), _) => before(self.text, start).to_owned(),
            (None, Container::Root) => String::new(),
            (None, _) => format!("{}  ", self.outer()),
        }
    }

    fn previous(&self, at: usize) -> Option<Span> {
        at.checked_sub(1)
            .and_then(|at| self.children.get(at))
            .copied()
    }

    /// Whether nothing but white space is between these offsets.
    fn is_blank(&self, from: usize, to: usize) -> bool {
        let between = self.text.get(from..to);
        between.is_some_and(|between| between.trim().is_empty())
    }

    fn attribute(&self, at: usize, key: &str, value: &Json) -> Option<Splice> {
        is_name(key).then_some(())?;
        let (text, newline, inner) = (self.text, self.newline(), self.inner());
        let value = expression(value, &inner, newline);
        let written = Part::member(key, key, " = ", value);
        let line = format!("{newline}{inner}");
        let last_line = format!("{newline}{}", self.outer());
        let whole = Replacement::default();
        let at = at.min(self.children.len());
        if self.container == Container::Root {
            return Some(match self.previous(at) {
                Some(previous) if ends_line(text, previous.end as usize) => {
                    let end = line_end(text, previous.end as usize);
                    whole.text(&line).part(written).at(end, end)
                }
                Some(_) => return None,
                None => {
                    // A byte-order mark stays first.
                    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
                    whole.part(written).text(newline).at(start, start)
                }
            });
        }
        let (open, close) = self.inside();
        if self.node.span.of(text).contains(['\n', '\r']) {
            return match self.previous(at).map(|previous| previous.end as usize) {
                Some(end) if ends_line(text, end) => {
                    let end = line_end(text, end);
                    Some(whole.text(&line).part(written).at(end, end))
                }
                Some(end) if self.is_blank(end, close) => {
                    let whole = whole.text(&line).part(written).text(&last_line);
                    Some(whole.at(end, close))
                }
                None if ends_line(text, open) => {
                    let end = line_end(text, open);
                    Some(whole.text(&line).part(written).at(end, end))
                }
                _ => None,
            };
        }
        // A block in one line has at most one attribute: with two it has a line for each.
        let (Some(first), Some(last)) = (self.children.first(), self.children.last()) else {
            let from = if self.is_blank(open, close) {
                open
            } else {
                close
            };
            let whole = whole.text(&line).part(written).text(&last_line);
            return Some(whole.at(from, close));
        };
        let (first, last) = (first.start as usize, last.end as usize);
        if self.children.len() > 1 || !self.is_blank(open, first) || !self.is_blank(last, close) {
            return None;
        }
        Some(if at == 0 {
            let whole = whole.text(&line).part(written).text(&line);
            whole.at(open, first).and(edit(last, close, last_line))
        } else {
            let whole = whole.text(&line).part(written).text(&last_line);
            whole.at(last, close).and(edit(open, first, line))
        })
    }

    fn member(&self, at: usize, key: &str, value: &Json) -> Option<Splice> {
        let (text, newline, inner) = (self.text, self.newline(), self.inner());
        let (sign, quotes) = self.habits();
        let written = if quotes { string(key) } else { name(key) };
        let value = expression(value, &inner, newline);
        let written = Part::member(key, &written, sign, value);
        let line = format!("{newline}{inner}");
        let (open, close) = self.inside();
        let whole = Replacement::default();
        let Some(previous) = self.previous(at).map(|previous| previous.end as usize) else {
            let first = self.children.first().map(|first| first.start as usize);
            let has_lines = self.text.get(open..first.unwrap_or(close))?;
            if has_lines.contains('\n') && ends_line(text, open) {
                let end = line_end(text, open);
                return Some(whole.text(&line).part(written).at(end, end));
            }
            return Some(match first {
                Some(first) => whole.part(written).text(", ").at(first, first),
                None if self.is_blank(open, close) => {
                    whole.text(" ").part(written).text(" ").at(open, close)
                }
                None => whole.part(written).text(" ").at(close, close),
            });
        };
        if ends_line(text, previous) {
            let end = line_end(text, previous);
            return Some(whole.text(&line).part(written).at(end, end));
        }
        Some(whole.text(", ").part(written).at(previous, previous))
    }

    /// What is between keys and values, and whether keys have quotes, in this map.
    fn habits(&self) -> (&'static str, bool) {
        let first = self.node.members().and_then(<[_]>::first);
        let Some(first) = first else {
            return (" = ", false);
        };
        let gap = Span {
            start: first.key_span.end,
            end: first.value.span.start,
        };
        let gap = gap.of(self.text);
        let sign = match gap.trim() {
            ":" if gap.starts_with(':') => ": ",
            ":" => " : ",
            _ => " = ",
        };
        (sign, first.key_span.of(self.text).starts_with('"'))
    }

    fn items(&self, at: usize, added: &[Added<'_>]) -> Option<Splice> {
        let (text, newline, inner) = (self.text, self.newline(), self.inner());
        self.node.items()?;
        let at = at.min(self.children.len());
        let part = |added: &Added<'_>| match added {
            Added::Item(value) => Some(Part::item("", expression(value, &inner, newline))),
            Added::Member(..) => None,
        };
        let parts = added.iter().map(part).collect::<Option<Vec<_>>>()?;
        let spread = format!(",{newline}{inner}");
        let first = self
            .children
            .first()
            .map_or(0, |first| first.start as usize);
        let lines = !self.children.is_empty() && before(text, first).trim().is_empty();
        let gap = if lines { &*spread } else { ", " };
        let whole = Replacement::default();
        Some(match (self.previous(at), self.children.get(at)) {
            (None, None) => {
                let (open, close) = self.inside();
                // A comment that ends with its line stays before it.
                let at = if ends_line(text, open) && text.get(open..close)?.contains('\n') {
                    line_end(text, open)
                } else {
                    open
                };
                let lead = if at > open { newline } else { "" };
                whole.text(lead).parts(parts, gap).at(at, at)
            }
            (_, Some(next)) => {
                let start = next.start as usize;
                whole.parts(parts, gap).text(gap).at(start, start)
            }
            (Some(previous), None) => {
                let end = previous.end as usize;
                let has_comma = text.get(end..)?.trim_start().starts_with(',');
                if !(lines && ends_line(text, end)) {
                    let lead = lead(previous.of(text), newline, &inner);
                    return Some(whole.text(&lead).parts(parts, gap).at(end, end));
                }
                let stop = line_end(text, end);
                let line = format!("{newline}{inner}");
                if has_comma {
                    whole.text(&line).parts(parts, gap).text(",").at(stop, stop)
                } else if stop == end {
                    whole.text(",").text(&line).parts(parts, gap).at(end, end)
                } else {
                    let whole = whole.text(&line).parts(parts, gap).at(stop, stop);
                    whole.and(insert(end, ",".to_owned()))
                }
            }
        })
    }

    /// Takes out the lines of a child that has them to itself.
    fn whole_lines(&self, child: Span) -> Option<Edit> {
        let (start, end) = (child.start as usize, child.end as usize);
        alone(self.text, start, end).then(|| {
            let (start, end) = (line_start(self.text, start), next_line(self.text, end));
            edit(start, end, String::new())
        })
    }

    /// Takes a child out of a list or map, with its comma.
    fn remove(&self, at: usize) -> Option<Edit> {
        let child = *self.children.get(at)?;
        self.whole_lines(child)
            .or_else(|| super::json::remove(self.node, at))
    }

    /// Takes an attribute or block out of a body.
    fn remove_from_body(&self, at: usize) -> Option<Edit> {
        let child = *self.children.get(at)?;
        if let Some(lines) = self.whole_lines(child) {
            return Some(lines);
        }
        let (start, end) = (child.start as usize, child.end as usize);
        let (open, close) = self.inside();
        let is_only = self.children.len() == 1 && self.container == Container::Body;
        let is_only = is_only && self.is_blank(open, start) && self.is_blank(end, close);
        is_only.then(|| edit(open, close, String::new()))
    }
}

/// What is between a value and the next one of its line: the line of the word that ends a heredoc has
/// nothing else.
fn lead(value: &str, newline: &str, indent: &str) -> String {
    if value.starts_with("<<") {
        format!("{newline}{indent}, ")
    } else {
        ", ".to_owned()
    }
}

/// A key, in quotes where it is no name.
fn name(key: &str) -> String {
    if is_name(key) && !matches!(key, "null" | "true" | "false" | "for") {
        key.to_owned()
    } else {
        string(key)
    }
}

fn is_name(key: &str) -> bool {
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && (key.chars()).all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// A value as an expression, on a line with this indentation.
fn expression(value: &Json, indent: &str, newline: &str) -> Written {
    match value {
        Json::Array(items) => {
            let item = |item| Part::item("", expression(item, indent, newline));
            Written::of_parts(items.iter().map(item).collect(), ("[", ", ", "]"), true)
        }
        Json::Object(members) if !members.is_empty() => {
            let inner = format!("{indent}  ");
            let member = |(key, value): (&String, &Json)| {
                Part::member(key, &name(key), " = ", expression(value, &inner, newline))
            };
            let parts = members.iter().map(member).collect();
            let between = format!("{newline}{inner}");
            let (open, close) = (format!("{{{between}"), format!("{newline}{indent}}}"));
            Written::of_parts(parts, (&open, &between, &close), false)
        }
        Json::Object(_) => Written::leaf(value, "{}".to_owned()),
        Json::String(text) => Written::leaf(value, string(text)),
        other => Written::leaf(other, other.to_string()),
    }
}

/// A string in quotes that has no template.
pub(super) fn string(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text as it is in quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut written = String::new();
    for character in without_templates(text).chars() {
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
    written
}

/// A text in which nothing begins a template.
pub(super) fn without_templates(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
