//! What CloudTrail alone says of a deletion, and what it says against other files.
//! Samples: <https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html>,
//! `ct-cancel-key-deletion`, `ct-delete-key`.

use std::sync::atomic::{AtomicUsize, Ordering};

use kmslint::aws::key::KeyState;
use kmslint::facts::FactMaker;
use kmslint::inventory::Key;
use kmslint::load::Loaded;
use kmslint::preflight::{Operation, Preflight, Question, Severity, Verdict, pending};
use serde_json::{Value, json};

use super::{
    ALL, ARN, ID, LIMITS, account, answer, ask, files, find, has, has_not, key, policy, unused,
};

const EUROPE: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A call of the administrator on the key, with other fields in place of some.
fn call(operation: &str, at: &str, more: &Value) -> Value {
    let mut event = json!({
        "eventTime": at, "eventSource": "kms.amazonaws.com", "eventName": operation,
        "awsRegion": "us-east-2", "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "AssumedRole", "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/KeyAdmin/jane",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/KeyAdmin"}}},
        "requestParameters": {"keyId": ID}, "responseElements": {"keyId": ARN},
        "resources": [{"ARN": ARN, "accountId": "111122223333", "type": "AWS::KMS::Key"}]
    });
    let fields = more.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(fields);
    event
}

fn schedule(at: &str, days: u8) -> Value {
    let request = json!({"keyId": ID, "pendingWindowInDays": days});
    call(
        "ScheduleKeyDeletion",
        at,
        &json!({"requestParameters": request,
            "responseElements": {"keyId": ARN, "keyState": "PendingDeletion"}}),
    )
}

const SCHEDULED: &str = "2027-01-01T10:00:00Z";
const DURING: &str = "2027-01-03T00:00:00Z";
const AFTER: &str = "2027-02-03T00:00:00Z";

/// A directory with these events, and a key that is described so, if it is.
fn loaded(events: &[Value], described: Option<Value>) -> Loaded {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mut all = vec![("trail.json", json!({ "Records": events }))];
    if let Some(metadata) = described {
        all.push(("key.json", key(&metadata)));
        all.push(("policy.json", policy(&ALL)));
        all.push(("account.json", account()));
        all.push(("usage.json", unused()));
    }
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    files(&format!("recorded-{number}"), &all)
}

fn all_pending(loaded: &Loaded, now: &str) -> Vec<Preflight> {
    let question = Question {
        now: now.parse().ok(),
        operation: Operation::Pending,
        principal: None,
        ..ask("")
    };
    pending(
        &question,
        &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
        &|_| true,
    )
}

/// The keys with these states and dates, by ARN.
fn states(loaded: &Loaded) -> Vec<(String, Option<KeyState>, Option<String>)> {
    let state = |key: &Key| {
        let metadata = &key.metadata;
        let state = metadata
            .state
            .as_ref()
            .and_then(|state| state.value.known());
        let date = metadata.deletion_date.as_ref();
        (key.name.clone(), state, date.map(|date| date.value.clone()))
    };
    loaded.inventory.keys.iter().map(state).collect()
}

fn pending_until(date: &str) -> Vec<(String, Option<KeyState>, Option<String>)> {
    let state = Some(KeyState::PendingDeletion);
    vec![(ARN.to_owned(), state, Some(date.to_owned()))]
}

