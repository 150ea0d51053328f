//! The escapes of other notations than JSON, undone: entities of XML and HTML, percent-encoding,
//! quoted-printable, and what stands behind a backslash in YAML, shells and Java properties.
//!
//! Nothing is read from such a text: it is only looked at, so that what one notation takes for an escape
//! may be undone where another does not.

use crate::text::Span;

/// A text without escapes, and where its parts were.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) text: String,
    /// Where each part begins here, and where it began: in order, the first at the start.
    parts: Vec<(usize, usize)>,
}

impl Plain {
    /// What a place in the text is in the text with escapes.
    pub(super) fn place(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }

    fn offset(&self, at: u32) -> usize {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let next = self.parts.partition_point(|(here, _)| *here <= at);
        let part = next.checked_sub(1).and_then(|index| self.parts.get(index));
        let (here, there) = part.copied().unwrap_or_default();
        there.saturating_add(at.saturating_sub(here))
    }
}

/// The text without the escapes, where it has any.
pub(super) fn undone(text: &str) -> Option<Plain> {
    let mut plain: Option<Plain> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(rest) = text.get(at..) {
        let Some(mark) = rest.bytes().position(is_mark) else {
            break;
        };
        at = at.saturating_add(mark);
        let Some((length, character)) = text.get(at..).and_then(escape) else {
            at = at.saturating_add(1);
            continue;
        };
        let plain = plain.get_or_insert_with(|| Plain {
            text: String::with_capacity(text.len()),
            parts: vec![(0, 0)],
        });
        plain
            .text
            .push_str(text.get(copied..at).unwrap_or_default());
        plain.parts.push((plain.text.len(), at));
        plain.text.extend(character);
        at = at.saturating_add(length);
        copied = at;
        plain.parts.push((plain.text.len(), at));
    }
    let mut plain = plain?;
    plain.text.push_str(text.get(copied..).unwrap_or_default());
    Some(plain)
}

const fn is_mark(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b'&' | b'=')
}

/// How long the escape is with which a text begins, and what it stands for: nothing for a line that goes on.
fn escape(text: &str) -> Option<(usize, Option<char>)> {
    let inside = text.get(1..)?;
    match text.bytes().next()? {
        b'\\' => behind_backslash(inside).map(|(length, c)| (length, Some(c))),
        b'%' => ascii(inside.get(..2)?).map(|c| (3, Some(c))),
        b'&' => entity(inside).map(|(length, c)| (length, Some(c))),
        // Quoted-printable: RFC 2045, 6.7.
        _ if inside.starts_with('\n') => Some((2, None)),
        _ if inside.starts_with("\r\n") => Some((3, None)),
        _ => {
            let digits = inside.get(..2)?;
            let is_small = digits.bytes().any(|byte| byte.is_ascii_lowercase());
            let found = ascii(digits).filter(|c| !is_small && (' '..='~').contains(c));
            found.map(|c| (3, Some(c)))
        }
    }
}

/// A character of ASCII by two hexadecimal digits.
fn ascii(digits: &str) -> Option<char> {
    by_number(digits, 16).filter(char::is_ascii)
}

fn by_number(digits: &str, radix: u32) -> Option<char> {
    let is_digits = digits.chars().all(|c| c.is_digit(radix));
    let number = is_digits.then(|| u32::from_str_radix(digits, radix).ok());
    char::from_u32(number.flatten()?)
}

fn behind_backslash(inside: &str) -> Option<(usize, char)> {
    let numbered = |start: usize, digits: usize, radix: u32| {
        let end = start.saturating_add(digits);
        let found = by_number(inside.get(start..end)?, radix)?;
        Some((end.saturating_add(1), found))
    };
    let first = inside.chars().next()?;
    match first {
        'u' | 'x' if inside.get(1..)?.starts_with('{') => {
            let digits = inside.get(2..)?.split_once('}')?.0;
            let found = by_number(digits, 16)?;
            Some((digits.len().saturating_add(4), found))
        }
        'u' => numbered(1, 4, 16),
        'U' => numbered(1, 8, 16),
        'x' => numbered(1, 2, 16),
        '0'..='7' => numbered(0, 3, 8),
        'n' | 'r' => Some((2, '\n')),
        't' => Some((2, '\t')),
        c if c.is_ascii_punctuation() => Some((2, c)),
        _ => None,
    }
}

/// The named entities of HTML that stand for the marks of notations.
/// <https://html.spec.whatwg.org/multipage/named-characters.html>
const ENTITIES: [(&str, char); 26] = [
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("nbsp", ' '),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("colon", ':'),
    ("comma", ','),
    ("semi", ';'),
    ("equals", '='),
    ("ast", '*'),
    ("midast", '*'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("num", '#'),
];

fn entity(inside: &str) -> Option<(usize, char)> {
    let end = inside
        .bytes()
        .take(MAX_ENTITY)
        .position(|byte| byte == b';')?;
    let name = inside.get(..end)?;
    let number = name.strip_prefix('#');
    let found = if let Some(digits) = number.and_then(|n| n.strip_prefix(['x', 'X'])) {
        by_number(digits, 16)
    } else if let Some(digits) = number {
        by_number(digits, 10)
    } else {
        let known = ENTITIES.iter().find(|(known, _)| *known == name);
        known.map(|(_, c)| *c)
    };
    Some((end.saturating_add(2), found?))
}

/// No entity that matters is longer.
const MAX_ENTITY: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_other_notations_are_undone() {
        for (written, wanted) in [
            ("%7B%22a%22%3A&quot;\\u0022 \\:", "{\"a\":\"\" :"),
            ("\\x6b\\u{6d}\\U00000073\\072", "kms:"),
            ("&#107;&#x6D;s&colon;&lcub;&rbrace;", "kms:{}"),
            ("=7B=22a=\r\nb=\nc", "{\"abc"),
            ("a\\nb\\tc\\\\d\\\"e", "a\nb\tc\\d\"e"),
        ] {
            assert_eq!(undone(written).unwrap().text, wanted, "{written}");
        }
        for text in ["{\"a\":1}", "50% & = \\", "%zz &none; =ab \\xzz \\8", ""] {
            assert!(undone(text).is_none(), "{text}");
        }
    }

    #[test]
    fn places_lead_back_to_what_was_written() {
        let text = "a %7Bb&quot;\u{e9}c\\u006bd";
        let plain = undone(text).unwrap();
        assert_eq!(plain.text, "a {b\"\u{e9}ckd");
        for (word, written) in [
            ("a", "a"),
            ("b", "b"),
            ("c", "c"),
            ("d", "d"),
            ("{", "%7B"),
            ("k", "\\u006b"),
        ] {
            let at = plain.text.find(word).unwrap();
            let place = plain.place(Span::new(at, at + word.len()));
            assert_eq!(place.of(text), written, "{word}");
        }
    }
}
