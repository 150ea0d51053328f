//! From places of the facts to bytes of files.

use serde_json::Value;

use crate::facts::Place;
use crate::rule::Selected;
use crate::source::{Location, SourceId, Span};

/// The files that the places of one document refer to.
#[derive(Debug)]
pub(super) struct Files<'a> {
    files: &'a [SourceId],
    /// Where to point for a node that has no place and lies in nothing that has one.
    fallback: Location,
}

impl<'a> Files<'a> {
    /// The files of these facts.
    pub(super) fn new(facts: &Value, files: &'a [SourceId]) -> Self {
        let mut this = Self {
            files,
            fallback: Location {
                source: files.first().copied().unwrap_or_default(),
                span: Span::default(),
            },
        };
        let mut whole = [facts.get("policy"), facts.get("key")]
            .into_iter()
            .flatten();
        let place = whole.find_map(|part| part.get("at"));
        if let Some(location) = place.and_then(|at| this.resolve(at)) {
            this.fallback = location;
        }
        this
    }

    /// The bytes of a node: its own place, else that of what it lies in. A finding is never
    /// dropped for the want of one.
    pub(super) fn locate(&self, node: &Selected<'_>) -> Location {
        node.nearest("at")
            .and_then(|at| self.resolve(at))
            .unwrap_or(self.fallback)
    }

    fn resolve(&self, at: &Value) -> Option<Location> {
        let (file, start, end) = place(at)?;
        Some(Location {
            source: *self.files.get(file as usize)?,
            span: Span { start, end },
        })
    }
}

fn place(at: &Value) -> Option<Place> {
    let number = |index: usize| u32::try_from(at.get(index)?.as_u64()?).ok();
    Some((number(0)?, number(1)?, number(2)?))
}
