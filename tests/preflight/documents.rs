//! What the five documents state, each test with the document named.

use kmslint::aws::KmsAction;
use kmslint::aws::key::KeyState;
use kmslint::facts::FactMaker;
use kmslint::preflight::{Lane, Operation, Phase, Question, Severity, Verdict, pending};
use serde_json::{Value, json};

use super::{
    ACCOUNT, ADMIN, ALL, ARN, ID, LIMITS, account, answer, ask, files, find, fixture, go_with, has,
    has_not, key, policy, unused,
};

const MRK: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";
const REPLICAS: [&str; 3] = ["us-west-2", "eu-west-1", "ap-southeast-2"];

fn arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/{MRK}")
}

/// A multi-Region key and its relatives, each with its state.
fn multi_region(region: &str, part: &str, replicas: &[&str], more: &Value) -> Value {
    let listed: Vec<_> = replicas
        .iter()
        .map(|region| json!({"Arn": arn(region), "Region": region}))
        .collect();
    let mut fields = json!({"KeyId": MRK, "Arn": arn(region), "MultiRegion": true,
        "MultiRegionConfiguration": {"MultiRegionKeyType": part,
            "PrimaryKey": {"Arn": arn("us-east-1"), "Region": "us-east-1"},
            "ReplicaKeys": listed}});
    let more = more.as_object().unwrap().clone();
    fields.as_object_mut().unwrap().extend(more);
    key(&fields)
}

fn at(moment: Option<kmslint::preflight::Moment>) -> String {
    moment.unwrap().at.unwrap().to_string()
}

fn days(lane: &Lane) -> Vec<(Phase, Option<i64>, Option<i64>)> {
    let segments = lane.segments.iter();
    segments
        .map(|of| (of.phase, of.from.day, of.to.and_then(|to| to.day)))
        .collect()
}

/// boto3, `schedule_key_deletion`: 7 to 30 days, 30 by default; the state becomes PendingDeletion;
/// its example asks for 7 days and gets 2016-12-17T16:00.
#[test]
fn schedule_key_deletion_takes_seven_to_thirty_days() {
    let loaded = files("days", &[("key.json", key(&json!({})))]);
    for (days, window) in [(None, Some(30)), (Some(7), Some(7)), (Some(30), Some(30))] {
        let question = Question { days, ..ask(ARN) };
        let found = answer(&question, &loaded);
        assert_eq!(found.waiting_period, window);
        let timeline = found.timeline.unwrap();
        assert_eq!(timeline.state_after, Some(KeyState::PendingDeletion));
        assert_eq!(timeline.answer_has_deletion_date, Some(true));
    }
    for days in [i64::MIN, -7, 0, 6, 31, 365, i64::MAX] {
        let question = Question {
            days: Some(days),
            ..ask(ARN)
        };
        let found = answer(&question, &loaded);
        has(&found, "days-out-of-range", Severity::Stop);
        assert!(found.timeline.is_none());
    }
    let question = Question {
        days: Some(7),
        now: "2016-12-10T16:00:00Z".parse().ok(),
        ..ask(ID)
    };
    let timeline = answer(&question, &loaded).timeline.unwrap();
    assert_eq!(at(timeline.earliest_deletion), "2016-12-17T16:00:00Z");
    assert_eq!(at(timeline.last_cancel), "2016-12-17T16:00:00Z");
}

