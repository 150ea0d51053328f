//! Whether the resources of a statement cover the key.

use crate::eval::{Truth, resource_covers};
use crate::policy::{ResourceElement, ResourcePattern};

use super::ResourceRecord;
use super::subject::Subject;

pub(super) fn records(element: &ResourceElement, subject: &Subject<'_>) -> Vec<ResourceRecord> {
    let record = |pattern: &ResourcePattern| ResourceRecord {
        text: pattern.text.value.to_string(),
        covers_key: covers(pattern, subject),
        at: subject.place(pattern.text.span),
    };
    element.patterns.iter().map(record).collect()
}

fn covers(pattern: &ResourcePattern, subject: &Subject<'_>) -> Option<bool> {
    if pattern.is_everything() {
        return Some(true);
    }
    let request = subject.probes().first()?;
    match resource_covers(pattern, request, subject.document) {
        Truth::Yes => Some(true),
        Truth::No => Some(false),
        Truth::Unknown => None,
    }
}
