//! Whether the resources of a statement cover the key.

use crate::aws::PrincipalKind;
use crate::eval::{Truth, resource_covers};
use crate::policy::{ResourceElement, ResourcePattern, first_variable, has_placeholder_or_is_word};

use super::ResourceRecord;
use super::subject::Subject;

pub(super) fn records(element: &ResourceElement, subject: &Subject<'_>) -> Vec<ResourceRecord> {
    let record = |pattern: &ResourcePattern| ResourceRecord {
        text: pattern.text.value.to_string(),
        covers_key: covers(pattern, subject),
        variable: first_variable(&pattern.text.value).map(str::to_owned),
        variable_misplaced: variable_is_misplaced(&pattern.text.value),
        at: subject.place(pattern.text.span),
    };
    element.patterns.iter().map(record).collect()
}

fn covers(pattern: &ResourcePattern, subject: &Subject<'_>) -> Option<bool> {
    if pattern.is_everything() {
        return Some(true);
    }
    if has_placeholder_or_is_word(&pattern.text.value) {
        return None;
    }
    let request = subject.probe(PrincipalKind::Role)?;
    match resource_covers(pattern, request, subject.document) {
        Truth::Yes => Some(true),
        Truth::No => Some(false),
        Truth::Unknown => None,
    }
}

/// Variables are for what follows the fifth colon.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-wheretouse>
fn variable_is_misplaced(text: &str) -> bool {
    let before = first_variable(text).and_then(|key| text.split_once(key));
    before.is_some_and(|(before, _)| before.starts_with("arn:") && before.matches(':').count() < 5)
}
