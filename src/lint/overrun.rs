//! A selector that takes too long over some facts.

use std::sync::Arc;

use crate::document::AsFact as _;
use crate::facts::Facts;
use crate::finding::{Confidence, Finding, Fingerprints, Label, Severity};
use crate::rule::TooManySteps;
use crate::text::{InputError, InputFailure, Location, Span};

use super::place::subject;

/// A rule whose selector takes too long over the facts of one key or policy.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the rule `{rule}` cannot be run: {steps}")]
pub struct Overrun {
    /// The rule's id.
    pub rule: Arc<str>,
    /// Why.
    #[source]
    pub steps: TooManySteps,
}

/// What to do about it.
const HELP: &str =
    "let the selector look at less: fewer `*` and `..`, and no list inside of another";

impl Overrun {
    /// As a complaint about the subject, of which nothing can be said.
    pub fn failure(&self, subject: &str) -> InputFailure {
        let error = InputError::new(Span::default(), self.to_string()).help(HELP);
        InputFailure::of_file(subject, error)
    }

    /// As what the rule finds.
    pub(super) fn finding(&self, facts: &Facts) -> Finding {
        let policy = facts.policy.as_ref().map(|policy| policy.at);
        let source = policy.unwrap_or(facts.key.at).at.source;
        Finding {
            rule: Arc::clone(&self.rule),
            severity: Severity::Error,
            confidence: Confidence::High,
            subject: subject(&facts.as_fact()),
            message: self.to_string(),
            help: HELP.into(),
            reference: Arc::default(),
            primary: Label {
                at: Location {
                    source,
                    span: Span::default(),
                },
                text: "".into(),
            },
            related: Vec::new(),
            statement: None,
            principals: Vec::new(),
            new_principals: Vec::new(),
            values: Box::default(),
            together: None,
            depends_on: None,
            identity: String::new(),
            fingerprints: Fingerprints::default(),
        }
    }
}
