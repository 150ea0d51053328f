//! `Resource` and `NotResource`.

use crate::text::Span;

use super::Text;

/// `Resource` or `NotResource` with its patterns.
#[derive(Clone, Debug)]
pub struct ResourceElement {
    /// Whether this is `NotResource`: all but these.
    pub negated: bool,
    /// The patterns as written; one string counts as a list of one.
    pub patterns: Vec<ResourcePattern>,
    /// The element's value.
    pub span: Span,
}

/// One pattern: `*`, or an ARN with wildcards.
#[derive(Clone, Debug)]
pub struct ResourcePattern {
    /// As written.
    pub text: Text,
}

impl ResourcePattern {
    /// Whether this is `*`: in a key policy this key, elsewhere every resource.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
    pub fn is_everything(&self) -> bool {
        &*self.text.value == "*"
    }
}
