//! A file's text and its lines, and the set of all files of a run.

use std::sync::OnceLock;

use super::Span;

/// Which file of a run, in the order in which they were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A place in one of the files of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// A file with this name and text; `-` is standard input.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
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
            let ends = memchr::memchr_iter(b'\n', self.text.as_bytes());
            std::iter::once(0)
                .chain(ends.map(|end| u32::try_from(end.saturating_add(1)).unwrap_or(u32::MAX)))
                .collect()
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
        let before = self
            .text
            .as_bytes()
            .get(start as usize..end)
            .unwrap_or_default();
        Position {
            line,
            column: String::from_utf8_lossy(before)
                .chars()
                .count()
                .saturating_add(1),
        }
    }
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

    /// Every file, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &SourceFile)> {
        let files = (0..).map(SourceId).zip(&self.files);
        files.filter_map(|(id, file)| Some((id, file.as_ref()?)))
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
}
