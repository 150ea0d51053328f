//! Single changes of a JSON text: what is added between others, and what is taken from them.

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::Node;

use super::Edit;
use super::layout::{Layout, blank, children};

/// What is to stand in an array or object: values, or keys with their values.
pub(super) enum Added<'v> {
    Item(&'v Json),
    Member(&'v str, &'v Json),
}

impl Added<'_> {
    fn write(&self, layout: &Layout<'_>, sample: Option<&Node<'_>>, indent: &str) -> String {
        match self {
            Self::Item(value) => layout.value(value, None, sample, indent),
            Self::Member(key, value) => layout.member(key, value, None, indent),
        }
    }
}

/// Puts something into an array or object, before the child of that position or after the last.
pub(super) fn insert(
    text: &str,
    layout: &Layout<'_>,
    container: &Node<'_>,
    position: usize,
    added: &[Added<'_>],
) -> Edit {
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
    let mut replacement = String::new();
    for part in added {
        let written = part.write(layout, sample, indent);
        if position < children.len() {
            replacement.push_str(&written);
            replacement.push_str(&separator);
        } else {
            replacement.push_str(&separator);
            replacement.push_str(&written);
        }
    }
    Edit {
        span: Span { start: at, end: at },
        replacement,
    }
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
fn fill(layout: &Layout<'_>, container: &Node<'_>, added: &[Added<'_>]) -> Edit {
    let indent = layout.indent_at(container.span.start);
    let newline = layout.newline();
    let inner = layout.deeper(indent);
    let parts: Vec<_> = added
        .iter()
        .map(|part| part.write(layout, None, &inner))
        .collect();
    let replacement = if newline.is_empty() {
        parts.join(layout.comma())
    } else {
        let parts = parts.join(&format!(",{newline}{inner}"));
        format!("{newline}{inner}{parts}{newline}{indent}")
    };
    Edit {
        span: Span {
            start: container.span.start.saturating_add(1),
            end: container.span.end.saturating_sub(1),
        },
        replacement,
    }
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
pub(super) fn make_array(
    layout: &Layout<'_>,
    node: &Node<'_>,
    key: Option<&str>,
    added: &[Json],
) -> Vec<Edit> {
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
    let mut rest = String::new();
    for value in added {
        rest.push_str(&comma);
        rest.push_str(&layout.value(value, None, Some(node), &inner));
    }
    let at = |offset| Span {
        start: offset,
        end: offset,
    };
    vec![
        Edit {
            span: at(node.span.start),
            replacement: open,
        },
        Edit {
            span: at(node.span.end),
            replacement: rest + &close,
        },
    ]
}
