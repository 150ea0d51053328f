//! What kmslint writes and reads, held against the JSON Schemas that it publishes: a field that
//! none describes is a failure.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod json_schema;

use std::path::{Path, PathBuf};
use std::process::Command;

use json_schema::violations;
use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{self, FactMaker, Facts, Limits};
use kmslint::load::{Loaded, load};
use kmslint::rule::Catalogue;
use kmslint::text::{Filter, discover};
use kmslint::{config, report};
use serde_json::{Value, json};

fn schema(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn valid(schema: &Value, document: &Value, what: &str) {
    let found = violations(schema, document);
    assert!(found.is_empty(), "{what}: {}", found.join("\n"));
}

fn facts_of(directory: PathBuf) -> (Loaded, Vec<Facts>) {
    let loaded = load(&discover(&[directory], &Filter::default()));
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    };
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, limits).all();
    (loaded, facts)
}

/// The facts of the directory, with and without locations; how many there are.
fn check_facts(schema: &Value, directory: PathBuf) -> usize {
    let what = directory.display().to_string();
    let (loaded, facts) = facts_of(directory);
    for facts in &facts {
        valid(schema, &json!([facts]), &what);
        valid(schema, &json!([facts.located(&loaded.sources)]), &what);
    }
    facts.len()
}

/// The file is what the records declare; `UPDATE=1` writes it.
#[test]
fn the_schema_of_facts_is_that_of_their_records() {
    let declared = format!(
        "{}\n",
        serde_json::to_string_pretty(&facts::schema()).unwrap()
    );
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write("src/facts/facts.schema.json", &declared).unwrap();
        return;
    }
    assert!(declared == facts::SCHEMA, "run it once more with UPDATE=1");
}

#[test]
fn facts_are_what_their_schema_describes() {
    let schema = schema(facts::SCHEMA);
    let mut count = 0;
    for fixture in ["account", "aws_policies", "load", "quickstart"] {
        count += check_facts(&schema, Path::new("fixtures").join(fixture));
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema-examples");
    let _ = std::fs::remove_dir_all(&scratch);
    for rule in Catalogue::builtin().unwrap().rules() {
        for example in &rule.examples() {
            let directory = scratch.join(format!("{}-{}", rule.id, example.line));
            std::fs::create_dir_all(&directory).unwrap();
            for (name, text) in &example.files {
                std::fs::write(directory.join(name), text).unwrap();
            }
            count += check_facts(&schema, directory);
        }
    }
    assert!(count > 150, "{count}");
}

/// The program's findings, as JSON.
fn findings(path: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", path, "--format", "json"])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn findings_are_what_their_schema_describes() {
    let schema = schema(report::json::SCHEMA);
    for path in [
        "fixtures",
        "fixtures/account",
        "fixtures/load",
        "Cargo.toml",
    ] {
        valid(&schema, &findings(path), path);
    }
}

/// What `who-can` writes of some fixtures, in each of its forms.
#[test]
fn access_is_what_its_schema_describes() {
    let schema = schema(report::who_can::json::SCHEMA);
    let written = |path: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
            .args(["who-can", path])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let mut records = 0;
    for path in [
        "fixtures",
        "fixtures/account",
        "fixtures/iam-collect",
        "fixtures/quickstart",
    ] {
        for by in ["key", "principal"] {
            let document = written(path, &["--by", by, "--format", "json"]);
            valid(&schema, &serde_json::from_str(&document).unwrap(), path);
        }
        for line in written(path, &["--format", "jsonl"]).lines() {
            valid(&schema, &serde_json::from_str(line).unwrap(), path);
            records += 1;
        }
    }
    assert!(records > 50, "{records}");
}

#[test]
fn configurations_are_what_their_schema_describes() {
    let schema = schema(config::SCHEMA);
    let readme = std::fs::read_to_string("README.md").unwrap();
    let (_, example) = readme.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let organization = std::fs::read_to_string("fixtures/organization/kmslint.toml").unwrap();
    for text in [example, &organization, ""] {
        valid(&schema, &as_json(text), text);
    }
    for text in [
        "fail_on = \"never\"",
        "limits.minimum_waiting_period = 31",
        "evidence.maximum_gap_hours = 169",
        "evidence.disabled_days = 0",
        "exclude = [1]",
        "unknown = 1",
        "[[suppressions]]\nrule = \"a\"",
    ] {
        assert!(!violations(&schema, &as_json(text)).is_empty(), "{text}");
    }
}

/// A document of TOML as editors hold it against a schema: a day is a string.
fn as_json(text: &str) -> Value {
    fn convert(value: toml::Value) -> Value {
        match value {
            toml::Value::Datetime(moment) => Value::from(moment.to_string()),
            toml::Value::Array(items) => items.into_iter().map(convert).collect(),
            toml::Value::Table(table) => table
                .into_iter()
                .map(|(key, value)| (key, convert(value)))
                .collect(),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    let table: toml::Table = toml::from_str(text).unwrap();
    convert(toml::Value::Table(table))
}

#[test]
fn the_validator_refuses_what_does_not_fit() {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["a"],
        "properties": {
            "a": {"$ref": "#/$defs/a"},
            "b": {"type": "array", "items": {"enum": [1, 2]}, "minItems": 1, "maxItems": 2},
        },
        "$defs": {"a": {"anyOf": [{"type": "null"}, {"type": "string", "pattern": "^x"}]}},
    });
    for (document, count) in [
        (json!({"a": null}), 0),
        (json!({"a": "xy", "b": [1, 2]}), 0),
        (json!({"a": "y"}), 1),
        (json!({"b": [3]}), 2),
        (json!({"a": null, "b": []}), 1),
        (json!({"a": null, "b": [1, 1, 1], "c": 1}), 2),
        (json!([]), 2),
    ] {
        assert_eq!(violations(&schema, &document).len(), count, "{document}");
    }
}

/// Whether a text is a name in kebab-case of several words.
fn is_name(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    text.contains('-') && text.split('-').all(word)
}

/// What `--accept` takes is what preflight says: a new reason goes into `src/preflight/reason_id.rs`.
#[test]
fn every_reason_of_preflight_is_listed() {
    use std::collections::BTreeSet;
    // Operations as the command line spells them, and a part of an ARN.
    const OTHERS: [&str; 6] = [
        "assumed-role",
        "cancel-key-deletion",
        "disable-key",
        "enable-key",
        "schedule-key-deletion",
        "update-primary-region",
    ];
    let mut literals = BTreeSet::new();
    for entry in walkdir::WalkDir::new("src/preflight") {
        let path = entry.unwrap().into_path();
        if path.is_dir() || path.ends_with("reason_id.rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let quoted = text.split('"').map(str::to_owned);
        literals
            .extend(quoted.filter(|text| is_name(text) || text == "used" || text == "permission"));
    }
    literals.retain(|text| !OTHERS.contains(&&**text));
    let listed: BTreeSet<_> = kmslint::preflight::REASONS
        .iter()
        .map(|&id| id.to_owned())
        .collect();
    assert!(kmslint::preflight::REASONS.is_sorted());
    let missing: Vec<_> = literals.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "add to src/preflight/reason_id.rs: {missing:?}"
    );
    let gone: Vec<_> = listed.difference(&literals).collect();
    assert!(
        gone.is_empty(),
        "remove from src/preflight/reason_id.rs: {gone:?}"
    );
}
