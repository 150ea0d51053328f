//! An explanation as one JSON document, in the words of the batch protocol.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::access::Decision;

use super::{Context, Examples, StatementView, View, sentence};
use crate::report::json::{Place, place, write};
use crate::text::Sources;

/// The version of the document's form.
const VERSION: u8 = 1;

/// An explanation as data.
#[derive(Serialize)]
pub(in crate::report) struct Document<'a> {
    version: u8,
    principal: &'a str,
    action: &'a str,
    key: &'a str,
    decision: &'a str,
    reason: &'a str,
    sentence: String,
    /// Day counts that are surely allowed, ascending, as in a batch answer.
    days: Vec<u8>,
    conditional_days: Vec<u8>,
    omitted: Option<&'a str>,
    depends_on: &'a [&'a str],
    undocumented: &'a [&'a str],
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_action: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_given: &'a [&'a str],
    #[serde(skip_serializing_if = "is_none")]
    placeholders: usize,
    statements: Vec<JsonStatement<'a>>,
    nearest_miss: Option<JsonMiss<'a>>,
    examples: Option<JsonExamples>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct JsonStatement<'a> {
    policy: &'a str,
    index: usize,
    sid: Option<&'a str>,
    effect: &'a str,
    note: &'a str,
    location: Option<Place<'a>>,
}

#[derive(Serialize)]
struct JsonMiss<'a> {
    statement: JsonStatement<'a>,
    failed: Vec<Failed<'a>>,
}

#[derive(Serialize)]
struct Failed<'a> {
    text: &'a str,
    location: Option<Place<'a>>,
}

/// Contexts as objects of arrays; an empty array is an absent key.
#[derive(Serialize)]
struct JsonExamples {
    allowed: Option<Value>,
    denied: Option<Value>,
}

/// Writes all of the view.
///
/// # Errors
/// Where writing fails.
pub fn json(out: &mut impl Write, sources: &Sources, view: &View<'_>) -> io::Result<()> {
    write(out, &document(sources, view))
}

/// All of the view as data.
pub(in crate::report) fn document<'a>(sources: &'a Sources, view: &'a View<'a>) -> Document<'a> {
    let days = view.days.as_ref();
    Document {
        version: VERSION,
        principal: view.principal,
        action: view.action,
        key: view.key,
        decision: view.decision.word(),
        reason: view.reason,
        sentence: sentence::headline(view),
        days: day_counts(days.map(|days| &days.allowed)),
        conditional_days: day_counts(days.map(|days| &days.conditional)),
        omitted: days.and_then(|days| days.omitted.map(Decision::word)),
        depends_on: &view.depends_on,
        undocumented: &view.undocumented,
        unknown_action: view.unknown_action,
        not_given: &view.not_given,
        placeholders: view.placeholders,
        statements: view
            .deciding
            .iter()
            .map(|s| statement(sources, s))
            .collect(),
        nearest_miss: view.nearest_miss.as_ref().map(|miss| JsonMiss {
            statement: statement(sources, &miss.statement),
            failed: miss
                .failed
                .iter()
                .map(|(at, text)| Failed {
                    text,
                    location: place(sources, *at),
                })
                .collect(),
        }),
        examples: view.examples.as_ref().map(examples),
    }
}

/// Every day of the ranges.
fn day_counts(ranges: Option<&Vec<(u8, u8)>>) -> Vec<u8> {
    let ranges = ranges.into_iter().flatten();
    ranges.flat_map(|(first, last)| *first..=*last).collect()
}

fn statement<'a>(sources: &'a Sources, statement: &StatementView<'a>) -> JsonStatement<'a> {
    JsonStatement {
        policy: statement.policy,
        index: statement.index,
        sid: statement.sid,
        effect: statement.effect,
        note: statement.note,
        location: place(sources, statement.at),
    }
}

fn examples(examples: &Examples<'_>) -> JsonExamples {
    JsonExamples {
        allowed: examples.allowed.as_ref().map(context),
        denied: examples.denied.as_ref().map(context),
    }
}

fn context(context: &Context<'_>) -> Value {
    let values = context
        .iter()
        .map(|(key, values)| ((*key).to_owned(), Value::from(values.clone())));
    Value::Object(values.collect::<Map<_, _>>())
}
