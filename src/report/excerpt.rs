//! The few lines of a file that a diagnostic shows, as the source that miette draws from.
//!
//! miette's own sources read a file from its start for every label, and show lines in full. This
//! one takes lines from the file's index, cuts long ones to windows, puts stand-ins for what must
//! not reach a terminal, and says where the labels went.

use std::collections::BTreeSet;
use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Style;
use super::path::shown_name;
use super::visible::prose;
use super::window::{ShownLine, char_columns, cut};
use crate::text::{Position, SourceFile, Span, defuse};

/// Lines before and after a label that are shown too.
pub(super) const CONTEXT: usize = 1;
/// Lines of the longest label that is shown in full.
const LONGEST: usize = 8;
/// Lines that are shown of a longer one.
const HEAD: usize = 4;

/// Some lines of a file; the offsets that miette sees are those of `text`.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// Where each line begins in `text`, and its number in the file from 0; both ascend.
    lines: Vec<(usize, usize)>,
    /// The file's positions of the marks, by their start in `text`.
    positions: Vec<(usize, Position)>,
}

/// Where a label went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The bytes of the excerpt's text.
    pub(super) shown: Range<usize>,
    /// The line in the file, from 1, at which the label ends, where that line is not shown.
    pub(super) runs_to: Option<usize>,
    /// Columns before the middle of the underlined text, at most.
    pub(super) column: usize,
}

/// A span and the lines, from 0, on which it begins and ends.
struct Wanted {
    bytes: Range<usize>,
    first: usize,
    last: usize,
    runs_to: Option<usize>,
}

impl Excerpt {
    /// The lines of `file` around `spans`, and a mark for each span, in the same order. Spans past
    /// the end of the file count as its end.
    pub(super) fn new(file: &SourceFile, spans: &[Span], style: &Style) -> (Self, Vec<Mark>) {
        let wanted: Vec<Wanted> = spans.iter().map(|span| Wanted::new(file, *span)).collect();
        let numbers = line_numbers(file, &wanted);
        let columns = text_columns(&numbers, &wanted, style);
        let mut excerpt = Self {
            name: prose(&shown_name(file), style.unicode),
            text: String::new(),
            lines: Vec::with_capacity(numbers.len()),
            positions: Vec::with_capacity(spans.len()),
        };
        let mut shown = vec![0..0; wanted.len()];
        for number in numbers {
            let range = line_range(file, number);
            let line = file.text().get(range.clone()).unwrap_or_default();
            let pieces = cut(line, &wanted_on(&wanted, number, &range), columns);
            let drawn = ShownLine::new(line, &pieces, style.unicode);
            let start = excerpt.text.len();
            let at = |offset: usize| {
                start.saturating_add(drawn.shown(line, offset.saturating_sub(range.start)))
            };
            for (wanted, shown) in wanted.iter().zip(&mut shown) {
                if wanted.first == number {
                    shown.start = at(wanted.bytes.start);
                }
                if wanted.last == number {
                    shown.end = at(wanted.bytes.end);
                }
            }
            excerpt.lines.push((start, number));
            excerpt.text.push_str(&defuse(drawn.text));
            excerpt.text.push('\n');
        }
        let marks = excerpt.marks(file, &wanted, shown);
        (excerpt, marks)
    }

    fn marks(
        &mut self,
        file: &SourceFile,
        wanted: &[Wanted],
        shown: Vec<Range<usize>>,
    ) -> Vec<Mark> {
        let pairs = wanted.iter().zip(shown);
        let marks = pairs
            .map(|(wanted, shown)| {
                let start = u32::try_from(wanted.bytes.start).unwrap_or(u32::MAX);
                self.positions.push((shown.start, file.position(start)));
                Mark {
                    column: self.middle(&shown),
                    shown,
                    runs_to: wanted.runs_to,
                }
            })
            .collect();
        self.positions.sort_by_key(|(shown, _)| *shown);
        marks
    }

