//! A file's text and its lines, and the set of all files of a run.

use std::sync::OnceLock;

use serde::Serialize;

use super::Span;

/// Which file of a run, in the order in which they were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SourceId(u32);

/// A place in one of the files of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Location {
    /// The file.
    pub source: SourceId,
    /// The bytes.
    pub span: Span,
}

/// A line and a column as editors count them, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One file: the name under which it is shown and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    decompressed: bool,
    of_no_text: bool,
    held: Held,
    line_starts: OnceLock<Vec<u32>>,
    blocks: OnceLock<Vec<usize>>,
}

/// How the text stands to what it says.
#[derive(Clone, Copy, Debug)]
enum Held {
    /// It says what is written.
    AsWritten,
    /// An edit of it is none of what it says, for this reason.
    NotAsWritten(&'static str),
    /// Blanks stand for what must not be shown.
    WithBlanks,
}

/// Bytes between two places at which the characters before them are known.
const BLOCK: usize = 4096;

impl SourceFile {
    /// A file with this name and text; `-` is standard input.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            decompressed: false,
            of_no_text: false,
            held: Held::AsWritten,
            line_starts: OnceLock::new(),
            blocks: OnceLock::new(),
        }
    }

    /// The same text under another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// The same text as what a compressed file holds: its lines are not those of the file.
    #[must_use]
    pub fn as_decompressed(self) -> Self {
        Self {
            decompressed: true,
            ..self
        }
    }

    /// Whether the text is what a compressed file holds.
    pub const fn is_decompressed(&self) -> bool {
        self.decompressed
    }

    /// The same text as what is shown of bytes that are no text.
    #[must_use]
    pub(super) fn of_no_text(self) -> Self {
        Self {
            of_no_text: true,
            ..self
        }
    }

    /// Whether the text is the file's bytes, and no more and no less.
    pub const fn is_exact(&self) -> bool {
        !self.decompressed && !self.of_no_text && !matches!(self.held, Held::WithBlanks)
    }

    /// The same text, of which an edit is none of what it says, for this reason.
    #[must_use]
    pub fn not_edited(self, reason: &'static str) -> Self {
        Self {
            held: match self.held {
                Held::AsWritten => Held::NotAsWritten(reason),
                held => held,
            },
            ..self
        }
    }

    /// Why an edit of the text is not one of the file, or says another thing than it is written as: what to do
    /// instead, or what stands in the way. None where it can be edited.
    pub const fn why_not_edited(&self) -> Option<&'static str> {
        Some(match self.held {
            Held::WithBlanks => {
                "it is a plan or a state, which Terraform writes: make the change in its configuration"
            }
            Held::NotAsWritten(reason) => reason,
            Held::AsWritten if self.decompressed => "it is compressed",
            Held::AsWritten if self.of_no_text => "it is not text",
            Held::AsWritten => return None,
        })
    }

    /// The same text with blanks in place of what stands at these bytes, so that nothing shows it. Every line and
    /// every character stays where it is.
    #[must_use]
    pub fn concealed(self, spans: &[Span]) -> Self {
        if spans.is_empty() {
            return self;
        }
        let mut text = String::with_capacity(self.text.len());
        let mut end = 0;
        for span in spans {
            let start = (span.start as usize).max(end);
            text.push_str(self.text.get(end..start).unwrap_or_default());
            end = (span.end as usize).max(start);
            blank(self.text.get(start..end).unwrap_or_default(), &mut text);
        }
        text.push_str(self.text.get(end..).unwrap_or_default());
        Self {
            text,
            held: Held::WithBlanks,
            ..self
        }
    }

    /// The path as the user gave it, for example `keys/policy.json`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Offset of the first byte of every line. Found once, so that a thousand findings in one
    /// large file do not each read it from the start.
    pub fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = || memchr::memchr_iter(b'\n', self.text.as_bytes());
            let mut starts = Vec::with_capacity(ends().count().saturating_add(1));
            starts.push(0);
            starts
                .extend(ends().map(|end| u32::try_from(end.saturating_add(1)).unwrap_or(u32::MAX)));
            starts
        })
    }

    /// Line and column of an offset; past the end counts as the end.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let start = starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or_default();
        let end = (offset as usize).min(self.text.len());
        Position {
            line,
            column: self.characters(start as usize, end).saturating_add(1),
        }
    }

    /// Characters that begin from `start` up to `end`. On a long line, such as that of minified
    /// JSON, they are counted from the nearest block, not from the start of the line each time.
    fn characters(&self, start: usize, end: usize) -> usize {
        if end.saturating_sub(start) <= BLOCK.saturating_mul(2) {
            return count(self.text.as_bytes(), start, end);
        }
        self.characters_before(end)
            .saturating_sub(self.characters_before(start))
    }

    /// Characters that begin before an offset; past the end counts as the end.
    pub fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let blocks = self.blocks.get_or_init(|| {
            let mut before = 0_usize;
            let chunks = self.text.as_bytes().chunks(BLOCK);
            chunks
                .map(|chunk| {
                    let here = before;
                    before = before.saturating_add(count(chunk, 0, chunk.len()));
                    here
                })
                .collect()
        });
        let block = (offset / BLOCK).min(blocks.len().saturating_sub(1));
        let before = blocks.get(block).copied().unwrap_or_default();
        let start = block.saturating_mul(BLOCK);
        before.saturating_add(count(self.text.as_bytes(), start, offset))
    }
}

