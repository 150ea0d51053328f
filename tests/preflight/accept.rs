//! Cautions that somebody accepts, each by itself, and what nobody may miss.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::Date;
use kmslint::preflight::{
    Acceptance, AcceptanceSource, AcceptedBy, Preflight, Severity, UnusedAcceptance, Verdict,
    accept,
};
use serde_json::{Value, json};

use super::{ALL, ARN, ID, account, answer, ask, files, find, key, policy};

const SCALING: &str = "arn:aws:iam::111122223333:role/aws-service-role/x/AWSServiceRoleForX";

/// A key that was never used and has a grant, with other metadata.
fn granted(metadata: &Value, more: &[(&str, Value)]) -> Preflight {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let grants = json!({"Grants": [{"GrantId": "1", "KeyId": ARN,
        "GranteePrincipal": SCALING, "Operations": ["Decrypt"]}]});
    // Tracked for all its life: https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html
    let created = "2026-01-01T00:00:00Z";
    let usage = json!({"KeyId": ARN, "KeyCreationDate": created, "TrackingStartDate": created});
    let mut described = json!({ "CreationDate": created });
    let fields = metadata.as_object().unwrap().clone();
    described.as_object_mut().unwrap().extend(fields);
    let mut all = vec![
        ("key.json", key(&described)),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
        ("usage.json", usage),
        ("grants.json", grants),
    ];
    all.extend(more.to_vec());
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    answer(&ask(ARN), &files(&format!("accept-{number}"), &all))
}

fn on_command_line(caution: &str) -> Acceptance {
    Acceptance {
        caution: caution.to_owned(),
        key: None,
        by: AcceptedBy {
            source: AcceptanceSource::CommandLine,
            reason: None,
            expires: None,
            at: None,
        },
    }
}

fn configured(caution: &str, key: Option<&str>, expires: Date) -> Acceptance {
    Acceptance {
        caution: caution.to_owned(),
        key: key.map(str::to_owned),
        by: AcceptedBy {
            source: AcceptanceSource::Configuration,
            reason: Some("a stale grant".to_owned()),
            expires: Some(expires),
            at: None,
        },
    }
}

/// The verdict with these acceptances, and those that accept nothing.
fn with(answer: &Preflight, all: &[Acceptance]) -> (Preflight, Vec<UnusedAcceptance>) {
    let mut answers = [answer.clone()];
    let unused = accept(&mut answers, all, ask("").now);
    let [answer] = answers;
    (answer, unused)
}

const LAST_DAY: Date = jiff::civil::date(2026, 7, 1);

#[test]
fn accepted_caution_does_not_count_and_is_shown() {
    let found = granted(&json!({}), &[]);
    assert_eq!(found.verdict, Verdict::Caution);
    let cautions: Vec<_> = found.of(Severity::Caution).map(|of| of.id).collect();
    assert_eq!(cautions, ["live-grants"]);
    for acceptance in [
        on_command_line("live-grants"),
        configured("live-grants", None, LAST_DAY),
        configured("live-grants", Some(ARN), LAST_DAY),
        configured("live-grants", Some(ID), LAST_DAY),
    ] {
        let (accepted, unused) = with(&found, std::slice::from_ref(&acceptance));
        assert_eq!(accepted.verdict, Verdict::Go, "{acceptance:?}");
        assert_eq!(unused, []);
        let reason = find(&accepted, "live-grants");
        assert_eq!(reason.severity, Severity::Caution);
        assert_eq!(reason.accepted.as_ref(), Some(&acceptance.by));
        assert!(accepted.has_accepted());
    }
}

#[test]
fn each_caution_is_accepted_by_itself() {
    let trail = json!({"Records": [{
        "eventTime": "2026-06-20T10:00:00Z", "eventSource": "kms.amazonaws.com",
        "eventName": "Decrypt", "awsRegion": "us-east-2", "errorCode": "ThrottlingException",
        "resources": [{"ARN": ARN}]}]});
    let found = granted(&json!({}), &[("trail.json", trail)]);
    let (one, unused) = with(&found, &[on_command_line("live-grants")]);
    assert_eq!((one.verdict, unused.len()), (Verdict::Caution, 0));
    let all: Vec<_> = found
        .of(Severity::Caution)
        .map(|of| on_command_line(of.id))
        .collect();
    let (all, unused) = with(&found, &all);
    assert_eq!((all.verdict, unused), (Verdict::Go, vec![]));
    // What counts comes before what is accepted.
    let first = one.of(Severity::Caution).next().unwrap();
    assert!(first.accepted.is_none(), "{first:?}");
    let last = one.of(Severity::Caution).last().unwrap();
    assert_eq!((last.id, last.accepted.is_some()), ("live-grants", true));
}

