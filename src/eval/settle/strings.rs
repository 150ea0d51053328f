//! Texts that tell patterns apart: for every combination of the patterns that some text matches, one
//! such text.
//!
//! All patterns are followed through a text at once, character by character, so that every state that
//! some text leads to is seen once. One character that stands in no pattern represents all others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::eval::shape::{Class, Piece, Shape};
use crate::policy::Atom;

/// Steps from one position of a pattern to the next that are taken at most; a pattern of fifty
/// characters needs a few thousand.
const MOST_STEPS: usize = 1 << 16;

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    /// This letter or its other case.
    Caseless(char),
    /// One character; with `false` any but a colon.
    One(bool),
    /// Any run of characters; with `false` any without a colon.
    Run(bool),
    /// One character of these.
    OneOf(Class),
    /// Any run of these.
    RunOf(Class),
    /// The end of this pattern.
    End(usize),
}

/// Patterns and the positions in them.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    tokens: Vec<Token>,
    starts: Vec<usize>,
    /// Of the patterns from here on, a text must match one.
    domain: Option<usize>,
}

/// What the search came to.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// For each combination one or two texts.
    pub(super) texts: Vec<String>,
    /// Whether every combination is among them.
    pub(super) complete: bool,
}

impl Patterns {
    /// A pattern with `*` and `?`.
    pub(super) fn glob(&mut self, atoms: &[Atom]) {
        let tokens = tokens(atoms, |_| true);
        self.add(tokens);
    }

    /// A text whose letters may have either case.
    pub(super) fn caseless(&mut self, text: &str) {
        self.add(text.chars().map(Token::Caseless).collect());
    }

    /// A pattern that is compared part by part: wildcards of the first five parts take no colon.
    pub(super) fn arn(&mut self, atoms: &[Atom]) {
        let colons = atoms.iter().filter(|atom| **atom == Atom::Byte(b':'));
        // One with fewer parts matches nothing.
        if colons.count() >= 5 {
            let tokens = tokens(atoms, |colons| colons >= 5);
            self.add(tokens);
        }
    }

    /// All texts of this shape.
    pub(super) fn shape(&mut self, shape: &Shape) {
        let mut tokens = Vec::new();
        for piece in shape.pieces() {
            match piece {
                Piece::Text(text) => tokens.extend(text.chars().map(Token::Char)),
                Piece::Some(class) => tokens.extend([Token::OneOf(*class), Token::RunOf(*class)]),
                Piece::Many(class, count) => {
                    tokens.extend(std::iter::repeat_n(Token::OneOf(*class), *count));
                }
            }
        }
        self.add(tokens);
    }

    /// Only texts that match one of the patterns that follow are wanted.
    pub(super) const fn begin_domain(&mut self) {
        self.domain = Some(self.starts.len());
    }

    fn add(&mut self, tokens: Vec<Token>) {
        let end = Token::End(self.starts.len());
        self.starts.push(self.tokens.len());
        self.tokens.extend(tokens);
        self.tokens.push(end);
    }

    /// The texts; none of them is one of `taken`, of which each is a combination of its own.
    pub(super) fn texts(&self, taken: &BTreeSet<&str>) -> Texts {
        let strangers = self.strangers(taken);
        let start = self.closed(self.starts.clone());
        let mut seen = BTreeSet::from([(start.clone(), false)]);
        let mut waiting = VecDeque::from([(start, false, String::new())]);
        // For each combination a text with the stranger in it and one without: only one without can
        // be taken.
        let mut found: BTreeMap<(Vec<usize>, bool), String> = BTreeMap::new();
        let mut steps = 0_usize;
        while let Some((state, strange, text)) = waiting.pop_front() {
            let ends = self.ends(&state);
            let wanted = self
                .domain
                .is_none_or(|from| ends.last().is_some_and(|last| *last >= from));
            if wanted && !taken.contains(text.as_str()) {
                found.entry((ends, strange)).or_insert_with(|| text.clone());
            }
            for character in &self.characters(&state, &strangers) {
                steps = steps.saturating_add(state.len().saturating_add(1));
                let next = self.step(&state, *character);
                // Nothing that is wanted can follow where no position is left.
                if next.is_empty() && self.domain.is_some() {
                    continue;
                }
                let strange = strange || strangers.contains(character);
                if seen.insert((next.clone(), strange)) {
                    let mut text = text.clone();
                    text.push(*character);
                    waiting.push_back((next, strange, text));
                }
            }
            if steps > MOST_STEPS {
                return Texts {
                    texts: found.into_values().collect(),
                    complete: false,
                };
            }
        }
        Texts {
            texts: found.into_values().collect(),
            complete: true,
        }
    }

