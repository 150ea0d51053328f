//! A validator for as much of JSON Schema as kmslint's own schemas and that of SARIF use; a keyword
//! that it does not know is an error, so that nothing is passed over.

use regex::Regex;
use serde_json::{Map, Value};

/// Every way in which `document` is not what `schema` describes.
pub(crate) fn violations(schema: &Value, document: &Value) -> Vec<String> {
    let mut validator = Validator {
        root: schema,
        found: Vec::new(),
    };
    validator.check(schema, document, "");
    validator.found
}

struct Validator<'a> {
    root: &'a Value,
    found: Vec<String>,
}

impl Validator<'_> {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let schema = match schema {
            Value::Object(schema) => schema,
            Value::Bool(true) => return,
            _ => {
                self.found.push(format!("{at}: not allowed"));
                return;
            }
        };
        for (keyword, argument) in schema {
            self.keyword(schema, (keyword, argument), value, at);
        }
    }

    fn keyword(
        &mut self,
        schema: &Map<String, Value>,
        (keyword, argument): (&str, &Value),
        value: &Value,
        at: &str,
    ) {
        let holds = match keyword {
            "$schema" | "$id" | "$defs" | "definitions" | "title" | "description" | "default"
            | "format" => true,
            "type" => has_type(argument, value),
            "const" => value == argument,
            "enum" => items(argument).contains(value),
            "pattern" => matches_pattern(argument, value),
            // Bounds are of numbers only.
            "minimum" => value.as_f64().is_none_or(|n| Some(n) >= argument.as_f64()),
            "maximum" => value.as_f64().is_none_or(|n| Some(n) <= argument.as_f64()),
            "minLength" => length(value) >= argument.as_u64(),
            "minItems" => count(value) >= argument.as_u64(),
            "maxItems" => count(value) <= argument.as_u64(),
            "uniqueItems" => argument == false || all_differ(value),
            "required" => {
                let has = |name: &Value| value.get(name.as_str().unwrap()).is_some();
                items(argument).iter().all(has)
            }
            "anyOf" => items(argument).iter().any(|one| self.fits(one, value)),
            "oneOf" => {
                let fitting = items(argument).iter().filter(|one| self.fits(one, value));
                fitting.count() == 1
            }
            applied => {
                self.apply(schema, (applied, argument), value, at);
                true
            }
        };
        if !holds {
            let text = format!("{at}: {value} against `{keyword}` {argument}");
            self.found.push(text);
        }
    }

    /// Keywords that hold other schemas against parts of the value.
    fn apply(
        &mut self,
        schema: &Map<String, Value>,
        (keyword, argument): (&str, &Value),
        value: &Value,
        at: &str,
    ) {
        match keyword {
            "$ref" => {
                let pointer = argument.as_str().unwrap().strip_prefix('#').unwrap();
                self.check(self.root.pointer(pointer).unwrap(), value, at);
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.check(argument, item, &format!("{at}/{index}"));
                }
            }
            "propertyNames" => {
                for name in value.as_object().into_iter().flat_map(Map::keys) {
                    self.check(argument, &Value::from(name.as_str()), at);
                }
            }
            "properties" => {
                for (name, schema) in argument.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        self.check(schema, value, &format!("{at}/{name}"));
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, value) in value.as_object().into_iter().flatten() {
                    if !known.is_some_and(|known| known.contains_key(name)) {
                        self.check(argument, value, &format!("{at}/{name}"));
                    }
                }
            }
            other => panic!("the validator does not know `{other}`"),
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut other = Validator {
            root: self.root,
            found: Vec::new(),
        };
        other.check(schema, value, "");
        other.found.is_empty()
    }
}

fn items(argument: &Value) -> &[Value] {
    argument.as_array().unwrap()
}

fn has_type(argument: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("`{other}` is no type"),
    };
    match argument {
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}

fn matches_pattern(argument: &Value, value: &Value) -> bool {
    let pattern = Regex::new(argument.as_str().unwrap()).unwrap();
    value.as_str().is_none_or(|text| pattern.is_match(text))
}

fn all_differ(value: &Value) -> bool {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let earlier = |index: usize| items.get(..index).unwrap();
    items
        .iter()
        .enumerate()
        .all(|(index, item)| !earlier(index).contains(item))
}

fn length(value: &Value) -> Option<u64> {
    Some(value.as_str()?.chars().count() as u64)
}

fn count(value: &Value) -> Option<u64> {
    Some(value.as_array()?.len() as u64)
}
