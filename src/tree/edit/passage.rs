//! The text that is to be read and changed for one value of a file, and the way back to the file.

use std::fmt::Write as _;

use crate::text::Span;
use crate::tree::{Embedded, Encoding, JsonPath, Node, OffsetMap, Step, Syntax, json};

use super::{Edit, ValueInFile};

/// What has to be read to change one value: of the file only that value, however much stands around
/// it; where the value is part of a document that a string holds, that document.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What the text is written in.
    syntax: Syntax,
    /// The text, with the escapes of the strings around it undone.
    text: String,
    /// From offsets in `text` to offsets in the file.
    map: OffsetMap,
    /// How the text is written into its surroundings, outermost first.
    encodings: Vec<Encoding>,
    /// The way from the document to what `text` holds.
    root: Vec<Step>,
    /// The way from the document to the value.
    base: Vec<Step>,
    /// The way from the file to the document.
    document: JsonPath,
    /// The white space at the start of the line in which `text` begins.
    indent: String,
}

impl Passage {
    /// What has to be read to change the value at `place`, where now `text` stands. Nothing where
    /// the way leads nowhere.
    pub fn open(text: &str, place: &ValueInFile) -> Option<Self> {
        let steps = &place.path.steps;
        let mut passage = Self {
            syntax: Syntax::Json,
            text: text.to_owned(),
            map: OffsetMap::shift(place.span.start),
            encodings: Vec::new(),
            root: steps.clone(),
            base: steps.clone(),
            document: JsonPath::default(),
            indent: place.indent.clone(),
        };
        let Some(first) = steps.iter().position(|step| *step == Step::Embedded) else {
            return Some(passage);
        };
        let whole = Span::new(0, text.len());
        passage.enter(Embedded::from_string(text, whole)?);
        let mut rest = steps.get(first.saturating_add(1)..)?;
        while let Some(at) = rest.iter().position(|step| *step == Step::Embedded) {
            let (before, after) = rest.split_at_checked(at)?;
            let span = json::parse_first(&passage.text).ok()?.at(before)?.span;
            passage.enter(Embedded::from_string(&passage.text, span)?);
            rest = after.get(1..)?;
        }
        passage.root.clear();
        passage.indent.clear();
        passage.base = rest.to_vec();
        let length = steps.len().saturating_sub(rest.len());
        passage.document.steps = steps.iter().take(length).cloned().collect();
        Some(passage)
    }

    fn enter(&mut self, inner: Embedded) {
        self.map = self.map.after(&inner.map);
        self.encodings.push(inner.encoding);
        self.text = inner.text;
    }

    /// What the text is written in.
    pub(super) const fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The way from the document in which the value stands to the value.
    pub fn base(&self) -> &[Step] {
        &self.base
    }

    /// The way from the file to that document; empty where the file is the document.
    pub const fn document(&self) -> &JsonPath {
        &self.document
    }

    /// The way from the document to what the text holds.
    pub(super) fn root(&self) -> &[Step] {
        &self.root
    }

    /// The white space at the start of the line in which the text begins.
    pub(super) fn indent(&self) -> &str {
        &self.indent
    }

    /// Reads the text and calls `with` with the value, whose places are the file's; what follows
    /// the first value of the text is not looked at. Nothing where the value is not there.
    ///
    /// # Errors
    /// Where the text is not JSON; the place is the file's.
    pub fn read<T>(
        &self,
        with: impl FnOnce(&Node<'_>) -> T,
    ) -> Result<Option<T>, crate::text::InputError> {
        let mut node = json::parse_first(&self.text).map_err(|mut error| {
            error.span = self.map.outer_span(error.span);
            error
        })?;
        node.relocate(&self.map);
        let rest = self.base.strip_prefix(self.root.as_slice());
        Ok(rest.and_then(|rest| node.at(rest)).map(with))
    }

    /// Edits of the text as edits of the file.
    pub fn outer(&self, edits: Vec<Edit>) -> Vec<Edit> {
        let outer = |edit: Edit| {
            let encode = |text: String, encoding: &Encoding| encode(&text, *encoding);
            Edit {
                span: self.map.outer_span(edit.span),
                replacement: self.encodings.iter().rev().fold(edit.replacement, encode),
            }
        };
        edits.into_iter().map(outer).collect()
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
