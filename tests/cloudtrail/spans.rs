//! What `kmslint facts` tells of the spans that records cover.

use kmslint::facts::{CoverageSpan, FactMaker, Limits};
use serde_json::{Value, json};

use super::{directory, errors, load_directory};

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// An event of one hour of January 2027, with other fields in place of some.
fn event(hour: u32, more: &Value) -> Value {
    let mut event = json!({
        "eventTime": format!("2027-01-{:02}T{:02}:00:00Z", hour / 24 + 1, hour % 24),
        "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "readOnly": true,
        "awsRegion": "eu-west-1", "recipientAccountId": "111122223333"
    });
    let fields = more.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(fields);
    event
}

fn every(hours: u32, more: &Value) -> Vec<Value> {
    let times = (0..=480).step_by(usize::try_from(hours).unwrap());
    times.map(|hour| event(hour, more)).collect()
}

fn key() -> Value {
    json!({"KeyMetadata": {"KeyId": ARN.rsplit('/').next(), "Arn": ARN, "AWSAccountId": "111122223333"}})
}

/// The spans in the facts of the key beside these files.
fn spans(files: &[(&str, Value)]) -> Vec<CoverageSpan> {
    let directory = directory("spans");
    std::fs::write(directory.join("key.json"), key().to_string()).unwrap();
    for (name, content) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content.to_string()).unwrap();
    }
    let loaded = load_directory(&directory);
    assert_eq!(errors(&loaded), [""; 0]);
    let mut facts = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()).all();
    assert_eq!(facts.len(), 1);
    facts.remove(0).key.evidence.unwrap().coverage.spans
}

fn of_events(events: &[Value]) -> Vec<CoverageSpan> {
    spans(&[("trail.json", json!({ "Records": events }))])
}

fn span(from: &str, to: &str, missing: &[&str]) -> CoverageSpan {
    CoverageSpan {
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        from: Some(format!("2027-01-{from}:00:00Z")),
        to: Some(format!("2027-01-{to}:00:00Z")),
        missing: missing.iter().map(|text| (*text).to_owned()).collect(),
    }
}

const OTHERS: &str = "read events: Encrypt, Decrypt and GenerateDataKey are among them";

#[test]
fn spans_are_of_the_account_and_region_of_the_key() {
    let whole = span("01T00", "21T00", &[]);
    assert_eq!(
        of_events(&every(24, &json!({}))),
        [span("01T00", "21T00", &[])]
    );
    let mut mixed = every(24, &json!({}));
    mixed.extend(every(12, &json!({"awsRegion": "us-east-1"})));
    mixed.extend(every(12, &json!({"recipientAccountId": "444455556666"})));
    assert_eq!(of_events(&mixed), [whole]);
    let elsewhere = every(24, &json!({"awsRegion": "us-east-1"}));
    assert_eq!(of_events(&elsewhere), []);
}

#[test]
fn gap_of_more_than_a_day_divides_a_span() {
    let mut events = every(24, &json!({}));
    events.remove(5);
    let expected = [span("01T00", "05T00", &[]), span("07T00", "21T00", &[])];
    assert_eq!(of_events(&events), expected);
}

#[test]
fn spans_tell_what_is_missing() {
    let sts = json!({"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity"});
    let with = |more: &[Value]| {
        let mut events = every(24, &sts);
        events.extend_from_slice(more);
        events
    };
    let kms = |hour| event(hour, &json!({}));
    let stopped = event(
        240,
        &json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging", "readOnly": false}),
    );
    let often: Vec<_> = (0..=480).step_by(120).map(kms).collect();
    let changed: Vec<_> = often.iter().cloned().chain([stopped]).collect();
    for (events, missing) in [
        (
            every(24, &json!({"readOnly": false, "eventName": "CreateGrant"})),
            vec![OTHERS],
        ),
        (with(&[]), vec!["read events of KMS"]),
        (with(&often), vec![]),
        (
            every(24, &json!({"eventName": "DescribeKey"})),
            vec!["read events that use a key, or are of another service"],
        ),
        (
            with(&[kms(0), kms(169), kms(337)]),
            vec!["read events of KMS from 2027-01-01T00:00:00Z to 2027-01-08T01:00:00Z"],
        ),
        (
            with(&[kms(168), kms(311)]),
            vec!["read events of KMS from 2027-01-13T23:00:00Z to 2027-01-21T00:00:00Z"],
        ),
        (
            with(&changed),
            vec![
                "events of KMS after a call at 2027-01-11T00:00:00Z, which may have changed the trail",
            ],
        ),
    ] {
        assert_eq!(
            of_events(&events),
            [span("01T00", "21T00", &missing)],
            "{missing:?}"
        );
    }
}

