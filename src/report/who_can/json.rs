//! Access as one JSON document of tables, and as JSON Lines of records that stand alone.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use serde::ser::Error as _;

use crate::inventory::Key;
use crate::report::json::write;
use crate::text::{InputFailure, Sources, escape_json};
use crate::who_can::{Grant, KeyAccess, KeyTable, PrincipalTable};

use super::record::{JsonGrant, JsonKey, JsonPrincipal, VERSION};
use super::words;

/// JSON Schema of the document and of a record.
pub const SCHEMA: &str = include_str!("who-can.schema.json");

/// The tables by key.
#[derive(Serialize)]
struct Document<'a, T> {
    version: u8,
    /// Whether an input failed, so that others may be able to do something, too.
    incomplete: bool,
    tables: &'a [T],
}

#[derive(Serialize)]
struct JsonTable<'a> {
    keys: Vec<JsonKey<'a>>,
    rows: Vec<JsonRow<'a>>,
    totals: Vec<String>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    principals: Vec<JsonPrincipal<'a>>,
    access: Vec<JsonGrant<'a>>,
}

#[derive(Serialize)]
struct JsonPrincipalTable<'a> {
    principals: Vec<JsonPrincipal<'a>>,
    rows: Vec<JsonKeyRow<'a>>,
}

#[derive(Serialize)]
struct JsonKeyRow<'a> {
    keys: Vec<JsonKey<'a>>,
    access: Vec<JsonGrant<'a>>,
}

/// What is given, of one row.
fn answers<'a>(
    grants: &'a [Option<Arc<Grant>>],
    key: &'a Key,
    sources: &'a Sources,
) -> Vec<JsonGrant<'a>> {
    let given = grants.iter().flatten();
    given
        .map(|grant| JsonGrant::of(grant, key, sources))
        .collect()
}

/// Writes the tables by key.
///
/// # Errors
/// Where writing fails.
pub fn keys(
    out: &mut impl Write,
    tables: &[KeyTable<'_>],
    sources: &Sources,
    failures: &[InputFailure],
) -> io::Result<()> {
    let tables: Vec<_> = tables
        .iter()
        .filter_map(|table| {
            let key = table.keys.first()?;
            Some(JsonTable {
                keys: table.keys.iter().map(|key| JsonKey::of(key)).collect(),
                rows: table
                    .rows
                    .iter()
                    .map(|row| JsonRow {
                        principals: row.who().into_iter().map(JsonPrincipal::of).collect(),
                        access: answers(row.grants(), key, sources),
                    })
                    .collect(),
                totals: words::totals(&table.totals),
            })
        })
        .collect();
    let document = Document {
        version: VERSION,
        incomplete: !failures.is_empty(),
        tables: &tables,
    };
    write(out, &document)
}

/// Writes the tables by principal.
///
/// # Errors
/// Where writing fails.
pub fn principals(
    out: &mut impl Write,
    tables: &[PrincipalTable<'_>],
    sources: &Sources,
    failures: &[InputFailure],
) -> io::Result<()> {
    let tables: Vec<_> = tables
        .iter()
        .map(|table| JsonPrincipalTable {
            principals: table.who.iter().map(JsonPrincipal::of).collect(),
            rows: table
                .rows
                .iter()
                .map(|row| JsonKeyRow {
                    keys: row.keys.iter().map(|key| JsonKey::of(key)).collect(),
                    access: row
                        .keys
                        .first()
                        .map(|key| answers(&row.grants, key, sources))
                        .unwrap_or_default(),
                })
                .collect(),
        })
        .collect();
    let document = Document {
        version: VERSION,
        incomplete: !failures.is_empty(),
        tables: &tables,
    };
    write(out, &document)
}

/// What all records about one key begin with.
#[derive(Serialize)]
struct RecordHead<'a> {
    version: u8,
    #[serde(flatten)]
    key: JsonKey<'a>,
}

/// The records about one key, a line each, that stand alone: one for each principal and action. What
/// several records have in common is written once and copied.
///
/// # Errors
/// Where one cannot be serialised.
pub fn records(access: &KeyAccess<'_>, sources: &Sources) -> serde_json::Result<String> {
    let mut text = String::new();
    let head = members(&RecordHead {
        version: VERSION,
        key: JsonKey::of(access.key),
    })?;
    for part in access.rows.iter().flat_map(|row| &row.parts) {
        let grants = part.grants.iter().flatten();
        let grants = grants.map(|grant| members(&JsonGrant::of(grant, access.key, sources)));
        let grants = grants.collect::<serde_json::Result<Vec<_>>>()?;
        for asked in part.who.iter() {
            let principal = members(&JsonPrincipal::of(asked))?;
            for grant in &grants {
                for piece in ["{", &head, ",", &principal, ",", grant, "}\n"] {
                    text.push_str(piece);
                }
            }
        }
    }
    Ok(text)
}

/// The members of an object, without its braces.
fn members(object: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(object)?;
    let inside = text.strip_prefix('{').and_then(|of| of.strip_suffix('}'));
    let inside = inside.ok_or_else(|| serde_json::Error::custom("it is no object"))?;
    Ok(escape_json(inside).into_owned())
}
