//! Coverage is what could have shown use: the rows of what was found wrong, and their twins.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use kmslint::facts::FactMaker;
use kmslint::preflight::{
    EvidenceRequirements, Operation, Preflight, Question, Severity, Verdict, pending,
};
use serde_json::{Value, json};

use super::scenario::{
    Class, Event, History, OTHER, READ, Scenario, Usage, WRITE, at, disable, every, hours, loaded,
    seconds,
};
use super::{ARN, LIMITS, ask, find, has, has_not};

fn cautions(answer: &Preflight) -> Vec<&str> {
    let cautions = answer.of(Severity::Caution);
    cautions.map(|reason| reason.id).collect()
}

fn covered(answer: &Preflight) -> usize {
    answer.evidence.period.as_ref().unwrap().covered_days
}

/// What speaks against a scenario that was a go before something of it was changed.
fn changed(change: impl FnOnce(&mut Scenario)) -> Vec<String> {
    let mut scenario = Scenario::quiet();
    change(&mut scenario);
    let answer = scenario.answer();
    assert_eq!(answer.verdict == Verdict::Go, cautions(&answer).is_empty());
    cautions(&answer).into_iter().map(str::to_owned).collect()
}

/// One use of another key every 24 hours covers all of it: <issue, P1 `trail-control-full`>. The key
/// must also have been disabled (P18).
#[test]
fn a_day_between_read_events_is_covered_and_a_second_more_is_not() {
    assert_eq!(changed(|_| {}), [""; 0]);
    let answer = Scenario::quiet().answer();
    assert_eq!(covered(&answer), 90);
    assert_eq!(changed(|of| of.state = "Enabled"), ["not-disabled-first"]);
    let later = |of: &mut Scenario| {
        let day = at("2026-12-24T00:00:00Z");
        let found = of.events.iter_mut().find(|event| event.at == day);
        found.unwrap().at = seconds(day, 1);
    };
    assert_eq!(
        changed(later),
        ["recorded-too-little", "not-disabled-first"]
    );
    // As far as the team has decided.
    let wider = |of: &mut Scenario| {
        later(of);
        of.needed.maximum_gap_hours = 25;
    };
    assert_eq!(changed(wider), [""; 0]);
}

#[test]
fn the_record_reaches_a_day_before_now_and_all_of_the_period() {
    let now = |text: &'static str| move |of: &mut Scenario| of.now = at(text);
    assert_eq!(changed(now("2027-01-03T00:00:00Z")), [""; 0]);
    assert_eq!(
        changed(now("2027-01-03T00:00:01Z")),
        ["recorded-too-little", "not-disabled-first"]
    );
    let from = |text: &'static str| {
        move |of: &mut Scenario| of.events.retain(|event| event.at >= at(text))
    };
    assert_eq!(changed(from("2026-10-05T00:00:00Z")), [""; 0]);
    assert_eq!(
        changed(from("2026-10-05T00:00:01Z")),
        ["recorded-too-little"]
    );
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>
#[test]
fn only_management_read_events_of_the_own_account_and_region_cover() {
    let each = |change: fn(&mut Event)| {
        move |of: &mut Scenario| {
            let reads = of.events.iter_mut().filter(|event| event.name == "Decrypt");
            reads.for_each(change);
        }
    };
    let nothing = ["recorded-too-little", "not-disabled-first"];
    assert_eq!(changed(each(|event| event.class = WRITE)), nothing);
    assert_eq!(changed(each(|event| event.class = Class::Data)), nothing);
    assert_eq!(changed(each(|event| event.class = Class::Insight)), nothing);
    // An old event does not say whether it reads.
    assert_eq!(
        changed(each(|event| event.class = Class::Management(None))),
        nothing
    );
    assert_eq!(changed(each(|event| event.place.1 = "us-east-1")), nothing);
    assert_eq!(
        changed(each(|event| event.place.0 = "444455556666")),
        nothing
    );
    // Two events four months apart.
    assert_eq!(
        changed(|of| of.events.retain(|event| {
            [at("2026-08-25T00:00:00Z"), at("2027-01-02T00:00:00Z")].contains(&event.at)
        })),
        nothing
    );
    // Calls that use no key, and no other service: whoever picked them left use out.
    assert_eq!(changed(each(|event| event.name = "DescribeKey")), nothing);
    // No event of KMS at all, or none that reads.
    let other = |event: &mut Event| {
        (event.service, event.name, event.key) = ("ec2", "DescribeInstances", None);
    };
    assert_eq!(changed(each(other)), nothing);
}

