//! `Resource` and `NotResource` against the key's ARN.

use super::context::Context;
use super::glob::{Token, matches, plain_text};
use super::statement::Request;
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

/// Whether the entry names every alias of the key's account and Region (`all`), or some of them: tried
/// on aliases whose names nothing spells, and on those that the entry itself spells.
pub(crate) fn names_alias(entry: &str, request: &Request<'_>, replace: bool, all: bool) -> bool {
    let parts: Vec<&str> = request.key_arn.splitn(6, ':').take(5).collect();
    let head = format!("{}:alias/", parts.join(":"));
    let named = |name: &str| names(entry, &format!("{head}{name}"), replace, request.context);
    if all {
        return (1..=entry.len() + 1).all(|length| named(&"\u{1}".repeat(length)));
    }
    let spelled = expand(entry, replace, request.context).map(|pattern| plain_text(&pattern));
    let spelled = spelled.unwrap_or_default();
    let tail = spelled.split_once("alias/").map_or("", |(_, tail)| tail);
    let filled = [
        tail.replace('*', ""),
        tail.replace('*', "x"),
        "x".to_owned(),
    ];
    filled
        .iter()
        .map(|name| name.replace('?', "y"))
        .any(|name| !name.is_empty() && named(&name))
}