#[test]
fn evidence_about_the_trail_is_told_with_the_span() {
    let trail = ("trail.json", json!({ "Records": every(24, &json!({})) }));
    let log = "AWSLogs/111122223333/CloudTrail/eu-west-1/2027/01/05/111122223333_CloudTrail_eu-west-1_20270105T0000Z_a.json.gz";
    let digest = json!({"awsAccountId": "111122223333", "digestStartTime": "2027-01-05T00:00:00Z",
        "digestEndTime": "2027-01-05T01:00:00Z", "logFiles": [{"s3Bucket": "b", "s3Object": log,
            "oldestEventTime": "2027-01-05T00:00:00Z", "newestEventTime": "2027-01-05T00:30:00Z"}]});
    let status = json!({"IsLogging": true, "StopLoggingTime": "2027-01-03T00:00:00Z",
        "StartLoggingTime": "2027-01-04T00:00:00Z"});
    let selectors = json!({"TrailARN": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t",
        "EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]});
    for (name, file, words) in [
        (
            "digest.json",
            digest,
            "1 log files that a digest names, the first `s3://b/AWSLogs/",
        ),
        (
            "status.json",
            status,
            "events from 2027-01-03T00:00:00Z to 2027-01-04T00:00:00Z, in which",
        ),
        (
            "selectors.json",
            selectors,
            "read events of KMS, which `arn:aws:cloudtrail:",
        ),
    ] {
        let found = spans(&[trail.clone(), (name, file)]);
        let [only] = found.as_slice() else {
            panic!("{found:?}");
        };
        let [missing] = only.missing.as_slice() else {
            panic!("{only:?}");
        };
        assert!(missing.starts_with(words), "{missing}");
    }
}

#[test]
fn answers_of_lookups_tell_what_was_asked_for() {
    let answer = ("history/answer.json", json!({"Events": []}));
    let request = json!({"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": ARN}],
        "StartTime": "2027-01-02T00:00:00Z", "EndTime": "2027-01-20T00:00:00Z"});
    let asked = spans(&[answer.clone(), ("history/request.json", request)]);
    let expected = CoverageSpan {
        account: None,
        region: None,
        ..span(
            "02T00",
            "20T00",
            &[&format!("events of other resources than `{ARN}`")],
        )
    };
    assert_eq!(asked, [expected]);
    let alone = spans(&[answer]);
    assert_eq!(alone.len(), 1);
    assert_eq!(alone[0].missing, ["the request of the answer"]);
    assert_eq!((&alone[0].from, &alone[0].to), (&None, &None));
}

#[test]
fn configured_gap_divides_spans_as_in_preflight() {
    let directory = directory("spans_of_a_configured_gap");
    let events = every(24, &json!({}));
    std::fs::write(directory.join("key.json"), key().to_string()).unwrap();
    std::fs::write(
        directory.join("trail.json"),
        json!({ "Records": events }).to_string(),
    )
    .unwrap();
    for (hours, spans) in [(12, events.len()), (23, events.len()), (24, 1), (48, 1)] {
        let configuration = format!("[evidence]\nmaximum_gap_hours = {hours}\n");
        std::fs::write(directory.join("kmslint.toml"), configuration).unwrap();
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_kmslint"))
            .arg("facts")
            .arg(&directory)
            .output()
            .unwrap();
        let facts: Value = serde_json::from_slice(&run.stdout).unwrap();
        let found = &facts[0]["key"]["evidence"]["coverage"]["spans"];
        assert_eq!(found.as_array().unwrap().len(), spans, "{hours} hours");
    }
}