#[test]
fn events_of_an_organization_count_for_their_own_account() {
    let others = |of: &mut Scenario| {
        for (event, account) in of
            .events
            .clone()
            .iter()
            .zip(["444455556666", "777788889999"].iter().cycle())
        {
            let mut event = event.clone();
            event.place = (account, "eu-west-1");
            event.key = None;
            of.events.push(event);
        }
    };
    assert_eq!(changed(others), [""; 0]);
    let gap = |of: &mut Scenario| {
        others(of);
        let day = at("2026-11-11T00:00:00Z");
        of.events
            .retain(|event| event.at != day || event.place.1 == "eu-west-1");
    };
    assert_eq!(changed(gap), ["recorded-too-little"]);
}

/// Reads of EC2 every six hours, and of KMS at these hours before now.
fn with_kms_at(hours_before: &[i64]) -> Scenario {
    let mut scenario = Scenario::quiet();
    let now = scenario.now;
    scenario.events = every(6, hours(now, -100 * 24), hours(now, -1));
    for event in &mut scenario.events {
        (event.service, event.name, event.key) = ("ec2", "DescribeInstances", None);
    }
    let reads = hours_before
        .iter()
        .map(|before| Event::kms(hours(now, -before), "ListKeys", READ, OTHER));
    scenario.events.extend(reads);
    scenario.events.push(disable(hours(now, -20 * 24)));
    scenario
}

/// Issue, item 1: where the records of the home Region are not given, seven days.
#[test]
fn events_of_kms_lie_seven_days_apart_at_most() {
    let week = 7 * 24;
    let weekly: Vec<i64> = (0..15).map(|number| number * week).collect();
    assert_eq!(with_kms_at(&weekly).answer().verdict, Verdict::Go);
    let mut late = with_kms_at(&weekly);
    late.events
        .retain(|event| event.name != "ListKeys" || event.at < late.now);
    assert_eq!(
        late.answer().verdict,
        Verdict::Go,
        "the last a week before now"
    );
    late.now = seconds(late.now, 1);
    has(&late.answer(), "recorded-too-little", Severity::Caution);
    let mut apart = with_kms_at(&weekly);
    let moved = apart
        .events
        .iter_mut()
        .find(|event| event.name == "ListKeys" && event.at == hours(apart.now, -5 * week));
    let moved = moved.unwrap();
    moved.at = seconds(moved.at, -1);
    let answer = apart.answer();
    has(&answer, "recorded-too-little", Severity::Caution);
    let sentence = &find(&answer, "recorded-too-little").sentence;
    assert!(sentence.contains("home Region"), "{sentence}");
}

