//! Lines of a file with marks under them: each line that something points at, what is pointed at underlined,
//! and beside the line what to say.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use super::super::Style;
use super::super::excerpt::{boundary, line_of, line_range};
use super::super::path::shown_name;
use super::super::snippet::{Tone, paint};
use super::super::visible::{prose, wrap};
use super::super::window::{ShownLine, char_columns, cut};
use super::decoded::DecodedPolicy;
use crate::text::{SourceFile, Span, defuse};

/// Columns that the words of a mark have at least before they are broken into lines.
const WORDS: usize = 24;
/// Columns before the text of a line beside its number.
const MARGIN: usize = 4;

/// What is pointed at, and what to say there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark<'a> {
    /// Bytes of the file.
    pub(super) at: Span,
    /// May be empty.
    pub(super) words: &'a str,
    pub(super) tone: Tone,
}

/// The file that marks are in, and how its text is shown.
#[derive(Debug)]
pub(super) struct MarkedFile<'a> {
    pub(super) file: &'a SourceFile,
    /// The policy that stands in a string of the file, as it reads.
    pub(super) decoded: Option<&'a DecodedPolicy>,
    /// What stands behind the place, for example the name of the statement.
    pub(super) title: &'a str,
}

impl<'a> MarkedFile<'a> {
    /// The text whose lines are drawn.
    fn text(&self) -> &'a SourceFile {
        self.decoded.map_or(self.file, |decoded| &decoded.file)
    }
}

struct Characters {
    top: &'static str,
    bar: &'static str,
    gap: &'static str,
    bottom: &'static str,
    under: &'static str,
}

const UNICODE: Characters = Characters {
    top: "╭─",
    bar: "│",
    gap: "⋮",
    bottom: "╰─",
    under: "─",
};

const ASCII: Characters = Characters {
    top: ",-",
    bar: "|",
    gap: ":",
    bottom: "`-",
    under: "^",
};

/// A mark on the line where it begins.
struct Placed {
    /// Within the line.
    bytes: Range<usize>,
    words: String,
    tone: Tone,
}