#[test]
fn a_stop_cannot_be_accepted() {
    let pending = json!({"KeyState": "PendingDeletion", "DeletionDate": "2026-07-20T00:00:00Z"});
    let found = granted(&pending, &[]);
    let (still, unused) = with(&found, &[on_command_line("already-pending")]);
    assert_eq!(still.verdict, Verdict::Stop);
    assert!(find(&still, "already-pending").accepted.is_none());
    assert_eq!(
        unused[0].why,
        "is a stop here, and a stop cannot be accepted"
    );
}

#[test]
fn what_accepts_nothing_is_told_with_the_cause() {
    let found = granted(&json!({}), &[]);
    let other = "arn:aws:kms:us-east-2:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab";
    for (acceptance, why) in [
        (
            on_command_line("used-recently"),
            "is no reason for caution here",
        ),
        (
            on_command_line("waiting-period"),
            "is no reason for caution here",
        ),
        (
            configured("live-grants", None, jiff::civil::date(2026, 6, 30)),
            "expired on 2026-06-30",
        ),
    ] {
        let (same, unused) = with(&found, &[acceptance]);
        assert_eq!(same.verdict, Verdict::Caution);
        assert_eq!(unused[0].why, why);
    }
    // Of another key nothing was asked.
    let (same, unused) = with(&found, &[configured("live-grants", Some(other), LAST_DAY)]);
    assert_eq!((same.verdict, unused.len()), (Verdict::Caution, 0));
    // Nobody knows what day it is.
    let mut answers = [found];
    let acceptances = [configured("live-grants", None, LAST_DAY)];
    let unused = accept(&mut answers, &acceptances, None);
    assert_eq!(answers[0].verdict, Verdict::Caution);
    assert!(unused[0].why.contains("`--now`"), "{}", unused[0].why);
    // That holds for this run, whatever day it is.
    assert_eq!(
        accept(&mut answers, &[on_command_line("live-grants")], None),
        []
    );
    assert_eq!(answers[0].verdict, Verdict::Go);
}

/// What another account holds, recent use and the last key of its set come before other cautions.
#[test]
fn what_nobody_may_miss_comes_first() {
    let call = |name: &str| {
        json!({"eventTime": "2026-06-20T10:00:00Z", "eventSource": "kms.amazonaws.com",
            "eventName": name, "awsRegion": "us-east-2", "resources": [{"ARN": ARN}],
            "userIdentity": {"accountId": "444455556666",
                "arn": "arn:aws:iam::444455556666:role/Partner"}})
    };
    let trail = json!({"Records": [call("Decrypt"), call("GetPublicKey")]});
    let key_pair = json!({"KeySpec": "RSA_2048"});
    let found = granted(&key_pair, &[("trail.json", trail)]);
    let cautions: Vec<_> = found.of(Severity::Caution).collect();
    let prominent = cautions.iter().take_while(|reason| reason.is_prominent());
    let mut names: Vec<_> = prominent.map(|reason| reason.id).collect();
    names.sort_unstable();
    assert_eq!(names, ["public-key-downloaded", "used-recently"]);
    assert!(cautions.iter().skip(2).all(|reason| !reason.is_prominent()));
}

/// KMS-DG multi-region-keys-delete: with the last related key all is lost.
#[test]
fn deletion_of_the_last_related_key_comes_first() {
    let id = "mrk-1234abcd12ab34cd56ef1234567890ab";
    let arn = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/{id}");
    let described = |region: &str, part: &str, state: &str| {
        key(
            &json!({"KeyId": id, "Arn": arn(region), "MultiRegion": true, "KeyState": state,
            "DeletionDate": (state == "PendingDeletion").then_some("2026-07-20T00:00:00Z"),
            "MultiRegionConfiguration": {"MultiRegionKeyType": part,
                "PrimaryKey": {"Arn": arn("us-east-1"), "Region": "us-east-1"},
                "ReplicaKeys": [{"Arn": arn("us-west-2"), "Region": "us-west-2"}]}}),
        )
    };
    let all = [
        (
            "us-east-1/key.json",
            described("us-east-1", "PRIMARY", "Enabled"),
        ),
        ("us-east-1/policy.json", policy(&ALL)),
        (
            "us-west-2/key.json",
            described("us-west-2", "REPLICA", "PendingDeletion"),
        ),
        ("account.json", account()),
    ];
    let found = answer(&ask(&arn("us-east-1")), &files("accept-last-related", &all));
    assert_eq!(found.verdict, Verdict::Caution);
    let first = found.of(Severity::Caution).next().unwrap();
    assert_eq!(
        (first.id, first.is_prominent()),
        ("last-related-key-deleted", true)
    );
}