    /// Characters that no pattern names: one, and others where only capital letters or digits are wanted.
    fn strangers(&self, taken: &BTreeSet<&str>) -> Vec<char> {
        let mut named = BTreeSet::new();
        let (mut capitals, mut digits, mut of_names) = (false, false, false);
        for token in &self.tokens {
            match *token {
                Token::Char(character) => drop(named.insert(character)),
                Token::Caseless(letter) => {
                    named.insert(letter.to_ascii_lowercase());
                    named.insert(letter.to_ascii_uppercase());
                }
                Token::OneOf(class) => {
                    capitals |= class == Class::Capital;
                    digits |= class == Class::Digit;
                    of_names |= class == Class::Name;
                }
                Token::One(_) | Token::Run(_) | Token::RunOf(_) | Token::End(_) => {}
            }
        }
        let unused = |c: &char| !named.contains(c) && taken.iter().all(|text| !text.contains(*c));
        let mut letters = "xyzqjkvw0123456789_-abcdefghilmnoprstu".chars();
        let stranger = letters
            .find(unused)
            .or_else(|| ('\u{a1}'..='\u{ffff}').find(unused));
        let mut strangers = vec![stranger.unwrap_or('\u{fffd}')];
        capitals |= of_names && !stranger.is_some_and(|one| Class::Name.has(one));
        // Where all of them are named, any one will do.
        let of = |all: std::ops::RangeInclusive<char>| all.clone().find(unused).or(all.last());
        strangers.extend(of('A'..='Z').filter(|_| capitals));
        strangers.extend(of('0'..='9').filter(|_| digits));
        strangers
    }

    /// The characters that lead on from here in different ways: those named here, and strangers, since
    /// what is named elsewhere only is one here. A text of plain letters says more than one that begins
    /// with a colon.
    fn characters(&self, state: &[usize], strangers: &[char]) -> Vec<char> {
        let mut named = BTreeSet::new();
        for position in state {
            match self.tokens.get(*position) {
                Some(Token::Char(character)) => drop(named.insert(*character)),
                Some(Token::Caseless(letter)) => {
                    named.insert(letter.to_ascii_lowercase());
                    named.insert(letter.to_ascii_uppercase());
                }
                Some(Token::One(false) | Token::Run(false)) => drop(named.insert(':')),
                _ => {}
            }
        }
        strangers.iter().copied().chain(named).collect()
    }

    fn step(&self, state: &[usize], character: char) -> Vec<usize> {
        let mut next = Vec::new();
        for position in state {
            let after = position.saturating_add(1);
            match self.tokens.get(*position) {
                Some(Token::Char(wanted)) if *wanted == character => next.push(after),
                Some(Token::Caseless(wanted)) if wanted.eq_ignore_ascii_case(&character) => {
                    next.push(after);
                }
                Some(Token::One(colon)) if *colon || character != ':' => next.push(after),
                Some(Token::Run(colon)) if *colon || character != ':' => next.push(*position),
                Some(Token::OneOf(class)) if class.has(character) => next.push(after),
                Some(Token::RunOf(class)) if class.has(character) => next.push(*position),
                _ => {}
            }
        }
        self.closed(next)
    }

    /// With every position behind a run, which may be empty; sorted.
    fn closed(&self, mut state: Vec<usize>) -> Vec<usize> {
        let mut index = 0;
        while let Some(position) = state.get(index) {
            if let Some(Token::Run(_) | Token::RunOf(_)) = self.tokens.get(*position) {
                state.push(position.saturating_add(1));
            }
            index = index.saturating_add(1);
        }
        state.sort_unstable();
        state.dedup();
        state
    }