/// Issue, item 1: `PutEventSelectors` and `StopLogging` are recorded in the home Region only.
#[test]
fn records_of_the_home_region_show_that_kms_stayed_in_the_trail() {
    let home = ("111122223333", "eu-central-1");
    let month = 30 * 24;
    let apart = [0, month, 2 * month, 3 * month, 4 * month];
    let of_home = |scenario: &mut Scenario, class: Class| {
        let (from, to) = (hours(scenario.now, -130 * 24), scenario.now);
        for mut event in every(12, from, to) {
            (event.service, event.name, event.key) = ("s3", "GetBucketAcl", None);
            (event.class, event.place) = (class, home);
            scenario.events.push(event);
        }
    };
    let mut scenario = with_kms_at(&apart);
    has(&scenario.answer(), "recorded-too-little", Severity::Caution);
    scenario.selectors = Some((home, true));
    has(&scenario.answer(), "recorded-too-little", Severity::Caution);
    // Without write events the record of the home Region would not show such a call.
    of_home(&mut scenario, READ);
    has(&scenario.answer(), "recorded-too-little", Severity::Caution);
    of_home(&mut scenario, WRITE);
    let answer = scenario.answer();
    assert_eq!(answer.verdict, Verdict::Go, "{:#?}", answer.reasons);
    // The call itself, in the home Region and in another account.
    let put = |request: Value, error| Event {
        place: home,
        request,
        error,
        ..Event::new(
            hours(scenario.now, -40 * 24),
            "cloudtrail",
            "PutEventSelectors",
            WRITE,
        )
    };
    let excluding = json!({"trailName": "t", "eventSelectors": [{"excludeManagementEventSources": ["kms.amazonaws.com"]}]});
    let including = json!({"trailName": "t", "eventSelectors": [{"readWriteType": "All"}]});
    for (request, error, verdict) in [
        (excluding.clone(), None, Verdict::Caution),
        (excluding, Some("AccessDenied"), Verdict::Go),
        (including, None, Verdict::Go),
        (Value::Null, None, Verdict::Caution),
    ] {
        let mut changed = scenario.clone();
        changed.events.push(put(request, error));
        assert_eq!(changed.answer().verdict, verdict);
    }
    for name in ["StopLogging", "DeleteTrail", "UpdateTrail"] {
        let mut changed = scenario.clone();
        let event = Event {
            name,
            ..put(Value::Null, None)
        };
        changed.events.push(event);
        let answer = changed.answer();
        assert_eq!(answer.verdict, Verdict::Caution, "{name}");
        let sentence = &find(&answer, "recorded-too-little").sentence;
        assert!(sentence.contains("may have taken KMS out"), "{sentence}");
    }
}

#[test]
fn a_call_that_takes_kms_out_ends_what_is_covered() {
    let put = Event {
        place: ("999900001111", "eu-central-1"),
        ..Event::new(
            at("2026-11-20T06:00:00Z"),
            "cloudtrail",
            "PutEventSelectors",
            WRITE,
        )
    };
    // Of an organization's trail the call may be recorded in another account.
    assert_eq!(
        changed(|of| of.events.push(put.clone())),
        ["recorded-too-little"]
    );
    // Where the trail is known to be another, it may not.
    assert_eq!(
        changed(|of| {
            of.events.push(put.clone());
            of.selectors = Some((("111122223333", "us-east-2"), true));
        }),
        [""; 0]
    );
    // Before the period it does not matter.
    let early = Event {
        at: at("2026-09-20T06:00:00Z"),
        ..put
    };
    assert_eq!(changed(|of| of.events.push(early)), [""; 0]);
}

#[test]
fn settings_and_status_of_the_trail_are_evidence_about_the_evidence() {
    let own = ("111122223333", "us-east-2");
    assert_eq!(changed(|of| of.selectors = Some((own, true))), [""; 0]);
    let nothing = ["recorded-too-little", "not-disabled-first"];
    assert_eq!(changed(|of| of.selectors = Some((own, false))), nothing);
    let stopped = |from: &'static str, to: &'static str| {
        move |of: &mut Scenario| of.stopped = Some((at(from), at(to)))
    };
    // Shorter than a gap, and yet it is known that nothing was recorded.
    assert_eq!(
        changed(stopped("2026-11-11T01:00:00Z", "2026-11-11T02:00:00Z")),
        ["recorded-too-little"]
    );
    assert_eq!(
        changed(stopped("2026-12-29T01:00:00Z", "2026-12-29T02:00:00Z")),
        nothing
    );
    assert_eq!(
        changed(stopped("2026-09-01T00:00:00Z", "2026-09-08T00:00:00Z")),
        [""; 0]
    );
    let missing = |of: &mut Scenario| {
        of.missing_log = Some((at("2026-11-11T01:00:00Z"), at("2026-11-11T02:00:00Z")));
    };
    assert_eq!(changed(missing), ["recorded-too-little"]);
    let mut scenario = Scenario::quiet();
    missing(&mut scenario);
    let answer = scenario.answer();
    let commands = &answer.evidence.period.as_ref().unwrap().commands;
    let fetch = "aws s3 cp --recursive s3://b/AWSLogs/111122223333/CloudTrail/us-east-2/2026/11/";
    assert!(
        commands.iter().any(|of| of.command.starts_with(fetch)),
        "{commands:?}"
    );
    // The file is there, and may have been decompressed.
    for name in [
        "111122223333_CloudTrail_us-east-2_20261201T0000Z_a.json",
        "111122223333_CloudTrail_us-east-2_20261201T0000Z_a.json.gz",
    ] {
        let mut files = scenario.files();
        let trail = files
            .iter_mut()
            .find(|(name, _)| name == "trail/a.json")
            .unwrap();
        trail.0 = format!("trail/{name}");
        assert_eq!(scenario.answer_with(&files).verdict, Verdict::Go, "{name}");
    }
}

