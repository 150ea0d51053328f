//! Facts for people: every place in words beside its numbers.

use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};

use crate::document::{AsFact as _, Fact};
use crate::text::{Location, Sources};

use super::Facts;

/// Facts with a `location` beside every `at`: file, line and column, both from 1, the column in
/// characters. They are written as they are, and nothing of them is kept.
#[derive(Clone, Copy, Debug)]
pub struct LocatedFacts<'a> {
    facts: &'a Facts,
    sources: &'a Sources,
}

impl Facts {
    /// These facts as people read them, with the places in these files in words.
    pub const fn located<'a>(&'a self, sources: &'a Sources) -> LocatedFacts<'a> {
        LocatedFacts {
            facts: self,
            sources,
        }
    }
}

impl Serialize for LocatedFacts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.of(&self.facts.as_fact()).serialize(serializer)
    }
}

impl LocatedFacts<'_> {
    const fn of<'l, 'f>(&'l self, fact: &'l Fact<'f>) -> LocatedFact<'l, 'f> {
        LocatedFact { fact, within: self }
    }

    fn location(&self, at: Location) -> Option<LocationRecord<'_>> {
        let file = self.sources.get(at.source)?;
        let (start, end) = (file.position(at.span.start), file.position(at.span.end));
        Some(LocationRecord {
            file: file.name(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            decompressed: file.is_decompressed(),
        })
    }
}

/// A place in words.
#[derive(Debug, Serialize)]
struct LocationRecord<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    decompressed: bool,
}

/// One value of the facts.
struct LocatedFact<'l, 'f> {
    fact: &'l Fact<'f>,
    within: &'l LocatedFacts<'l>,
}

impl Serialize for LocatedFact<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.fact {
            Fact::List(list) => {
                let mut items = serializer.serialize_seq(None)?;
                let mut written = Ok(());
                list.each(&mut |item| {
                    written = items.serialize_element(&self.within.of(item));
                    written.is_ok()
                });
                written?;
                items.end()
            }
            Fact::Record(record) => {
                let mut fields = serializer.serialize_map(None)?;
                for (name, value) in record.fields() {
                    fields.serialize_entry(name, &self.within.of(value))?;
                }
                let at = self.fact.get("at").and_then(Fact::location);
                if let Some(location) = at.and_then(|at| self.within.location(at)) {
                    fields.serialize_entry("location", &location)?;
                }
                fields.end()
            }
            fact => fact.serialize(serializer),
        }
    }
}
