//! What was recorded, and what nothing recorded is worth.

use jiff::{SignedDuration, Timestamp};
use kmslint::facts::FactMaker;
use kmslint::inventory::{RecordedCaller, RecordedEvents, Trail};
use kmslint::load::Loaded;
use kmslint::preflight::{Operation, Question, Severity, Verdict, pending};
use serde_json::{Value, json};

use super::{
    ALL, ARN, LIMITS, account, answer, ask, files, find, has, has_not, key, policy, unused,
};

fn loaded(name: &str, metadata: &Value, usage: Option<Value>) -> Loaded {
    let mut all = vec![
        ("key.json", key(metadata)),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
    ];
    all.extend(usage.map(|usage| ("usage.json", usage)));
    files(name, &all)
}

/// A trail of the key's Region and account over these days, with an event of each kind every hour.
fn trail(first: &str, last: &str) -> Trail {
    let mut trail = Trail::default();
    let coverage = &mut trail.coverage;
    coverage.files = 1;
    let account = kmslint::aws::AccountId::parse("111122223333").unwrap();
    let place = (account, "us-east-2".to_owned());
    let record = coverage.places.entry(place).or_default();
    record.shows_use = true;
    let (mut at, last): (Timestamp, Timestamp) = (first.parse().unwrap(), last.parse().unwrap());
    while at <= last {
        for moments in [&mut record.reads, &mut record.writes, &mut record.kms_reads] {
            moments.insert(at);
        }
        at = at.checked_add(SignedDuration::from_hours(1)).unwrap();
    }
    trail
}

fn event(operation: &str, at: &str, role: &str, error: Option<&str>) -> RecordedEvents {
    let account = role
        .split(':')
        .nth(4)
        .and_then(kmslint::aws::AccountId::parse);
    RecordedEvents {
        operation: operation.to_owned(),
        key_names: [ARN.to_owned()].into(),
        region: "us-east-2".to_owned(),
        caller: RecordedCaller {
            kind: "AssumedRole".to_owned(),
            arn: Some(role.to_owned()),
            account,
            invoked_by: None,
        },
        error: error.map(str::to_owned),
        refused_as_pending: false,
        encryption_context: ["tenant".to_owned()].into(),
        pending_window: None,
        change: None,
        source_address: None,
        count: 3,
        first: at.parse().unwrap(),
        last: at.parse().unwrap(),
        at: kmslint::text::Location::default(),
    }
}

const APP: &str = "arn:aws:iam::111122223333:role/App";

#[test]
fn no_evidence_is_never_unused() {
    let disabled = json!({"KeyState": "Disabled"});
    let mut loaded = loaded("none", &disabled, None);
    let found = answer(&ask(ARN), &loaded);
    has(&found, "use-not-known", Severity::Caution);
    has(&found, "not-disabled-first", Severity::Caution);
    loaded.inventory.trail = trail("2026-03-01T00:00:00Z", "2026-06-30T12:00:00Z");
    let found = answer(&ask(ARN), &loaded);
    assert_eq!(found.verdict, Verdict::Go, "{:#?}", found.reasons);
    has(&found, "no-use-recorded", Severity::Info);
    has(&found, "disabled-long-enough", Severity::Info);
    // Without the moment nothing is recent.
    let question = Question {
        now: None,
        ..ask(ARN)
    };
    assert_eq!(answer(&question, &loaded).verdict, Verdict::Caution);
}

/// Issue: a go needs that the key was never used in its whole life, which is tracked, or that it was
/// disabled first. <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html>
#[test]
fn last_usage_alone_is_enough_only_for_a_key_that_was_tracked_all_its_life() {
    let usage = |created: &str, since: &str| json!({"KeyId": ARN, "KeyCreationDate": created, "TrackingStartDate": since});
    let created = "2026-02-01T00:00:00Z";
    for (since, id, verdict) in [
        ("2026-01-01T00:00:00Z", "never-used", Verdict::Go),
        (created, "never-used", Verdict::Go),
        ("2026-02-01T00:00:01Z", "no-use-recorded", Verdict::Caution),
        (
            "2026-06-01T00:00:00Z",
            "recorded-too-briefly",
            Verdict::Caution,
        ),
        ("soonT", "recorded-too-briefly", Verdict::Caution),
    ] {
        let loaded = loaded("tracking", &json!({}), Some(usage(created, since)));
        let found = answer(&ask(ARN), &loaded);
        assert_eq!(found.verdict, verdict, "{since}: {:#?}", found.reasons);
        find(&found, id);
        let first = found
            .reasons
            .iter()
            .any(|reason| reason.id == "not-disabled-first");
        assert_eq!(first, verdict == Verdict::Caution, "{since}");
    }
    // KMS may be late by an hour, so a key of this hour may have been used.
    let young = usage("2026-06-30T23:00:00Z", created);
    let found = answer(&ask(ARN), &loaded("tracking", &json!({}), Some(young)));
    assert_eq!(found.verdict, Verdict::Caution);
}

