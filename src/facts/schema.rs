//! The schema of a list of facts.

use serde_json::{Value, json};

use crate::document::{Definitions, Described as _};

use super::Facts;

/// The JSON Schema of a list of facts, as the records declare it. [`SCHEMA`](super::SCHEMA) is its text.
pub fn schema() -> Value {
    let mut definitions = Definitions::default();
    let facts = Facts::schema(&mut definitions);
    let mut definitions = definitions.into_map();
    definitions.insert("location".to_owned(), location());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kmslint facts",
        "description": "What rules are written over: the facts of every key, and of every policy without \
            one. A selector of a rule sees one item.",
        "type": "array",
        "items": facts,
        "$defs": definitions,
    })
}

/// Of what [`Facts::located`] adds.
fn location() -> Value {
    let number = json!({"type": "integer", "minimum": 1});
    json!({
        "description": "The place that stands beside it as `at`, in words: line and column from 1, the \
            column in characters. Only in what `kmslint facts` writes; rules do not see it.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "file": {"type": "string"},
            "line": number,
            "column": number,
            "end_line": number,
            "end_column": number,
            "decompressed": {
                "description": "True where the file is compressed: line and column are those of what it \
                    holds. Left out elsewhere.",
                "type": "boolean",
            },
        },
        "required": ["file", "line", "column", "end_line", "end_column"],
    })
}
