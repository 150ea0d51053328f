//! Edits of JSON.

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::{Node, Step};

use super::Edit;
use super::change::{Added, Change, Site};
use super::layout::{Layout, blank, children};
use super::written::{Part, Replacement, Splice};

/// The edits that make a change.
pub(super) fn splice(site: Site<'_>, change: Change<'_>) -> Option<Splice> {
    let layout = Layout::of(site.text, site.root, site.indent);
    let node = site.node;
    match change {
        Change::Insert(position, added) => Some(insert(site.text, &layout, node, position, added)),
        Change::Replace(value) => {
            let key = match site.way.last() {
                Some(Step::Key(key)) => Some(key.as_str()),
                Some(Step::Index(_) | Step::Embedded) | None => None,
            };
            let indent = layout.indent_at(node.span.start);
            let written = layout.value(value, key, Some(node), indent);
            let (start, end) = (node.span.start as usize, node.span.end as usize);
            Some(
                Replacement::default()
                    .part(Part::item("", written))
                    .at(start, end),
            )
        }
        Change::Remove(position) => Some(Splice::only(remove(node, position)?)),
        Change::Rename(position, key) => Some(Splice::only(Edit {
            span: node.members()?.get(position)?.key_span,
            replacement: Json::from(key).to_string(),
        })),
        Change::List(added) => {
            let key = site.way.iter().rev().find_map(|step| match step {
                Step::Key(key) => Some(key.as_str()),
                Step::Index(_) | Step::Embedded => None,
            });
            Some(make_list(&layout, node, key, added))
        }
    }
}

impl Added<'_> {
    fn write(&self, layout: &Layout<'_>, sample: Option<&Node<'_>>, indent: &str) -> Part {
        match self {
            Self::Item(value) => Part::item("", layout.value(value, None, sample, indent)),
            Self::Member(key, value) => layout.member(key, value, None, indent),
        }
    }
}

/// Puts something into an array or object, before the child of that position or after the last.
fn insert(
    text: &str,
    layout: &Layout<'_>,
    container: &Node<'_>,
    position: usize,
    added: &[Added<'_>],
) -> Splice {
    let children = children(container);
    let Some(last) = children.last() else {
        return fill(layout, container, added);
    };
    let separator = separator(text, layout, container, &children, position);
    let at = match children.get(position) {
        Some(child) => child.start,
        None => last.end,
    };
    let indent = match separator.rsplit_once('\n') {
        Some((_, after)) => blank(after),
        None => layout.indent_at(at.saturating_sub(1)),
    };
    // A statement is written as the one that it comes after is.
    let neighbour = position.checked_sub(1);
    let sample = container
        .items()
        .and_then(|items| items.get(neighbour?).or(items.last()));
    let is_last = position >= children.len();
    let add = |whole: Replacement, part: &Added<'_>| {
        let written = part.write(layout, sample, indent);
        if is_last {
            whole.text(&separator).part(written)
        } else {
            whole.part(written).text(&separator)
        }
    };
    let whole = added.iter().fold(Replacement::default(), add);
    whole.at(at as usize, at as usize)
}

/// What the author writes between two children: taken from a pair that stands there already.
fn separator(
    text: &str,
    layout: &Layout<'_>,
    container: &Node<'_>,
    children: &[Span],
    position: usize,
) -> String {
    let pairs: Vec<_> = children.iter().zip(children.iter().skip(1)).collect();
    let nearest = position
        .saturating_sub(1)
        .min(pairs.len().saturating_sub(1));
    if let Some((one, next)) = pairs.get(nearest) {
        return Span {
            start: one.end,
            end: next.start,
        }
        .of(text)
        .to_owned();
    }
    let start = container.span.start.saturating_add(1);
    let lead = children.first().map_or("", |first| {
        Span {
            start,
            end: first.start,
        }
        .of(text)
    });
    if lead.contains('\n') {
        format!(",{lead}")
    } else {
        layout.comma().to_owned()
    }
}

/// Puts something into an empty array or object.
fn fill(layout: &Layout<'_>, container: &Node<'_>, added: &[Added<'_>]) -> Splice {
    let indent = layout.indent_at(container.span.start);
    let newline = layout.newline();
    let inner = layout.deeper(indent);
    let parts = added.iter().map(|part| part.write(layout, None, &inner));
    let parts = parts.collect();
    let whole = Replacement::default();
    let whole = if newline.is_empty() {
        whole.parts(parts, layout.comma())
    } else {
        whole
            .text(&format!("{newline}{inner}"))
            .parts(parts, &format!(",{newline}{inner}"))
            .text(&format!("{newline}{indent}"))
    };
    let span = container.span;
    whole.at(
        (span.start as usize).saturating_add(1),
        (span.end as usize).saturating_sub(1),
    )
}

/// Takes the child of that position out of an array or object, with one comma.
pub(super) fn remove(container: &Node<'_>, position: usize) -> Option<Edit> {
    let children = children(container);
    let child = children.get(position)?;
    let before = position
        .checked_sub(1)
        .and_then(|before| children.get(before));
    let span = match (children.get(position.saturating_add(1)), before) {
        (Some(next), _) => Span {
            start: child.start,
            end: next.start,
        },
        (None, Some(before)) => Span {
            start: before.end,
            end: child.end,
        },
        (None, None) => Span {
            start: container.span.start.saturating_add(1),
            end: container.span.end.saturating_sub(1),
        },
    };
    Some(Edit {
        span,
        replacement: String::new(),
    })
}

/// Makes an array of a single value and of what is added to it, as `key`'s values are written
/// elsewhere. An object keeps its lines.
fn make_list(layout: &Layout<'_>, node: &Node<'_>, key: Option<&str>, added: &[Json]) -> Splice {
    let indent = layout.indent_at(node.span.start);
    let spread = node.members().is_none() && layout.spreads(key, None, true);
    let newline = layout.newline();
    let inner = if spread {
        layout.deeper(indent)
    } else {
        indent.to_owned()
    };
    let (open, comma, close) = if spread {
        let open = format!("[{newline}{inner}");
        (
            open,
            format!(",{newline}{inner}"),
            format!("{newline}{indent}]"),
        )
    } else {
        ("[".to_owned(), layout.comma().to_owned(), "]".to_owned())
    };
    let add = |whole: Replacement, value| {
        let written = layout.value(value, None, Some(node), &inner);
        whole.text(&comma).part(Part::item("", written))
    };
    let rest = added.iter().fold(Replacement::default(), add).text(&close);
    let (start, end) = (node.span.start as usize, node.span.end as usize);
    rest.at(end, end).and(Edit {
        span: Span::new(start, start),
        replacement: open,
    })
}
