//! A policy's string with its variables replaced.

use std::borrow::Cow;

use crate::policy::{Atom, Atoms as _, Piece, glob, glob_matches, may_hold_variables, pieces};

use super::reaching::{self, can_reach};
use super::scope::Scope;
use super::{Lookup, Truth};

/// What a string of a policy stands for in one request.
pub(super) enum Expansion<T> {
    /// This.
    Is(T),
    /// Nothing: a variable has no value and no default, so the string matches nothing.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value>
    NoValue,
    /// A variable's value was not given.
    Unknown,
}

impl<T> Expansion<T> {
    /// Asks what the string stands for; no value matches nothing.
    pub(super) fn matches(&self, holds: impl FnOnce(&T) -> bool) -> Truth {
        match self {
            Self::Is(value) => holds(value).into(),
            Self::NoValue => Truth::No,
            Self::Unknown => Truth::Unknown,
        }
    }
}

/// A pattern with `*` and `?`.
pub(super) enum Pattern<'a> {
    /// As written: it has no variables.
    Plain(&'a str),
    /// With values put in; a wildcard character inside a value is that character.
    Expanded(Vec<Atom>),
}

impl Pattern<'_> {
    pub(super) fn atoms(&self) -> Cow<'_, [Atom]> {
        match self {
            Self::Plain(text) => (0..).map_while(|index| text.atom(index)).collect(),
            Self::Expanded(atoms) => Cow::Borrowed(atoms),
        }
    }

    pub(super) fn glob(&self, text: &str) -> bool {
        match self {
            Self::Plain(pattern) => glob(pattern, text),
            Self::Expanded(atoms) => glob_matches(atoms.as_slice(), text, |a, b| a == b),
        }
    }

    /// Whether it has a `*` that ends one of the first five parts of an ARN.
    pub(super) fn can_reach(&self) -> bool {
        match self {
            Self::Plain(pattern) => can_reach(*pattern),
            Self::Expanded(atoms) => can_reach(atoms.as_slice()),
        }
    }

    /// Whether the text matches where a `*` that ends its part of the ARN reaches past the colon.
    pub(super) fn reaches(&self, text: &str) -> bool {
        match self {
            Self::Plain(pattern) => can_reach(*pattern) && reaching::matches(*pattern, text),
            Self::Expanded(atoms) => {
                can_reach(atoms.as_slice()) && reaching::matches(atoms.as_slice(), text)
            }
        }
    }

    /// Splits the pattern at its first five colons, as an ARN; each part globbed by itself.
    pub(super) fn arn_parts_match(&self, parts: [&str; 6]) -> bool {
        match self {
            Self::Plain(pattern) => {
                let mut split = pattern.splitn(6, ':');
                let all = parts
                    .iter()
                    .all(|part| split.next().is_some_and(|p| glob(p, part)));
                all && split.next().is_none()
            }
            Self::Expanded(atoms) => {
                let mut split = atoms.splitn(6, |atom| *atom == Atom::Byte(b':'));
                let same = |a, b| a == b;
                let all = parts
                    .iter()
                    .all(|part| split.next().is_some_and(|p| glob_matches(p, part, same)));
                all && split.next().is_none()
            }
        }
    }
}

/// Whether the string has variables that this policy's version replaces.
pub(super) fn has_variables(text: &str, scope: &Scope<'_>) -> bool {
    scope.replaces_variables && may_hold_variables(text)
}

/// The string as a text without wildcards.
pub(super) fn as_text<'a>(text: &'a str, scope: &Scope<'_>) -> Expansion<Cow<'a, str>> {
    if !has_variables(text, scope) {
        return Expansion::Is(Cow::Borrowed(text));
    }
    let mut expanded = String::new();
    let found = put_pieces(text, scope, |part| match part {
        Part::Literal(literal) => expanded.push_str(literal),
        Part::Verbatim(value) => expanded.push_str(value),
    });
    found.map_or_else(Stop::expansion, |()| Expansion::Is(Cow::Owned(expanded)))
}

/// The string as a pattern.
pub(super) fn as_pattern<'a>(text: &'a str, scope: &Scope<'_>) -> Expansion<Pattern<'a>> {
    if !has_variables(text, scope) {
        return Expansion::Is(Pattern::Plain(text));
    }
    let mut atoms = Vec::new();
    let found = put_pieces(text, scope, |part| match part {
        Part::Literal(literal) => atoms.extend(literal.bytes().map(|byte| match byte {
            b'*' => Atom::AnyRun,
            b'?' => Atom::AnyOne,
            byte => Atom::Byte(byte),
        })),
        // Whether AWS lets a wildcard inside a value match more is not documented (SEMANTICS U17).
        Part::Verbatim(value) => atoms.extend(value.bytes().map(Atom::Byte)),
    });
    found.map_or_else(Stop::expansion, |()| {
        Expansion::Is(Pattern::Expanded(atoms))
    })
}

enum Part<'a> {
    Literal(&'a str),
    Verbatim(&'a str),
}

enum Stop {
    NoValue,
    Unknown,
}

impl Stop {
    const fn expansion<T>(self) -> Expansion<T> {
        match self {
            Self::NoValue => Expansion::NoValue,
            Self::Unknown => Expansion::Unknown,
        }
    }
}

fn put_pieces(text: &str, scope: &Scope<'_>, mut put: impl FnMut(Part<'_>)) -> Result<(), Stop> {
    // A variable without a value decides even where another one is unknown.
    let mut unknown = false;
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => put(Part::Literal(literal)),
            Piece::Escaped(character) => put(Part::Verbatim(character.encode_utf8(&mut [0; 4]))),
            Piece::Variable { key, default } => match (scope.lookup(key), default) {
                (Lookup::Known(values), _) => match (values.single(), default) {
                    (Some(value), _) | (None, Some(value)) => put(Part::Verbatim(value)),
                    // Keys with several values cannot be variables.
                    (None, None) => return Err(Stop::NoValue),
                },
                (Lookup::Absent, Some(default)) => put(Part::Verbatim(default)),
                (Lookup::Absent, None) => return Err(Stop::NoValue),
                (Lookup::Unknown { .. }, _) => unknown = true,
            },
        }
    }
    if unknown { Err(Stop::Unknown) } else { Ok(()) }
}

/// The condition keys that a string's variables name.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Variable { key, .. } => Some(key),
        Piece::Literal(_) | Piece::Escaped(_) => None,
    })
}
