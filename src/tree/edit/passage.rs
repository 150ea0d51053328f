//! The text that is to be read and changed for one value of a file, and the way back to the file.

use crate::text::InputError;
use crate::tree::{JsonPath, Node, OffsetMap, Step, Syntax};

use super::draft::as_written;
use super::string::StringInText;
use super::{Draft, DraftError, Edit, ValueInFile};

/// What has to be read to change one value: of a file of JSON only that value, however much is around
/// it; where the value is part of a document that a string holds, that document.
#[derive(Clone, Debug)]
pub struct Passage {
    /// What the text is written in.
    syntax: Syntax,
    /// The text, with the escapes of the strings around it undone.
    text: String,
    /// From offsets in `text` to offsets in the file.
    map: OffsetMap,
    /// Where the outermost text begins in the file.
    start: u32,
    /// The strings that the text is in, outermost first.
    strings: Vec<StringInText>,
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
    /// What has to be read to change the value at `place`, where now `text` is. Nothing where
    /// the way leads nowhere.
    pub fn open(text: &str, place: &ValueInFile) -> Option<Self> {
        let steps = &place.path.steps;
        // Where only the value is at hand, the way to it is outside of the text.
        let outside = if place.is_whole_file {
            &[]
        } else {
            place.outside()
        };
        let mut passage = Self {
            syntax: place.syntax,
            text: text.to_owned(),
            map: OffsetMap::shift(place.span.start),
            start: place.span.start,
            strings: Vec::new(),
            root: outside.to_vec(),
            base: steps.clone(),
            document: JsonPath::default(),
            indent: place.indent.clone(),
        };
        let mut rest = steps.strip_prefix(outside)?;
        while let Some(at) = rest.iter().position(|step| *step == Step::Embedded) {
            let (before, after) = rest.split_at_checked(at)?;
            passage.enter(before)?;
            rest = after.get(1..)?;
        }
        if !passage.strings.is_empty() {
            passage.root.clear();
            passage.indent.clear();
            passage.base = rest.to_vec();
            let length = steps.len().saturating_sub(rest.len());
            passage.document.steps = steps.iter().take(length).cloned().collect();
        }
        Some(passage)
    }

    /// Goes into the string at this path of the text.
    fn enter(&mut self, path: &[Step]) -> Option<()> {
        let string = StringInText::find(self.syntax, &self.text, path)?;
        self.map = self.map.after(string.map());
        string.document().clone_into(&mut self.text);
        self.syntax = Syntax::Json;
        self.strings.push(string);
        Some(())
    }

    /// What the text is written in.
    pub(super) const fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The way from the document in which the value is to the value.
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
    /// Where the text is not of its syntax; the place is the file's.
    pub fn read<T>(&self, with: impl FnOnce(&Node<'_>) -> T) -> Result<Option<T>, InputError> {
        let mut node = match as_written(self.syntax, &self.text) {
            Ok((node, _)) => node,
            Err(DraftError::Input(mut error)) => {
                error.span = self.map.outer_span(error.span);
                return Err(error);
            }
            Err(_) => return Ok(None),
        };
        node.relocate(&self.map);
        let rest = self.base.strip_prefix(self.root.as_slice());
        Ok(rest.and_then(|rest| node.at(rest)).map(with))
    }

    /// The edits of a draft of this passage as edits of the file.
    ///
    /// # Errors
    /// Where the file as it is then would not read as the changes mean, or would say anything else that it
    /// did not say before.
    pub fn outer(&self, draft: &Draft) -> Result<Vec<Edit>, DraftError> {
        let mut edits = draft.edits()?;
        let mut after = draft.text().to_owned();
        for string in self.strings.iter().rev() {
            if edits.is_empty() {
                break;
            }
            (edits, after) = string.write(&edits, &after).ok_or(DraftError::Layout)?;
        }
        let map = OffsetMap::shift(self.start);
        for edit in &mut edits {
            edit.span = map.outer_span(edit.span);
        }
        Ok(edits)
    }
}

impl ValueInFile {
    /// The way to the value, as far as it leads through no string.
    pub(super) fn outside(&self) -> &[Step] {
        let steps = &self.path.steps;
        let end = steps.iter().position(|step| *step == Step::Embedded);
        steps.get(..end.unwrap_or(steps.len())).unwrap_or_default()
    }
}