/// AWS tracks no downloads of public keys: only records show them.
#[test]
fn a_public_key_is_not_known_to_be_at_home_without_records() {
    let metadata = json!({"KeySpec": "RSA_4096"});
    let mut loaded = loaded("at-home", &metadata, Some(unused()));
    let found = answer(&ask(ARN), &loaded);
    has(&found, "never-used", Severity::Info);
    has(&found, "public-key-not-known", Severity::Caution);
    loaded.inventory.trail = trail("2026-03-01T00:00:00Z", "2026-06-30T12:00:00Z");
    let found = answer(&ask(ARN), &loaded);
    has_not(&found, "public-key-not-known");
    has_not(&found, "not-disabled-first");
}

#[test]
fn the_last_use_of_any_source_counts() {
    for (used, id, severity) in [
        ("2026-06-20T00:00:00Z", "used-recently", Severity::Caution),
        ("2026-01-20T00:00:00Z", "used-long-ago", Severity::Info),
        ("last year", "used", Severity::Caution),
    ] {
        let usage = json!({"KeyId": ARN, "TrackingStartDate": "2026-01-01T00:00:00Z",
            "KeyLastUsage": {"Operation": "Decrypt", "Timestamp": used}});
        let found = answer(&ask(ARN), &loaded("used", &json!({}), Some(usage)));
        has(&found, id, severity);
    }
    let mut loaded = loaded("used", &json!({}), Some(unused()));
    let events = &mut loaded.inventory.trail.events;
    events.push(event("Decrypt", "2026-06-29T00:00:00Z", APP, None));
    let found = answer(&ask(ARN), &loaded);
    let sentence = &find(&found, "used-recently").sentence;
    assert!(
        sentence.contains("Decrypt by arn:aws:iam::111122223333:role/App"),
        "{sentence}"
    );
    assert_eq!(found.evidence.uses[0].count, 3);
    assert!(found.evidence.encryption_context.contains("tenant"));
}