/// A disabled key whose event history is all that is known.
fn only_history(change: impl FnOnce(&mut History)) -> Vec<String> {
    changed(|of| {
        of.events.clear();
        let mut history = History::of_key(of.now);
        history.events.push(disable(at("2026-12-01T08:00:00Z")));
        change(&mut history);
        of.histories.push(history);
    })
}

/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
#[test]
fn an_answer_of_the_event_history_covers_what_its_request_asked_for() {
    assert_eq!(only_history(|_| {}), [""; 0]);
    let nothing = ["recorded-too-little", "not-disabled-first"];
    assert_eq!(only_history(|of| of.has_request = false), nothing);
    assert_eq!(only_history(|of| of.has_more = true), nothing);
    assert_eq!(
        only_history(|of| of.asked = Some(["ResourceName", OTHER])),
        nothing
    );
    for [key, value] in [
        ["EventName", "DisableKey"],
        ["Username", "jane"],
        ["ReadOnly", "false"],
        ["EventSource", "ec2.amazonaws.com"],
        ["ResourceType", "AWS::KMS::Key"],
    ] {
        assert_eq!(
            only_history(|of| of.asked = Some([key, value])),
            nothing,
            "{key}"
        );
    }
    for asked in [
        None,
        Some(["EventSource", "kms.amazonaws.com"]),
        Some(["ReadOnly", "true"]),
    ] {
        assert_eq!(only_history(|of| of.asked = asked), [""; 0], "{asked:?}");
    }
    // Not all of the time.
    assert_eq!(
        only_history(|of| of.start = Some(at("2026-10-05T00:00:01Z"))),
        ["recorded-too-little"]
    );
    assert_eq!(
        only_history(|of| of.end = Some(at("2027-01-02T00:00:00Z"))),
        [""; 0]
    );
    assert_eq!(
        only_history(|of| of.end = Some(at("2027-01-01T23:59:59Z"))),
        nothing
    );
    // Without an end the call may be as old as its newest event; so may one whose end was to come.
    assert_eq!(only_history(|of| of.end = None), nothing);
    assert_eq!(
        only_history(|of| of.end = Some(at("2027-01-03T00:00:01Z"))),
        nothing
    );
    let recent = |of: &mut History| {
        of.end = None;
        let event = Event::kms(at("2027-01-02T12:00:00Z"), "DescribeKey", READ, ARN);
        of.events.push(event);
    };
    assert_eq!(only_history(recent), [""; 0]);
    // Without a beginning it reaches 90 days back.
    assert_eq!(only_history(|of| of.start = None), [""; 0]);
}

#[test]
fn an_answer_without_events_shows_its_place_only_by_the_keys_arn() {
    let usage = |of: &mut Scenario| {
        // Since when it is disabled is known by the same answer: nothing happened to the key.
        of.events.clear();
        of.histories.push(History::of_key(of.now));
    };
    assert_eq!(changed(usage), [""; 0]);
    let nothing = ["recorded-too-little", "not-disabled-first"];
    for asked in [None, Some(["EventSource", "kms.amazonaws.com"])] {
        assert_eq!(
            changed(|of| {
                usage(of);
                of.histories[0].asked = asked;
            }),
            nothing
        );
    }
    // Events of another Region, or account, show that the call went there.
    for place in [("111122223333", "eu-west-1"), ("444455556666", "us-east-2")] {
        for asked in [None, Some(["ResourceName", ARN])] {
            assert_eq!(
                changed(|of| {
                    usage(of);
                    of.histories[0].asked = asked;
                    let event = Event::kms(at("2026-12-24T00:00:00Z"), "ListKeys", READ, OTHER);
                    of.histories[0].events.push(Event { place, ..event });
                }),
                nothing
            );
        }
    }
}

