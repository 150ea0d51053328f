//! `Resource` and `NotResource` against the key's ARN.

use super::context::Context;
use super::glob::{Token, matches};
use super::variable::expand;

/// Whether one entry of `Resource` or `NotResource` names `arn` (§1.5, the recommended rule).
///
/// An entry with a variable that has no value names nothing.
pub(crate) fn names(entry: &str, arn: &str, replace: bool, context: Context<'_>) -> bool {
    let (head, tail) = split_at_fifth_colon(entry);
    let mut pattern = head_tokens(head);
    match expand(tail, replace, context) {
        Some(resource_part) => pattern.extend(resource_part),
        None => return false,
    }
    matches(&pattern, arn)
}

/// The first five segments with their colons, and the resource part (empty if there is none).
fn split_at_fifth_colon(entry: &str) -> (&str, &str) {
    entry
        .match_indices(':')
        .nth(4)
        .and_then(|(at, colon)| entry.split_at_checked(at + colon.len()))
        .unwrap_or((entry, ""))
}

/// §1.5: a `*` that ends its segment may cross colons, another `*` and every `?` may not.
fn head_tokens(head: &str) -> Vec<Token> {
    let mut pattern = Vec::new();
    let mut characters = head.chars().peekable();
    while let Some(character) = characters.next() {
        let ends_segment = matches!(characters.peek(), None | Some(':'));
        pattern.push(match character {
            '*' if ends_segment => Token::Run,
            '*' => Token::RunInSegment,
            '?' => Token::OneInSegment,
            other => Token::Char(other),
        });
    }
    pattern
}
