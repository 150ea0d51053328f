//! What a document can hold, as a JSON Schema.
//! <https://json-schema.org/draft/2020-12/schema>

use std::sync::Arc;

use serde_json::{Map, Value, json};

/// A kind of value of which a schema can be made.
pub trait Described {
    /// The schema of its values. One with a name is added to the definitions, and its schema is a reference.
    fn schema(definitions: &mut Definitions) -> Value;

    /// The schema of those of its values that are written where null is left out.
    fn schema_where_written(definitions: &mut Definitions) -> Value {
        Self::schema(definitions)
    }
}

/// The schemas that have names, in the order in which they were met.
#[derive(Debug, Default)]
pub struct Definitions(Map<String, Value>);

/// The fields of a record.
#[derive(Debug)]
pub struct DescribedFields<'d> {
    definitions: &'d mut Definitions,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

/// What is said in several lines of documentation.
fn text(lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| line.trim());
    let lines: Vec<_> = lines.filter(|line| !line.starts_with("<http")).collect();
    lines.join(" ")
}

/// `StatementRecord` as `statement_record`.
fn in_snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

impl Definitions {
    /// All of them.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The schema of this name, made where it is met first.
    pub fn named(&mut self, name: &str, schema: impl FnOnce(&mut Self) -> Value) -> Value {
        let name = in_snake_case(name);
        if !self.0.contains_key(&name) {
            self.0.insert(name.clone(), Value::Null);
            let schema = schema(self);
            self.0.insert(name.clone(), schema);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    /// The schema of a record, of which `fields` tells the fields.
    pub fn record(
        &mut self,
        name: &str,
        about: &[&str],
        fields: impl FnOnce(&mut DescribedFields<'_>),
    ) -> Value {
        self.named(name, |definitions| {
            let mut all = DescribedFields {
                definitions,
                properties: Map::new(),
                required: Vec::new(),
            };
            fields(&mut all);
            let (properties, required) = (all.properties, all.required);
            json!({
                "description": text(about),
                "type": "object",
                "additionalProperties": false,
                "properties": properties,
                "required": required,
            })
        })
    }

    /// The schema of words.
    pub fn words(&mut self, name: &str, words: &[&str]) -> Value {
        self.named(name, |_| json!({"enum": words}))
    }
}

impl DescribedFields<'_> {
    /// A field of this type. A record with a place, `at`, has that place in words, too, where
    /// `kmslint facts` writes it.
    pub fn add<T: Described>(&mut self, name: &'static str, can_be_left_out: bool, doc: &[&str]) {
        let schema = if can_be_left_out {
            T::schema_where_written(self.definitions)
        } else {
            self.required.push(name);
            T::schema(self.definitions)
        };
        let mut described = json!({"description": text(doc)});
        if let (Some(described), Value::Object(schema)) = (described.as_object_mut(), schema) {
            described.extend(schema);
        }
        self.properties.insert(name.to_owned(), described);
        if name == "at" {
            let location = json!({"$ref": "#/$defs/location"});
            self.properties.insert("location".to_owned(), location);
        }
    }
}

macro_rules! plain {
    ($($kind:ty: $schema:tt;)+) => { $(
        impl Described for $kind {
            fn schema(_: &mut Definitions) -> Value {
                json!($schema)
            }
        }
    )+ };
}

plain! {
    bool: {"type": "boolean"};
    f64: {"type": "number"};
    i64: {"type": "integer"};
    String: {"type": "string"};
    &'static str: {"type": "string"};
    u8: {"type": "integer", "minimum": 0};
    u16: {"type": "integer", "minimum": 0};
    u32: {"type": "integer", "minimum": 0};
    u64: {"type": "integer", "minimum": 0};
    usize: {"type": "integer", "minimum": 0};
}

impl<T: Described> Described for Vec<T> {
    fn schema(definitions: &mut Definitions) -> Value {
        json!({"type": "array", "items": T::schema(definitions)})
    }
}

impl<T: Described> Described for Arc<T> {
    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

impl<T: Described> Described for Box<T> {
    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

impl<T: Described> Described for Option<T> {
    fn schema(definitions: &mut Definitions) -> Value {
        let mut schema = T::schema(definitions);
        match schema.get_mut("type") {
            Some(of) => {
                *of = json!([of, "null"]);
                schema
            }
            None => json!({"anyOf": [schema, {"type": "null"}]}),
        }
    }

    fn schema_where_written(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_as_in_the_schema() {
        assert_eq!(in_snake_case("StatementRecord"), "statement_record");
        assert_eq!(
            text(&[" One line", " and another."]),
            "One line and another."
        );
        let mut definitions = Definitions::default();
        let schema = Option::<Vec<bool>>::schema(&mut definitions);
        let array = json!({"type": ["array", "null"], "items": {"type": "boolean"}});
        assert_eq!(schema, array);
        assert_eq!(
            Option::<bool>::schema_where_written(&mut definitions),
            json!({"type": "boolean"})
        );
        definitions.words("SomeKind", &["a", "b"]);
        assert_eq!(
            definitions.into_map()["some_kind"],
            json!({"enum": ["a", "b"]})
        );
    }
}
