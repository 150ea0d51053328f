//! What is wrong with a YAML text, in the words of the other readers.

use granit_parser::{ErrorKind, ScanError};

use crate::text::{InputError, Span};
use crate::tree::MAX_DEPTH;

/// The complaint of the parser, at the character where it stopped.
pub(super) fn of_parser(text: &str, error: &ScanError) -> InputError {
    let at = error.marker().byte_offset().unwrap_or(text.len());
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.chars().next().map_or(0, char::len_utf8);
    let span = Span::new(at, at.saturating_add(length));
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => too_deep(span),
        ErrorKind::UnknownAnchor => InputError::new(
            span,
            "the alias names an anchor that is not defined before it",
        )
        .label("no such anchor")
        .help("define the anchor with `&name` before the alias, in the same document"),
        kind => {
            let error = InputError::new(span, format!("the text is not YAML: {}", error.info()))
                .label("found here");
            match help(kind, rest) {
                Some(help) => error.help(help),
                None => error,
            }
        }
    }
}

/// What people most often do that YAML does not have.
fn help(kind: &ErrorKind, rest: &str) -> Option<&'static str> {
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => Some("indent with spaces: YAML takes no tabs"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            Some("is a closing quote missing?")
        }
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockMappingKey => {
            Some("give this line the same indentation as those beside it")
        }
        ErrorKind::UnknownQuotedScalarEscape => Some("write a backslash itself as `\\\\`"),
        _ if rest.starts_with("{{") || rest.starts_with("{%") => {
            Some("this looks like a template placeholder: render the template first")
        }
        _ if rest.starts_with('\t') => Some("indent with spaces: YAML takes no tabs"),
        _ => None,
    }
}

/// One level more than is read.
pub(super) fn too_deep(span: Span) -> InputError {
    InputError::new(
        span,
        format!("the document nests deeper than {MAX_DEPTH} levels"),
    )
    .label("one level too many")
    .help("no AWS document nests this deep; is this the right file?")
}
