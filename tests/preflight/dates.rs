//! When what happens: never before the call, and every date is a date.

use jiff::{SignedDuration, Timestamp};
use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{FactMaker, Limits};
use kmslint::lint::run_all;
use kmslint::load::Loaded;
use kmslint::preflight::{Moment, Operation, Preflight, Question, Severity, Timeline, Verdict};
use kmslint::rule::Catalogue;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    ACCOUNT, ADMIN, ALL, ARN, LIMITS, account, answer, answer_within, ask, files, find, go_with,
    has, has_not, key, policy,
};

const MRK: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";
const NOW: &str = "2026-07-01T12:00:00Z";

fn arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/{MRK}")
}

/// The primary in us-east-1, or one of its replicas.
fn member(region: &str, replicas: &[&str], more: &Value) -> Value {
    let part = if region == "us-east-1" {
        "PRIMARY"
    } else {
        "REPLICA"
    };
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

fn pending(date: &str) -> Value {
    json!({"KeyState": "PendingDeletion", "DeletionDate": date})
}

/// A key of the set: its Region, its other metadata and its policy.
type Member<'a> = (&'a str, Value, Value);

/// A primary key and its replicas.
fn set(name: &str, primary: &Value, replicas: &[Member<'_>]) -> Loaded {
    let regions: Vec<_> = replicas.iter().map(|(region, ..)| *region).collect();
    let mut all = vec![
        (
            "us-east-1/key.json".to_owned(),
            member("us-east-1", &regions, primary),
        ),
        ("us-east-1/policy.json".to_owned(), policy(&ALL)),
        ("account.json".to_owned(), account()),
    ];
    for (region, metadata, policy) in replicas {
        all.push((
            format!("{region}/key.json"),
            member(region, &regions, metadata),
        ));
        all.push((format!("{region}/policy.json"), policy.clone()));
    }
    let all: Vec<_> = all
        .iter()
        .map(|(name, text)| (name.as_str(), text.clone()))
        .collect();
    files(name, &all)
}

fn at_noon(key: &str, days: Option<i64>) -> Question {
    Question {
        days,
        now: NOW.parse().ok(),
        ..ask(key)
    }
}

/// Every moment that an answer names.
fn moments(timeline: &Timeline) -> Vec<Moment> {
    let plan = timeline.plan.iter();
    let lanes = timeline.lanes.iter();
    let lanes = lanes.chain(plan.clone().flat_map(|plan| &plan.lanes));
    let segments = lanes.flat_map(|lane| &lane.segments);
    let milestones = timeline.milestones.iter();
    let milestones = milestones.chain(plan.flat_map(|plan| &plan.milestones));
    let ends = [
        timeline.earliest_deletion,
        timeline.latest_deletion,
        timeline.last_cancel,
    ];
    segments
        .flat_map(|segment| std::iter::once(segment.from).chain(segment.to))
        .chain(milestones.map(|milestone| milestone.when))
        .chain(ends.into_iter().flatten())
        .collect()
}

fn nothing_is_before_the_call(found: &Preflight, now: Option<Timestamp>) {
    let Some(timeline) = &found.timeline else {
        return;
    };
    for moment in moments(timeline) {
        assert!(moment.day.is_none_or(|day| day >= 0), "{timeline:#?}");
        let is_before = moment.at.zip(now).is_some_and(|(at, now)| at < now);
        assert!(!is_before, "{moment:?} in {timeline:#?}");
    }
    for lane in timeline
        .lanes
        .iter()
        .chain(timeline.plan.iter().flat_map(|plan| &plan.lanes))
    {
        for segment in &lane.segments {
            let days = segment.from.day.zip(segment.to.and_then(|to| to.day));
            assert!(days.is_none_or(|(from, to)| from <= to), "{lane:#?}");
        }
        for (one, next) in lane.segments.iter().zip(lane.segments.iter().skip(1)) {
            assert_eq!(one.to, Some(next.from), "{lane:#?}");
        }
    }
}

/// "Deleting multi-Region keys": the primary's waiting period begins when its last replica is deleted,
/// and so not before the call. A date that is past says that the description is out of date.
#[test]
fn overdue_replica_lets_the_primary_begin_at_the_call() {
    let loaded = set(
        "overdue-replica",
        &json!({}),
        &[("us-west-2", pending("2026-05-23T12:00:00Z"), policy(&ALL))],
    );
    let question = at_noon(&arn("us-east-1"), Some(7));
    let found = answer(&question, &loaded);
    nothing_is_before_the_call(&found, question.now);
    has(&found, "replica-overdue", Severity::Caution);
    let timeline = found.timeline.as_ref().unwrap();
    let earliest = timeline.earliest_deletion.unwrap();
    assert_eq!(
        (earliest.day, earliest.at),
        (Some(7), "2026-07-08T12:00:00Z".parse().ok())
    );
    let plan = timeline.plan.as_ref().unwrap();
    assert_eq!((plan.days, plan.shortest_days), (7, 7));
    // Near miss: a date that is to come.
    let ahead = set(
        "replica-ahead",
        &json!({}),
        &[("us-west-2", pending("2026-07-04T18:00:00Z"), policy(&ALL))],
    );
    let found = answer(&question, &ahead);
    has_not(&found, "replica-overdue");
    let timeline = found.timeline.unwrap();
    let date: Option<Timestamp> = "2026-07-11T18:00:00Z".parse().ok();
    assert_eq!(timeline.earliest_deletion.unwrap().at, date);
    // A part of a day counts as a whole one.
    assert_eq!(timeline.plan.unwrap().days, 11);
}

/// KMS may be 24 hours late: <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
#[test]
fn overdue_key_is_told_as_such_and_cancelling_is_worth_a_try() {
    for (date, words) in [
        ("2026-07-01T12:00:00Z", "within 24 hours after that"),
        ("2026-07-01T00:00:00Z", "within 24 hours after that"),
        ("2026-06-30T12:00:00Z", "more than 24 hours ago"),
        ("2026-01-01T00:00:00Z", "more than 24 hours ago"),
    ] {
        let all = [
            ("key.json", key(&pending(date))),
            ("policy.json", policy(&ALL)),
            ("account.json", account()),
        ];
        let loaded = files("overdue", &all);
        let question = Question {
            operation: Operation::Cancel,
            ..at_noon(ARN, None)
        };
        let found = answer(&question, &loaded);
        nothing_is_before_the_call(&found, question.now);
        assert_eq!(found.verdict, Verdict::Caution, "{date}");
        let reason = find(&found, "waiting-period-over");
        assert!(
            reason.sentence.contains(words),
            "{date}: {}",
            reason.sentence
        );
        assert!(
            reason
                .help
                .as_deref()
                .unwrap()
                .contains("try `aws kms cancel-key-deletion` now")
        );
        assert_eq!(found.timeline.unwrap().last_cancel, None);
    }
}

/// A primary whose last replica was deleted long ago is PendingDeletion, whatever an old description
/// says, and by now it is gone.
#[test]
fn overdue_primary_that_waits_is_no_go_for_a_cancellation() {
    let waits = json!({"KeyState": "PendingReplicaDeletion", "PendingDeletionWindowInDays": 7});
    let replica = |date| [("us-west-2", pending(date), policy(&ALL))];
    let question = Question {
        operation: Operation::Cancel,
        ..at_noon(&arn("us-east-1"), None)
    };
    let loaded = set("overdue-primary", &waits, &replica("2026-05-01T00:00:00Z"));
    let found = answer(&question, &loaded);
    nothing_is_before_the_call(&found, question.now);
    assert_eq!(found.verdict, Verdict::Caution);
    has(&found, "waiting-period-over", Severity::Caution);
    has(&found, "replica-overdue", Severity::Info);
    // Near misses: its own waiting period runs, or the replica's does.
    for (date, outdated) in [
        ("2026-06-28T00:00:00Z", true),
        ("2026-07-03T00:00:00Z", false),
    ] {
        let loaded = set("primary-in-time", &waits, &replica(date));
        let found = answer(&question, &loaded);
        nothing_is_before_the_call(&found, question.now);
        assert_eq!(found.verdict, Verdict::Go, "{date}: {:#?}", found.reasons);
        has(&found, "expected-deletion", Severity::Info);
        let reasons = found.reasons.iter();
        assert_eq!(
            reasons
                .filter(|reason| reason.id == "replica-overdue")
                .count()
                == 1,
            outdated
        );
    }
    // Whether it is too late is not known without the moment.
    let dateless = Question {
        now: None,
        ..question
    };
    let loaded = set("primary-dateless", &waits, &replica("2026-05-01T00:00:00Z"));
    assert_eq!(answer(&dateless, &loaded).verdict, Verdict::Caution);
}

/// The administrator's policy, denying waiting periods below so many days.
fn at_least(days: u8) -> Value {
    let mut policy = policy(&ALL);
    policy["Statement"]
        .as_array_mut()
        .unwrap()
        .push(json!({"Effect": "Deny", "Principal": "*",
        "Action": "kms:ScheduleKeyDeletion", "Resource": "*", "Condition": {"NumericLessThan":
            {"kms:ScheduleKeyDeletionPendingWindowInDays": days.to_string()}}}));
    policy
}

fn windows(found: &Preflight) -> Vec<(String, String)> {
    let plan = found.timeline.as_ref().unwrap().plan.as_ref().unwrap();
    let calls = plan.calls.iter().map(|call| {
        let days = call.command.rsplit(' ').next().unwrap();
        (call.region.clone(), days.to_owned())
    });
    calls.collect()
}

#[test]
fn replicas_get_the_days_asked_for_as_far_as_their_policies_allow() {
    let loaded = set(
        "plan",
        &json!({}),
        &[
            ("us-west-2", json!({}), at_least(30)),
            ("eu-west-1", json!({}), at_least(10)),
        ],
    );
    let primary = arn("us-east-1");
    // Asked for, configured: the days of each Region, the plan, and the shortest plan.
    for (days, configured, eu, us, plan_days, shortest) in [
        (Some(30), 7, "30", "30", 60, 37),
        (Some(7), 7, "10", "30", 37, 37),
        (Some(14), 7, "14", "30", 44, 37),
        (None, 12, "12", "30", 60, 42),
    ] {
        let limits = Limits {
            minimum_waiting_period: PendingWindowInDays::new(configured).unwrap(),
            ..LIMITS
        };
        let question = at_noon(&primary, days);
        let found = answer_within(limits, &question, &loaded);
        let asked = days.unwrap_or(30).to_string();
        let expected = [("us-east-1", &*asked), ("eu-west-1", eu), ("us-west-2", us)];
        let expected = expected.map(|(region, days)| (region.to_owned(), days.to_owned()));
        assert_eq!(windows(&found), expected, "{days:?}");
        let plan = found.timeline.as_ref().unwrap().plan.as_ref().unwrap();
        assert_eq!(
            (plan.days, plan.shortest_days),
            (plan_days, shortest),
            "{days:?}"
        );
        let others = found
            .reasons
            .iter()
            .any(|reason| reason.id == "plan-with-other-days");
        assert_eq!(others, days != Some(30), "{days:?}");
        nothing_is_before_the_call(&found, question.now);
    }
    // Every replica lets every waiting period through: as asked for.
    let open = set(
        "plan-open",
        &json!({}),
        &[("us-west-2", json!({}), policy(&ALL))],
    );
    let found = answer(&at_noon(&primary, Some(21)), &open);
    assert_eq!(
        windows(&found)[1],
        ("us-west-2".to_owned(), "21".to_owned())
    );
    assert!(
        find(&found, "shortest-plan")
            .sentence
            .contains("scheduled for 21 days")
    );
}

#[test]
fn known_date_of_a_replica_bounds_the_plan_without_the_moment_of_the_call() {
    let loaded = set(
        "bound",
        &json!({}),
        &[
            ("us-west-2", pending("2026-07-20T00:00:00Z"), policy(&ALL)),
            ("eu-west-1", json!({}), policy(&ALL)),
        ],
    );
    let question = Question {
        now: None,
        ..at_noon(&arn("us-east-1"), Some(7))
    };
    let found = answer(&question, &loaded);
    let plan = found.timeline.as_ref().unwrap().plan.as_ref().unwrap();
    assert_eq!(plan.days, 14);
    let date: Option<Timestamp> = "2026-07-27T00:00:00Z".parse().ok();
    assert_eq!(plan.not_before.unwrap().at, date);
    let sentence = &find(&found, "shortest-plan").sentence;
    assert!(
        sentence.contains("not before 2026-07-27T00:00:00Z"),
        "{sentence}"
    );
    // With the moment the days say it.
    let found = answer(&at_noon(&arn("us-east-1"), Some(7)), &loaded);
    let plan = found.timeline.unwrap().plan.unwrap();
    assert_eq!((plan.days, plan.not_before), (26, None));
}

/// AWS CLI user guide, `cli_timestamp_format`: version 1 writes seconds since 1970, version 2 ISO 8601
/// with the offset of the machine.
#[test]
fn every_spelling_of_a_date_is_the_same_date() {
    let expected = "2026-07-20T10:30:00.5Z";
    for date in [
        json!(1_784_543_400.5),
        json!("1784543400.5"),
        json!("2026-07-20T10:30:00.500000+00:00"),
        json!("2026-07-20T19:30:00.5+09:00"),
        json!("2026-07-20T07:00:00.5-03:30"),
        json!("2026-07-20 10:30:00.5+00:00"),
        json!(expected),
    ] {
        let pending = json!({"KeyState": "PendingDeletion", "DeletionDate": date});
        let all = [("key.json", key(&pending)), ("policy.json", policy(&ALL))];
        let loaded = files("spelling", &all);
        let question = Question {
            operation: Operation::Cancel,
            ..at_noon(ARN, None)
        };
        let found = answer(&question, &loaded);
        let key = found.key.as_ref().unwrap();
        assert_eq!(key.deletion_date.as_deref(), Some(expected), "{date}");
        assert!(find(&found, "cancel-until").sentence.contains(expected));
        let facts = FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS).all();
        let found = run_all(&facts, Catalogue::builtin().unwrap());
        let pending = found
            .iter()
            .find(|found| &*found.rule == "key-pending-deletion");
        let message = &pending.unwrap().message;
        assert!(message.contains(expected), "{date}: {message}");
    }
}

