//! Placeholders by what stands around them.

use std::ops::Range;

use super::is_condition_key;
use crate::policy::{Piece, pieces};

/// With which bytes a placeholder may begin; few texts of a policy have one, and each is looked through.
const OPENS: [bool; 256] = {
    let mut opens = [false; 256];
    let mut left: &mut [bool] = &mut opens;
    let mut byte = 0_u8;
    while let Some((place, others)) = left.split_first_mut() {
        *place = matches!(
            byte,
            b'$' | b'&' | b'{' | b'<' | b'[' | b'(' | b'%' | b'@' | b'#' | b'_' | b'!' | b'~'
        );
        left = others;
        byte = byte.wrapping_add(1);
    }
    opens
};

fn opens(byte: u8) -> bool {
    OPENS.get(usize::from(byte)).is_some_and(|opens| *opens)
}

/// The first placeholder at or after the byte offset `from`.
pub(super) fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    while let Some(rest) = text.get(at..) {
        let opener = rest.bytes().position(opens)?;
        at = at.saturating_add(opener);
        let here = text.get(at..).unwrap_or_default();
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        match found(here, before) {
            Found::Placeholder(length) => return Some(at..at.saturating_add(length)),
            Found::Passed(length) => at = at.saturating_add(length),
            Found::Nothing => at = at.saturating_add(1),
        }
    }
    None
}

/// What begins with an opener.
enum Found {
    /// A placeholder of so many bytes.
    Placeholder(usize),
    /// So many bytes of something that must not be looked into: a policy variable, or its escape.
    Passed(usize),
    Nothing,
}

fn found(text: &str, before: Option<char>) -> Found {
    if let Some(inside) = text.strip_prefix("${") {
        return variable(inside);
    }
    if let Some(inside) = text.strip_prefix("$${") {
        return Found::Passed(braced(inside).map_or(3, |length| length.saturating_add(3)));
    }
    if let Some(inside) = text.strip_prefix("&{") {
        return Found::Passed(braced(inside).map_or(2, |length| length.saturating_add(2)));
    }
    let enclosed = ENCLOSED.iter().find_map(|(open, close, wanted)| {
        let inside = text.strip_prefix(open)?;
        let (inside, _) = inside.split_once(close)?;
        let length = open.len().saturating_add(inside.len());
        wanted(inside).then_some(length.saturating_add(close.len()))
    });
    enclosed
        .or_else(|| marked(text, before))
        .map_or(Found::Nothing, Found::Placeholder)
}

/// What stands after `${`.
fn variable(inside: &str) -> Found {
    let Some(length) = braced(inside) else {
        return Found::Nothing;
    };
    let whole = length.saturating_add(2);
    let name = inside.get(..length.saturating_sub(1)).unwrap_or_default();
    if matches!(name, "*" | "?" | "$") {
        return Found::Passed(whole);
    }
    let written = ["${", name, "}"].concat();
    let is_variable = pieces(&written)
        .all(|piece| matches!(piece, Piece::Variable { key, .. } if is_condition_key(key)));
    if is_variable {
        Found::Passed(whole)
    } else {
        Found::Placeholder(whole)
    }
}

/// Bytes up to and with the brace that closes one which was opened before.
fn braced(inside: &str) -> Option<usize> {
    let mut depth = 1_usize;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(at.saturating_add(1));
        }
    }
    None
}

type Enclosed = (&'static str, &'static str, fn(&str) -> bool);

/// Opening, closing, and what must stand between the two; the longer openings first.
const ENCLOSED: [Enclosed; 18] = [
    ("{{", "}}", anything),
    ("{%", "%}", anything),
    ("<%", "%>", anything),
    ("[[", "]]", words),
    ("((", "))", words),
    ("$(", ")", words),
    ("$[", "]", words),
    ("%(", ")s", words),
    ("#{", "}", words),
    ("%{", "}", words),
    ("@{", "}", words),
    ("!{", "}", words),
    ("~{", "}", words),
    ("<", ">", words),
    ("[", "]", upper_words),
    ("{", "}", name_or_nothing),
    ("@@", "@@", words),
    ("##", "##", words),
];

fn anything(_: &str) -> bool {
    true
}

fn words(inside: &str) -> bool {
    inside.contains(|c: char| c.is_ascii_alphabetic())
}

/// `[PRIVILEGED_ROLE]`: no name in AWS has brackets.
fn upper_words(inside: &str) -> bool {
    let fits =
        |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | ' ');
    inside.len() > 1 && inside.chars().all(fits)
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `{account}`, `{0}`, `{}`: as format strings have it.
fn name_or_nothing(inside: &str) -> bool {
    inside
        .chars()
        .all(|c| is_in_name(c) || matches!(c, '.' | '-'))
}

/// Names that are marked by one character on each side, or only before: no ARN and no name in AWS has
/// `$` or `%`, and `_` and `@` count only where the name is a whole word in upper case.
fn marked(text: &str, before: Option<char>) -> Option<usize> {
    let mark = text.chars().next()?;
    let doubled = text.get(1..).is_some_and(|rest| rest.starts_with(mark));
    let marks = if mark == '_' && doubled { 2 } else { 1 };
    let rest = text.get(marks..)?;
    let name = rest.split(|c| !is_in_name(c)).next().unwrap_or_default();
    let first = name.chars().next()?;
    let is_name = first.is_ascii_alphabetic() || first == '_';
    let after = rest.get(name.len()..).unwrap_or_default();
    let is_upper = !name.contains(|c: char| c.is_ascii_lowercase());
    let long = marks.saturating_add(name.len());
    match mark {
        '$' if is_name => Some(long),
        '%' if is_name && after.starts_with('%') && name.len() > 2 => Some(long.saturating_add(1)),
        '%' if matches!(name, "s" | "d" | "v") => Some(long),
        '@' | '#' if is_name && is_upper && after.starts_with(mark) => Some(long.saturating_add(1)),
        '_' if marks == 2 && !before.is_some_and(is_in_name) => {
            // The closing marks are characters of names, too.
            let inner = name.strip_suffix("__")?;
            words(inner).then_some(long)
        }
        _ => None,
    }
}
