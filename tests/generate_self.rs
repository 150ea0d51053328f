//! Whether the generator of random requests deserves trust: valid policies, and a healthy mix.

mod generate;
mod naive;

use std::collections::BTreeMap;

use serde_json::Value;

use generate::Requests;

const CASES: usize = 2000;

#[test]
fn the_same_seed_gives_the_same_stream() {
    let first: Vec<Value> = Requests::new(7, true).take(50).collect();
    let second: Vec<Value> = Requests::new(7, true).take(50).collect();
    let other: Vec<Value> = Requests::new(8, true).take(50).collect();
    assert_eq!(first, second);
    assert_ne!(first, other);
}

#[test]
fn every_decision_is_frequent() {
    for contested in [false, true] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for request in Requests::new(20_261_101, contested).take(CASES) {
            *counts.entry(naive::decide(&request).decision).or_default() += 1;
        }
        let share =
            |decision: &str| counts.get(decision).copied().unwrap_or_default() * 100 / CASES;
        assert!((30..=50).contains(&share("allowed")), "{counts:?}");
        assert!((10..=40).contains(&share("explicitDeny")), "{counts:?}");
        assert!((20..=50).contains(&share("implicitDeny")), "{counts:?}");
    }
}

#[test]
fn every_reason_occurs() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in Requests::new(3, false).take(CASES) {
        let answer = naive::decide(&request);
        assert!(!answer.reasons.is_empty(), "{answer}: {request}");
        for reason in answer.reasons {
            *counts
                .entry(format!("{} {reason}", answer.decision))
                .or_default() += 1;
        }
    }
    let wanted = [
        "allowed identityPolicy",
        "allowed keyPolicy",
        "explicitDeny boundary",
        "explicitDeny identityPolicy",
        "explicitDeny keyPolicy",
        "explicitDeny rcp",
        "explicitDeny scp",
        "explicitDeny sessionPolicy",
        "implicitDeny boundary",
        "implicitDeny crossAccount",
        "implicitDeny noDelegation",
        "implicitDeny notGranted",
        "implicitDeny scp",
        "implicitDeny sessionPolicy",
    ];
    for reason in wanted {
        let count = counts.get(reason).copied().unwrap_or_default();
        assert!(count >= 5, "{reason} occurs {count} times: {counts:?}");
    }
}

#[test]
fn every_operator_form_occurs() {
    let mut text = String::new();
    for request in Requests::new(11, false).take(6 * CASES) {
        text.push_str(&request.to_string());
    }
    let bases = [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnNotEquals",
        "ArnLike",
        "ArnNotLike",
    ];
    for base in bases {
        for form in ["", "IfExists"] {
            for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
                let operator = format!("\"{prefix}{base}{form}\":");
                assert!(text.contains(&operator), "{operator} never occurs");
            }
        }
    }
    for part in [
        "\"Null\":",
        "NotAction",
        "NotResource",
        "NotPrincipal",
        "2008-10-17",
        "/None, '",
        "${*}",
    ] {
        assert!(text.contains(part), "{part} never occurs");
    }
}

/// The policies of a request that IAM or Organizations store, with whether an RCP.
fn iam_policies(request: &Value) -> Vec<(bool, Value)> {
    let mut found = Vec::new();
    let mut add = |rcp: bool, list: &Value| {
        for entry in list.as_array().into_iter().flatten() {
            found.push((rcp, entry.get("policy").unwrap_or(entry).clone()));
        }
    };
    add(false, &request["identity_policies"]);
    add(false, &request["permission_boundaries"]);
    for (rcp, field) in [(false, "scps"), (true, "rcps")] {
        for level in request[field].as_array().into_iter().flatten() {
            add(rcp, level);
        }
    }
    if request["session_policy"].is_object() {
        found.push((false, request["session_policy"].clone()));
    }
    found
}

#[test]
fn policies_keep_to_their_grammar() {
    for request in Requests::new(5, true).take(CASES) {
        for (rcp, policy) in iam_policies(&request) {
            let mut sids = Vec::new();
            for statement in naive::statement::statements(&policy) {
                let principal = statement.get("Principal");
                assert_eq!(principal.is_some(), rcp, "{policy}");
                assert!(!rcp || (statement["Effect"] == "Deny" && statement["Principal"] == "*"));
                assert!(statement.get("NotPrincipal").is_none());
                assert_ne!(
                    statement.get("Action").is_some(),
                    statement.get("NotAction").is_some()
                );
                assert_ne!(
                    statement.get("Resource").is_some(),
                    statement.get("NotResource").is_some()
                );
                if let Some(sid) = statement.get("Sid").and_then(Value::as_str) {
                    assert!(
                        sid.chars()
                            .all(|character| character.is_ascii_alphanumeric())
                    );
                    assert!(!sids.contains(&sid.to_owned()), "{policy}");
                    sids.push(sid.to_owned());
                }
            }
        }
        assert!(
            !naive::statement::statements(&request["key_policy"]).is_empty(),
            "{request}"
        );
    }
}
