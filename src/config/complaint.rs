//! What is wrong with a `kmslint.toml`, told like what is wrong with any other input.

use crate::aws::nearest;
use crate::text::{InputError, Span};

/// Gathers all complaints, so that a person sees them at once.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    errors: Vec<InputError>,
}

impl Complaints {
    pub(super) fn add(&mut self, error: InputError) {
        self.errors.push(error);
    }

    /// The value where nothing was complained of, else the complaints in the order of the file.
    pub(super) fn finish<T>(mut self, value: T) -> Result<T, Vec<InputError>> {
        if self.errors.is_empty() {
            return Ok(value);
        }
        self.errors.sort_by_key(|error| error.span);
        Err(self.errors)
    }
}

/// A complaint about a word that is none of those that may stand there.
pub(super) fn unknown_word(at: Span, what: &str, word: &str, known: &[&str]) -> InputError {
    let message = format!("unknown {what} `{}`", word.escape_default());
    InputError::new(at, message).help(suggestion(word, known))
}

fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("write one of `{}`", known.join("`, `")),
    }
}

/// What toml complains of, in our words where it is an unknown key.
pub(super) fn of_toml(error: &toml::de::Error, text: &str) -> InputError {
    let span = error.span().unwrap_or_default();
    let span = Span::new(span.start, span.end);
    let message = error.message();
    // The key may hold anything; what was expected follows it and does not.
    if let Some((_, expected)) = message
        .strip_prefix("unknown field ")
        .and_then(|rest| rest.rsplit_once(", expected "))
    {
        let known: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
        let key = span.of(text).trim_matches(['"', '\'']);
        return unknown_word(span, "key", key, &known);
    }
    // Further lines of toml's messages explain its grammar.
    let first = message.lines().next().unwrap_or_default();
    InputError::new(span, first.trim_end_matches('.'))
}
