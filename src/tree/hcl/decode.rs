//! From a string's text back to its bytes.

use serde_json::Value as Json;

use crate::text::Span;
use crate::tree::decoded::{Decoded, Decoder};
use crate::tree::{Content, Node};

/// The most white space that a heredoc is looked for to lose, so that no text takes long.
const MOST_INDENT: usize = 256;

/// The text of the string or piece at `span` with the way back to its bytes; nothing where what is
/// written there does not read as `value`, so a wrong way is never given.
pub fn decode(text: &str, span: Span, value: &str) -> Option<Decoded> {
    let written = span.of(text);
    let start = span.start as usize;
    if let Some(inner) = written.strip_prefix('"').and_then(|w| w.strip_suffix('"')) {
        let inner = without_escapes(inner, start + 1, true, value);
        if inner.is_some() {
            return inner;
        }
    }
    if written.starts_with("<<") {
        let first = written.find('\n').map_or(written.len(), |at| at + 1);
        let last = written.rfind('\n').map_or(written.len(), |at| at + 1);
        let inner = written.get(first..last.max(first))?;
        if let Some(decoded) = lines(inner, start + first, true, value) {
            return Some(decoded);
        }
    }
    without_escapes(written, start, true, value)
        .or_else(|| lines(written, start, true, value))
        .or_else(|| lines(written, start, false, value))
}

/// The text of a template of these pieces: those that are strings as they read, the others as written,
/// escaped as in a string of JSON.
pub(in crate::tree) fn template(text: &str, span: Span, pieces: &[Node<'_>]) -> Option<Decoded> {
    let mut decoder = Decoder::default();
    let mut at = span.start as usize;
    for piece in pieces {
        if let Content::String(value) = &piece.value {
            decoder.put(&decode(text, piece.span, value)?);
            at = piece.span.end as usize;
            continue;
        }
        let (start, end) = (piece.span.start as usize, piece.span.end as usize);
        let (start, end) = if piece.span.of(text).starts_with("%{") {
            (start, end)
        } else {
            let open = text.get(at..start)?.rfind("${")?;
            let close = text.get(end..span.end as usize)?.find('}')?;
            (at + open, end + close + 1)
        };
        let written = Json::from(text.get(start..end)?).to_string();
        let escaped = written.get(1..written.len().saturating_sub(1))?;
        decoder.said(start, end, escaped);
        at = end;
    }
    Some(decoder.finish(at))
}

/// Text of one line, or of a heredoc that loses nothing.
fn without_escapes(inner: &str, start: usize, quoted: bool, value: &str) -> Option<Decoded> {
    let mut decoder = Decoder::default();
    add(&mut decoder, inner, start, quoted)?;
    let found = decoder.finish(start + inner.len());
    (found.text == value).then_some(found)
}

fn add(decoder: &mut Decoder, text: &str, start: usize, quoted: bool) -> Option<()> {
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            decoder.said(start + at, start + at + 3, rest.get(1..3)?);
            at += 3;
        } else if quoted && rest.starts_with('\\') {
            let (length, said) = escape(rest)?;
            decoder.said(
                start + at,
                start + at + length,
                said.encode_utf8(&mut [0; 4]),
            );
            at += length;
        } else {
            let special = |c: char| c == '$' || c == '%' || c == '\\';
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let more = rest.get(first..)?.find(special);
            let run = more.map_or(rest.len(), |more| first + more);
            decoder.plain(start + at, rest.get(..run)?);
            at += run;
        }
    }
    Some(())
}

fn escape(text: &str) -> Option<(usize, char)> {
    let hex = |length: usize| {
        let code = u32::from_str_radix(text.get(2..length)?, 16).ok()?;
        Some((length, char::from_u32(code)?))
    };
    match text.as_bytes().get(1)? {
        b'n' => Some((2, '\n')),
        b'r' => Some((2, '\r')),
        b't' => Some((2, '\t')),
        b'"' => Some((2, '"')),
        b'\\' => Some((2, '\\')),
        b'u' => hex(6),
        b'U' => hex(10),
        _ => None,
    }
}

/// Lines of a heredoc, each without the indentation that makes them read as `value`. The first one
/// may be what is left of a line after another piece.
fn lines(inner: &str, start: usize, whole: bool, value: &str) -> Option<Decoded> {
    let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let whole_lines = inner.split_inclusive('\n').skip(usize::from(!whole));
    let (filled, empty): (Vec<_>, Vec<_>) = whole_lines.partition(|line| !line.trim().is_empty());
    let least = filled.into_iter().map(blank).min();
    let least = least.or_else(|| empty.into_iter().map(blank).max());
    (0..=least.unwrap_or(0).min(MOST_INDENT)).find_map(|indent| {
        let mut decoder = Decoder::default();
        let mut at = 0;
        for (number, line) in inner.split_inclusive('\n').enumerate() {
            let cut = if whole || number > 0 {
                blank(line).min(indent)
            } else {
                0
            };
            if cut > 0 {
                decoder.said(start + at, start + at + cut, "");
            }
            add(&mut decoder, line.get(cut..)?, start + at + cut, false)?;
            at += line.len();
        }
        let found = decoder.finish(start + inner.len());
        (found.text == value).then_some(found)
    })
}
