//! Text with places that the facts fill.

use std::fmt::Write as _;
use std::sync::Arc;

use super::Selected;
use crate::document::Fact;
use crate::text::Span;

/// Bytes by which a text may be longer than its template before it is moved.
const ROOM: usize = 32;

/// Text in which `{principal}`, `{key.arn}` or `{$.key.arn}` stand for values of the facts.
///
/// A path that begins with `$` starts at the top of the facts. Any other starts at the innermost
/// object around the selected node, itself included, that has a field of its first name. Braces
/// around anything else, as in JSON, are plain text. A list is joined so that it reads well
/// inside backticks; what is null or missing reads `unknown`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: Arc<str>,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Box<str>),
    Field(FieldPath),
}

/// A dotted path to a value of the facts, for example `$.key.arn` or `principal`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    /// Whether it starts at the top.
    pub absolute: bool,
    /// The names to follow, at least one.
    pub names: Vec<Box<str>>,
}

impl FieldPath {
    /// The path that `text` is, if it is one: names of letters, digits and `_`, joined by `.`.
    pub fn parse(text: &str) -> Option<Self> {
        let (absolute, names) = match text.strip_prefix("$.") {
            Some(names) => (true, names),
            None => (false, text),
        };
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        names.split('.').all(is_name).then(|| Self {
            absolute,
            names: names.split('.').map(Into::into).collect(),
        })
    }
}

impl Template {
    /// The template that `text` writes; every text is one.
    pub fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            plain.push_str(before);
            let field = after
                .split_once('}')
                .and_then(|(inside, behind)| Some((FieldPath::parse(inside)?, behind)));
            if let Some((field, behind)) = field {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain).into()));
                }
                pieces.push(Piece::Field(field));
                rest = behind;
            } else {
                plain.push('{');
                rest = after;
            }
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain.into()));
        }
        Self {
            text: text.into(),
            pieces,
        }
    }

    /// The first name in the text that has a brace before it and none behind it: a slip, for in other texts
    /// with braces, such as JSON, no small letter follows one.
    pub(super) fn open_brace(text: &str) -> Option<&str> {
        let mut after = text.split('{').skip(1);
        after.find_map(|after| {
            let is_of_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
            let (path, behind) =
                after.split_at(after.find(|c| !is_of_path(c)).unwrap_or(after.len()));
            let is_name =
                path.starts_with(|first: char| first.is_ascii_lowercase() || first == '$');
            (is_name && !behind.starts_with('}')).then_some(path)
        })
    }

    /// The template of the value at a path.
    pub(super) fn of_field(path: FieldPath) -> Self {
        let dollar = if path.absolute { "$." } else { "" };
        Self {
            text: format!("{{{dollar}{}}}", path.names.join(".")).into(),
            pieces: vec![Piece::Field(path)],
        }
    }

    /// What it consists of.
    pub(super) fn into_pieces(self) -> Vec<Piece> {
        self.pieces
    }

    /// The template as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text for this node.
    pub fn render(&self, node: &Selected<'_, '_>) -> String {
        self.render_with_values(node, |_| false).0
    }

    /// The same, and the bytes of it that say what stands for each path that `is_wanted` takes, in their
    /// order, but for numbers.
    pub fn render_with_values(
        &self,
        node: &Selected<'_, '_>,
        is_wanted: impl Fn(&FieldPath) -> bool,
    ) -> (String, Vec<Span>) {
        // What fields say is mostly about as long as their names.
        let mut text = String::with_capacity(self.text.len().saturating_add(ROOM));
        let mut values = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Field(path) => {
                    let value = node.lookup(path);
                    let start = text.len();
                    append(&mut text, value.as_deref());
                    let is_number =
                        matches!(value.as_deref(), Some(Fact::Integer(_) | Fact::Float(_)));
                    if !is_number && is_wanted(path) {
                        values.push(Span::new(start, text.len()));
                    }
                }
            }
        }
        (text, values)
    }

    /// The text for this node, shared where it is the same for all.
    pub fn render_shared(&self, node: &Selected<'_, '_>) -> Arc<str> {
        match self.pieces.as_slice() {
            [] | [Piece::Text(_)] => Arc::clone(&self.text),
            _ => self.render(node).into(),
        }
    }

    /// The paths that it reads.
    pub fn fields(&self) -> impl Iterator<Item = &FieldPath> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Field(path) => Some(path),
        })
    }
}

fn append(text: &mut String, value: Option<&Fact<'_>>) {
    match value {
        Some(Fact::Text(string)) => text.push_str(string),
        Some(Fact::Bool(flag)) => text.push_str(if *flag { "true" } else { "false" }),
        // Writing to memory does not fail.
        Some(Fact::Integer(number)) => drop(write!(text, "{number}")),
        Some(number @ Fact::Float(_)) => text.push_str(&number.to_string()),
        Some(list @ Fact::List(_)) => {
            append_items(text, list.items().map(Vec::as_slice).unwrap_or_default());
        }
        Some(Fact::Null | Fact::Record(_)) | None => text.push_str("unknown"),
    }
}

fn append_items(text: &mut String, items: &[Fact<'_>]) {
    if items.is_empty() {
        text.push_str("unknown");
    }
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str("`, `");
        }
        match item {
            Fact::Text(string) => text.push_str(string),
            other => text.push_str(&other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Selector;
    use super::*;
    use crate::document::written;

    fn render(template: &str) -> String {
        let facts = json!({
            "key": {"arn": "arn:x", "spec": null},
            "access": {"schedule": [{
                "principal": "role/A", "shortest": 7, "days": [7, 8],
                "via": [{"pattern": "kms:*"}]
            }]}
        });
        let selector = Selector::parse("$.access.schedule[0].via[0]").unwrap();
        let facts = written(&facts).unwrap();
        Template::parse(template).render(&selector.select(&facts).unwrap()[0])
    }

    #[test]
    fn paths_start_at_the_top_or_at_what_encloses_the_node() {
        assert_eq!(
            render("`{pattern}` lets `{principal}` wait {shortest} days on {$.key.arn}"),
            "`kms:*` lets `role/A` wait 7 days on arn:x"
        );
        assert_eq!(render("{key.arn}"), "arn:x");
        assert_eq!(render("`{days}`"), "`7`, `8`");
    }

    #[test]
    fn what_is_missing_is_unknown_and_other_braces_are_text() {
        assert_eq!(render("{$.key.spec} {nothing}"), "unknown unknown");
        let json = r#"{"Bool": {"a": "b"}} {} { {x"#;
        assert_eq!(render(json), json);
    }
}