#[test]
fn recorded_scheduling_alone_makes_a_pending_key() {
    let loaded = loaded(&[schedule(SCHEDULED, 7)], None);
    assert_eq!(states(&loaded), pending_until("2027-01-08T10:00:00Z"));
    let all = all_pending(&loaded, DURING);
    let [found] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(found.verdict, Verdict::Caution);
    has(found, "pending-by-record", Severity::Caution);
    let sentence = &find(found, "pending-by-record").sentence;
    for words in [
        "with 7 days (until 2027-01-08T10:00:00Z)",
        "role/KeyAdmin from 192.0.2.1 in us-east-2 at 2027-01-01T10:00:00Z",
        "no cancellation up to 2027-01-01T10:00:00Z",
    ] {
        assert!(sentence.contains(words), "{sentence}");
    }
    assert!(!sentence.contains("deleted by now"), "{sentence}");
    let end = found.timeline.as_ref().unwrap().earliest_deletion.unwrap();
    assert_eq!(end.at.unwrap().to_string(), "2027-01-08T10:00:00Z");
    let found = &all_pending(&loaded, AFTER)[0];
    let sentence = &find(found, "pending-by-record").sentence;
    assert!(
        sentence.contains("deleted by now unless it was cancelled after 2027-01-01T10:00:00Z"),
        "{sentence}"
    );
    // Other questions are answered for it, too.
    let schedule = answer(&ask(ARN), &loaded);
    has(&schedule, "already-pending", Severity::Stop);
    let cancel = Question {
        operation: Operation::Cancel,
        now: DURING.parse().ok(),
        ..ask(ARN)
    };
    let cancel = answer(&cancel, &loaded);
    has_not(&cancel, "already-pending");
    assert_eq!(find(&cancel, "key-state").severity, Severity::Info);
    has(&cancel, "pending-by-record", Severity::Info);
}

/// `PendingWindowInDays`: 30 where the request leaves it out (API reference, `ScheduleKeyDeletion`).
#[test]
fn waiting_period_is_taken_from_request_answer_or_default() {
    for (request, response, date) in [
        (json!({"keyId": ID}), json!(null), "2027-01-31T10:00:00Z"),
        (
            json!({"keyId": ID}),
            json!({"keyId": ARN, "pendingWindowInDays": 9}),
            "2027-01-10T10:00:00Z",
        ),
        (
            json!({"keyId": ARN, "pendingWindowInDays": "14"}),
            json!({"deletionDate": "Jan 15, 2027, 10:00:00 AM"}),
            "2027-01-15T10:00:00Z",
        ),
    ] {
        let more = json!({"requestParameters": request, "responseElements": response});
        let event = call("ScheduleKeyDeletion", SCHEDULED, &more);
        assert_eq!(states(&loaded(&[event], None)), pending_until(date));
    }
}

#[test]
fn cancelled_refused_and_used_deletions_are_not_pending() {
    let failed = |error: &str| {
        let more = json!({"errorCode": error, "responseElements": null});
        call("ScheduleKeyDeletion", SCHEDULED, &more)
    };
    let later = |operation| call(operation, "2027-01-02T10:00:00Z", &json!({}));
    for events in [
        vec![schedule(SCHEDULED, 7), later("CancelKeyDeletion")],
        vec![failed("AccessDenied")],
        vec![failed("KMSInvalidStateException")],
        // KMS refuses these while a key is pending deletion: somebody has cancelled.
        vec![schedule(SCHEDULED, 7), later("Decrypt")],
        vec![schedule(SCHEDULED, 7), later("EnableKey")],
    ] {
        let loaded = loaded(&events, None);
        assert_eq!(states(&loaded), [], "{events:?}");
        assert_eq!(all_pending(&loaded, DURING).len(), 0);
    }
    // Neither is refused while it is pending, nor shows anything right after the call.
    for more in [
        later("DescribeKey"),
        later("PutKeyPolicy"),
        call("Decrypt", "2027-01-01T10:05:00Z", &json!({})),
        call("CancelKeyDeletion", "2026-12-31T10:00:00Z", &json!({})),
        call(
            "CancelKeyDeletion",
            "2027-01-02T10:00:00Z",
            &json!({"errorCode": "AccessDenied"}),
        ),
        // In the same second either may be the later one.
        call("CancelKeyDeletion", SCHEDULED, &json!({})),
    ] {
        let found = states(&loaded(&[schedule(SCHEDULED, 7), more], None));
        assert_eq!(found, pending_until("2027-01-08T10:00:00Z"));
    }
}

#[test]
fn the_last_of_several_schedulings_counts() {
    let events = [
        schedule("2027-01-02T10:00:00Z", 20),
        call("CancelKeyDeletion", "2027-01-02T09:00:00Z", &json!({})),
        schedule(SCHEDULED, 7),
    ];
    let found = states(&loaded(&events, None));
    assert_eq!(found, pending_until("2027-01-22T10:00:00Z"));
}

