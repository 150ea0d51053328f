//! The files that one facts document refers to, each with a small index of its own.

use std::cell::RefCell;

use crate::text::{Location, SourceId, Sources};

use super::IndexedLocation;

/// Gathers files as places in them are written down.
#[derive(Debug)]
pub(super) struct SourceIndex<'a> {
    sources: &'a Sources,
    files: RefCell<Vec<SourceId>>,
}

impl<'a> SourceIndex<'a> {
    pub(super) const fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            files: RefCell::new(Vec::new()),
        }
    }

    /// Every file that was loaded.
    pub(super) const fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The file's index; a new one where it has none yet.
    pub(super) fn file(&self, source: SourceId) -> u32 {
        let mut files = self.files.borrow_mut();
        let known = files.iter().position(|file| *file == source);
        let index = known.unwrap_or_else(|| {
            files.push(source);
            files.len().saturating_sub(1)
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    pub(super) fn place(&self, at: Location) -> IndexedLocation {
        IndexedLocation {
            file: self.file(at.source),
            at,
        }
    }

    /// The files' names in the order of their indexes.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |id: &SourceId| {
            self.sources
                .get(*id)
                .map_or_else(String::new, |file| file.name().to_owned())
        };
        self.files.borrow().iter().map(name).collect()
    }
}
