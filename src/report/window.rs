//! The part of a line that is shown, and where in it the bytes of the file went.

use std::iter::once;
use std::ops::Range;

use super::visible::{is_plain, source_char};

/// Columns that a piece of a line has at least, however many pieces there are.
const LEAST: usize = 24;
/// Columns of a gap that is not worth an ellipsis.
const GAP: usize = 3;
/// Columns between two stops of a tab; the drawing of underlines counts the same.
pub(super) const TAB: usize = 4;

/// Which bytes of a line are shown: all of it where it fits into `columns`, else windows around
/// what is `wanted`, ascending and apart. Never walks further along the line than it shows.
pub(super) fn cut(line: &str, wanted: &[Range<usize>], columns: usize) -> Vec<Range<usize>> {
    let is_short = line.len() <= columns && is_plain(line);
    if is_short || ahead(line, 0, columns) == line.len() {
        return once(0..line.len()).collect();
    }
    if wanted.is_empty() {
        return once(0..ahead(line, 0, columns.saturating_sub(GAP))).collect();
    }
    let start = wanted.first().map_or(0, |first| first.start);
    let end = wanted.iter().map(|range| range.end).max().unwrap_or(start);
    let inside = columns.saturating_sub(GAP.saturating_mul(2));
    if ahead(line, start, inside) >= end {
        return once(around(line, &(start..end), columns)).collect();
    }
    let share = columns.checked_div(wanted.len()).unwrap_or(columns);
    let around = |wanted| around(line, wanted, share.max(LEAST));
    let mut windows: Vec<_> = wanted.iter().map(around).collect();
    windows.sort_unstable_by_key(|window| window.start);
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for window in windows {
        match pieces.last_mut() {
            Some(last) if window.start <= last.end.saturating_add(GAP) => {
                last.end = last.end.max(window.end);
            }
            _ => pieces.push(window),
        }
    }
    pieces
}

fn around(line: &str, wanted: &Range<usize>, columns: usize) -> Range<usize> {
    let columns = columns.saturating_sub(GAP.saturating_mul(2));
    let core = ahead(line, wanted.start, columns)
        .min(wanted.end)
        .max(wanted.start);
    let spare = columns.saturating_sub(width(line, wanted.start..core));
    let start = back(line, wanted.start, spare / 2);
    let spare = spare.saturating_sub(width(line, start..wanted.start));
    let end = ahead(line, core, spare);
    // What the end of the line leaves over is room for what comes before.
    let spare = spare.saturating_sub(width(line, core..end));
    back(line, start, spare)..end
}

/// The offset up to which at most `columns` are shown from `start`.
fn ahead(line: &str, start: usize, columns: usize) -> usize {
    let mut used = 0_usize;
    let mut end = start;
    for c in line.get(start..).unwrap_or_default().chars() {
        used = used.saturating_add(char_columns(c));
        if used > columns {
            break;
        }
        end = end.saturating_add(c.len_utf8());
    }
    end
}

/// The offset from which at most `columns` are shown up to `end`.
fn back(line: &str, end: usize, columns: usize) -> usize {
    let mut used = 0_usize;
    let mut start = end;
    for c in line.get(..end).unwrap_or_default().chars().rev() {
        used = used.saturating_add(char_columns(c));
        if used > columns {
            break;
        }
        start = start.saturating_sub(c.len_utf8());
    }
    start
}

fn width(line: &str, range: Range<usize>) -> usize {
    let text = line.get(range).unwrap_or_default();
    text.chars()
        .fold(0, |sum: usize, c| sum.saturating_add(char_columns(c)))
}

/// Columns of a character, at most: from Hangul on, characters may be two wide.
pub(super) fn char_columns(c: char) -> usize {
    match c {
        '\t' => TAB,
        '\u{1100}'..='\u{1fff}' | '\u{2e80}'.. if c != '\u{fffd}' => 2,
        _ => 1,
    }
}