#[test]
fn replica_with_the_same_id_is_another_key() {
    let elsewhere = json!({"awsRegion": "eu-west-1", "resources": [{"ARN": EUROPE}],
        "responseElements": {"keyId": EUROPE}});
    let cancel = call("CancelKeyDeletion", "2027-01-02T00:00:00Z", &elsewhere);
    let both = loaded(&[schedule(SCHEDULED, 7), cancel], Some(json!({})));
    let found = states(&both);
    assert_eq!((found.len(), found[0].1), (1, None));
    let scheduled = call("ScheduleKeyDeletion", SCHEDULED, &elsewhere);
    let replica = loaded(&[scheduled], Some(json!({})));
    let found = states(&replica);
    let names: Vec<_> = found
        .iter()
        .map(|(name, state, _)| (&**name, *state))
        .collect();
    assert_eq!(names[0].1, Some(KeyState::Enabled));
    assert_eq!(names[1], (EUROPE, Some(KeyState::PendingDeletion)));
    // An id alone means the key of the Region that was called.
    let by_id = json!({"awsRegion": "eu-west-1", "resources": [], "responseElements": null});
    let by_id = call("ScheduleKeyDeletion", SCHEDULED, &by_id);
    let found = states(&loaded(&[by_id], Some(json!({}))));
    assert_eq!(found[0].1, Some(KeyState::Enabled), "{found:?}");
}

/// KMS-DG multi-region-keys-delete: a primary with replicas has no deletion date.
#[test]
fn primary_that_waits_for_replicas_has_no_date() {
    let more = json!({"requestParameters": {"keyId": ID, "pendingWindowInDays": 9},
        "responseElements": {"keyId": ARN, "keyState": "PendingReplicaDeletion"}});
    let event = call("ScheduleKeyDeletion", SCHEDULED, &more);
    let loaded = loaded(&[event], None);
    let state = Some(KeyState::PendingReplicaDeletion);
    assert_eq!(states(&loaded), [(ARN.to_owned(), state, None)]);
    let window = &loaded.inventory.keys[0].metadata.pending_window;
    assert_eq!(window.as_ref().unwrap().value, 9);
    let all = all_pending(&loaded, AFTER);
    has(&all[0], "may-wait-for-ever", Severity::Caution);
    has(&all[0], "pending-by-record", Severity::Caution);
}

/// Neither file has a date of its own.
#[test]
fn contradiction_is_caution_and_never_stops_a_rescue() {
    let cancelled = call("CancelKeyDeletion", "2027-01-02T00:00:00Z", &json!({}));
    let pending = json!({"KeyState": "PendingDeletion", "DeletionDate": "2027-01-08T10:00:00Z"});
    for (events, described) in [
        (vec![schedule(SCHEDULED, 7)], json!({"KeyState": "Enabled"})),
        (
            vec![schedule(SCHEDULED, 7)],
            json!({"KeyState": "Disabled"}),
        ),
        (vec![schedule(SCHEDULED, 7), cancelled.clone()], pending),
    ] {
        let loaded = loaded(&events, Some(described));
        for (operation, now) in [
            (Operation::Schedule, DURING),
            (Operation::Cancel, DURING),
            (Operation::Cancel, AFTER),
        ] {
            let question = Question {
                operation,
                now: now.parse().ok(),
                ..ask(ARN)
            };
            let found = answer(&question, &loaded);
            assert_eq!(found.verdict, Verdict::Caution, "{:#?}", found.reasons);
            has(&found, "key-states-contradict", Severity::Caution);
            let help = find(&found, "key-states-contradict").help.clone().unwrap();
            assert_eq!(help.starts_with("try it"), operation == Operation::Cancel);
        }
        let all = all_pending(&loaded, DURING);
        assert_eq!(all.len(), 1);
        has(&all[0], "key-states-contradict", Severity::Caution);
    }
    // Scheduled again after the last record: the description is newer. Version 1 of the CLI writes
    // seconds since 1970.
    for date in [json!("2027-02-08T10:00:00Z"), json!(1_802_080_800.5)] {
        let again = json!({"KeyState": "PendingDeletion", "DeletionDate": date});
        let newer = loaded(&[schedule(SCHEDULED, 7), cancelled.clone()], Some(again));
        has_not(&answer(&ask(ARN), &newer), "key-states-contradict");
    }
}

