//! What is kept of calls that change a key: beside what is kept of every call, where they stand and
//! where they came from.

use kmslint::inventory::{RecordedEvents, Trail};
use kmslint::load::Loaded;
use serde_json::{Value, json};

use super::{errors, gzip, load_file};

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
const REPLICA: &str = "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

/// An event of these fields.
fn event(operation: &str, more: &Value) -> Value {
    let mut event = json!({
        "eventTime": "2027-01-01T10:00:00Z", "eventSource": "kms.amazonaws.com",
        "eventName": operation, "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1",
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/Alice"},
        "requestParameters": {"keyId": ARN}, "resources": [{"ARN": ARN}],
        "recipientAccountId": "111122223333"
    });
    let fields = more.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(fields);
    event
}

fn loaded(name: &str, bytes: &[u8]) -> Loaded {
    let loaded = load_file("changes", name, bytes);
    assert_eq!(errors(&loaded), [""; 0], "{name}");
    loaded
}

fn of<'t>(trail: &'t Trail, operation: &str) -> &'t RecordedEvents {
    let mut events = trail.events.iter();
    events.find(|events| events.operation == operation).unwrap()
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html>,
/// `ct-put-key-policy`, `ct-replicate-key` and `ct-deleteimportedkeymaterial`.
#[test]
fn changes_are_recorded_with_what_they_say() {
    let events = [
        event(
            "ScheduleKeyDeletion",
            &json!({"responseElements": {"keyState": "PendingReplicaDeletion"}}),
        ),
        event(
            "PutKeyPolicy",
            &json!({"requestParameters": {"keyId": ARN, "bypassPolicyLockoutSafetyCheck": true}}),
        ),
        event(
            "ReplicateKey",
            &json!({"responseElements": {"replicaKeyMetadata": {"arn": REPLICA}}}),
        ),
        event(
            "DeleteImportedKeyMaterial",
            &json!({"responseElements": {"keyMaterialId": "0a1b"}}),
        ),
        event(
            "Decrypt",
            &json!({"responseElements": {"keyMaterialId": "0a1b"}}),
        ),
        event(
            "CreateKey",
            &json!({"requestParameters": {}, "resources": [],
                "responseElements": {"keyMetadata": {"arn": REPLICA}}}),
        ),
    ];
    let text = events.map(|event| event.to_string()).join("\n");
    let trail = loaded("a.jsonl", text.as_bytes()).inventory.trail;
    let change = |operation| of(&trail, operation).change.clone().unwrap();
    assert_eq!(
        change("ScheduleKeyDeletion").key_state.as_deref(),
        Some("PendingReplicaDeletion")
    );
    assert!(!change("ScheduleKeyDeletion").bypasses_lockout_check);
    assert!(change("PutKeyPolicy").bypasses_lockout_check);
    assert_eq!(change("ReplicateKey").replica.as_deref(), Some(REPLICA));
    assert_eq!(
        change("DeleteImportedKeyMaterial").material.as_deref(),
        Some("0a1b")
    );
    assert!(of(&trail, "CreateKey").key_names.contains(REPLICA));
    let put = of(&trail, "PutKeyPolicy");
    assert_eq!(put.source_address.as_deref(), Some("192.0.2.1"));
    // Of use, which there may be any amount of, no more is kept.
    let decrypt = of(&trail, "Decrypt");
    assert_eq!((&decrypt.change, &decrypt.source_address), (&None, &None));
}

#[test]
fn address_is_that_of_the_last_call() {
    let call = |day: u8| {
        event(
            "CancelKeyDeletion",
            &json!({"eventTime": format!("2027-01-0{day}T00:00:00Z"),
                "sourceIPAddress": format!("192.0.2.{day}")}),
        )
    };
    for days in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
        let text = json!(days.map(call)).to_string();
        let trail = loaded("a.json", text.as_bytes()).inventory.trail;
        let [events] = trail.events.as_slice() else {
            panic!("{trail:?}");
        };
        assert_eq!(
            events.source_address.as_deref(),
            Some("192.0.2.3"),
            "{days:?}"
        );
        assert_eq!(events.count, 3);
    }
}

/// Text that can be shown is kept, with the place of the event's name in it.
#[test]
fn changes_are_placed_where_their_file_can_be_shown() {
    let change = event("DeleteKey", &json!({"sourceIPAddress": "é€😀"}));
    let pretty = serde_json::to_string_pretty(&json!({ "Records": [change] })).unwrap();
    let item = json!({"EventName": "DeleteKey", "CloudTrailEvent": change.to_string()});
    let bare_item = json!({"CloudTrailEvent": change.to_string()});
    let texts = [
        (pretty, "\"DeleteKey\""),
        (change.to_string(), "\"DeleteKey\""),
        (format!("\u{feff}{change}"), "\"DeleteKey\""),
        (
            format!("{}\n{change}", event("Decrypt", &json!({}))),
            "\"DeleteKey\"",
        ),
        (json!({ "Events": [item] }).to_string(), "\"DeleteKey\""),
        (json!({ "Events": [bare_item] }).to_string(), "{"),
    ];
    for (text, pointed_at) in texts {
        for (bytes, is_compressed) in [
            (text.clone().into_bytes(), false),
            (gzip(text.as_bytes()), true),
        ] {
            let loaded = loaded("a.json", &bytes);
            let at = of(&loaded.inventory.trail, "DeleteKey").at;
            let file = loaded.sources.get(at.source).unwrap();
            assert_eq!(at.span.of(file.text()), pointed_at, "{text}");
            assert_eq!(file.is_decompressed(), is_compressed, "{text}");
        }
    }
    let unplaced = |bytes: &[u8]| {
        let loaded = loaded("a.json", bytes);
        let at = loaded.inventory.trail.events[0].at;
        assert!(at.span.is_empty());
        assert_eq!(loaded.sources.get(at.source).unwrap().text(), "");
    };
    unplaced(event("Decrypt", &json!({})).to_string().as_bytes());
    let failed = event("DeleteKey", &json!({"errorCode": "AccessDenied"}));
    unplaced(failed.to_string().as_bytes());
}

/// A failed call may name its key nowhere but in the message.
#[test]
fn keys_in_messages_are_names() {
    let failed = event(
        "Decrypt",
        &json!({"requestParameters": {"keyId": "alias/app"}, "resources": [],
            "errorCode": "DisabledException",
            "errorMessage": format!("{ARN} is pending deletion.")}),
    );
    let trail = loaded("a.json", failed.to_string().as_bytes())
        .inventory
        .trail;
    let names: Vec<_> = trail.events[0].key_names.iter().collect();
    assert_eq!(names, ["alias/app", ARN]);
    assert!(trail.events[0].refused_as_pending);
}
