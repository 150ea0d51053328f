//! Wildcard patterns, matched by memoised recursion.

use std::collections::BTreeMap;

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// This very character.
    Char(char),
    /// `?`: one character, whatever it is.
    One,
    /// `*`: any run of characters, the empty one included.
    Run,
    /// `?` inside the first five segments of an ARN: one character other than a colon.
    OneInSegment,
    /// `*` inside the first five segments of an ARN: any run without a colon.
    RunInSegment,
}

/// The pattern that `text` spells, with `*` and `?` as wildcards (§1.4, §2.3 `StringLike`).
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    text.chars().map(wildcard_or_char).collect()
}

/// `*` and `?` are wildcards, everything else stands for itself.
pub(crate) fn wildcard_or_char(character: char) -> Token {
    match character {
        '*' => Token::Run,
        '?' => Token::One,
        other => Token::Char(other),
    }
}

/// The pattern read as plain text, as `StringEquals` does (§2.3: `*` and `?` literal).
pub(crate) fn plain_text(pattern: &[Token]) -> String {
    pattern
        .iter()
        .map(|token| match token {
            Token::Char(character) => *character,
            Token::One | Token::OneInSegment => '?',
            Token::Run | Token::RunInSegment => '*',
        })
        .collect()
}

/// Whether the whole of `text` matches the whole of `pattern` (§1.4, §1.5, §2.3).
pub(crate) fn matches(pattern: &[Token], text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    rest_matches(pattern, &characters, &mut BTreeMap::new())
}

/// The recursion; what is left of both is known by its lengths, so these key the memory.
fn rest_matches(
    pattern: &[Token],
    text: &[char],
    memory: &mut BTreeMap<(usize, usize), bool>,
) -> bool {
    let place = (pattern.len(), text.len());
    if let Some(known) = memory.get(&place) {
        return *known;
    }
    let Some((first, later)) = pattern.split_first() else {
        return text.is_empty();
    };
    let taken = text.split_first();
    let answer = match first {
        Token::Char(wanted) => taken.is_some_and(|(character, tail)| {
            character == wanted && rest_matches(later, tail, memory)
        }),
        Token::One => taken.is_some_and(|(_, tail)| rest_matches(later, tail, memory)),
        Token::OneInSegment => taken.is_some_and(|(character, tail)| {
            *character != ':' && rest_matches(later, tail, memory)
        }),
        Token::Run => {
            rest_matches(later, text, memory)
                || taken.is_some_and(|(_, tail)| rest_matches(pattern, tail, memory))
        }
        Token::RunInSegment => {
            rest_matches(later, text, memory)
                || taken.is_some_and(|(character, tail)| {
                    *character != ':' && rest_matches(pattern, tail, memory)
                })
        }
    };
    memory.insert(place, answer);
    answer
}
