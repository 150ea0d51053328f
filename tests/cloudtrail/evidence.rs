//! What the facts say of a key by what CloudTrail recorded of it.

use std::fs;

use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{EvidenceRecord, FactMaker, Facts, Limits};
use serde_json::{Value, json};

use super::{directory, errors, load_directory};

const ID: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

fn arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:111122223333:key/{ID}")
}

/// An operation of a role on the key in us-west-2.
fn event(operation: &str, day: u8, role: &str, error: Option<&str>) -> Value {
    json!({
        "eventTime": format!("2031-03-{day:02}T00:00:00Z"),
        "eventSource": "kms.amazonaws.com",
        "eventName": operation,
        "awsRegion": "us-west-2",
        "recipientAccountId": "111122223333",
        "errorCode": error,
        "userIdentity": {"arn": format!("arn:aws:iam::111122223333:role/{role}"), "accountId": "444455556666"},
        "requestParameters": {"keyId": ID},
        "resources": [{"ARN": arn("us-west-2")}]
    })
}

/// The facts of the key in us-west-2 and of its replica in eu-west-1.
fn facts(state: &str, events: &[Value]) -> [Facts; 2] {
    let directory = directory("evidence");
    for region in ["us-west-2", "eu-west-1"] {
        let key = json!({"KeyMetadata": {"KeyId": ID, "Arn": arn(region), "KeyState": state}});
        fs::write(directory.join(format!("{region}.json")), key.to_string()).unwrap();
    }
    if !events.is_empty() {
        let records = json!({ "Records": events }).to_string();
        fs::write(directory.join("trail.json"), records).unwrap();
    }
    let loaded = load_directory(&directory);
    assert_eq!(errors(&loaded), [""; 0]);
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    };
    let mut facts = FactMaker::new(&loaded.inventory, &loaded.sources, limits).all();
    facts.sort_by(|one, two| two.subject.cmp(&one.subject));
    facts.try_into().unwrap()
}

fn evidence(state: &str, events: &[Value]) -> EvidenceRecord {
    facts(state, events)[0]
        .key
        .evidence
        .as_deref()
        .cloned()
        .unwrap()
}

const INVALID: Option<&str> = Some("KMSInvalidStateException");

#[test]
fn without_cloudtrail_there_is_no_evidence() {
    assert!(facts("PendingDeletion", &[])[0].key.evidence.is_none());
}

#[test]
fn a_replica_has_events_of_its_own() {
    let [west, europe] = facts("PendingDeletion", &[event("Decrypt", 1, "a", None)]);
    let (west, europe) = (west.key.evidence.unwrap(), europe.key.evidence.unwrap());
    assert_eq!((west.events, europe.events), (1, 0));
    assert_eq!(west.coverage.covers_region, Some(true));
    assert_eq!(europe.coverage.covers_region, Some(false));
    assert_eq!(europe.coverage.accounts, ["111122223333"]);
}

#[test]
fn only_what_comes_after_the_last_scheduling_is_use_of_a_pending_key() {
    let before = [
        event("ScheduleKeyDeletion", 1, "admin", None),
        event("Encrypt", 2, "early", INVALID),
        event("CancelKeyDeletion", 3, "admin", None),
        event("Decrypt", 4, "app", None),
        event("ScheduleKeyDeletion", 5, "admin", None),
    ];
    let found = evidence("PendingDeletion", &before);
    assert_eq!(found.scheduled.unwrap().when, "2031-03-05T00:00:00Z");
    assert_eq!(found.cancelled.unwrap().when, "2031-03-03T00:00:00Z");
    let last = found.last_use.unwrap();
    assert_eq!(
        (&*last.operation, &*last.when),
        ("Decrypt", "2031-03-04T00:00:00Z")
    );
    assert!(last.principal.ends_with("role/app") && last.file.ends_with("trail.json"));
    assert!(found.still_used.is_none());
    // Looking at the key is not using it, and who was denied has not needed it.
    let after = [
        event("DescribeKey", 6, "x", None),
        event("Decrypt", 6, "x", Some("AccessDenied")),
    ];
    let all = [&before[..], &after[..]].concat();
    assert!(evidence("PendingDeletion", &all).still_used.is_none());
    let after = [
        event("Decrypt", 6, "app", Some("DisabledException")),
        event("ReEncrypt", 7, "batch", INVALID),
        event("GetPublicKey", 8, "partner", INVALID),
    ];
    let all = [&before[..], &after[..]].concat();
    let used = evidence("PendingDeletion", &all).still_used.unwrap();
    assert_eq!(used.uses.len(), 3);
    assert_eq!(
        used.words,
        "`role/partner` called `GetPublicKey` at 2031-03-08T00:00:00Z, which failed by \
         `KMSInvalidStateException`, and 2 other callers did so"
    );
    // A key that is not pending deletion is there to be used, unless a scheduling is recorded: its
    // description may be older.
    assert!(evidence("Enabled", &after).still_used.is_none());
    assert!(evidence("Enabled", &all).still_used.is_some());
}

#[test]
fn without_the_scheduling_only_an_error_for_the_state_counts() {
    let used = |events: &[Value]| evidence("PendingDeletion", events).still_used.is_some();
    assert!(!used(&[event("Decrypt", 4, "app", None)]));
    assert!(!used(&[event(
        "Decrypt",
        4,
        "app",
        Some("DisabledException")
    )]));
    assert!(used(&[event("Decrypt", 4, "app", INVALID)]));
    let cancelled = event("CancelKeyDeletion", 5, "admin", None);
    assert!(!used(&[event("Decrypt", 4, "app", INVALID), cancelled]));
}

#[test]
fn downloads_are_told_by_caller() {
    let events = [
        event("GetPublicKey", 1, "partner", None),
        event("GetPublicKey", 3, "partner", None),
        event("GetPublicKey", 2, "other", None),
        event("GetPublicKey", 4, "denied", Some("AccessDenied")),
    ];
    let found = evidence("Enabled", &events).public_key.unwrap();
    assert_eq!(found.downloads.len(), 2);
    assert_eq!(found.downloads[0].count, 2);
    assert_eq!(
        found.words,
        "`role/partner` of account 444455556666 at 2031-03-03T00:00:00Z, and one other caller did so"
    );
}