#[test]
fn pages_are_whole_with_their_requests() {
    let scenario = {
        let mut scenario = Scenario::quiet();
        scenario.events.clear();
        scenario
    };
    let first = History {
        has_more: true,
        events: vec![disable(at("2026-12-01T08:00:00Z"))],
        ..History::of_key(scenario.now)
    };
    let page = |number: usize, history: &History| {
        let files = history.files(number);
        let bytes = |(name, text): (String, String)| (name, text.into_bytes());
        files.into_iter().map(bytes).collect::<Vec<_>>()
    };
    let mut files = scenario.files();
    let [answer, request] = page(0, &first).try_into().unwrap();
    let [last, _] = page(0, &History::of_key(scenario.now)).try_into().unwrap();
    // One after the other in one file.
    let mut one = files.clone();
    one.push((
        answer.0.clone(),
        [answer.1.clone(), last.1.clone()].concat(),
    ));
    one.push(request.clone());
    assert_eq!(scenario.answer_with(&one).verdict, Verdict::Go);
    // Each in its own file.
    files.extend([answer, request.clone()]);
    assert_eq!(scenario.answer_with(&files).verdict, Verdict::Caution);
    files.push(("history0/last.json".to_owned(), last.1));
    assert_eq!(scenario.answer_with(&files).verdict, Verdict::Caution);
    let mut next: Value = serde_json::from_slice(&request.1).unwrap();
    next["NextToken"] = json!("token");
    files.push((
        "history0/next.json".to_owned(),
        next.to_string().into_bytes(),
    ));
    let answer = scenario.answer_with(&files);
    assert_eq!(answer.verdict, Verdict::Go, "{:#?}", answer.reasons);
}

#[test]
fn records_and_the_event_history_cover_together() {
    let gap = |of: &mut Scenario| {
        let (from, to) = (at("2026-11-10T00:00:00Z"), at("2026-11-20T00:00:00Z"));
        of.events.retain(|event| event.at <= from || event.at >= to);
    };
    assert_eq!(changed(gap), ["recorded-too-little"]);
    let with = |start: &'static str, end: &'static str| {
        move |of: &mut Scenario| {
            gap(of);
            let mut history = History::of_key(of.now);
            (history.start, history.end) = (Some(at(start)), Some(at(end)));
            of.histories.push(history);
        }
    };
    assert_eq!(
        changed(with("2026-11-10T00:00:00Z", "2026-11-20T00:00:00Z")),
        [""; 0]
    );
    assert_eq!(
        changed(with("2026-11-10T00:00:02Z", "2026-11-20T00:00:00Z")),
        ["recorded-too-little"]
    );
}

/// P18, and <https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-keys-determining-usage.html>
#[test]
fn last_usage_alone_asks_for_the_key_to_be_disabled_first() {
    let usage = Usage {
        created: at("2021-03-01T08:00:00Z"),
        since: at("2026-01-15T00:00:00Z"),
        used: None,
    };
    let alone = |of: &mut Scenario| {
        of.events.clear();
        of.usage = Some(usage);
    };
    assert_eq!(changed(alone), ["not-disabled-first"]);
    let mut scenario = Scenario::quiet();
    alone(&mut scenario);
    scenario.state = "Enabled";
    scenario.now = at("2026-07-01T00:00:00Z");
    let answer = scenario.answer();
    assert_eq!(cautions(&answer), ["not-disabled-first"]);
    let help = find(&answer, "not-disabled-first").help.clone().unwrap();
    assert!(
        help.contains("aws kms disable-key --region us-east-2 --key-id arn:"),
        "{help}"
    );
    assert!(help.ends_with("ask again on 2026-07-16"), "{help}");
    // With the records of the two weeks in which it is disabled it is enough.
    let watched = |of: &mut Scenario| {
        of.usage = Some(usage);
        of.events
            .retain(|event| event.at >= at("2026-12-01T00:00:00Z"));
    };
    assert_eq!(changed(watched), [""; 0]);
    let outdated = |of: &mut Scenario| {
        watched(of);
        of.events
            .push(Event::kms(at("2026-09-24T00:00:00Z"), "Decrypt", READ, ARN));
    };
    assert_eq!(
        changed(outdated),
        ["recorded-too-little", "last-usage-outdated"]
    );
}

