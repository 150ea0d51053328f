//! A place in a file, as facts have it.

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::document::{AsFact, Definitions, Described, Fact, Items, Vocabulary, Word};
use crate::text::Location;

/// A place in a file. A document has it as three numbers: the index of its file in `sources`, the
/// first byte, and the one after the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexedLocation {
    /// The index of its file in the `sources` of the facts.
    pub file: u32,
    /// The file and the bytes.
    pub at: Location,
}

impl IndexedLocation {
    const fn numbers(&self) -> [u32; 3] {
        let span = self.at.span;
        [self.file, span.start, span.end]
    }
}

impl Serialize for IndexedLocation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.numbers().serialize(serializer)
    }
}

impl AsFact for IndexedLocation {
    fn as_fact(&self) -> Fact<'_> {
        Fact::list(self)
    }

    fn note(&self, _: Option<Word>, _: &mut Vocabulary) {}
}

impl Described for IndexedLocation {
    fn schema(definitions: &mut Definitions) -> Value {
        let number = json!({"type": "integer", "minimum": 0});
        definitions.named("Place", |_| {
            json!({
                "description": "Index into `sources`, first byte, byte after the last.",
                "type": "array",
                "items": number,
                "minItems": 3,
                "maxItems": 3,
            })
        })
    }
}

impl Items for IndexedLocation {
    fn each<'a>(&'a self, visit: &mut dyn FnMut(Fact<'a>) -> bool) {
        let mut numbers = self.numbers().into_iter();
        numbers.all(|number| visit(Fact::Integer(number.into())));
    }

    fn location(&self) -> Option<Location> {
        Some(self.at)
    }
}