#[test]
fn downloads_of_the_public_key_are_named() {
    let metadata = json!({"KeySpec": "RSA_4096"});
    let mut loaded = loaded("public", &metadata, Some(unused()));
    let partner = "arn:aws:iam::444455556666:role/Partner";
    let at = "2026-02-01T00:00:00Z";
    let refused = event("GetPublicKey", at, APP, Some("AccessDenied"));
    loaded.inventory.trail.events.push(refused);
    has_not(&answer(&ask(ARN), &loaded), "public-key-downloaded");
    let events = &mut loaded.inventory.trail.events;
    events.push(event("GetPublicKey", at, partner, None));
    let found = answer(&ask(ARN), &loaded);
    has(&found, "public-key-downloaded", Severity::Caution);
    let sentence = &find(&found, "public-key-downloaded").sentence;
    for words in [
        partner,
        "2026-02-01T00:00:00Z",
        "also from account 444455556666",
    ] {
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[test]
fn an_earlier_deletion_that_was_cancelled_is_told() {
    let mut loaded = loaded("earlier", &json!({}), Some(unused()));
    let events = &mut loaded.inventory.trail.events;
    events.push(event(
        "ScheduleKeyDeletion",
        "2026-03-01T00:00:00Z",
        APP,
        None,
    ));
    events.push(event(
        "CancelKeyDeletion",
        "2026-03-02T00:00:00Z",
        APP,
        None,
    ));
    let found = answer(&ask(ARN), &loaded);
    has(&found, "cancelled-before", Severity::Caution);
    has(&found, "scheduled-before", Severity::Info);
    assert_eq!(found.evidence.scheduled_at, None);
    let events = &mut loaded.inventory.trail.events;
    events.push(event("DeleteKey", "2026-04-02T00:00:00Z", APP, None));
    has(
        &answer(&ask(ARN), &loaded),
        "already-deleted",
        Severity::Stop,
    );
}

#[test]
fn what_needs_a_key_that_is_pending_deletion_stops_it() {
    let metadata = json!({"KeyState": "PendingDeletion", "DeletionDate": "2026-07-20T00:00:00Z"});
    let question = Question {
        operation: Operation::Pending,
        principal: None,
        ..ask(ARN)
    };
    let verdict = |events: Vec<RecordedEvents>| {
        let mut loaded = loaded("pending", &metadata, Some(unused()));
        loaded.inventory.trail.events = events;
        let all = pending(
            &question,
            &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
            &|_| true,
        );
        all[0].verdict
    };
    let error = Some("KMSInvalidStateException");
    let failed = event("Decrypt", "2026-06-29T00:00:00Z", APP, error);
    let scheduled = event("ScheduleKeyDeletion", "2026-06-20T00:00:00Z", APP, None);
    let denied = event("Decrypt", "2026-06-29T00:00:00Z", APP, Some("AccessDenied"));
    let throttled = event(
        "Decrypt",
        "2026-06-29T00:00:00Z",
        APP,
        Some("ThrottlingException"),
    );
    assert_eq!(verdict(vec![failed]), Verdict::Stop);
    assert_eq!(
        verdict(vec![scheduled.clone(), throttled.clone()]),
        Verdict::Stop
    );
    // Who has no permission has not needed the key.
    assert_eq!(verdict(vec![scheduled, denied]), Verdict::Go);
    // When it was scheduled is not known; no later than 7 days before its end.
    assert_eq!(verdict(vec![throttled]), Verdict::Caution);
    let late = event(
        "Decrypt",
        "2026-07-14T00:00:00Z",
        APP,
        Some("ThrottlingException"),
    );
    assert_eq!(verdict(vec![late]), Verdict::Stop);
}

#[test]
fn an_answer_without_a_date_is_said_to_be_one_and_its_proven_age_is_caution() {
    let usage = |created: &str| {
        json!({"KeyId": ARN, "KeyCreationDate": created, "TrackingStartDate": 1_760_000_000,
        "KeyLastUsage": {"Operation": "Decrypt", "Timestamp": "2026-01-10T00:00:00Z"}})
    };
    let metadata = json!({"CreationDate": "2021-03-01T08:00:00Z"});
    let same = "2021-03-01T09:00:00+01:00";
    let mut undated = loaded("undated", &metadata, Some(usage(same)));
    let found = answer(&ask(ARN), &undated);
    assert_eq!(find(&found, "last-usage-undated").severity, Severity::Info);
    has_not(&found, "last-usage-of-another-key");
    // KMS may be late by an hour.
    let late = event("Decrypt", "2026-01-10T01:00:00Z", APP, None);
    undated.inventory.trail.events = vec![late];
    has_not(&answer(&ask(ARN), &undated), "last-usage-outdated");
    let missed = event("Decrypt", "2026-02-10T00:00:00Z", APP, None);
    undated.inventory.trail.events = vec![missed];
    let found = answer(&ask(ARN), &undated);
    assert_eq!(
        find(&found, "last-usage-outdated").severity,
        Severity::Caution
    );
    // Files that reach up to now say what the answer cannot.
    undated.inventory.trail.coverage =
        trail("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z").coverage;
    has_not(&answer(&ask(ARN), &undated), "last-usage-outdated");
    has_not(&answer(&ask(ARN), &undated), "last-usage-undated");
    let other = loaded("other-key", &metadata, Some(usage("2022-03-01T08:00:00Z")));
    let found = answer(&ask(ARN), &other);
    let reason = find(&found, "last-usage-of-another-key");
    assert_eq!(reason.severity, Severity::Caution);
}

#[test]
fn what_aws_documents_differently_is_said_of_keys_with_a_public_key_only() {
    let count = |metadata: &Value| {
        let found = answer(&ask(ARN), &loaded("differently", metadata, Some(unused())));
        let reasons = found.reasons.iter();
        reasons
            .filter(|reason| reason.id == "documented-differently")
            .count()
    };
    assert_eq!(count(&json!({})), 1);
    let asymmetric = json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"});
    assert_eq!(count(&asymmetric), 2);
}
