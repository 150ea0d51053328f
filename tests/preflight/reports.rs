//! The reports on a deletion: the schema tells of exactly what is written, and bars keep to their
//! columns.

use serde_json::Value;

use kmslint::config::InForce;
use kmslint::eval::Caller;
use kmslint::facts::FactMaker;
use kmslint::load::{Loaded, load};
use kmslint::preflight::{Operation, Preflight, Question, pending, planned, preflight};
use kmslint::report::Style;
use kmslint::report::preflight::{human, json, markdown};
use kmslint::text::{Filter, discover};

use super::LIMITS;

const PRINCIPAL: &str = "arn:aws:iam::111122223333:role/KeyAdmin";

fn loaded(directory: &str) -> Loaded {
    let path = format!("fixtures/preflight/{directory}");
    let loaded = load(&discover(&[path.into()], &Filter::default()));
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded
}

fn question(key: &str, operation: Operation) -> Question {
    Question {
        key: key.to_owned(),
        principal: Caller::parse(PRINCIPAL).ok(),
        days: Some(7),
        now: "2026-07-01T00:00:00Z".parse().ok(),
        operation,
        evidence: kmslint::preflight::EvidenceRequirements::default(),
    }
}

/// Every fixture, asked about.
fn answers() -> Vec<(Loaded, Preflight)> {
    let mut answers = Vec::new();
    for directory in ["retired", "mailbox", "multi-region", "pending"] {
        for operation in [Operation::Schedule, Operation::Cancel] {
            let all = loaded(directory);
            let keys: Vec<_> = all
                .inventory
                .keys
                .iter()
                .map(|key| key.name.clone())
                .collect();
            for key in keys {
                let loaded = loaded(directory);
                let question = question(&key, operation);
                let answer = preflight(
                    &question,
                    &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
                )
                .unwrap();
                answers.push((loaded, answer));
            }
        }
    }
    answers
}

/// Whether a value is what a schema of the kind that is used here says, and nothing else.
#[expect(clippy::too_many_lines, reason = "a paragraph for each keyword")]
fn check(value: &Value, schema: &Value, root: &Value, path: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{path}: {what}: {value}"));
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#')).unwrap();
        return check(value, target, root, path);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let mut errors = choices
            .iter()
            .map(|choice| check(value, choice, root, path));
        return if errors.clone().any(|found| found.is_ok()) {
            Ok(())
        } else {
            errors.next().unwrap()
        };
    }
    if let Some(fixed) = schema.get("const") {
        return if fixed == value {
            Ok(())
        } else {
            wrong("not the constant")
        };
    }
    if let Some(choices) = schema["enum"].as_array() {
        return if choices.contains(value) {
            Ok(())
        } else {
            wrong("not among the values")
        };
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        types => types
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t.as_str().unwrap())
            .collect(),
    };
    if !types.contains(&kind) {
        return wrong("wrong type");
    }
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            check(item, &schema["items"], root, &format!("{path}/{index}"))?;
        }
    }
    let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object())
    else {
        return Ok(());
    };
    let written: std::collections::BTreeSet<_> = members.keys().collect();
    // The one field that most places do not have.
    let is_written = |name: &&String| *name != "decompressed" || written.contains(name);
    let described: std::collections::BTreeSet<_> = properties.keys().filter(is_written).collect();
    if written != described {
        return wrong(&format!("has {written:?}, not {described:?}"));
    }
    for (name, member) in members {
        check(member, &properties[name], root, &format!("{path}/{name}"))?;
    }
    Ok(())
}

#[test]
fn the_schema_describes_every_answer() {
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    let configuration = InForce::default();
    let beside = json::Beside {
        placeholders: 0,
        unused: &[],
        configuration: &configuration,
    };
    let check = |out: &[u8]| {
        let document: Value = serde_json::from_slice(out).unwrap();
        check(&document, &schema, &schema, "").unwrap();
        document
    };
    for (loaded, answer) in answers() {
        let mut out = Vec::new();
        json::one(&mut out, &loaded.sources, &answer, beside).unwrap();
        let document = check(&out);
        assert_eq!(document["verdict"], answer.verdict.word());
        assert_eq!(document["version"], 1);
    }
    let keys = loaded("pending");
    let question = question("", Operation::Pending);
    let all = pending(
        &question,
        &FactMaker::new(&keys.inventory, &keys.sources, LIMITS),
        &|_| true,
    );
    let mut out = Vec::new();
    json::pending(&mut out, &keys.sources, (Operation::Pending, &all), beside).unwrap();
    assert_eq!(check(&out)["keys"].as_array().unwrap().len(), 2);

    let plans = loaded("plans");
    let all = planned(
        &question,
        &FactMaker::new(&plans.inventory, &plans.sources, LIMITS),
        &|_| true,
    );
    let mut out = Vec::new();
    json::pending(&mut out, &plans.sources, (Operation::Pending, &all), beside).unwrap();
    let document = check(&out);
    let keys = document["keys"].as_array().unwrap();
    assert!(!keys.is_empty());
    assert!(
        keys.iter()
            .all(|key| key["written"]["location"]["file"].is_string()),
        "{document}"
    );
}

#[test]
fn text_for_a_narrow_terminal_keeps_to_its_columns_and_to_ascii() {
    let style = Style {
        color: false,
        unicode: false,
        width: 80,
    };
    for (loaded, answer) in answers() {
        for verbose in [false, true] {
            let mut out = Vec::new();
            human::one(&mut out, &loaded.sources, &answer, (&style, verbose)).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.is_ascii(), "{text}");
            for line in text.lines() {
                // ARNs, links and commands stay whole.
                let whole = ["arn:", "https://", "aws kms ", "aws s3 "]
                    .iter()
                    .any(|word| line.contains(word));
                assert!(whole || line.chars().count() <= 80, "{line}");
            }
            assert!(text.starts_with(&answer.verdict.word().to_ascii_uppercase()));
        }
    }
}

/// At 100 columns, the configuration's line and the empty one before it included; a command is longer than a line.
#[test]
fn a_verdict_has_room_on_one_screen() {
    let style = Style {
        color: false,
        unicode: true,
        width: 100,
    };
    for (loaded, answer) in answers() {
        let mut out = Vec::new();
        human::one(&mut out, &loaded.sources, &answer, (&style, false)).unwrap();
        let text = String::from_utf8(out).unwrap();
        let rows = text
            .lines()
            .map(|line| line.chars().count().div_ceil(100).max(1));
        assert!(rows.sum::<usize>() + 2 <= 50, "{text}");
    }
}

#[test]
fn a_ticket_has_the_verdict_and_nothing_of_a_policy_as_markup() {
    for (loaded, mut answer) in answers() {
        answer.principal = Some("<b>|\n@all`".to_owned());
        let mut out = Vec::new();
        markdown::one(&mut out, &loaded.sources, &answer).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(&format!("**Verdict: {}**", answer.verdict.word())));
        assert!(!text.contains("<b>") && !text.contains("@all"), "{text}");
    }
}
