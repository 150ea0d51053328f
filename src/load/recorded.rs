//! What CloudTrail recorded of keys, brought together with what other files say of them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::inventory::Trail;
use crate::source::{Overlay, ReadError, SourceFile, SourceId, Sources, Span};

use super::file::{Candidate, text};

/// The largest file of events whose text is kept, to show a place in it; bytes.
const MAX_FILE: usize = 16 << 20;

/// The most text of files of events that is kept; bytes.
const MAX_TEXT: usize = 64 << 20;

/// Keeps the text of files in which a change of a key is recorded, so that the event can be shown;
/// what is compressed or too large is named only. Calls that change nothing are not shown.
pub(super) fn show(
    trail: &mut Trail,
    candidates: &[Candidate<'_>],
    overlay: &Overlay,
    sources: &mut Sources,
) {
    let paths: BTreeMap<_, _> = candidates.iter().map(|of| (of.source, of.path)).collect();
    let mut kept: BTreeMap<SourceId, bool> = BTreeMap::new();
    let mut room = MAX_TEXT;
    for events in &mut trail.events {
        let is_change = events.change.is_some() && events.error.is_none();
        let is_placed = is_change && !events.at.span.is_empty();
        let source = events.at.source;
        let is_kept = is_placed
            && *kept.entry(source).or_insert_with(|| {
                let file = paths
                    .get(&source)
                    .and_then(|path| small_text(path, overlay));
                let file = file.filter(|file| file.text().len() <= room);
                room = room.saturating_sub(file.as_ref().map_or(0, |file| file.text().len()));
                file.map(|file| sources.put(source, file)).is_some()
            });
        if !is_kept {
            events.at.span = Span::default();
        }
    }
}

/// The text of a file that was read before, unless it is large.
fn small_text(path: &Path, overlay: &Overlay) -> Option<SourceFile> {
    let length = match overlay.get(path) {
        Some(bytes) => bytes.len(),
        None => usize::try_from(path.metadata().ok()?.len()).ok()?,
    };
    if length > MAX_FILE {
        return None;
    }
    match text(path, overlay) {
        Ok(file) => Some(file),
        // A byte-order mark is no more than that.
        Err(ReadError::NotText { shown, .. }) => Some(*shown),
        Err(ReadError::Io(_) | ReadError::TooLarge) => None,
    }
}
