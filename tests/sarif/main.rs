//! SARIF of whole runs, held against the official schema of SARIF 2.1.0 and against what kmslint
//! promises beyond it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[path = "../json_schema/mod.rs"]
mod json_schema;
mod official;
mod written;

use std::process::Command;

use json_schema::violations;
use serde_json::{Value, json};
use serde_sarif::sarif::Sarif;

/// The document for a path, and whether the program could read all of it.
fn sarif(path: &str) -> (Value, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", path, "--format", "sarif"])
        .output()
        .unwrap();
    let log = serde_json::from_slice(&output.stdout).unwrap();
    (log, output.status.code() != Some(2))
}

#[test]
fn every_document_is_sarif_that_github_takes() {
    let schema = official::schema();
    let here = std::env::current_dir().unwrap();
    let absolute = here.join("fixtures/quickstart").display().to_string();
    let mut results = 0;
    for path in [
        "fixtures",
        "fixtures/quickstart",
        &absolute,
        "fixtures/load",
        "tests/program/check-suppressed",
    ] {
        let (log, read_all) = sarif(path);
        assert_eq!(violations(&schema, &log), [""; 0], "{path}");
        assert_eq!(written::surprises(&schema, &log), [""; 0], "{path}");
        // The types that others read SARIF with take it, too.
        serde_json::from_value::<Sarif>(log.clone()).unwrap();
        let run = &log["runs"][0];
        assert_eq!(
            run["invocations"][0]["executionSuccessful"], read_all,
            "{path}"
        );
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let mut fingerprints = Vec::new();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            fingerprints.push(result["partialFingerprints"].to_string());
            results += 1;
        }
        let all = fingerprints.len();
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(
            fingerprints.len(),
            all,
            "{path}: two results have one fingerprint"
        );
    }
    assert!(results > 30, "{results}");
}

/// A document in which every corruption below finds its place.
fn example() -> Value {
    let (mut log, _) = sarif("fixtures/quickstart");
    let (mut suppressed, _) = sarif("tests/program/check-suppressed");
    let from = suppressed["runs"][0]["results"].take();
    let to = log["runs"][0]["results"].as_array_mut().unwrap();
    to.extend(from.as_array().unwrap().iter().cloned());
    log
}

/// The first result that has something at `pointer`, and what it has there.
fn first_with<'a>(log: &'a mut Value, pointer: &str) -> &'a mut Value {
    let results = log["runs"][0]["results"].as_array_mut().unwrap();
    let mut found = results.iter_mut().filter_map(|r| r.pointer_mut(pointer));
    found.next().unwrap_or_else(|| panic!("no `{pointer}`"))
}

#[test]
fn a_document_with_one_thing_wrong_is_refused() {
    let schema = official::schema();
    let example = example();
    assert_eq!(violations(&schema, &example), [""; 0]);
    let region = "/locations/0/physicalLocation/region/startLine";
    for (pointer, wrong, keyword) in [
        ("/level", json!("fatal"), "enum"),
        (region, json!(0), "minimum"),
        (region, json!(-1), "minimum"),
        (region, json!(1.5), "type"),
        ("/suppressions/0/kind", json!("inline"), "enum"),
        ("/partialFingerprints", json!({"a": 5}), "type"),
        ("/message", json!({"markdown": "a"}), "anyOf"),
        (
            "/fixes/0",
            json!({"description": {"text": "a"}}),
            "required",
        ),
        ("/fixes/0/artifactChanges", json!([]), "minItems"),
        ("/locations", json!("here"), "type"),
        ("/relatedLocations", json!([{}, {}]), "uniqueItems"),
        (
            "/message",
            json!({"text": "a", "colour": "red"}),
            "not allowed",
        ),
    ] {
        let mut log = example.clone();
        *first_with(&mut log, pointer) = wrong.clone();
        let found = violations(&schema, &log).join("\n");
        assert!(found.contains(keyword), "{pointer} {wrong}: {found}");
    }
    let mut log = example.clone();
    log["version"] = json!("2.0.0");
    assert_eq!(violations(&schema, &log).len(), 1);
    log = example;
    log.as_object_mut().unwrap().remove("runs");
    assert_eq!(violations(&schema, &log).len(), 1);
}

#[test]
fn what_the_schema_takes_and_nobody_means_is_refused() {
    let schema = official::schema();
    for (pointer, wrong) in [
        ("/message", json!({"text": "a", "id": "m"})),
        ("/message/text", json!("")),
        (
            "/locations/0/physicalLocation/region",
            json!({"endLine": 3}),
        ),
        (
            "/locations/0/physicalLocation/artifactLocation/uri",
            json!("file:///home/me/policy.json"),
        ),
        (
            "/fixes/0/description",
            json!({"markdown": "a", "text": "a"}),
        ),
    ] {
        let mut log = example();
        *first_with(&mut log, pointer) = wrong;
        assert_eq!(violations(&schema, &log), [""; 0], "{pointer}");
        assert!(!written::surprises(&schema, &log).is_empty(), "{pointer}");
    }
}

#[test]
fn the_same_files_are_the_same_results_however_they_are_named() {
    let here = std::env::current_dir().unwrap();
    let absolute = here.join("fixtures/quickstart").display().to_string();
    let places = |path| {
        let (log, _) = sarif(path);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let place = |result: &Value| result["locations"][0]["physicalLocation"].clone();
        results.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places("fixtures/quickstart"), places(&absolute));
    assert_eq!(
        places("fixtures/quickstart"),
        places("./fixtures/quickstart")
    );
}