/// Draws the lines of these marks; the first is the one whose place is named.
pub(super) fn draw(
    out: &mut impl Write,
    shown: &MarkedFile<'_>,
    marks: &[Mark<'_>],
    style: &Style,
) -> io::Result<()> {
    let Some(first) = marks.first() else {
        return Ok(());
    };
    let text = shown.text();
    let lines = by_line(shown, marks, style);
    let characters = if style.unicode { &UNICODE } else { &ASCII };
    let width = lines
        .keys()
        .next_back()
        .map_or(1, |last| digits(last.saturating_add(1)));
    let position = shown.file.position(first.at.start);
    let name = prose(&shown_name(shown.file), style.unicode);
    let title = prose(shown.title, style.unicode);
    let gap = if title.is_empty() { "" } else { " " };
    writeln!(
        out,
        "  {:width$} {}[{name}:{}:{}]{gap}{title}",
        "", characters.top, position.line, position.column
    )?;
    let columns = style
        .columns()
        .saturating_sub(width.saturating_add(MARGIN))
        .saturating_sub(2);
    let indent = indent(text, lines.keys().copied());
    let mut last = None;
    for (number, mut placed) in lines {
        if last.is_some_and(|last: usize| last.saturating_add(1) < number) {
            writeln!(out, "  {:width$} {}", "", characters.gap)?;
        }
        last = Some(number);
        placed.sort_by_key(|of| (of.bytes.start, of.bytes.end));
        let line = Line {
            text: line(text, number),
            indent,
            columns,
        };
        let (drawn, marked) = line.drawn(&placed, style);
        writeln!(
            out,
            "  {:>width$} {} {}",
            number.saturating_add(1),
            characters.bar,
            defuse(drawn)
        )?;
        for (columns_of, of) in marked {
            for row in under(&columns_of, of, columns, (characters, style)) {
                writeln!(out, "  {:width$} {} {row}", "", characters.bar)?;
            }
        }
    }
    writeln!(out, "  {:width$} {}", "", characters.bottom)
}

/// The marks on each line; of those at the same bytes the words stand together.
fn by_line(
    shown: &MarkedFile<'_>,
    marks: &[Mark<'_>],
    style: &Style,
) -> BTreeMap<usize, Vec<Placed>> {
    let text = shown.text();
    let mut lines: BTreeMap<usize, Vec<Placed>> = BTreeMap::new();
    for mark in marks {
        let at = shown
            .decoded
            .map_or(mark.at, |decoded| decoded.inner(mark.at));
        let (number, placed) = placed(text, at, mark, style);
        let line = lines.entry(number).or_default();
        match line.iter_mut().find(|of| of.bytes == placed.bytes) {
            Some(same) if same.words.is_empty() => same.words = placed.words,
            Some(_) if placed.words.is_empty() => {}
            Some(same) => same.words = format!("{}; {}", same.words, placed.words),
            None => line.push(placed),
        }
    }
    lines
}

fn digits(number: usize) -> usize {
    number
        .checked_ilog10()
        .map_or(1, |log| log as usize)
        .saturating_add(1)
}

/// The line on which the mark begins, and the mark on it: one that goes on is marked to the line's end.
fn placed(text: &SourceFile, at: Span, mark: &Mark<'_>, style: &Style) -> (usize, Placed) {
    let (start, end) = (at.start as usize, at.end as usize);
    let number = line_of(text, start);
    let (from, whole) = range(text, number);
    let last = line_of(text, end.saturating_sub(1).max(start));
    let mut words = prose(mark.words, style.unicode);
    if last > number {
        let blank = if words.is_empty() { "" } else { " " };
        words = format!("{words}{blank}(up to line {})", last.saturating_add(1));
    }
    let inside = |offset: usize| boundary(whole, offset.saturating_sub(from));
    let bytes = inside(start)..inside(end.min(from.saturating_add(whole.len())));
    let bytes = bytes.start..bytes.end.max(bytes.start);
    let tone = mark.tone;
    (number, Placed { bytes, words, tone })
}

/// Where a line begins, and its text.
fn range(file: &SourceFile, number: usize) -> (usize, &str) {
    let bytes = line_range(file, number);
    let line = file.text().get(bytes.clone()).unwrap_or_default();
    (bytes.start, line.trim_end_matches('\r'))
}

fn line(file: &SourceFile, number: usize) -> &str {
    range(file, number).1
}

/// Blanks that all of these lines begin with.
fn indent(file: &SourceFile, lines: impl Iterator<Item = usize>) -> usize {
    let blanks = |number| {
        let line = line(file, number);
        line.len()
            .saturating_sub(line.trim_start_matches(' ').len())
    };
    lines.map(blanks).min().unwrap_or_default()
}

/// A line as it is drawn.
struct Line<'t> {
    text: &'t str,
    /// Blanks at its start that are left out.
    indent: usize,
    columns: usize,
}

impl Line<'_> {
    /// Its text, and the columns of each mark.
    fn drawn<'p>(
        &self,
        placed: &'p [Placed],
        style: &Style,
    ) -> (String, Vec<(Range<usize>, &'p Placed)>) {
        let text = self.text.get(self.indent..).unwrap_or_default();
        let of = |placed: &Placed| {
            let inside = |offset: usize| boundary(text, offset.saturating_sub(self.indent));
            inside(placed.bytes.start)..inside(placed.bytes.end)
        };
        let wanted: Vec<_> = placed.iter().map(of).collect();
        let pieces = cut(text, &wanted, self.columns);
        let drawn = ShownLine::new(text, &pieces, style.unicode);
        let column = |offset: usize| {
            let before = drawn
                .text
                .get(..drawn.shown(text, offset))
                .unwrap_or_default();
            let columns = before.chars().map(char_columns);
            columns.fold(0_usize, usize::saturating_add)
        };
        let marked = wanted.iter().zip(placed);
        let marked: Vec<_> = marked
            .map(|(bytes, placed)| {
                let start = column(bytes.start);
                (
                    start..column(bytes.end).max(start.saturating_add(1)),
                    placed,
                )
            })
            .collect();
        (drawn.text.replace('\t', "    "), marked)
    }
}

/// The rows under a line that mark some of its columns.
fn under(
    marked: &Range<usize>,
    of: &Placed,
    columns: usize,
    (characters, style): (&Characters, &Style),
) -> Vec<String> {
    let length = marked.end.saturating_sub(marked.start);
    let line = characters.under.repeat(length);
    let row = format!(
        "{}{}",
        " ".repeat(marked.start),
        paint(&line, of.tone, style)
    );
    if of.words.is_empty() {
        return vec![row];
    }
    let rest = columns.saturating_sub(marked.end.saturating_add(1));
    if of.words.chars().count() <= rest {
        return vec![format!("{row} {}", paint(&of.words, of.tone, style))];
    }
    let start = marked.start.min(columns.saturating_sub(WORDS));
    let longest = of.words.chars().count();
    let start = start.min(columns.saturating_sub(longest.min(columns)).max(MARGIN));
    let room = columns.saturating_sub(start).max(WORDS);
    let words = wrap(&of.words, room, room);
    let words = words
        .lines()
        .map(|words| format!("{}{}", " ".repeat(start), paint(words, of.tone, style)));
    std::iter::once(row).chain(words).collect()
}