#[test]
fn the_key_must_have_been_disabled_for_two_weeks() {
    let disabled_at = |time: &'static str| {
        move |of: &mut Scenario| {
            of.events.retain(|event| event.name != "DisableKey");
            of.events.push(disable(at(time)));
        }
    };
    assert_eq!(changed(disabled_at("2026-12-20T00:00:00Z")), [""; 0]);
    assert_eq!(
        changed(disabled_at("2026-12-20T00:00:01Z")),
        ["not-disabled-first"]
    );
    let mut late = Scenario::quiet();
    disabled_at("2026-12-20T00:00:01Z")(&mut late);
    let answer = late.answer();
    let reason = find(&answer, "not-disabled-first");
    assert_eq!(reason.help.as_deref(), Some("ask again on 2027-01-04"));
    // A failed call on the way, and one that enabled it again.
    let failed = |of: &mut Scenario| {
        of.events
            .iter_mut()
            .filter(|event| event.name == "DisableKey")
            .for_each(|event| event.error = Some("AccessDenied"));
    };
    assert_eq!(changed(failed), ["not-disabled-first"]);
    let enabled = Event::kms(at("2026-12-22T00:00:00Z"), "EnableKey", WRITE, ARN);
    assert_eq!(
        changed(|of| of.events.push(enabled.clone())),
        ["not-disabled-first"]
    );
    // No call is recorded: then write events must show that none was made.
    let unknown = |of: &mut Scenario| of.events.retain(|event| event.name != "DisableKey");
    assert_eq!(changed(unknown), ["not-disabled-first"]);
    let written = |of: &mut Scenario| {
        unknown(of);
        let writes = every(24, at("2026-12-01T00:00:00Z"), at("2027-01-02T00:00:00Z"));
        of.events.extend(writes.into_iter().map(|event| Event {
            name: "CreateGrant",
            class: WRITE,
            ..event
        }));
    };
    assert_eq!(changed(written), [""; 0]);
    // Something needed it.
    let needed = |of: &mut Scenario| {
        of.events.push(Event {
            error: Some("DisabledException"),
            ..Event::kms(at("2026-12-24T06:00:00Z"), "Decrypt", READ, ARN)
        });
    };
    assert_eq!(changed(needed), ["needed-while-unusable"]);
    // As the team has decided.
    let shorter = |of: &mut Scenario| {
        disabled_at("2026-12-31T00:00:00Z")(of);
        of.needed = EvidenceRequirements {
            disabled_days: 3,
            ..EvidenceRequirements::default()
        };
    };
    assert_eq!(changed(shorter), [""; 0]);
}

#[test]
fn use_within_the_period_is_recent_and_before_it_is_not() {
    let used = |time: &'static str| {
        move |of: &mut Scenario| of.events.push(Event::kms(at(time), "Decrypt", READ, ARN))
    };
    assert_eq!(changed(used("2026-10-05T00:00:00Z")), ["used-recently"]);
    assert_eq!(changed(used("2026-10-04T23:59:59Z")), [""; 0]);
    let longer = |of: &mut Scenario| {
        used("2026-10-01T00:00:00Z")(of);
        of.needed.days = 100;
    };
    assert_eq!(changed(longer), ["used-recently"]);
    // Another account's use of the key is recorded here, too.
    let across = |of: &mut Scenario| {
        let mut event = Event::kms(at("2026-11-11T00:00:00Z"), "Decrypt", READ, ARN);
        event.request = json!({"keyId": ARN});
        of.events.push(event);
    };
    assert_eq!(changed(across), ["used-recently"]);
}