/// boto3, `schedule_key_deletion`: no call across accounts; only replicas, and asymmetric and HMAC
/// keys with imported material, can be made again; custom key stores keep something of no use.
#[test]
fn schedule_key_deletion_says_what_is_lost() {
    for (metadata, id, severity) in [
        (json!({}), "data-is-lost", Severity::Info),
        (
            json!({"Origin": "EXTERNAL"}),
            "imported-material-does-not-help",
            Severity::Info,
        ),
        (
            json!({"Origin": "EXTERNAL", "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}),
            "imported-material-restores",
            Severity::Info,
        ),
        (
            json!({"Origin": "EXTERNAL", "KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
            "imported-material-restores",
            Severity::Info,
        ),
        (
            json!({"Origin": "AWS_CLOUDHSM"}),
            "cluster-may-keep-the-material",
            Severity::Info,
        ),
        (
            json!({"Origin": "AWS_CLOUDHSM", "KeyState": "Unavailable"}),
            "cluster-may-keep-the-material",
            Severity::Caution,
        ),
        (
            json!({"Origin": "EXTERNAL_KEY_STORE"}),
            "external-key-stays-and-is-useless",
            Severity::Info,
        ),
        (
            json!({"KeySpec": "HMAC_512", "KeyUsage": "GENERATE_VERIFY_MAC"}),
            "macs-cannot-be-verified",
            Severity::Info,
        ),
    ] {
        has(&go_with("loss", &metadata, &[]), id, severity);
    }
    let loaded = files("foreign", &[("key.json", key(&json!({})))]);
    let foreign = "arn:aws:iam::444455556666:role/KeyAdmin";
    let question = Question {
        principal: kmslint::eval::Caller::parse(foreign).ok(),
        ..ask(ARN)
    };
    has(&answer(&question, &loaded), "permission", Severity::Stop);
}

/// Thales CipherTrust, "Scheduling Key Deletion": a record scheduled with 7 days at 06:48:43 of
/// 2020-11-05 is deleted on 2020-11-12; the state changes from enabled to pending deletion.
#[test]
fn the_ciphertrust_record_is_scheduled_for_seven_days() {
    let loaded = fixture("documents/ciphertrust");
    let id = "623321f4-a7d4-4d52-89bf-a9f26a29360e";
    let date = "2020-11-12T06:48:43.971985424Z";
    let question = Question {
        days: Some(7),
        now: "2020-11-05T06:48:43.971985424Z".parse().ok(),
        ..ask(id)
    };
    let found = answer(&question, &loaded);
    has(&found, "already-pending", Severity::Stop);
    let sentence = &find(&found, "already-pending").sentence;
    assert!(sentence.contains(date), "{sentence}");
    let timeline = found.timeline.unwrap();
    assert_eq!(at(timeline.earliest_deletion), date);
    assert_eq!(timeline.earliest_deletion.unwrap().day, Some(7));
    // Scheduled anew at that moment, the date is the same.
    let again = files("ciphertrust", &[("key.json", key(&json!({})))]);
    let question = Question {
        key: ARN.to_owned(),
        ..question
    };
    let timeline = answer(&question, &again).timeline.unwrap();
    assert_eq!(at(timeline.earliest_deletion), date);
    let all = pending(
        &question,
        &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
        &|_| true,
    );
    assert_eq!(all.len(), 1);
}

/// boto3, `cancel_key_deletion`: the key is Disabled then, and EnableKey enables it; no call across
/// accounts; a key id or key ARN.
#[test]
fn cancel_key_deletion_leaves_the_key_disabled() {
    let metadata = json!({"KeyState": "PendingDeletion", "DeletionDate": "2026-07-20T00:00:00Z"});
    let pending = [
        ("key.json", key(&metadata)),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
    ];
    let loaded = files("cancel", &pending);
    let question = Question {
        operation: Operation::Cancel,
        ..ask(ARN)
    };
    let found = answer(&question, &loaded);
    assert_eq!(found.verdict, Verdict::Go, "{:#?}", found.reasons);
    assert_eq!(found.permissions[0].action, KmsAction::CancelKeyDeletion);
    let timeline = found.timeline.unwrap();
    assert_eq!(timeline.state_after, Some(KeyState::Disabled));
    assert_eq!(at(timeline.last_cancel), "2026-07-20T00:00:00Z");
    let enable = &found.alternatives[0];
    let command = format!("aws kms enable-key --region us-east-2 --key-id {ARN}");
    assert_eq!(
        (&enable.command, enable.answer.unwrap().word()),
        (&command, "allowed")
    );
    for (now, verdict) in [
        // KMS may be 24 hours late, and a call that comes too late costs nothing.
        ("2026-07-20T00:00:00Z", Verdict::Caution),
        ("2026-07-19T23:59:59Z", Verdict::Go),
    ] {
        let question = Question {
            now: now.parse().ok(),
            ..question.clone()
        };
        assert_eq!(answer(&question, &loaded).verdict, verdict, "{now}");
    }
    // Without the moment it is not known whether it is too late.
    let question = Question {
        now: None,
        ..question
    };
    assert_eq!(answer(&question, &loaded).verdict, Verdict::Caution);
}

/// "Deleting multi-Region keys": a replica is deleted like any key, 30 days by default; with the
/// deletion date of its example.
#[test]
fn a_replica_is_deleted_alone() {
    let primary = multi_region("us-east-1", "PRIMARY", &REPLICAS, &json!({}));
    let replica = multi_region("us-west-2", "REPLICA", &REPLICAS, &json!({}));
    let loaded = files(
        "replica",
        &[("a/key.json", primary), ("b/key.json", replica.clone())],
    );
    let question = Question {
        now: "2020-08-09T00:00:00Z".parse().ok(),
        ..ask(&arn("us-west-2"))
    };
    let found = answer(&question, &loaded);
    let timeline = found.timeline.as_ref().unwrap();
    assert_eq!(timeline.state_after, Some(KeyState::PendingDeletion));
    // 1599523200.0 in the example.
    assert_eq!(at(timeline.earliest_deletion), "2020-09-08T00:00:00Z");
    has(&found, "replica-can-be-made-again", Severity::Info);
    has_not(&found, "data-is-lost");
    // That the primary still exists must be known.
    let alone = files("replica-alone", &[("key.json", replica)]);
    has(
        &answer(&question, &alone),
        "primary-not-known",
        Severity::Caution,
    );
}

/// "Deleting multi-Region keys": PendingReplicaDeletion, no DeletionDate, may last for ever; the
/// minimum is 14 days: 7 for the replicas, then 7 for the primary; every call in its Region.
#[test]
fn a_primary_with_replicas_takes_fourteen_days() {
    let primary = multi_region("us-east-1", "PRIMARY", &REPLICAS, &json!({}));
    let loaded = files("fourteen", &[("key.json", primary)]);
    let question = Question {
        days: Some(7),
        ..ask(&arn("us-east-1"))
    };
    let found = answer(&question, &loaded);
    has(&found, "primary-waits-for-replicas", Severity::Caution);
    has(&found, "may-wait-for-ever", Severity::Caution);
    let timeline = found.timeline.unwrap();
    let state = Some(KeyState::PendingReplicaDeletion);
    assert_eq!(timeline.state_after, state);
    assert_eq!(timeline.answer_has_deletion_date, Some(false));
    assert_eq!(
        (timeline.earliest_deletion, timeline.last_cancel),
        (None, None)
    );
    assert_eq!(
        days(&timeline.lanes[0]),
        [(Phase::WaitsForReplicas, Some(0), None)]
    );
    let plan = timeline.plan.unwrap();
    assert_eq!((plan.days, plan.shortest_days), (14, 14));
    assert_eq!(
        days(&plan.lanes[0]),
        [
            (Phase::WaitsForReplicas, Some(0), Some(7)),
            (Phase::WaitingPeriod, Some(7), Some(14)),
            (Phase::MayBeDeleted, Some(14), Some(16)),
        ]
    );
    for lane in &plan.lanes[1..] {
        let first = days(lane)[0];
        assert_eq!(first, (Phase::WaitingPeriod, Some(0), Some(7)));
    }
    let days: Vec<_> = plan.milestones.iter().map(|of| of.when.day).collect();
    assert_eq!(days, [Some(0), Some(7), Some(14)]);
    let commands: Vec<_> = plan
        .calls
        .iter()
        .map(|call| call.command.as_str())
        .collect();
    let schedule = |region| {
        let arn = arn(region);
        format!(
            "aws kms schedule-key-deletion --region {region} --key-id {arn} --pending-window-in-days 7"
        )
    };
    let regions = ["us-east-1", "ap-southeast-2", "eu-west-1", "us-west-2"];
    assert_eq!(commands, regions.map(schedule));
    assert!(plan.way_out[0].command.contains("update-primary-region"));
}

/// "Deleting multi-Region keys": the waiting periods of the replicas run side by side (7, 7 and 30
/// days in its table), and the primary's date is the latest of them and its own days.
#[test]
fn the_expected_date_is_that_of_the_last_replica_and_the_primarys_days() {
    let mut all = vec![(
        "us-east-1/key.json".to_owned(),
        multi_region("us-east-1", "PRIMARY", &REPLICAS, &json!({})),
    )];
    for (region, date) in REPLICAS
        .iter()
        .zip(["2026-07-08", "2026-07-08", "2026-07-31"])
    {
        let date = format!("{date}T00:00:00Z");
        let state = json!({"KeyState": "PendingDeletion", "DeletionDate": date});
        let replica = multi_region(region, "REPLICA", &REPLICAS, &state);
        all.push((format!("{region}/key.json"), replica));
    }
    let all: Vec<_> = all
        .iter()
        .map(|(name, text)| (name.as_str(), text.clone()))
        .collect();
    let loaded = files("expected", &all);
    for now in [None, "2026-07-01T00:00:00Z".parse().ok()] {
        let question = Question {
            now,
            ..ask(&arn("us-east-1"))
        };
        let found = answer(&question, &loaded);
        let timeline = found.timeline.as_ref().unwrap();
        assert_eq!(at(timeline.earliest_deletion), "2026-08-30T00:00:00Z");
        has(&found, "expected-deletion", Severity::Info);
        // Deleting all of them is like deleting a single-Region key.
        has(&found, "last-related-key-deleted", Severity::Caution);
        has_not(&found, "may-wait-for-ever");
    }
}

/// "Deleting multi-Region keys": the answers of DescribeKey while the primary waits, and when its
/// replicas are gone, where the `Arn` is empty.
#[test]
fn the_answers_of_describe_key_load() {
    let loaded = fixture("documents/waiting-primary");
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let question = Question {
        operation: Operation::Cancel,
        ..ask(&arn("us-east-1"))
    };
    let found = answer(&question, &loaded);
    has(&found, "key-state", Severity::Info);
    let timeline = found.timeline.unwrap();
    assert_eq!(timeline.earliest_deletion, None);
    assert_eq!(timeline.state_after, Some(KeyState::Disabled));
    let loaded = fixture("documents/primary-without-replicas");
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    for given in [MRK.to_owned(), arn("us-east-1")] {
        let question = Question {
            key: given,
            now: "2020-08-20T06:00:00Z".parse().ok(),
            ..question.clone()
        };
        let found = answer(&question, &loaded);
        assert_eq!(found.key.as_ref().unwrap().arn, Some(arn("us-east-1")));
        // 1597968000.0 in the example.
        assert_eq!(
            at(found.timeline.unwrap().last_cancel),
            "2020-08-21T00:00:00Z"
        );
    }
}

/// "Deleting multi-Region keys": a primary without replicas is deleted like any other key.
#[test]
fn a_primary_without_replicas_is_like_a_single_region_key() {
    let primary = multi_region("us-east-1", "PRIMARY", &[], &json!({}));
    let loaded = files("no-replicas", &[("key.json", primary)]);
    let found = answer(&ask(&arn("us-east-1")), &loaded);
    has(&found, "like-a-single-region-key", Severity::Info);
    let timeline = found.timeline.unwrap();
    assert_eq!(timeline.state_after, Some(KeyState::PendingDeletion));
    assert_eq!(timeline.earliest_deletion.unwrap().day, Some(30));
    // Where the list is missing nothing is known of replicas.
    let metadata = json!({"KeyId": MRK, "Arn": arn("us-east-1"), "MultiRegion": true,
        "MultiRegionConfiguration": {"MultiRegionKeyType": "PRIMARY"}});
    let loaded = files("replicas-not-known", &[("key.json", key(&metadata))]);
    let found = answer(&ask(&arn("us-east-1")), &loaded);
    has(&found, "replicas-not-known", Severity::Caution);
    assert_eq!(found.timeline.unwrap().state_after, None);
}

/// "Deleting multi-Region keys": only ScheduleKeyDeletion is needed; CancelKeyDeletion, DescribeKey,
/// DisableKey and EnableKey are strongly recommended.
#[test]
fn recommended_permissions_are_missed() {
    let loaded = files(
        "recommended",
        &[
            ("key.json", key(&json!({}))),
            ("policy.json", policy(&["kms:ScheduleKeyDeletion"])),
            ("account.json", account()),
            ("usage.json", unused()),
        ],
    );
    let found = answer(&ask(ARN), &loaded);
    has(&found, "permission", Severity::Info);
    let missing: Vec<_> = found
        .reasons
        .iter()
        .filter(|reason| reason.id == "recommended-permission-missing")
        .collect();
    assert_eq!(missing.len(), 4, "{missing:#?}");
    for action in &ALL[1..] {
        assert!(
            missing
                .iter()
                .any(|reason| reason.sentence.contains(action))
        );
    }
    has(&found, "nobody-can-cancel", Severity::Stop);
}

/// "Deleting customer master keys": of 7 days the end is no earlier than 7 and no more than 8 days
/// after the request; its example asks for 10 days and gets 1442102400.0, a midnight.
#[test]
fn deletion_may_come_a_day_late() {
    let loaded = files("late", &[("key.json", key(&json!({})))]);
    let question = Question {
        days: Some(7),
        ..ask(ARN)
    };
    let timeline = answer(&question, &loaded).timeline.unwrap();
    assert_eq!(timeline.earliest_deletion.unwrap().day, Some(7));
    assert_eq!(timeline.latest_deletion.unwrap().day, Some(8));
    let date = "2015-09-13T00:00:00Z";
    for now in ["2015-09-02T00:00:01Z", "2015-09-03T00:00:00Z"] {
        let question = Question {
            days: Some(10),
            now: now.parse().ok(),
            ..ask(ARN)
        };
        let timeline = answer(&question, &loaded).timeline.unwrap();
        assert!(at(timeline.earliest_deletion).as_str() <= date);
        assert!(at(timeline.latest_deletion).as_str() >= date);
    }
}

/// "Deleting customer master keys": the administrators' statement needs both actions by name;
/// `kms:Delete*` gives neither.
#[test]
fn administrators_need_both_actions_by_name() {
    let wild = [
        "kms:Create*",
        "kms:Describe*",
        "kms:Enable*",
        "kms:List*",
        "kms:Put*",
        "kms:Update*",
        "kms:Revoke*",
        "kms:Disable*",
        "kms:Get*",
        "kms:Delete*",
    ];
    let both = [
        &wild[..],
        &["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
    ]
    .concat();
    for (actions, verdict) in [(&wild[..], Verdict::Stop), (&both, Verdict::Go)] {
        let statement = policy(actions);
        let all = [
            ("key.json", key(&json!({}))),
            ("policy.json", statement),
            ("account.json", account()),
            ("usage.json", unused()),
        ];
        let found = answer(&ask(ARN), &files("administrators", &all));
        assert_eq!(found.verdict, verdict, "{:#?}", found.reasons);
        assert_eq!(found.principal.as_deref(), Some(ADMIN));
    }
}

/// "Deleting customer master keys": asymmetric keys, above all for encryption.
#[test]
fn asymmetric_keys_are_looked_at() {
    for (spec, usage, id) in [
        (
            "RSA_4096",
            "ENCRYPT_DECRYPT",
            "public-key-goes-on-encrypting",
        ),
        ("SM2", "KEY_AGREEMENT", "shared-secrets-are-lost"),
        ("ECC_NIST_P256", "SIGN_VERIFY", "nothing-can-be-signed"),
        ("HMAC_256", "SIGN_VERIFY", "loss-not-known"),
        ("FALCON_512", "SIGN_VERIFY", "loss-not-known"),
    ] {
        let metadata = json!({"KeySpec": spec, "KeyUsage": usage});
        let found = go_with("asymmetric", &metadata, &[]);
        has(&found, id, Severity::Caution);
        assert_eq!(found.verdict, Verdict::Caution);
    }
    assert_eq!(go_with("go", &json!({}), &[]).verdict, Verdict::Go);
}
