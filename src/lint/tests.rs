//! The run over facts that are written by hand.

use serde_json::{Value, json};

use crate::document::written;
use crate::finding::Severity;
use crate::text::{SourceFile, Sources, Span};

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/KeyAdmin";

fn files() -> Vec<SourceId> {
    let mut sources = Sources::default();
    vec![
        sources.add(SourceFile::new("policy.json", "")),
        sources.add(SourceFile::new("key.json", "")),
    ]
}

fn access(principal: &str, kind: &str, pattern: &str, at: u32) -> Value {
    json!({
        "principal": principal, "kind": kind, "account": "111122223333",
        "decision": "allowed", "days": [7, 30], "conditional_days": [], "shortest": 7,
        "days_text": "7 to 30 days", "depends_on": [], "without_mfa": true,
        "narrowed": false, "narrowed_to_account": false, "can_schedule": true,
        "via": [{
            "statement": 0, "sid": null, "pattern": pattern,
            "by_name": !pattern.contains('*'), "at": [0, 500, 505]
        }],
        "at": [0, at, at + 10]
    })
}

fn facts(schedule: &[Value], statements: &Value) -> Value {
    json!({
        "format": 1, "subject": "keys/a", "kind": "key",
        "sources": ["policy.json", "key.json"],
        "limits": {"minimum_waiting_period": 14},
        "key": {"arn": null, "asymmetric": null, "usage": null, "at": [1, 0, 9]},
        "policy": {"kind": "key", "version": "2012-10-17", "at": [0, 0, 900]},
        "statements": statements,
        "access": {
            "schedule": schedule, "cancel": [], "put_key_policy": [],
            "someone_can_schedule": !schedule.is_empty(),
            "someone_can_cancel": true
        }
    })
}

fn found(facts: &Value) -> Vec<Finding> {
    let facts = written(facts).unwrap();
    run_document(&facts, &files(), Catalogue::builtin().unwrap()).unwrap()
}

fn rules(facts: &Value) -> Vec<String> {
    found(facts)
        .into_iter()
        .map(|finding| finding.rule.to_string())
        .collect()
}

#[test]
fn the_default_key_policy_is_calm() {
    let root = access("arn:aws:iam::111122223333:root", "account", "kms:*", 10);
    let findings = found(&facts(&[root], &json!([])));
    let [only] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert_eq!(&*only.rule, "deletion-delegated-to-account");
    assert_eq!(only.severity, Severity::Info);
    assert_eq!(only.subject.as_str(), "keys/a");
    assert!(only.message.contains("account `111122223333`"));
}

#[test]
fn findings_are_sorted_by_place_and_one_for_each_statement() {
    let schedule = [
        access(ROLE, "role", "kms:*", 100),
        access("arn:aws:iam::111122223333:role/B", "role", "kms:*", 50),
    ];
    let findings = found(&facts(&schedule, &json!([])));
    let starts: Vec<_> = findings.iter().map(|f| f.primary.at.span.start).collect();
    assert!(starts.is_sorted());
    let wildcard: Vec<_> = findings
        .iter()
        .filter(|finding| &*finding.rule == "deletion-by-wildcard-action")
        .collect();
    assert_eq!(wildcard.len(), 1);
    assert_eq!(wildcard[0].primary.at.span, Span::new(500, 505));
    let related: Vec<_> = wildcard[0].related.iter().map(|r| r.text.clone()).collect();
    assert_eq!(related.len(), 2);
    assert_eq!(*related[0], *format!("`{ROLE}` can schedule deletion"));
}

#[test]
fn nobody_who_cancels_is_shown_at_the_grant() {
    let mut facts = facts(
        &[access(ROLE, "role", "kms:ScheduleKeyDeletion", 100)],
        &json!([]),
    );
    facts["access"]["someone_can_cancel"] = json!(false);
    let findings = found(&facts);
    let finding = findings
        .iter()
        .find(|f| &*f.rule == "cancel-by-nobody")
        .unwrap();
    assert_eq!(finding.primary.at.span, Span::new(500, 505));
    // The page's label holds for a grant and for a key that is pending deletion already.
    assert_eq!(&*finding.primary.text, "cannot be cancelled");
}

#[test]
fn everyone_narrowed_to_principals_is_not_everyone() {
    let mut everyone = access("*", "everyone", "kms:ScheduleKeyDeletion", 10);
    let mut names = rules(&facts(std::slice::from_ref(&everyone), &json!([])));
    assert!(
        names.contains(&"deletion-open-to-anyone".to_owned()),
        "{names:?}"
    );
    everyone["narrowed"] = json!(true);
    names = rules(&facts(std::slice::from_ref(&everyone), &json!([])));
    assert!(!names.iter().any(|name| name.contains("open")), "{names:?}");
    everyone["narrowed_to_account"] = json!(true);
    names = rules(&facts(&[everyone], &json!([])));
    assert!(
        names.contains(&"deletion-open-to-account".to_owned()),
        "{names:?}"
    );
}

