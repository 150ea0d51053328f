//! An explanation as one JSON document, in the words of the batch protocol.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Context, sentence};
use crate::access::{
    Decision, Effect, Explained, ExplainedStatement, NotGiven, PolicyReference, Reason,
};
use crate::report::json::{JsonLocation, place, write};
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
    decision: Decision,
    reason: Reason,
    sentence: String,
    /// Day counts that are surely allowed, ascending, as in a batch answer.
    days: Vec<u8>,
    conditional_days: Vec<u8>,
    omitted: Option<Decision>,
    depends_on: &'a [String],
    undocumented: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown_action: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_given: &'a [NotGiven],
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
    policy: &'a PolicyReference,
    index: usize,
    sid: Option<&'a str>,
    effect: Effect,
    note: &'static str,
    location: Option<JsonLocation<'a>>,
}

#[derive(Serialize)]
struct JsonMiss<'a> {
    statement: JsonStatement<'a>,
    failed: Vec<Failed<'a>>,
}

#[derive(Serialize)]
struct Failed<'a> {
    text: String,
    location: Option<JsonLocation<'a>>,
}

/// Contexts as objects of arrays; an empty array is an absent key.
#[derive(Serialize)]
struct JsonExamples {
    allowed: Option<Value>,
    denied: Option<Value>,
}

/// Writes all of a decision, and of how many placeholders the policies have.
///
/// # Errors
/// Where writing fails.
pub fn json(
    out: &mut impl Write,
    sources: &Sources,
    explained: &Explained,
    placeholders: usize,
) -> io::Result<()> {
    let document = Document {
        placeholders,
        ..document(sources, explained)
    };
    write(out, &document)
}

/// All of a decision as data.
pub(in crate::report) fn document<'a>(
    sources: &'a Sources,
    explained: &'a Explained,
) -> Document<'a> {
    let days = explained.days.as_ref();
    let statements = explained.statements.iter();
    Document {
        version: VERSION,
        principal: &explained.principal,
        action: explained.action.qualified(),
        key: &explained.key,
        decision: explained.decision,
        reason: explained.reason,
        sentence: sentence::headline(explained),
        days: day_counts(days.map(|days| &days.allowed)),
        conditional_days: day_counts(days.map(|days| &days.conditional)),
        omitted: days.and_then(|days| days.omitted),
        depends_on: &explained.depends_on,
        undocumented: sentence::undocumented(explained),
        unknown_action: explained.action.unknown(),
        not_given: &explained.not_given,
        placeholders: 0,
        statements: statements.map(|of| statement(sources, of)).collect(),
        nearest_miss: explained.nearest_miss.as_ref().map(|miss| JsonMiss {
            statement: statement(sources, &miss.statement),
            failed: miss
                .failed
                .iter()
                .map(|(at, element)| Failed {
                    text: sentence::failed(element),
                    location: place(sources, *at),
                })
                .collect(),
        }),
        examples: examples(explained),
    }
}

/// Every day of the ranges.
fn day_counts(ranges: Option<&Vec<(u8, u8)>>) -> Vec<u8> {
    let ranges = ranges.into_iter().flatten();
    ranges.flat_map(|(first, last)| *first..=*last).collect()
}

fn statement<'a>(sources: &'a Sources, statement: &'a ExplainedStatement) -> JsonStatement<'a> {
    let described = &statement.described;
    JsonStatement {
        policy: &described.policy,
        index: described.index,
        sid: described.sid.as_deref(),
        effect: described.effect,
        note: sentence::note(statement.does),
        location: place(sources, statement.at),
    }
}

fn examples(explained: &Explained) -> Option<JsonExamples> {
    let examples = JsonExamples {
        allowed: explained.allowing.as_deref().map(context),
        denied: explained.denying.as_deref().map(context),
    };
    (examples.allowed.is_some() || examples.denied.is_some()).then_some(examples)
}

fn context(context: &Context) -> Value {
    let values = context.iter();
    let values = values.map(|(key, values)| (key.clone(), Value::from(values.clone())));
    Value::Object(values.collect::<Map<_, _>>())
}
