//! Decisions against those of an evaluator by other authors, where a person has made some.
//!
//! ```sh
//! SECOND_OPINION=DIR cargo test --release --test second_opinion -- --ignored --nocapture
//! ```
//!
//! DIR has files `cases*.jsonl` with requests of `simulate --batch`, each with `tags`, and beside each the
//! other evaluator's answers as `oracle*.jsonl`: `id` and `decision`, line by line. Cases with a tag of
//! [`CONTESTED`] are counted only: there AWS's documentation decides, not another evaluator. On all
//! others both must agree, or agree once the case is without what the other one does not know.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kmslint::simulate::answer_line;
use serde_json::{Value, json};

/// What the other evaluator gets wrong, or AWS leaves open.
const CONTESTED: [&str; 23] = [
    "x-account",
    "root-caller",
    "service-caller",
    "var-missing-negated",
    "var-old-version",
    "session-policy-direct-grant",
    "notprincipal-partial",
    "epoch-date",
    "arn-var-account",
    "resource-type-glob",
    "multivalued-no-setop",
    "ifexists-on-set",
    "role-name-case",
    "pb-star-principal",
    "numeric-junk",
    "irrelevant-context-key",
    "unknown-operator",
    "empty-string-value",
    "notresource-key-policy",
    "notresource-var-missing",
    "ip-zero-cidr",
    "resource-service-glob",
    "no-resource-key-policy",
];

fn is_contested(case: &Value) -> bool {
    let tags = case["tags"].as_array().into_iter().flatten();
    tags.filter_map(Value::as_str)
        .any(|tag| CONTESTED.contains(&tag))
}

/// `error` where the case is refused.
fn decide(case: &Value) -> String {
    let mut answer = Vec::new();
    answer_line(case.to_string().as_bytes(), &mut answer);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    answer["decision"].as_str().unwrap_or("error").to_owned()
}

/// Takes Version 2008-10-17, which AWS refuses to store there, out of the control policies: without a
/// version they mean the same.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
fn without_old_versions(case: &mut Value) -> bool {
    let mut found = false;
    for kind in ["scps", "rcps"] {
        let levels = case[kind].as_array_mut().into_iter().flatten();
        for entry in levels.filter_map(Value::as_array_mut).flatten() {
            let policy = if entry.get("policy").is_some() {
                &mut entry["policy"]
            } else {
                entry
            };
            if policy["Version"] == "2008-10-17" {
                policy.as_object_mut().unwrap().remove("Version");
                found = true;
            }
        }
    }
    found
}

/// Gives a federated user without a session policy, who has no permissions of IAM policies, one that
/// allows everything.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
fn with_session_policy(case: &mut Value) -> bool {
    let principal = case["principal"].as_str().unwrap_or_default();
    let found = principal.contains(":federated-user/") && case["session_policy"].is_null();
    if found {
        case["session_policy"] = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
        });
    }
    found
}

/// Why both differ; nothing where nothing known explains it.
fn explained(case: &Value, other: &str) -> Option<&'static str> {
    let mut mended = case.clone();
    let old = without_old_versions(&mut mended);
    let federated = with_session_policy(&mut mended);
    let why = match (old, federated) {
        (true, true) => "both of these",
        (true, false) => "a control policy of Version 2008-10-17",
        (false, true) => "a federated user without a session policy",
        (false, false) => return None,
    };
    (decide(&mended) == other).then_some(why)
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let values = text.lines().map(serde_json::from_str);
    values.collect::<Result<_, _>>().unwrap()
}

fn files(directory: &Path) -> Vec<(PathBuf, PathBuf)> {
    let entries = fs::read_dir(directory).unwrap();
    let mut pairs: Vec<_> = entries
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?;
            let which = name.strip_prefix("cases")?.strip_suffix(".jsonl")?;
            let answers = path.with_file_name(format!("oracle{which}.jsonl"));
            answers.exists().then(|| (path.clone(), answers))
        })
        .collect();
    pairs.sort();
    pairs
}

#[test]
#[ignore = "needs the answers of another evaluator"]
fn another_evaluator_decides_alike_or_the_difference_is_explained() {
    let directory = std::env::var_os("SECOND_OPINION").map(PathBuf::from);
    let pairs = files(&directory.unwrap());
    assert!(!pairs.is_empty(), "no pair of files");
    let (mut same, mut contested, mut unexplained) = (0, 0, Vec::new());
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (cases, answers) in pairs {
        for (case, answer) in lines(&cases).iter().zip(lines(&answers)) {
            assert_eq!(case["id"], answer["id"], "{}", cases.display());
            let other = answer["decision"].as_str().unwrap_or("error");
            if decide(case) == other {
                same += 1;
            } else if is_contested(case) {
                contested += 1;
            } else if let Some(why) = explained(case, other) {
                *reasons.entry(why).or_default() += 1;
            } else {
                unexplained.push((case["id"].clone(), other.to_owned(), decide(case)));
            }
        }
    }
    println!("{same} alike, {contested} contested");
    for (why, count) in reasons {
        println!("{count} explained by {why}");
    }
    assert!(
        unexplained.is_empty(),
        "{} unexplained, first {:?}",
        unexplained.len(),
        &unexplained[..unexplained.len().min(5)]
    );
}