#[test]
fn every_shape_of_a_trail_covers_the_same() {
    let scenario = Scenario::quiet();
    let events: Vec<_> = scenario.events.iter().map(Event::written).collect();
    let lines: Vec<_> = events.iter().map(Value::to_string).collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(json!({"Records": events}).to_string().as_bytes())
        .unwrap();
    let shapes = [
        lines.join("\n").into_bytes(),
        json!(events).to_string().into_bytes(),
        encoder.finish().unwrap(),
    ];
    for shape in shapes {
        let mut files = scenario.files();
        let trail = files
            .iter_mut()
            .find(|(name, _)| name == "trail/a.json")
            .unwrap();
        trail.1 = shape;
        let answer = scenario.answer_with(&files);
        assert_eq!((answer.verdict, covered(&answer)), (Verdict::Go, 90));
    }
    // One file for each event, the last first.
    let mut files = scenario.files();
    files.retain(|(name, _)| name != "trail/a.json");
    for (number, line) in lines.iter().rev().enumerate() {
        files.push((format!("trail/{number:04}.json"), line.clone().into_bytes()));
    }
    assert_eq!(scenario.answer_with(&files).verdict, Verdict::Go);
}

#[test]
fn a_key_that_was_never_used_needs_no_more() {
    let never = |of: &mut Scenario| {
        of.events.clear();
        of.state = "Enabled";
        of.usage = Some(Usage {
            created: at("2026-03-01T00:00:00Z"),
            since: at("2026-03-01T00:00:00Z"),
            used: None,
        });
    };
    assert_eq!(changed(never), [""; 0]);
    let mut scenario = Scenario::quiet();
    never(&mut scenario);
    has_not(&scenario.answer(), "not-disabled-first");
    // The records know better.
    let used = |of: &mut Scenario| {
        never(of);
        of.events
            .push(Event::kms(at("2026-11-11T00:00:00Z"), "Decrypt", READ, ARN));
    };
    assert_eq!(
        changed(used),
        ["used-recently", "not-disabled-first", "last-usage-outdated"]
    );
}

/// A key that is pending deletion cannot be used either, and cannot be disabled.
#[test]
fn a_pending_key_is_watched_as_long_as_a_disabled_one() {
    let pending_at = |time: &'static str| {
        let mut scenario = Scenario::quiet();
        scenario.state = "PendingDeletion";
        scenario.events.retain(|event| event.name != "DisableKey");
        let call = Event::kms(at(time), "ScheduleKeyDeletion", WRITE, ARN);
        scenario.events.push(call);
        scenario
    };
    let cautions = |scenario: &Scenario| {
        let loaded = loaded(&scenario.files());
        let question = Question {
            now: Some(scenario.now),
            operation: Operation::Pending,
            principal: None,
            ..ask(ARN)
        };
        let all = pending(
            &question,
            &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
            &|_| true,
        );
        assert_eq!(all.len(), 1);
        let cautions = cautions(&all[0]).into_iter().map(str::to_owned);
        cautions.collect::<Vec<_>>()
    };
    assert_eq!(cautions(&pending_at("2026-12-20T00:00:00Z")), [""; 0]);
    let late = pending_at("2026-12-20T00:00:01Z");
    assert_eq!(cautions(&late), ["pending-not-watched"]);
    // It was disabled before.
    let mut disabled_before = late;
    disabled_before
        .events
        .push(disable(at("2026-12-01T00:00:00Z")));
    assert_eq!(cautions(&disabled_before), [""; 0]);
    let mut unwatched = pending_at("2026-12-10T00:00:00Z");
    unwatched
        .events
        .retain(|event| event.at != at("2026-12-24T00:00:00Z"));
    assert_eq!(
        cautions(&unwatched),
        ["recorded-too-little", "pending-not-watched"]
    );
}