    /// Columns before the middle of a range, counted from the start of its line.
    fn middle(&self, shown: &Range<usize>) -> usize {
        let line = self.line_at(shown.start);
        let start = self.lines.get(line).map_or(0, |(start, _)| *start);
        let columns = |range: Range<usize>| {
            let text = self.text.get(range).unwrap_or_default();
            text.chars()
                .fold(0, |sum: usize, c| sum.saturating_add(char_columns(c)))
        };
        columns(start..shown.start).saturating_add(columns(shown.clone()) / 2)
    }

    /// Which of the shown lines holds this offset of the text.
    fn line_at(&self, offset: usize) -> usize {
        let after = self.lines.partition_point(|(start, _)| *start <= offset);
        after.saturating_sub(1)
    }

    fn number(&self, line: usize) -> Option<usize> {
        self.lines.get(line).map(|(_, number)| *number)
    }

    /// Whether the file's lines between these two are all shown.
    fn is_unbroken(&self, first: usize, last: usize) -> bool {
        let lines = last.checked_sub(first);
        let numbers = self.number(last).zip(self.number(first));
        numbers.is_some_and(|(last, first)| last.checked_sub(first) == lines)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (mut first, mut last) = (
            self.line_at(span.offset()),
            self.line_at(span.offset().saturating_add(span.len().saturating_sub(1))),
        );
        // A refusal makes miette draw two labels with a gap between them apart.
        if !self.is_unbroken(first, last) {
            return Err(MietteError::OutOfBounds);
        }
        for _ in 0..before {
            let line = first.saturating_sub(1);
            first = if self.is_unbroken(line, last) {
                line
            } else {
                first
            };
        }
        for _ in 0..after {
            let line = last.saturating_add(1);
            last = if self.is_unbroken(first, line) {
                line
            } else {
                last
            };
        }
        let offset = |line: usize| self.lines.get(line).map(|(start, _)| *start);
        let start = offset(first).unwrap_or_default();
        let end = offset(last.saturating_add(1)).unwrap_or(self.text.len());
        let known = self
            .positions
            .binary_search_by_key(&span.offset(), |(shown, _)| *shown);
        let position = known.ok().and_then(|index| self.positions.get(index));
        let column = position.map_or(0, |(_, position)| position.column.saturating_sub(1));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes().get(start..end).unwrap_or_default(),
            (start, end.saturating_sub(start)).into(),
            self.number(first).unwrap_or_default(),
            if before == 0 { column } else { 0 },
            last.saturating_sub(first).saturating_add(1),
        )))
    }
}

impl Wanted {
    fn new(file: &SourceFile, span: Span) -> Self {
        let start = boundary(file.text(), span.start as usize);
        let mut end = boundary(file.text(), span.end as usize).max(start);
        let first = line_of(file, start);
        // The line end that closes a span does not make it reach the next line.
        let mut last = line_of(file, end.saturating_sub(1).max(start));
        let mut runs_to = None;
        if last.saturating_sub(first) >= LONGEST {
            runs_to = Some(last.saturating_add(1));
            last = first.saturating_add(HEAD).saturating_sub(1);
            end = line_range(file, last).end;
        }
        Self {
            bytes: start..end,
            first,
            last,
            runs_to,
        }
    }
}

