//! Texts that are known but for one part: the ARN of a role whose path is not known, the ARN of an
//! alias that was not named. What a pattern says of all of them alike is sure.

use std::cell::OnceCell;

use crate::policy::{Atom, Atoms, glob_matches};

use super::Truth;
use super::shape::{Class, Piece, Shape};

/// Of a pattern with more `?` it is not asked whether it matches every text.
const MOST_ANY_ONE: usize = 16;

/// A set of texts.
#[derive(Debug)]
pub(super) struct Language {
    /// Each text of the set is one of these; at least one.
    shapes: Vec<Shape>,
    /// The parts of each that is an ARN, made when they are first asked for.
    parts: OnceCell<Vec<Option<[Shape; 6]>>>,
}

impl Language {
    pub(super) const fn new(shapes: Vec<Shape>) -> Self {
        Self {
            shapes,
            parts: OnceCell::new(),
        }
    }

    pub(super) fn into_shapes(self) -> Vec<Shape> {
        self.shapes
    }

    /// Whether the pattern matches every text, some, or none.
    pub(super) fn glob<P: Atoms + ?Sized>(&self, pattern: &P) -> Truth {
        let atoms = atoms(pattern);
        each(&self.shapes, |shape| glob(shape, &atoms))
    }

    /// The same where `*` and `?` of the pattern are these characters.
    pub(super) fn equals(&self, text: &str) -> Truth {
        let atoms: Vec<Atom> = text.bytes().map(Atom::Byte).collect();
        self.glob(atoms.as_slice())
    }

    /// The same part by part, as ARNs are compared.
    pub(super) fn arn(&self, pattern: &[Atom]) -> Truth {
        let wanted: Vec<&[Atom]> = pattern
            .splitn(6, |atom| *atom == Atom::Byte(b':'))
            .collect();
        let of_shapes = || self.shapes.iter().map(Shape::parts_of_arn).collect();
        each(self.parts.get_or_init(of_shapes), |parts| {
            let Some(parts) = parts.as_ref().filter(|_| wanted.len() == 6) else {
                return Truth::No;
            };
            let pairs = parts.iter().zip(&wanted);
            Truth::all(pairs.map(|(shape, pattern)| glob(shape, pattern)))
        })
    }

    /// All texts in lower case.
    pub(super) fn lower_case(&self) -> Self {
        Self::new(self.shapes.iter().map(Shape::lower_case).collect())
    }
}

fn each<T>(all: &[T], matches: impl FnMut(&T) -> Truth) -> Truth {
    let mut all = all.iter().map(matches);
    let first = all.next().unwrap_or(Truth::No);
    all.fold(
        first,
        |so_far, next| {
            if so_far == next { next } else { Truth::Unknown }
        },
    )
}

fn atoms<P: Atoms + ?Sized>(pattern: &P) -> Vec<Atom> {
    (0..).map_while(|index| pattern.atom(index)).collect()
}

/// Whether the pattern matches every text of the shape, some, or none.
fn glob(shape: &Shape, pattern: &[Atom]) -> Truth {
    let same = |one, other| one == other;
    let pieces = match shape.pieces() {
        [] => return glob_matches(pattern, "", same).into(),
        [Piece::Text(text)] => return glob_matches(pattern, text, same).into(),
        pieces => pieces,
    };
    if let Some(text) = plain(pattern) {
        // Of so many texts it is one at most.
        return if shape.fits(&text) {
            Truth::Unknown
        } else {
            Truth::No
        };
    }
    let start = Walk::new(pattern);
    if !some(&start, pieces) {
        return Truth::No;
    }
    let is_short = start.count_of_any_one() <= MOST_ANY_ONE;
    if is_short && every(start, pieces) {
        Truth::Yes
    } else {
        Truth::Unknown
    }
}

/// The text that a pattern without wildcards is.
pub(super) fn plain(pattern: &[Atom]) -> Option<String> {
    let bytes = pattern.iter().map(|atom| match atom {
        Atom::Byte(byte) => Some(*byte),
        Atom::AnyOne | Atom::AnyRun => None,
    });
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

/// Whether the walk can come to its end by some text of these pieces.
fn some(start: &Walk<'_>, pieces: &[Piece]) -> bool {
    let mut walk = start.clone();
    for piece in pieces {
        match piece {
            Piece::Text(text) => walk.text(text),
            Piece::Some(class) => walk.anything(*class),
            Piece::Many(class, count) => {
                for _ in 0..*count {
                    walk.one_of(*class);
                }
            }
        }
    }
    walk.is_at_end()
}

/// Whether the walk comes to its end by every text of these pieces. Characters that stand nowhere in the
/// pattern are matched by wildcards alone, so what matches them matches any others. More of them than there
/// are `?` need a `*`, which takes any number.
fn every(mut walk: Walk<'_>, pieces: &[Piece]) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return walk.is_at_end();
    };
    match first {
        Piece::Text(text) => walk.text(text),
        Piece::Many(_, count) => (0..*count).for_each(|_| walk.stranger()),
        Piece::Some(_) => {
            let enough = walk.count_of_any_one().saturating_add(2);
            return (0..enough).all(|_| {
                walk.stranger();
                every(walk.clone(), rest)
            });
        }
    }
    every(walk, rest)
}

