//! Places must lie in their files.

use kmslint::finding::Finding;
use kmslint::text::{InputError, InputFailure, Location, Sources, Span};

/// The place is one of a file that was read, and cuts no character in two.
pub(crate) fn is_in_files(sources: &Sources, at: Location) {
    let file = sources.get(at.source);
    let file = file.unwrap_or_else(|| panic!("no file has the place {at:?}"));
    is_in_text(file.text(), at.span);
}

/// The place lies in the text.
pub(crate) fn is_in_text(text: &str, span: Span) {
    let found = text.get(span.start as usize..span.end as usize);
    assert!(found.is_some(), "{span:?} of {} bytes", text.len());
}

/// All places of the findings and complaints.
pub(crate) fn are_in_files(sources: &Sources, findings: &[Finding], failures: &[InputFailure]) {
    for finding in findings {
        is_in_files(sources, finding.primary.at);
        for label in &finding.related {
            is_in_files(sources, label.at);
        }
        assert!(!finding.message.is_empty() && !finding.subject.as_str().is_empty());
    }
    for failure in failures {
        if let Some(at) = failure.at {
            is_in_files(sources, at);
        }
    }
}

/// All complaints are in the text, and say something.
pub(crate) fn are_complaints(text: &str, errors: &[InputError]) {
    assert!(!errors.is_empty(), "refused without a word");
    for error in errors {
        is_in_text(text, error.span);
        assert!(!error.message.is_empty());
    }
}