#[test]
fn a_key_is_found_in_its_own_file() {
    let root = access("arn:aws:iam::111122223333:root", "account", "kms:*", 10);
    let mut facts = facts(&[root], &json!([]));
    facts["key"]["public_key_goes_on"] = json!("encrypting what nothing can decrypt");
    facts["key"]["spec"] = json!("RSA_2048");
    let findings = found(&facts);
    let finding = findings
        .iter()
        .find(|f| &*f.rule == "asymmetric-decryption-key-deletable")
        .unwrap();
    assert_eq!(finding.primary.at.source, files()[1]);
    assert!(finding.message.contains("`RSA_2048`"));
    assert_eq!(finding.related.len(), 1);
}

fn statement(actions: &[(&str, &[&str])], condition: &Value) -> Value {
    let actions: Vec<_> = actions
        .iter()
        .map(|(text, matches)| json!({"text": text, "matches": matches, "at": [0, 1, 2]}))
        .collect();
    let covers: Vec<_> = actions
        .iter()
        .flat_map(|action| action["matches"].as_array().unwrap().clone())
        .collect();
    json!({
        "index": 0, "sid": null, "effect": "Allow", "inert": null, "not_principal": false,
        "principals": [{"text": ROLE, "kind": "role", "foreign": false, "at": [0, 5, 6]}],
        "actions": actions, "covers": covers, "conditions": [condition], "at": [0, 0, 90]
    })
}

#[test]
fn conditions_are_judged_where_the_statement_means_deletion() {
    let mut condition = json!({
        "operator": "NumericLessThan", "quantifier": null, "comparison": "NumericLessThan",
        "if_exists": false, "negated": false,
        "key": "kms:ScheduleKeyDeletionPendingWindowInDays",
        "key_lower": "kms:schedulekeydeletionpendingwindowindays",
        "never_present_for": ["kms:CancelKeyDeletion"], "effect": "by_days",
        "values": [{"text": "14", "number": 14.0, "at": [0, 30, 32]}], "at": [0, 20, 29]
    });
    let both: &[(&str, &[&str])] = &[
        ("kms:ScheduleKeyDeletion", &["kms:ScheduleKeyDeletion"]),
        ("kms:CancelKeyDeletion", &["kms:CancelKeyDeletion"]),
    ];
    let all = [
        "a",
        "b",
        "c",
        "kms:CancelKeyDeletion",
        "kms:ScheduleKeyDeletion",
    ];
    let names =
        |condition: &Value, actions| rules(&facts(&[], &json!([statement(actions, condition)])));
    assert_eq!(names(&condition, both), ["condition-key-never-present"]);
    let broad: &[(&str, &[&str])] = &[("kms:*", &all)];
    assert_eq!(names(&condition, broad), [] as [&str; 0]);
    condition["never_present_for"] = json!([]);
    assert_eq!(names(&condition, both), [] as [&str; 0]);
    condition["values"][0]["number"] = json!(null);
    condition["effect"] = json!("never");
    assert_eq!(
        names(&condition, both),
        ["waiting-period-condition-without-effect"]
    );
}

#[test]
fn inert_statements_orphans_and_foreign_accounts_are_found() {
    let mut inert = statement(&[], &json!({}));
    inert["inert"] = json!({"cause": "missing", "reason": "it has no `Action`", "at": [0, 3, 4]});
    inert["principals"][0]["kind"] = json!("unique_id");
    let mut foreign = statement(&[("kms:*", &["kms:ScheduleKeyDeletion"])], &json!({}));
    foreign["principals"][0]["foreign"] = json!(true);
    foreign["principals"][0]["account"] = json!("444455556666");
    let facts = facts(&[], &json!([inert, foreign]));
    assert_eq!(
        rules(&facts),
        [
            "inert-statement",
            "cross-account-deletion",
            "orphaned-principal"
        ]
    );
    let first = &found(&facts)[0];
    assert_eq!(
        first.message,
        "the statement has no effect: it has no `Action`"
    );
    assert_eq!(first.related[0].at.span, Span::new(0, 90));
}

#[test]
fn facts_of_any_shape_do_no_harm() {
    for odd in [
        json!(null),
        json!([]),
        json!({"access": {"schedule": 3}}),
        json!({"statements": [[]]}),
    ] {
        assert!(
            run_document(&written(&odd).unwrap(), &[], Catalogue::builtin().unwrap())
                .unwrap()
                .is_empty()
        );
    }
    let placeless = json!({"access": {"schedule": [{"kind": "account", "at": [9, 9]}]}});
    let findings = run_document(
        &written(&placeless).unwrap(),
        &files(),
        Catalogue::builtin().unwrap(),
    )
    .unwrap();
    assert_eq!(findings[0].primary.at.source, files()[0]);
}
