//! Block scalars: `|` and `>`.

use crate::text::Span;
use crate::tree::decoded::{Decoded, Decoder};

/// The bytes of a block scalar from its `|` or `>` to the last line that is not blank. The parser
/// tells where the content is; between `after`, the end of what was read before, and the content are
/// the properties of the node and the header.
pub(super) fn span(text: &str, after: usize, content: Span) -> Option<Span> {
    let mut at = after;
    loop {
        let rest = text.get(at..content.end as usize)?;
        let next = rest.chars().next()?;
        at += match next {
            '|' | '>' => break,
            '#' => rest.find(['\n', '\r'])?,
            '&' | '!' => rest.find([' ', '\t', '\n', '\r'])?,
            _ => next.len_utf8(),
        };
    }
    let body = text.get(at..content.end as usize)?;
    let header = body.find(['\n', '\r']).unwrap_or(body.len());
    let end = body
        .trim_end()
        .len()
        .max(body.get(..header)?.trim_end().len());
    Some(Span::new(at, at + end))
}

/// The first dash of a list between these offsets, past white space, comments, anchor and tag.
pub(super) fn dash(text: &str, after: usize, before: usize) -> Option<usize> {
    let mut at = after;
    loop {
        let rest = text.get(at..before)?;
        let next = rest.chars().next()?;
        at += match next {
            '-' => return Some(at),
            '#' => rest.find(['\n', '\r'])?,
            '&' | '!' => rest.find([' ', '\t', '\n', '\r'])?,
            _ => next.len_utf8(),
        };
    }
}

/// The lines of a text with their offsets, without their breaks.
fn lines(text: &str, start: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        found.push((start + at, rest.get(..end).unwrap_or_default()));
        let after = rest.get(end..).unwrap_or_default();
        at += end
            + match after.as_bytes() {
                [b'\r', b'\n', ..] => 2,
                [] => break,
                _ => 1,
            };
    }
    found
}

/// The text of a block scalar, where it reads as `value`.
pub(super) fn decode(text: &str, span: Span, value: &str) -> Option<Decoded> {
    let written = span.of(text);
    let folded = written.starts_with('>');
    let lines = lines(written, span.start as usize);
    let (_, lines) = lines.split_first()?;
    let indents = lines.iter().filter(|(_, line)| !line.trim().is_empty());
    let indent_of = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let deepest = indents.map(|(_, line)| indent_of(line)).next().unwrap_or(0);
    // A header with a number tells less than the first line shows: the value decides.
    (0..=deepest)
        .rev()
        .find_map(|indent| with_indent(lines, indent, folded, value, span.end as usize))
}

fn with_indent(
    lines: &[(usize, &str)],
    indent: usize,
    folded: bool,
    value: &str,
    end: usize,
) -> Option<Decoded> {
    let body = value.trim_end_matches('\n');
    let mut decoder = Decoder::default();
    let mut before: Option<(usize, bool)> = None;
    let mut blanks = 0;
    for (at, line) in lines {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let cut = spaces.min(indent);
        let content = line.get(cut..)?;
        if content.is_empty() {
            blanks += 1;
            continue;
        }
        let deeper = content.starts_with([' ', '\t']);
        let start = at + cut;
        let from = before.map_or(*at, |(end, _)| end);
        let breaks = match before {
            None => "\n".repeat(blanks),
            Some((_, false)) if folded && !deeper && blanks == 0 => " ".to_owned(),
            Some((_, false)) if folded && !deeper => "\n".repeat(blanks),
            Some(_) => "\n".repeat(blanks + 1),
        };
        if !breaks.is_empty() {
            decoder.said(from, start, &breaks);
        }
        decoder.plain(start, content);
        before = Some((at + line.len(), deeper));
        blanks = 0;
        if !body.starts_with(decoder.text()) {
            return None;
        }
    }
    (decoder.text() == body).then_some(())?;
    let last = value.get(body.len()..).unwrap_or_default();
    if !last.is_empty() {
        decoder.said(end, end, last);
    }
    Some(decoder.finish(end))
}
