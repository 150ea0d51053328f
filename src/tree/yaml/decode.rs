//! From a scalar's text back to its bytes.

use crate::text::Span;
use crate::tree::decoded::{Decoded, Decoder};

use super::{block, read};

/// The text of the string at `span` with the way back to its bytes; nothing where what is written
/// there does not read as `value`, so a wrong way is never given.
pub fn decode(text: &str, span: Span, value: &str) -> Option<Decoded> {
    let written = span.of(text);
    let start = span.start as usize;
    let decoded = match written.as_bytes().first()? {
        b'"' => double_quoted(written, start)?,
        b'\'' => flow(
            written.get(1..written.len().checked_sub(1)?)?,
            start + 1,
            true,
        )?,
        b'|' | b'>' => block::decode(text, span, value)?,
        b'*' => {
            let aliases = read(text).ok()?.aliases;
            let alias = aliases.iter().find(|alias| alias.at == span)?;
            return decode(text, alias.means, value);
        }
        _ => flow(written, start, false)?,
    };
    (decoded.text == value).then_some(decoded)
}

/// White space and line breaks at the start of a text: how many bytes, and how many breaks.
fn gap(text: &str) -> (usize, usize) {
    let length = text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len();
    let gap = text.get(..length).unwrap_or_default();
    let crlf = gap.matches("\r\n").count();
    (length, gap.matches(['\n', '\r']).count() - crlf)
}

/// One break is a space, each further one a break.
fn folded(breaks: usize) -> String {
    if breaks == 1 {
        " ".to_owned()
    } else {
        "\n".repeat(breaks.saturating_sub(1))
    }
}

/// A plain or single-quoted scalar.
fn flow(inner: &str, start: usize, quoted: bool) -> Option<Decoded> {
    let mut decoder = Decoder::default();
    let mut at = 0;
    while let Some(rest) = inner.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, breaks) = gap(rest);
        if breaks > 0 {
            decoder.said(start + at, start + at + length, &folded(breaks));
            at += length;
        } else if quoted && rest.starts_with("''") {
            decoder.said(start + at, start + at + 2, "'");
            at += 2;
        } else {
            let run = length
                + rest
                    .get(length..)?
                    .find([' ', '\t', '\n', '\r', '\''])
                    .unwrap_or(rest.len() - length);
            // At least one character: an apostrophe of a plain scalar.
            let run = run.max(rest.chars().next().map_or(1, char::len_utf8));
            decoder.plain(start + at, rest.get(..run)?);
            at += run;
        }
    }
    Some(decoder.finish(start + inner.len()))
}

fn double_quoted(written: &str, start: usize) -> Option<Decoded> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    let start = start + 1;
    let mut decoder = Decoder::default();
    let mut at = 0;
    while let Some(rest) = inner.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, breaks) = gap(rest);
        let (taken, text) = if breaks > 0 {
            (length, Some(folded(breaks)))
        } else if rest.starts_with('\\') {
            let (length, text) = escape(rest)?;
            (length, Some(text))
        } else {
            let end = rest.get(length..)?.find([' ', '\t', '\n', '\r', '\\']);
            (length + end.unwrap_or(rest.len() - length), None)
        };
        match text {
            Some(text) => decoder.said(start + at, start + at + taken, &text),
            None => decoder.plain(start + at, rest.get(..taken)?),
        }
        at += taken;
    }
    Some(decoder.finish(start + inner.len()))
}

/// The length of the escape at the start and what it says.
/// <https://yaml.org/spec/1.2.2/#57-escaped-characters>
fn escape(text: &str) -> Option<(usize, String)> {
    let letter = text.chars().nth(1)?;
    let plain = match letter {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => letter,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return hex(text, 4),
        'u' => return hex(text, 6),
        'U' => return hex(text, 10),
        '\n' | '\r' => {
            let (length, breaks) = gap(text.get(1..)?);
            return Some((length + 1, "\n".repeat(breaks.saturating_sub(1))));
        }
        _ => return None,
    };
    Some((1 + letter.len_utf8(), plain.to_string()))
}

fn hex(text: &str, length: usize) -> Option<(usize, String)> {
    let code = u32::from_str_radix(text.get(2..length)?, 16).ok()?;
    if let Some(character) = char::from_u32(code) {
        return Some((length, character.to_string()));
    }
    // A pair of surrogates, as JSON writes it.
    let second = text.get(length..)?.strip_prefix("\\u")?;
    let second = u32::from_str_radix(second.get(..4)?, 16).ok()?;
    let code = 0x1_0000 + ((code & 0x3ff) << 10 | second & 0x3ff);
    Some((length + 6, char::from_u32(code)?.to_string()))
}
