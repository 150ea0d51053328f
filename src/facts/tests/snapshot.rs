//! The whole document for one policy as it is met in the wild.

use serde_json::{Value, json};

use super::*;

const GUARD: &str = r#"{"Sid":"Guard","Effect":"Deny","Principal":"*",
    "Action":"kms:ScheduleKeyDeletion","Resource":"*",
    "Condition":{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"30"}}}"#;

fn without_places(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(key, _)| key != "at" && key != "operator_at")
            .map(|(key, value)| (key, without_places(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_places).collect(),
        other => other,
    }
}

#[test]
fn one_realistic_policy() {
    let facts = facts(&format!("{DEFAULT},{GUARD}"));
    let mut found = without_places(serde_json::to_value(&facts).unwrap());
    let all = facts.statements[0].covers;
    assert_eq!(all.len(), 58);
    for pointer in ["/statements/0/covers", "/statements/0/actions/0/matches"] {
        *found.pointer_mut(pointer).unwrap() = json!("all");
    }
    assert_eq!(found, expected());
}

fn expected() -> Value {
    json!({
        "format": 1,
        "subject": ARN,
        "kind": "key",
        "sources": ["policy.json"],
        "limits": {"minimum_waiting_period": 14},
        "key": {
            "arn": ARN, "account": "111122223333", "spec": null, "usage": null, "state": null,
            "origin": null, "manager": null, "multi_region_type": null, "asymmetric": null,
            "deletion_date": null, "aliases": null, "tags": null, "last_used": null,
        },
        "policy": {"kind": "key", "version": "2012-10-17", "whole": true},
        "statements": [expected_default(), expected_guard()],
        "access": {
            "schedule": [account(&json!([30]), "30 days")],
            "cancel": [account(&json!([]), "")],
            "put_key_policy": [account(&json!([]), "")],
            "someone_can_schedule": true,
            "someone_can_cancel": true,
            "someone_can_enable": true,
            "someone_can_put_key_policy": true,
        },
    })
}

fn expected_default() -> Value {
    json!({
        "index": 0, "sid": "Enable IAM User Permissions", "effect": "Allow", "inert": null,
        "not_principal": false,
        "principals": [{
            "text": "arn:aws:iam::111122223333:root", "type": "AWS", "kind": "account",
            "account": "111122223333", "foreign": false,
        }],
        "not_action": false,
        "actions": [{"text": "kms:*", "form": "wildcard", "matches": "all", "nearest": null}],
        "covers": "all",
        "critical": [
            "kms:CancelKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:DisableKey",
            "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
        ],
        "denied_together": [],
        "denied_in_part": [],
        "not_resource": false,
        "resources": [{"text": "*", "covers_key": true}],
        "conditions": [],
    })
}

fn expected_guard() -> Value {
    json!({
        "index": 1, "sid": "Guard", "effect": "Deny", "inert": null,
        "not_principal": false,
        "principals": [{
            "text": "*", "type": "AWS", "kind": "everyone", "account": null, "foreign": null,
        }],
        "not_action": false,
        "actions": [{
            "text": "kms:ScheduleKeyDeletion", "form": "exact",
            "matches": ["kms:ScheduleKeyDeletion"], "nearest": null,
        }],
        "covers": ["kms:ScheduleKeyDeletion"],
        "critical": ["kms:ScheduleKeyDeletion"],
        "denied_together": ["kms:ScheduleKeyDeletion"],
        "denied_in_part": ["kms:ScheduleKeyDeletion"],
        "not_resource": false,
        "resources": [{"text": "*", "covers_key": true}],
        "conditions": [{
            "operator": "NumericLessThan", "quantifier": null, "comparison": "NumericLessThan",
            "if_exists": false, "negated": false,
            "key": "kms:ScheduleKeyDeletionPendingWindowInDays",
            "key_lower": "kms:schedulekeydeletionpendingwindowindays",
            "key_known": true, "misnamed_window": false, "key_nearest": null, "key_hint": "",
            "key_type": "Numeric", "demands_key": true, "never_present_for": [],
            "unsupported_here": false, "effect": "by_days",
            "values": [{"text": "30", "number": 30.0}],
        }],
    })
}

fn account(days: &Value, text: &str) -> Value {
    json!({
        "principal": "arn:aws:iam::111122223333:root", "name": "arn:aws:iam::111122223333:root",
        "who_text": "`arn:aws:iam::111122223333:root`", "kind": "account",
        "account": "111122223333", "resolved": false, "decision": "allowed", "can_text": "can", "days": days, "conditional_days": [],
        "shortest": days.get(0), "days_text": text, "depends_on": [], "without_mfa": true,
        "narrowed": false, "narrowed_to_account": false, "trusted": false, "can_schedule": true,
        "through_iam": false, "policies": [],
        "via": [{
            "policy": null, "direct": false, "statement": 0, "sid": "Enable IAM User Permissions", "pattern": "kms:*",
            "by_name": false,
        }],
    })
}
