//! What kind of policies files hold, where their text does not tell.

use serde::Deserialize;
use toml::Spanned;

use crate::aws::DocumentKind;
use crate::text::Span;

use super::complaint::{Complaints, unknown_word};
use super::span;

/// Files of which a team says what they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documents {
    /// A path pattern from the file's directory.
    pub path: String,
    /// The kind of the policies in the files that match.
    pub kind: DocumentKind,
    /// The bytes of the pattern in `kmslint.toml`.
    pub at: Span,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDocuments {
    path: Spanned<String>,
    kind: Spanned<String>,
}

/// What they mean; a kind that does not exist is complained of.
pub(super) fn check(written: Vec<WrittenDocuments>, complaints: &mut Complaints) -> Vec<Documents> {
    let mut found = Vec::new();
    for WrittenDocuments { path, kind } in written {
        let word = kind.get_ref();
        if let Some(kind) = DocumentKind::parse(word) {
            let at = span(&path);
            let path = path.into_inner();
            found.push(Documents { path, kind, at });
        } else {
            let known = DocumentKind::ALL.map(DocumentKind::name);
            complaints.add(unknown_word(span(&kind), "kind", word, &known));
        }
    }
    found
}
