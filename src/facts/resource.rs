//! Whether the resources of a statement cover the key.

use crate::policy::{ResourceElement, ResourcePattern, first_variable};

use super::ResourceRecord;
use super::policy_context::PolicyContext;

pub(super) fn records(
    element: &ResourceElement,
    subject: &PolicyContext<'_>,
) -> Vec<ResourceRecord> {
    let record = |pattern: &ResourcePattern| ResourceRecord {
        text: String::from(&*pattern.text.value),
        covers_key: subject.key.is_covered_by(pattern, subject.document),
        variable: first_variable(&pattern.text.value).map(str::to_owned),
        variable_misplaced: variable_is_misplaced(&pattern.text.value),
        at: subject.place(pattern.text.span),
    };
    element.patterns.iter().map(record).collect()
}

/// Variables are for what follows the fifth colon.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse>
fn variable_is_misplaced(text: &str) -> bool {
    let before = first_variable(text).and_then(|key| text.split_once(key));
    before.is_some_and(|(before, _)| before.starts_with("arn:") && before.matches(':').count() < 5)
}