#[test]
fn two_dates_are_told() {
    for (date, differ) in [
        ("2027-01-08T10:00:00Z", false),
        ("2027-01-09T09:00:00Z", false),
        ("2027-01-20T10:00:00Z", true),
    ] {
        let described = json!({"KeyState": "PendingDeletion", "DeletionDate": date});
        let loaded = loaded(&[schedule(SCHEDULED, 7)], Some(described));
        let found = &all_pending(&loaded, DURING)[0];
        let mut reasons = found.reasons.iter();
        let told = reasons.any(|reason| reason.id == "deletion-dates-differ");
        assert_eq!(told, differ, "{date}");
        has_not(found, "pending-by-record");
    }
}

/// KMS-DG ct-delete-key: an event of the service, `responseElements` null before December 2022.
#[test]
fn deleted_key_is_gone_for_every_question() {
    let deleted = |response: Value| {
        call(
            "DeleteKey",
            "2027-01-09T10:00:00Z",
            &json!({"userIdentity": {"accountId": "111122223333", "invokedBy": "AWS Internal"},
                "requestParameters": null, "responseElements": response,
                "eventType": "AwsServiceEvent"}),
        )
    };
    for response in [json!(null), json!({"keyId": ARN})] {
        let events = [schedule(SCHEDULED, 7), deleted(response)];
        let loaded = loaded(&events, None);
        assert_eq!(states(&loaded), [(ARN.to_owned(), None, None)]);
        assert_eq!(all_pending(&loaded, AFTER).len(), 0);
        for operation in [Operation::Schedule, Operation::Cancel] {
            let question = Question {
                operation,
                ..ask(ARN)
            };
            has(
                &answer(&question, &loaded),
                "already-deleted",
                Severity::Stop,
            );
        }
    }
}

/// KMS-DG multi-region-keys-delete: a replica can be made again in its Region.
#[test]
fn replica_that_was_made_again_is_not_deleted() {
    let deleted = call("DeleteKey", "2027-01-09T10:00:00Z", &json!({}));
    let made = call(
        "ReplicateKey",
        "2027-01-20T10:00:00Z",
        &json!({"resources": [{"ARN": EUROPE}], "requestParameters": {"keyId": EUROPE},
            "responseElements": {"replicaKeyMetadata": {"arn": ARN}}}),
    );
    let events = [schedule(SCHEDULED, 7), deleted.clone(), made];
    let found = answer(&ask(ARN), &loaded(&events, Some(json!({}))));
    has_not(&found, "already-deleted");
    has_not(&found, "key-states-contradict");
    // Where that is not recorded, its description may be newer.
    let replica = json!({"MultiRegion": true,
        "MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA"}});
    let cancel = Question {
        operation: Operation::Cancel,
        ..ask(ARN)
    };
    let found = answer(&cancel, &loaded(&[deleted], Some(replica)));
    has(&found, "already-deleted", Severity::Caution);
    has(&found, "key-states-contradict", Severity::Caution);
}

/// A key policy without any description goes with the key that the record names.
#[test]
fn only_key_policy_is_assumed_for_a_recorded_key() {
    let all = [
        ("trail.json", schedule(SCHEDULED, 7)),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
    ];
    let loaded = files("recorded-policy", &all);
    for name in [ARN, ID] {
        let question = Question {
            operation: Operation::Cancel,
            now: DURING.parse().ok(),
            ..ask(name)
        };
        let found = answer(&question, &loaded);
        has(&found, "key-policy-assumed", Severity::Caution);
        has(&found, "pending-by-record", Severity::Info);
    }
}
