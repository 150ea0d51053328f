//! The shapes of CloudTrail's files and the oddities of KMS's events, as AWS documents them.

use std::collections::BTreeSet;
use std::fs;

use kmslint::inventory::{EvidenceType, Trail};
use serde_json::{Value, json};

use super::{directory, errors, gzip, load_directory, load_file};

const ARN: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The sample of `ScheduleKeyDeletion`, its date as localised text.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html>
fn schedule() -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "EX_PRINCIPAL_ID",
            "arn": "arn:aws:iam::111122223333:user/Alice",
            "accountId": "111122223333",
            "accessKeyId": "EXAMPLE_KEY_ID",
            "userName": "Alice"
        },
        "eventTime": "2021-03-23T18:58:30Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": "ScheduleKeyDeletion",
        "awsRegion": "us-east-1",
        "requestParameters": {
            "pendingWindowInDays": 20,
            "keyId": "1234abcd-12ab-34cd-56ef-1234567890ab"
        },
        "responseElements": {
            "keyId": ARN,
            "keyState": "PendingDeletion",
            "deletionDate": "Apr 12, 2021 18:58:30 PM"
        },
        "readOnly": false,
        "resources": [{"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": ARN}],
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333"
    })
}

fn with(fields: &Value) -> Value {
    let mut event = schedule();
    for (name, value) in fields.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn trail(test: &str, name: &str, bytes: &[u8]) -> Trail {
    let loaded = load_file(test, name, bytes);
    assert_eq!(errors(&loaded), [""; 0], "{name}");
    assert_eq!(loaded.recognized, 1, "{name}: {:?}", loaded.passed_over());
    loaded.inventory.trail
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_shape_says_the_same() {
    let event = schedule();
    let item = json!({
        "EventId": "1",
        "EventName": "ScheduleKeyDeletion",
        "ReadOnly": "false",
        "EventTime": "2021-03-23T18:58:30+00:00",
        "Resources": [{"ResourceType": "AWS::KMS::Key", "ResourceName": ARN}],
        "CloudTrailEvent": event.to_string()
    });
    let pretty = serde_json::to_string_pretty(&event).unwrap();
    let shapes = [
        json!({ "Records": [event] }).to_string(),
        json!([event]).to_string(),
        event.to_string(),
        format!("{event}\n\n"),
        format!("\u{feff}{pretty}"),
        json!({ "Events": [item] }).to_string(),
        json!({ "NextToken": null, "Events": [item] }).to_string(),
        json!({ "Events": [item], "ResponseMetadata": {"RetryAttempts": 0} }).to_string(),
        json!([item]).to_string(),
        item.to_string(),
    ];
    for (number, shape) in shapes.iter().enumerate() {
        let compressed = gzip(shape.as_bytes());
        for (name, bytes) in [
            ("a.json", shape.as_bytes()),
            ("a.json.gz", &compressed),
            ("a", &compressed),
        ] {
            let trail = trail("shapes", name, bytes);
            let [events] = trail.events.as_slice() else {
                panic!("{number} {name}: {trail:?}");
            };
            assert_eq!(events.operation, "ScheduleKeyDeletion");
            assert_eq!(
                events.key_names,
                names(&[ARN, "1234abcd-12ab-34cd-56ef-1234567890ab"])
            );
            assert_eq!(events.region, "us-east-1");
            assert_eq!((events.pending_window, events.count), (Some(20), 1));
            assert_eq!(events.first.to_string(), "2021-03-23T18:58:30Z");
            let coverage = &trail.coverage;
            assert_eq!(
                (coverage.files, coverage.events, coverage.kms_events),
                (1, 1, 1)
            );
            assert_eq!(coverage.first, coverage.last);
            assert_eq!(coverage.regions, names(&["us-east-1"]));
            assert!(!coverage.truncated);
        }
    }
}

/// A deletion by AWS, the end of imported material, a failed call by alias through a service, and
/// days that only the answer says.
fn oddities() -> [Value; 4] {
    let service = json!({
        "eventVersion": "1.08",
        "userIdentity": {"accountId": "111122223333", "invokedBy": "AWS Internal"},
        "eventTime": "2021-04-12T19:58:30Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": "DeleteKey",
        "awsRegion": "us-west-2",
        "requestParameters": null,
        "responseElements": {"keyId": ARN},
        "readOnly": "false",
        "resources": [{"accountId": "111122223333", "ARN": ARN}, {"ARN": ""}],
        "eventType": "AwsServiceEvent"
    });
    let expired = with(&json!({
        "eventName": "DeleteExpiredKeyMaterial",
        "requestParameters": null,
        "responseElements": null,
        "resources": null,
        "serviceEventDetails": {"keyId": "1234abcd"}
    }));
    let by_alias = with(&json!({
        "eventName": "Decrypt",
        "errorCode": "KMSInvalidStateException",
        "requestParameters": {"keyId": "alias/app", "encryptionContext": {"a": "1", "b": "2"}},
        "responseElements": null,
        "resources": [],
        "userIdentity": {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/app/session",
            "accountId": "111122223333",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/app"}},
            "invokedBy": "s3.amazonaws.com"
        }
    }));
    let days_of_answer = with(&json!({
        "requestParameters": {"keyId": "k"},
        "responseElements": {"pendingWindowInDays": 30}
    }));
    [service, expired, by_alias, days_of_answer]
}

#[test]
fn the_oddities_of_kms_events_are_taken_as_they_are() {
    let text = oddities().map(|event| event.to_string()).join("\n");
    let trail = trail("oddities", "a.jsonl", text.as_bytes());
    let of = |operation: &str| {
        let found = trail
            .events
            .iter()
            .find(|events| events.operation == operation);
        found.unwrap()
    };
    let deleted = of("DeleteKey");
    assert_eq!(deleted.key_names, names(&[ARN]));
    assert_eq!(deleted.caller.invoked_by.as_deref(), Some("AWS Internal"));
    assert_eq!((&*deleted.caller.kind, &deleted.caller.arn), ("", &None));
    assert_eq!(
        of("DeleteExpiredKeyMaterial").key_names,
        names(&["1234abcd"])
    );
    let decrypt = of("Decrypt");
    assert_eq!(decrypt.key_names, names(&["alias/app"]));
    assert_eq!(decrypt.error.as_deref(), Some("KMSInvalidStateException"));
    assert_eq!(decrypt.encryption_context, names(&["a", "b"]));
    let role = "arn:aws:iam::111122223333:role/app";
    assert_eq!(decrypt.caller.arn.as_deref(), Some(role));
    assert_eq!(
        decrypt.caller.invoked_by.as_deref(),
        Some("s3.amazonaws.com")
    );
    assert_eq!(of("ScheduleKeyDeletion").pending_window, Some(30));
}

#[test]
fn events_that_differ_in_their_time_only_are_counted_together() {
    let directory = directory("together");
    let event = |time: &str| with(&json!({"eventTime": time, "eventID": time}));
    let (a, b) = (event("2026-01-02T00:00:00Z"), event("2026-01-01T00:00:00Z"));
    let c = with(
        &json!({"eventTime": "2026-01-03T00:00:00Z", "eventSource": "s3.amazonaws.com",
        "awsRegion": "eu-west-1", "recipientAccountId": "444455556666"}),
    );
    fs::write(directory.join("1.json"), json!([a, b]).to_string()).unwrap();
    let second = json!({ "Records": [a, c] }).to_string();
    fs::write(directory.join("2.json.gz"), gzip(second.as_bytes())).unwrap();
    let loaded = load_directory(&directory);
    let trail = &loaded.inventory.trail;
    let [events] = trail.events.as_slice() else {
        panic!("{trail:?}");
    };
    assert_eq!(events.count, 3);
    assert_eq!(events.first.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(events.last.to_string(), "2026-01-02T00:00:00Z");
    let file = loaded.sources.get(events.at.source).unwrap();
    assert!(file.name().ends_with("2.json.gz"), "{}", file.name());
    let coverage = &trail.coverage;
    assert_eq!(
        (coverage.files, coverage.events, coverage.kms_events),
        (2, 4, 3)
    );
    assert_eq!(coverage.last.unwrap().to_string(), "2026-01-03T00:00:00Z");
    assert_eq!(coverage.regions, names(&["eu-west-1", "us-east-1"]));
    assert_eq!(coverage.accounts.len(), 2);
    let records: Vec<_> = loaded
        .inventory
        .evidence
        .iter()
        .map(|of| (of.kind, of.records))
        .collect();
    assert_eq!(records, [(EvidenceType::CloudTrail, 2); 2]);
}

#[test]
fn a_next_token_says_that_there_is_more() {
    let item = json!({"EventName": "x", "CloudTrailEvent": schedule().to_string()}).to_string();
    for (text, truncated) in [
        (format!(r#"{{"Events":[{item}],"NextToken":"eyJ"}}"#), true),
        (format!(r#"{{"NextToken":"eyJ","Events":[{item}]}}"#), true),
        (format!(r#"{{"Events":[{item}],"NextToken":null}}"#), false),
        (format!(r#"{{"Events":[{item}],"NextToken":""}}"#), false),
    ] {
        assert_eq!(
            trail("more", "a.json", text.as_bytes()).coverage.truncated,
            truncated,
            "{text}"
        );
    }
}

#[test]
fn what_holds_no_events_is_passed_over() {
    for text in [
        r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put"}]}"#,
        r#"{"Records":[]}"#,
        r#"{"Events":[{"Name":"x"}]}"#,
        r#"{"awsAccountId":"111122223333","digestStartTime":"2026-01-01T00:00:00Z"}"#,
        "[]",
        "{}",
    ] {
        for bytes in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            let directory = directory("other");
            fs::write(directory.join("a.json.gz"), &bytes).unwrap();
            let loaded = load_directory(&directory);
            assert_eq!((loaded.recognized, errors(&loaded)), (0, vec![]), "{text}");
            assert_eq!(loaded.passed_over().len(), 1, "{text}");
        }
    }
}