/// A line as shown.
#[derive(Debug)]
pub(super) struct ShownLine {
    /// The text, with stand-ins and ellipses and without the line end.
    pub(super) text: String,
    /// Where the pieces begin and end in the file's line, and where they begin in `text`.
    pieces: Vec<(Range<usize>, usize)>,
    unicode: bool,
}

impl ShownLine {
    /// Shows these pieces of a line.
    pub(super) fn new(line: &str, pieces: &[Range<usize>], unicode: bool) -> Self {
        let ellipsis = if unicode { "…" } else { "..." };
        let mut shown = Self {
            text: String::new(),
            pieces: Vec::with_capacity(pieces.len()),
            unicode,
        };
        let mut reached = 0;
        for piece in pieces {
            if piece.start > reached {
                shown.text.push_str(ellipsis);
            }
            shown.pieces.push((piece.clone(), shown.text.len()));
            let text = line.get(piece.clone()).unwrap_or_default();
            if is_plain(text) {
                shown.text.push_str(text);
            } else {
                shown
                    .text
                    .extend(text.chars().map(|c| source_char(c, unicode)));
            }
            reached = piece.end;
        }
        if reached < line.len() {
            shown.text.push_str(ellipsis);
        }
        shown
    }

    /// Where the byte at `offset` of `line` is shown; what is cut away counts as the nearest edge.
    pub(super) fn shown(&self, line: &str, offset: usize) -> usize {
        let after = self
            .pieces
            .partition_point(|(piece, _)| piece.start <= offset);
        let Some((piece, shown)) = after.checked_sub(1).and_then(|last| self.pieces.get(last))
        else {
            return self.pieces.first().map_or(0, |(_, shown)| *shown);
        };
        let before = line.get(piece.start..offset.min(piece.end));
        let before = before.unwrap_or_default();
        if is_plain(before) {
            return shown.saturating_add(before.len());
        }
        before.chars().fold(*shown, |sum, c| {
            sum.saturating_add(source_char(c, self.unicode).len_utf8())
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::string_slice, reason = "a test may fail")]

    use super::*;

    #[test]
    fn a_short_line_is_shown_whole() {
        assert_eq!(cut("abc", &[], 10), vec![0..3]);
        assert_eq!(cut("", &[], 10), vec![0..0]);
    }

    #[test]
    fn a_long_line_is_shown_around_what_is_wanted() {
        let line = "0123456789".repeat(1_000);
        assert_eq!(cut(&line, &[], 40), vec![0..37]);
        let pieces = cut(&line, &[5_000..5_004, 9_990..10_000], 60);
        assert_eq!(pieces, vec![4_990..5_014, 9_976..10_000]);
        let shown = ShownLine::new(&line, &pieces, true);
        assert_eq!(
            shown.text,
            "…012345678901234567890123…678901234567890123456789"
        );
        assert_eq!(shown.shown(&line, 4_990), "…".len());
        assert_eq!(shown.shown(&line, 0), "…".len());
        assert_eq!(shown.shown(&line, 5_000), "…0123456789".len());
        assert_eq!(shown.shown(&line, 10_000), shown.text.len());
        // A value longer than the terminal is wide is cut itself, and leaves room for others.
        assert_eq!(
            cut(&line, &[100..9_000, 200..201], 60),
            vec![100..124, 189..213]
        );
        // What is near enough shares one window.
        assert_eq!(cut(&line, &[100..104, 110..120], 60), vec![83..137]);
    }

    #[test]
    fn stand_ins_do_not_shift_what_comes_after() {
        let line = "a\x1bb\u{202e}c";
        let shown = ShownLine::new(line, &cut(line, &[], 80), true);
        assert_eq!(shown.text, "a␛b�c");
        let c = shown.shown(line, line.len() - 1);
        assert_eq!(&shown.text[c..], "c");
        let plain = ShownLine::new(line, &cut(line, &[], 80), false);
        assert_eq!(plain.text, "a?b?c");
        assert_eq!(plain.shown(line, line.len() - 1), 4);
    }
}