/// All positions in a pattern that a text read so far can have come to.
#[derive(Clone)]
struct Walk<'p> {
    atoms: &'p [Atom],
    /// One for each position and one for the end.
    reached: Vec<bool>,
}

impl<'p> Walk<'p> {
    fn new(atoms: &'p [Atom]) -> Self {
        let mut reached = vec![false; atoms.len().saturating_add(1)];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        let mut walk = Self { atoms, reached };
        walk.pass_runs();
        walk
    }

    fn is_at_end(&self) -> bool {
        self.reached.last().copied().unwrap_or_default()
    }

    fn count_of_any_one(&self) -> usize {
        let atoms = self.atoms.iter();
        atoms.filter(|atom| **atom == Atom::AnyOne).count()
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes() {
            // `?` takes a whole character: what continues one was taken with its first byte.
            let continues = byte & 0xc0 == 0x80;
            self.step(|atom| match atom {
                Atom::Byte(wanted) => wanted == byte,
                Atom::AnyOne => !continues,
                Atom::AnyRun => true,
            });
        }
    }

    /// One character that stands nowhere in the pattern.
    fn stranger(&mut self) {
        self.step(|atom| !matches!(atom, Atom::Byte(_)));
    }

    /// One character of these.
    fn one_of(&mut self, class: Class) {
        self.step(|atom| match atom {
            Atom::Byte(byte) => class.has(char::from(byte)),
            Atom::AnyOne | Atom::AnyRun => true,
        });
    }

    /// At least one character of these. Every step leads on from a position or stays there, so one look at each
    /// in turn finds all that any number of steps leads to.
    fn anything(&mut self, class: Class) {
        self.one_of(class);
        for (index, atom) in self.atoms.iter().enumerate() {
            let here = self.reached.get(index).copied().unwrap_or_default();
            let takes = match atom {
                Atom::Byte(byte) => class.has(char::from(*byte)),
                Atom::AnyOne | Atom::AnyRun => true,
            };
            if let (true, Some(after)) =
                (here && takes, self.reached.get_mut(index.saturating_add(1)))
            {
                *after = true;
            }
        }
    }

    fn step(&mut self, takes: impl Fn(Atom) -> bool) {
        // From the end, so that what is looked at is as it was before the step.
        let mut after = None;
        for (index, atom) in self.atoms.iter().enumerate().rev() {
            let here = self.reached.get(index).copied().unwrap_or_default();
            let leads = here && *atom != Atom::AnyRun && takes(*atom);
            let stays = after == Some(Atom::AnyRun);
            if let Some(next) = self.reached.get_mut(index.saturating_add(1)) {
                *next = leads || *next && stays;
            }
            after = Some(*atom);
        }
        if let Some(first) = self.reached.first_mut() {
            *first &= after == Some(Atom::AnyRun);
        }
        self.pass_runs();
    }

    /// A run may be empty.
    fn pass_runs(&mut self) {
        for (index, atom) in self.atoms.iter().enumerate() {
            let here = self.reached.get(index).copied().unwrap_or_default();
            if let (true, Atom::AnyRun, Some(after)) =
                (here, atom, self.reached.get_mut(index.saturating_add(1)))
            {
                *after = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role() -> Language {
        let below = Shape::text("arn:aws:iam::111122223333:role/");
        Language::new(vec![
            below.clone().and_text("Admin"),
            below.and_some(Class::Any).and_text("/Admin"),
        ])
    }

    #[test]
    fn a_role_of_unknown_path_matches_surely_perhaps_or_not() {
        for (pattern, wanted) in [
            ("*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/*Admin", Truth::Yes),
            ("arn:aws:iam::*:role/*Admi?", Truth::Yes),
            ("*Admin", Truth::Yes),
            ("arn:aws:iam::111122223333:role/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/ops/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/Admin*", Truth::Unknown),
            ("*/ops/Admin", Truth::Unknown),
            ("*ops*", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/?*Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/??????*", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/?????*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/Other", Truth::No),
            ("arn:aws:iam::111122223333:role/ops/Other", Truth::No),
            ("arn:aws:iam::444455556666:role/*", Truth::No),
            ("*Administrator", Truth::No),
            ("", Truth::No),
        ] {
            assert_eq!(role().glob(pattern), wanted, "{pattern}");
        }
        assert_eq!(role().equals("*"), Truth::No);
        assert_eq!(
            role().equals("arn:aws:iam::111122223333:role/Admin"),
            Truth::Unknown
        );
    }

    #[test]
    fn parts_of_an_arn_are_compared_one_by_one() {
        for (pattern, wanted) in [
            ("arn:aws:iam::*:role/*", Truth::Yes),
            ("arn:*:iam::111122223333:*", Truth::Yes),
            ("arn:aws:iam::111122223333:role/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:role/*/Admin", Truth::Unknown),
            ("arn:aws:iam::111122223333:user/*", Truth::No),
            ("arn:aws:*:role/Admin", Truth::No),
            ("*", Truth::No),
        ] {
            assert_eq!(role().arn(&atoms(pattern)), wanted, "{pattern}");
        }
    }
}