/// KMS deletes imported material at `ValidTo`:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-import-key-material.html#importing-keys-expiration>
#[test]
fn imported_material_that_expires_is_said() {
    let imported = |model: &str, date: Option<&str>| {
        let mut metadata = json!({"Origin": "EXTERNAL", "ExpirationModel": model});
        if let Some(date) = date {
            metadata["ValidTo"] = json!(date);
        }
        metadata
    };
    let expires = "KEY_MATERIAL_EXPIRES";
    for (model, date, severity) in [
        // The call is on 2026-07-01, with 30 days.
        (expires, Some("2026-07-03T00:00:00Z"), Severity::Caution),
        (expires, Some("1783728000.0"), Severity::Caution),
        (expires, Some("2026-06-01T00:00:00Z"), Severity::Caution),
        (expires, Some("2027-07-03T00:00:00Z"), Severity::Info),
        (expires, None, Severity::Caution),
        ("KEY_MATERIAL_FADES", None, Severity::Caution),
    ] {
        let found = go_with("expires", &imported(model, date), &[]);
        has(&found, "imported-material-expires", severity);
    }
    let stays = imported("KEY_MATERIAL_DOES_NOT_EXPIRE", None);
    let found = go_with("expires", &stays, &[]);
    has_not(&found, "imported-material-expires");
    has_not(&found, "imported-material-missing");
    // Without its material nothing can use the key, whatever needs it.
    let mut missing = imported(expires, Some("2026-06-01T00:00:00Z"));
    missing["KeyState"] = json!("PendingImport");
    let found = go_with("expires", &missing, &[]);
    has(&found, "imported-material-missing", Severity::Caution);
    has(&found, "imported-material-expires", Severity::Caution);
    assert_eq!(found.verdict, Verdict::Caution);
}

