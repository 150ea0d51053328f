//! Every case under `fixtures/decisions`, through the batch protocol.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::Path;

use kmslint::aws::PendingWindowInDays;
use kmslint::eval::day_ranges;
use kmslint::simulate::answer_line;
use serde_json::{Map, Value};
use walkdir::WalkDir;

fn decide(request: &Value) -> Value {
    let mut answer = Vec::new();
    answer_line(request.to_string().as_bytes(), &mut answer);
    serde_json::from_slice(&answer).unwrap()
}

fn ranges(days: &Value) -> String {
    let days = days.as_array().map(Vec::as_slice).unwrap_or_default();
    let days = days
        .iter()
        .map(|d| PendingWindowInDays::new(d.as_i64().unwrap()).unwrap());
    let text = |(first, last)| {
        if first == last {
            format!("{first}")
        } else {
            format!("{first}-{last}")
        }
    };
    day_ranges(days)
        .into_iter()
        .map(text)
        .collect::<Vec<_>>()
        .join(",")
}

/// The difference between an expectation and the answer, where there is one.
fn difference(expect: &Map<String, Value>, answer: &Value) -> Option<String> {
    expect.iter().find_map(|(field, wanted)| {
        let found = match field.as_str() {
            "days" | "conditional_days" => Value::from(ranges(&answer[field])),
            "error" => {
                let error = answer["error"].as_str().unwrap_or_default();
                if error.contains(wanted.as_str().unwrap()) {
                    wanted.clone()
                } else {
                    answer["error"].clone()
                }
            }
            _ => answer[field].clone(),
        };
        (found != *wanted).then(|| format!("{field}: expected {wanted}, found {found}"))
    })
}

fn check(file: &Path, failures: &mut Vec<String>) -> usize {
    let fixture: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    for case in cases {
        let mut request = fixture["defaults"].as_object().cloned().unwrap_or_default();
        request.extend(case["request"].as_object().unwrap().clone());
        let answer = decide(&Value::Object(request));
        if let Some(difference) = difference(case["expect"].as_object().unwrap(), &answer) {
            let at = file.display();
            failures.push(format!(
                "{at}: {}: {difference}\n    {answer}",
                case["name"]
            ));
        }
    }
    cases.len()
}

#[test]
fn every_documented_decision_comes_out() {
    let (mut failures, mut count) = (Vec::new(), 0);
    for entry in WalkDir::new("fixtures/decisions").sort_by_file_name() {
        let entry = entry.unwrap();
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            count += check(entry.path(), &mut failures);
        }
    }
    assert!(count > 900, "only {count} cases were found");
    assert!(
        failures.is_empty(),
        "{} of {count} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
