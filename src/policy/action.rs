//! `Action` and `NotAction`.

use crate::aws::KmsAction;
use crate::source::Span;

use super::{Text, glob_ignore_case};

/// `Action` or `NotAction` with its patterns.
#[derive(Clone, Debug)]
pub struct ActionElement {
    /// Whether this is `NotAction`: all but these.
    pub negated: bool,
    /// The patterns as written; one string counts as a list of one.
    pub patterns: Vec<ActionPattern>,
    /// The element's value.
    pub span: Span,
}

impl ActionElement {
    /// Whether the statement is about this action.
    pub fn covers(&self, action: KmsAction) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }
}

/// One pattern such as `kms:Schedule*`.
#[derive(Clone, Debug)]
pub struct ActionPattern {
    /// As written.
    pub text: Text,
}

impl ActionPattern {
    /// Whether the pattern matches. Prefix and name ignore case; `*` is any run of characters, `?`
    /// is one. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    ///
    /// A pattern with white space in it, or with nothing after the colon, matches nothing.
    pub fn matches(&self, action: KmsAction) -> bool {
        let pattern = &*self.text.value;
        // Most patterns of an account are about other services: one byte tells.
        if !matches!(pattern.as_bytes().first(), Some(b'k' | b'K' | b'*' | b'?')) {
            return false;
        }
        // No name has white space in it, so a pattern with some matches none.
        glob_ignore_case(pattern, action.qualified())
    }

    /// Whether the name part holds a wildcard.
    pub fn has_wildcard(&self) -> bool {
        self.text.value.contains(['*', '?'])
    }
}
