//! A policy with all that its analysis needs to know about its key.

use crate::access::{AskedKey, Identities};
use crate::policy::PolicyDocument;
use crate::text::{Location, SourceId, Span};

use super::IndexedLocation;

/// A policy, its key, and the file that it stands in.
#[derive(Debug)]
pub(super) struct PolicyContext<'a> {
    pub(super) document: &'a PolicyDocument,
    pub(super) key: AskedKey<'a>,
    /// Whether its material was imported; nothing where that is not known.
    pub(super) imported_material: Option<bool>,
    /// Whose policies decide beside this one, where they were loaded.
    pub(super) identities: Option<&'a Identities<'a>>,
    /// The file that the policy stands in.
    pub(super) source: SourceId,
    /// Its index in the facts.
    file: u32,
}

impl<'a> PolicyContext<'a> {
    pub(super) const fn new(
        document: &'a PolicyDocument,
        key: AskedKey<'a>,
        (source, file): (SourceId, u32),
    ) -> Self {
        Self {
            document,
            key,
            imported_material: None,
            identities: None,
            source,
            file,
        }
    }

    pub(super) const fn place(&self, span: Span) -> IndexedLocation {
        IndexedLocation {
            file: self.file,
            at: Location {
                source: self.source,
                span,
            },
        }
    }
}