    /// The patterns that the text matches as far as it was read; sorted.
    fn ends(&self, state: &[usize]) -> Vec<usize> {
        let ends = state.iter().filter_map(|position| {
            if let Some(Token::End(pattern)) = self.tokens.get(*position) {
                Some(*pattern)
            } else {
                None
            }
        });
        ends.collect()
    }
}

/// `takes_colon`: whether a wildcard takes a colon, after so many of them.
fn tokens(atoms: &[Atom], takes_colon: impl Fn(usize) -> bool) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut bytes = Vec::new();
    let mut colons = 0_usize;
    let flush = |bytes: &mut Vec<u8>, tokens: &mut Vec<Token>| {
        tokens.extend(String::from_utf8_lossy(bytes).chars().map(Token::Char));
        bytes.clear();
    };
    for atom in atoms {
        if let Atom::Byte(byte) = atom {
            colons = colons.saturating_add(usize::from(*byte == b':'));
            bytes.push(*byte);
            continue;
        }
        flush(&mut bytes, &mut tokens);
        let colon = takes_colon(colons);
        tokens.push(if *atom == Atom::AnyOne {
            Token::One(colon)
        } else {
            Token::Run(colon)
        });
    }
    flush(&mut bytes, &mut tokens);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Atoms as _, glob};

    fn atoms(pattern: &str) -> Vec<Atom> {
        (0..).map_while(|index| pattern.atom(index)).collect()
    }

    /// Every combination of matches that some short text over few letters has.
    fn by_hand(patterns: &[&str]) -> BTreeSet<Vec<bool>> {
        let mut texts = vec![String::new()];
        let mut all = BTreeSet::new();
        for _ in 0..7 {
            let mut longer = Vec::new();
            for text in &texts {
                all.insert(patterns.iter().map(|p| glob(p, text)).collect());
                longer.extend("abx".chars().map(|c| format!("{text}{c}")));
            }
            texts = longer;
        }
        all
    }

    #[test]
    fn every_combination_of_globs_is_found() {
        for patterns in [
            &["a*", "*b"][..],
            &["a*", "ab*", "abb"],
            &["?", "??", "a?"],
            &["*a*", "*b*", "*x*"],
            &["*ab", "a*b", "?b"],
            &["a", "a"],
            &["*"],
            &["", "a"],
            &["*a*b*", "b*a"],
        ] {
            let mut machine = Patterns::default();
            for pattern in patterns {
                machine.glob(&atoms(pattern));
            }
            let found = machine.texts(&BTreeSet::new());
            assert!(found.complete);
            let of = |text: &String| patterns.iter().map(|p| glob(p, text)).collect();
            let found: BTreeSet<Vec<bool>> = found.texts.iter().map(of).collect();
            assert_eq!(found, by_hand(patterns), "{patterns:?}");
        }
    }

    #[test]
    fn a_taken_text_is_not_the_only_one_of_its_kind() {
        let mut machine = Patterns::default();
        machine.glob(&atoms("a?"));
        let found = machine.texts(&BTreeSet::from(["ax", "", "x"]));
        assert!(found.texts.iter().any(|text| glob("a?", text)));
        assert!(found.texts.iter().any(|text| !glob("a?", text)));
    }

    #[test]
    fn a_domain_restricts_the_texts() {
        let mut machine = Patterns::default();
        machine.arn(&atoms("arn:aws:iam::*:role/ops/*"));
        machine.caseless("admin");
        machine.begin_domain();
        machine.glob(&atoms("arn:aws:iam::111122223333:role/Admin"));
        machine.glob(&atoms("arn:aws:iam::111122223333:role/?*/Admin"));
        let found = machine.texts(&BTreeSet::new());
        assert!(found.complete);
        let domain = "arn:aws:iam::111122223333:role/*";
        assert!(found.texts.iter().all(|text| glob(domain, text)));
        let ops = |text: &&String| text.contains("role/ops/");
        assert!(found.texts.iter().any(|text| ops(&text)));
        assert!(found.texts.iter().any(|text| !ops(&text)));
    }

    #[test]
    fn too_many_combinations_are_not_complete() {
        let mut machine = Patterns::default();
        for letter in 'a'..='p' {
            machine.glob(&atoms(&format!("*{letter}*{letter}*")));
        }
        assert!(!machine.texts(&BTreeSet::new()).complete);
    }
}
