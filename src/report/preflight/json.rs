//! The verdict on a deletion as data.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::overall;
use crate::config::InForce;
use crate::preflight::{Operation, Preflight, UnusedAcceptance};
use crate::report::explanation::document;
use crate::report::json::write;
use crate::text::{Sources, Span};

/// The version of the document's form.
const VERSION: u8 = 1;

/// JSON Schema of the document.
pub const SCHEMA: &str = include_str!("preflight.schema.json");

/// What is said beside the answers.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Acceptances that accept nothing.
    pub unused: &'a [UnusedAcceptance],
    /// How many values of the policies are placeholders.
    pub placeholders: usize,
    /// What the run went by.
    pub configuration: &'a InForce,
}

/// Writes one answer, the verdict at its top, and the acceptances that accept nothing.
///
/// # Errors
/// Where writing fails.
pub fn one(
    out: &mut impl Write,
    sources: &Sources,
    preflight: &Preflight,
    beside: Beside<'_>,
) -> io::Result<()> {
    let Value::Object(answer) = answer(sources, preflight)? else {
        return Err(io::Error::other("an answer is no object"));
    };
    let mut document = Map::new();
    document.insert("version".to_owned(), json!(VERSION));
    document.extend(answer);
    document.insert(UNUSED.to_owned(), located(beside.unused, sources)?);
    document.insert("placeholders".to_owned(), json!(beside.placeholders));
    let configuration = serde_json::to_value(beside.configuration)?;
    document.insert("configuration".to_owned(), configuration);
    write(out, &document)
}

/// Writes the answers for all keys that are pending deletion, or that plans delete, the worst verdict at the top, and the
/// acceptances that accept nothing.
///
/// # Errors
/// Where writing fails.
pub fn pending(
    out: &mut impl Write,
    sources: &Sources,
    (operation, all): (Operation, &[Preflight]),
    beside: Beside<'_>,
) -> io::Result<()> {
    let answers = all.iter().map(|preflight| answer(sources, preflight));
    let document = json!({
        "version": VERSION,
        "verdict": overall(all),
        "operation": operation,
        "keys": answers.collect::<Result<Vec<_>, _>>()?,
        UNUSED: located(beside.unused, sources)?,
        "placeholders": beside.placeholders,
        "configuration": beside.configuration,
    });
    write(out, &document)
}

/// The name of the acceptances that accept nothing.
const UNUSED: &str = "unused_acceptances";

/// A value as JSON, with file, line and column for its locations.
fn located(value: &(impl Serialize + ?Sized), sources: &Sources) -> serde_json::Result<Value> {
    let mut value = serde_json::to_value(value)?;
    locate(&mut value, sources);
    Ok(value)
}

fn answer(sources: &Sources, preflight: &Preflight) -> serde_json::Result<Value> {
    let mut value = located(preflight, sources)?;
    let permissions = value.get_mut("permissions").and_then(Value::as_array_mut);
    let described = permissions
        .into_iter()
        .flatten()
        .zip(&preflight.permissions);
    for (object, permission) in described {
        let explanation = match &permission.explanation {
            Some(explained) => serde_json::to_value(document(sources, explained))?,
            None => Value::Null,
        };
        if let Some(object) = object.as_object_mut() {
            object.insert("explanation".to_owned(), explanation);
        }
    }
    Ok(value)
}

/// Puts file, line and column in the place of every location, which becomes the last member.
fn locate(value: &mut Value, sources: &Sources) {
    match value {
        Value::Object(members) => {
            if let Some(at) = members.shift_remove("location") {
                members.insert("location".to_owned(), place(&at, sources));
            }
            for member in members.values_mut() {
                locate(member, sources);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| locate(item, sources)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn place(at: &Value, sources: &Sources) -> Value {
    let number = |pointer: &str| u32::try_from(at.pointer(pointer)?.as_u64()?).ok();
    let found = || {
        let (start, end) = (number("/span/start")?, number("/span/end")?);
        let file = sources.numbered(number("/source")?)?;
        let span = Span { start, end };
        let (start, end) = (file.position(span.start), file.position(span.end));
        let mut place = json!({
            "file": file.name(),
            "line": start.line,
            "column": start.column,
            "end_line": end.line,
            "end_column": end.column,
        });
        if file.is_decompressed() {
            place
                .as_object_mut()?
                .insert("decompressed".into(), true.into());
        }
        Some(place)
    };
    found().unwrap_or(Value::Null)
}