/// Characters that begin in this range of UTF-8: every byte but those that go on with one.
fn count(bytes: &[u8], start: usize, end: usize) -> usize {
    let range = bytes.get(start..end).unwrap_or_default();
    if range.is_ascii() {
        return range.len();
    }
    range.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Option<SourceFile>>,
}

impl Sources {
    /// Adds a file and says how to refer to it.
    pub fn add(&mut self, file: SourceFile) -> SourceId {
        let id = self.reserve();
        self.put(id, file);
        id
    }

    /// Makes room for so many more, so that those of a large run are not moved as they become more.
    pub fn expect(&mut self, more: usize) {
        self.files.reserve_exact(more);
    }

    /// Says how to refer to a file that [`put`](Self::put) may bring later: files that are read in
    /// parallel keep the order in which they were asked for.
    pub fn reserve(&mut self) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(None);
        id
    }

    /// Brings the file for a reserved id; an id that was never reserved is let fall.
    pub fn put(&mut self, id: SourceId, file: SourceFile) {
        if let Some(place) = self.files.get_mut(id.0 as usize) {
            *place = Some(file);
        }
    }

    /// The file with this id, if it is one of these.
    pub fn get(&self, id: SourceId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)?.as_ref()
    }

    /// The file whose id has this number, as ids are written as data; if it is one of these.
    pub fn numbered(&self, number: u32) -> Option<&SourceFile> {
        self.get(SourceId(number))
    }

    /// Every file, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &SourceFile)> {
        let files = (0..).map(SourceId).zip(&self.files);
        files.filter_map(|(id, file)| Some((id, file.as_ref()?)))
    }
}

/// Writes as many blanks as there are characters, each as many bytes long.
fn blank(text: &str, into: &mut String) {
    for c in text.chars() {
        into.push_str(match c {
            '\n' => "\n",
            '\r' => "\r",
            _ => match c.len_utf8() {
                1 => " ",
                2 => "\u{a0}",
                3 => "\u{2003}",
                _ => "\u{e0020}",
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_place_may_stay_empty() {
        let mut sources = Sources::default();
        let (first, second) = (sources.reserve(), sources.reserve());
        let third = sources.add(SourceFile::new("c", ""));
        sources.put(first, SourceFile::new("a", ""));
        let names: Vec<_> = sources.iter().map(|(id, file)| (id, file.name())).collect();
        assert_eq!(names, [(first, "a"), (third, "c")]);
        assert!(sources.get(second).is_none());
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let file = SourceFile::new("x", "ab\nä€c\n");
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(3), Position { line: 2, column: 1 });
        assert_eq!(file.position(8), Position { line: 2, column: 3 });
        assert_eq!(file.position(10), Position { line: 3, column: 1 });
        assert_eq!(file.position(99), Position { line: 3, column: 1 });
    }

    #[test]
    fn columns_of_a_long_line_are_counted_by_blocks() {
        let line = "aé€😀".repeat(5_000);
        let file = SourceFile::new("x", format!("first\n{line}"));
        for offset in [6, 7, 9_000, 16_384, 20_000, 49_999, 50_006, 60_000] {
            let end = offset.min(file.text().len());
            let before = String::from_utf8_lossy(&file.text().as_bytes()[6..end]);
            let column = before.chars().count() + 1;
            let offset = u32::try_from(offset).unwrap();
            assert_eq!(file.position(offset), Position { line: 2, column });
        }
    }
}
