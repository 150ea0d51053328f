//! Policy variables: `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`.

use super::context::Context;
use super::glob::{Token, tokens, wildcard_or_char};

/// The pattern that `text` spells once its variables are replaced; `None` where one has no value.
///
/// §1.7: replacement only with `Version` 2012-10-17, else the text is literal; what comes out of a
/// variable is no wildcard (U17).
pub(crate) fn expand(text: &str, replace: bool, context: Context<'_>) -> Option<Vec<Token>> {
    if !replace {
        return Some(tokens(text));
    }
    let mut pattern = Vec::new();
    let mut rest = text;
    loop {
        let parts = rest.split_once("${").and_then(|(before, after)| {
            after
                .split_once('}')
                .map(|(inside, tail)| (before, inside, tail))
        });
        let Some((before, inside, tail)) = parts else {
            pattern.extend(rest.chars().map(wildcard_or_char));
            return Some(pattern);
        };
        pattern.extend(before.chars().map(wildcard_or_char));
        pattern.extend(value_of(inside, context)?.chars().map(Token::Char));
        rest = tail;
    }
}

/// What stands for `${inside}` (§1.7): a literal, the key's value, or the default.
fn value_of(inside: &str, context: Context<'_>) -> Option<String> {
    if matches!(inside, "*" | "?" | "$") {
        return Some(inside.to_owned());
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (
            key.trim(),
            Some(default.trim().trim_matches('\'').to_owned()),
        ),
        None => (inside.trim(), None),
    };
    context.single(key).or(default)
}
