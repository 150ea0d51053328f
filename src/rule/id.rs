//! The name of a rule.

use std::fmt;
use std::sync::Arc;

/// The name of a rule, for example `cancel-by-nobody`: lower-case words and numbers joined by
/// single hyphens, naming the bad state. It is the stem of the rule's page too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

/// A name that no rule can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{id}` is not lower-case words joined by single hyphens, as the name of a rule is")]
pub struct RuleIdError {
    /// The name.
    pub id: String,
}

impl RuleId {
    /// The rule id that `text` is.
    ///
    /// # Errors
    /// Where `text` is not lower-case words and numbers joined by single hyphens.
    pub fn new(text: &str) -> Result<Self, RuleIdError> {
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if text.split('-').all(is_word) {
            Ok(Self(text.into()))
        } else {
            Err(RuleIdError { id: text.into() })
        }
    }

    /// The id as text that others can keep.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case() {
        for good in ["a", "cancel-by-nobody", "sha-1"] {
            assert!(RuleId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-", "a-", "-a", "a--b", "A", "a_b", "a b", "é"] {
            assert!(RuleId::new(bad).is_err(), "{bad}");
        }
    }
}