/// `ReplicateKey`: each replica of a primary is in a Region of its own, and one that is pending
/// deletion still is in its.
#[test]
fn replica_can_be_made_again_only_after_it_is_deleted() {
    for (state, not_yet) in [
        ("Enabled", None),
        ("Disabled", Some("while the primary is Disabled")),
    ] {
        let loaded = set(
            "again",
            &json!({"KeyState": state}),
            &[("us-west-2", pending("2026-07-20T00:00:00Z"), policy(&ALL))],
        );
        let question = Question {
            operation: Operation::Pending,
            ..at_noon(&arn("us-west-2"), None)
        };
        let sentence = find(&answer(&question, &loaded), "replica-can-be-made-again")
            .sentence
            .clone();
        assert!(
            sentence.contains("in this Region only after KMS has deleted this one"),
            "{sentence}"
        );
        assert_eq!(
            sentence.contains("not while"),
            not_yet.is_some(),
            "{sentence}"
        );
        assert!(sentence.contains(not_yet.unwrap_or_default()));
    }
}

/// A replica: whether it is pending deletion, and hours from the call to its date.
type Replica = (bool, Option<i64>);

fn replicas() -> impl Strategy<Value = Vec<Replica>> {
    let hours = prop_oneof![Just(None), (-2_000_i64..2_000).prop_map(Some)];
    proptest::collection::vec((any::<bool>(), hours), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// The primary may be deleted its days after the last replica is gone, and that is at the call at
    /// the earliest.
    #[test]
    fn primary_is_deleted_after_the_last_replica_and_never_before_the_call(
        replicas in replicas(), days in 7_i64..=30, dated in any::<bool>(), waits in any::<bool>()
    ) {
        let now: Timestamp = NOW.parse().unwrap();
        let later = |hours: i64| now + SignedDuration::from_hours(hours);
        let regions = ["us-west-2", "eu-west-1", "ap-southeast-2"];
        let members: Vec<Member<'_>> = regions.into_iter().zip(&replicas).map(|(region, replica)| {
            let metadata = match replica {
                (true, Some(hours)) => pending(&later(*hours).to_string()),
                (true, None) => json!({"KeyState": "PendingDeletion"}),
                (false, _) => json!({}),
            };
            (region, metadata, policy(&ALL))
        }).collect();
        let primary = if waits {
            json!({"KeyState": "PendingReplicaDeletion", "PendingDeletionWindowInDays": days})
        } else {
            json!({})
        };
        let loaded = set("random", &primary, &members);
        let asked = dated.then_some(now);
        for operation in [Operation::Schedule, Operation::Cancel, Operation::Pending] {
            let question = Question { days: Some(days), now: asked, operation, ..ask(&arn("us-east-1")) };
            let found = answer(&question, &loaded);
            prop_assert_eq!(found.principal.as_deref(), Some(ADMIN));
            nothing_is_before_the_call(&found, asked);
            let plan = found.timeline.as_ref().and_then(|timeline| timeline.plan.as_ref());
            let Some(plan) = plan else { continue };
            // As the guide has it, in hours after the call.
            let gone = replicas.iter().map(|replica| match replica {
                (true, Some(hours)) => (*hours).max(0),
                (true, None) => 30 * 24,
                (false, _) => days * 24,
            }).max().unwrap();
            if dated {
                prop_assert_eq!(plan.days, (gone + 23) / 24 + days);
                let end = plan.milestones.last().unwrap().when.at.unwrap();
                prop_assert_eq!(end, later(gone + days * 24));
            }
            let bound = replicas.iter().filter(|(pending, _)| *pending);
            let bound = bound.filter_map(|(_, hours)| *hours).max();
            let bound = bound.filter(|_| !dated).map(|hours| later(hours + days * 24));
            prop_assert_eq!(plan.not_before.and_then(|moment| moment.at), bound);
        }
    }
}