/// The offset itself, or where the character around it begins.
pub(super) fn boundary(text: &str, offset: usize) -> usize {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

/// The line with this offset, from 0.
pub(super) fn line_of(file: &SourceFile, offset: usize) -> usize {
    let starts = file.line_starts();
    let after = starts.partition_point(|start| *start as usize <= offset);
    after.saturating_sub(1)
}

/// The bytes of a line without its line end.
pub(super) fn line_range(file: &SourceFile, number: usize) -> Range<usize> {
    let start = |number: usize| file.line_starts().get(number).map(|start| *start as usize);
    let first = start(number).unwrap_or(file.text().len());
    let end = start(number.saturating_add(1)).unwrap_or(file.text().len());
    let line = file.text().get(first..end).unwrap_or_default();
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    first..first.saturating_add(line.len())
}

/// The lines that are shown: those of the labels, and those around.
fn line_numbers(file: &SourceFile, wanted: &[Wanted]) -> BTreeSet<usize> {
    let mut end = file.line_starts().len();
    if file.text().ends_with('\n') {
        // What follows the last line end is no line, unless a label stands there.
        end = end.saturating_sub(1);
    }
    let around = wanted.iter().flat_map(|wanted| {
        let first = wanted.first.saturating_sub(CONTEXT);
        first..=wanted.last.saturating_add(CONTEXT)
    });
    let own = wanted.iter().flat_map(|wanted| wanted.first..=wanted.last);
    around.filter(|number| *number < end).chain(own).collect()
}

/// Columns for the text of a line, beside the line number and the bars of longer labels.
fn text_columns(numbers: &BTreeSet<usize>, wanted: &[Wanted], style: &Style) -> usize {
    let mut last = numbers.last().map_or(1, |number| number.saturating_add(1));
    let mut margin = 5_usize;
    while last >= 10 {
        last /= 10;
        margin = margin.saturating_add(1);
    }
    let bars = wanted.iter().filter(|w| w.first != w.last).count();
    if bars > 0 {
        margin = margin.saturating_add(bars).saturating_add(3);
    }
    style.columns().saturating_sub(margin).max(20)
}

/// What must be seen of a line, from the line's start and ascending.
fn wanted_on(wanted: &[Wanted], number: usize, line: &Range<usize>) -> Vec<Range<usize>> {
    let on_line = |wanted: &Wanted| {
        let bytes = match (wanted.first == number, wanted.last == number) {
            (true, true) => wanted.bytes.clone(),
            (true, false) => wanted.bytes.start..wanted.bytes.start,
            (false, true) => wanted.bytes.end..wanted.bytes.end,
            (false, false) => return None,
        };
        let inside = |offset: usize| offset.min(line.end).saturating_sub(line.start);
        Some(inside(bytes.start)..inside(bytes.end))
    };
    let mut ranges: Vec<_> = wanted.iter().filter_map(on_line).collect();
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    ranges.dedup();
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style {
        color: false,
        unicode: true,
        width: 40,
    };

    fn shown(text: &str, spans: &[Span]) -> (String, Vec<String>) {
        let (excerpt, marks) = Excerpt::new(&SourceFile::new("x", text), spans, &STYLE);
        let marks = marks
            .iter()
            .map(|mark| excerpt.text.get(mark.shown.clone()).unwrap());
        let marks = marks.map(str::to_owned).collect();
        (excerpt.text, marks)
    }

    #[test]
    fn marks_point_at_the_same_words() {
        let text = "one\ntwo\r\nth\u{1b}r€e\nfour\nfive\n";
        let at = text.find('€').unwrap();
        let (text, marks) = shown(text, &[Span::new(at, at + 3), Span::new(0, 3)]);
        assert_eq!(text, "one\ntwo\nth␛r€e\nfour\n");
        assert_eq!(marks, ["€", "one"]);
    }

    #[test]
    fn a_span_may_lie_anywhere() {
        let file = "a€\n";
        for start in 0..8 {
            for end in 0..8 {
                shown(file, &[Span::new(start, end)]);
                shown("", &[Span::new(start, end)]);
            }
        }
        assert_eq!(shown(file, &[Span::new(3, 99)]).1, ["€"]);
        assert_eq!(shown(file, &[Span::new(5, 5)]).0, "a€\n\n");
        assert_eq!(shown("", &[Span::new(9, 9)]).0, "\n");
    }

    #[test]
    fn a_long_span_is_shown_by_its_first_lines() {
        let text = "{\n".repeat(50);
        let (excerpt, marks) =
            Excerpt::new(&SourceFile::new("x", text), &[Span::new(10, 60)], &STYLE);
        assert_eq!(marks[0].runs_to, Some(30));
        assert_eq!(excerpt.lines.len(), HEAD + 2);
    }
}
