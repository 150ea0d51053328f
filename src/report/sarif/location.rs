//! Places and links to them as SARIF writes them.

use super::text;
use super::types::{ArtifactLocation, PhysicalLocation, Region, SarifLocation};
use crate::report::path::{UriKind, uri};
use crate::report::run::FileRange;
use crate::report::visible::prose;

/// The name by which GitHub and others know the top of a checkout.
pub(super) const ROOT: &str = "%SRCROOT%";

/// A place with a few words; no words if they are empty. GitHub takes no result without a region, so
/// of a compressed file it is one of what the file holds, and the words say so.
pub(super) fn labelled(place: &FileRange, id: Option<usize>, words: &str) -> SarifLocation {
    let words = match (words, place.decompressed) {
        ("", true) => OF_CONTENT.to_owned(),
        (words, true) => format!("{words}; {OF_CONTENT}"),
        (words, false) => words.to_owned(),
    };
    let words = (!words.is_empty()).then(|| text(unlinked(&prose(&words, true))));
    SarifLocation {
        id,
        message: words,
        physical_location: PhysicalLocation {
            artifact_location: artifact(&place.path),
            region: Some(region(place)),
        },
        logical_locations: Vec::new(),
    }
}

/// What is to be said of a region in a compressed file.
const OF_CONTENT: &str = "the region is one of what the compressed file holds";

/// A file without a place in it.
pub(super) fn in_file(path: &str) -> SarifLocation {
    SarifLocation {
        id: None,
        message: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(path),
            region: None,
        },
        logical_locations: Vec::new(),
    }
}

pub(super) fn artifact(path: &str) -> ArtifactLocation {
    let (uri, kind) = uri(path);
    ArtifactLocation {
        // §3.4.4: an absolute URI has no base.
        uri_base_id: (kind == UriKind::Relative).then_some(ROOT),
        uri,
    }
}

pub(super) fn region(place: &FileRange) -> Region {
    let (before, after) = place.characters;
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
        char_offset: before,
        char_length: after.saturating_sub(before),
        byte_offset: place.span.start,
        byte_length: place.span.len(),
    }
}

/// A link to the location with this id (§3.11.6).
pub(super) fn link(words: &str, id: usize) -> String {
    let mut link = String::from("[");
    for c in unlinked(&prose(words, true)).chars() {
        if matches!(c, '[' | ']' | '\\') {
            link.push('\\');
        }
        link.push(c);
    }
    format!("{link}]({id})")
}

/// Words in which nothing is a link: a bracket and a parenthesis that would make one are put
/// apart.
pub(super) fn unlinked(words: &str) -> String {
    words.replace("](", "] (")
}
