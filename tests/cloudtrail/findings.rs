//! What rules find by CloudTrail alone, in every form of its files.

use kmslint::aws::PendingWindowInDays;
use kmslint::facts::{FactMaker, Limits};
use kmslint::finding::Finding;
use kmslint::lint::run_all;
use kmslint::rule::Catalogue;
use serde_json::{Value, json};

use super::{errors, gzip, load_file};

const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

fn arn(region: &str) -> String {
    format!("arn:aws:kms:{region}:111122223333:key/{ID}")
}

/// A call on the key in eu-west-1, with other fields in place of some.
fn call(operation: &str, day: u8, more: &Value) -> Value {
    let mut event = json!({
        "eventTime": format!("2027-01-{day:02}T10:00:00Z"), "eventSource": "kms.amazonaws.com",
        "eventName": operation, "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.1",
        "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/Alice"},
        "requestParameters": {"keyId": ID}, "responseElements": null,
        "resources": [{"ARN": arn("eu-west-1")}]
    });
    let fields = more.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(fields);
    event
}

fn findings_of(name: &str, bytes: &[u8]) -> Vec<Finding> {
    let loaded = load_file("findings", name, bytes);
    assert_eq!(errors(&loaded), [""; 0]);
    let limits = Limits {
        minimum_waiting_period: PendingWindowInDays::MIN,
        ..Limits::default()
    };
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, limits).all();
    run_all(&facts, Catalogue::builtin().unwrap())
}

/// Rules and subjects of what is found in these events.
fn found(events: &[Value]) -> Vec<(String, String)> {
    let text = json!({ "Records": events }).to_string();
    let findings = findings_of("trail.json", text.as_bytes());
    let named = |finding: Finding| (finding.rule.to_string(), finding.subject.to_string());
    findings.into_iter().map(named).collect()
}

fn only(rule: &str) -> Vec<(String, String)> {
    vec![(rule.to_owned(), arn("eu-west-1"))]
}

#[test]
fn recorded_scheduling_is_found_in_every_form() {
    let event = call("ScheduleKeyDeletion", 1, &json!({}));
    let item = json!({"EventName": "ScheduleKeyDeletion", "CloudTrailEvent": event.to_string()});
    let other = call("DescribeKey", 3, &json!({}));
    for (name, text) in [
        ("a.json", json!({ "Records": [event] }).to_string()),
        ("a.json", json!({ "Events": [item] }).to_string()),
        ("a.jsonl", format!("{event}\n{other}\n")),
        ("a.json", serde_json::to_string_pretty(&event).unwrap()),
    ] {
        for (name, bytes) in [
            (name.to_owned(), text.clone().into_bytes()),
            (format!("{name}.gz"), gzip(text.as_bytes())),
        ] {
            let findings = findings_of(&name, &bytes);
            let [finding] = findings.as_slice() else {
                panic!("{name}: {findings:?}");
            };
            assert_eq!(&*finding.rule, "key-pending-deletion");
            assert_eq!(finding.subject.as_str(), arn("eu-west-1"));
            let message = &finding.message;
            for words in [
                "with deletion date `2027-01-31T10:00:00Z`",
                "scheduled by `user/Alice` from `192.0.2.1` in `eu-west-1` at 2027-01-01T10:00:00Z",
                "no cancellation is recorded up to 2027-01-0",
            ] {
                assert!(message.contains(words), "{message}");
            }
        }
    }
}

/// Line and column are those of what a compressed file holds, and the file is known to be compressed.
#[test]
fn finding_in_a_compressed_file_has_the_place_of_its_content() {
    let event = call("ScheduleKeyDeletion", 1, &json!({}));
    let text = format!("[\n{},\n{event}\n]", call("DescribeKey", 3, &json!({})));
    let column = event.to_string().find("\"ScheduleKeyDeletion\"").unwrap() + 1;
    let halves = text.split_at(text.len() / 2);
    let members = [gzip(halves.0.as_bytes()), gzip(halves.1.as_bytes())].concat();
    for (name, bytes) in [
        ("a.json", text.clone().into_bytes()),
        ("a.json.gz", gzip(text.as_bytes())),
        ("b.json.gz", members),
    ] {
        let findings = findings_of(name, &bytes);
        let at = findings[0].primary.at;
        let loaded = load_file("findings", name, &bytes);
        let file = loaded.sources.get(at.source).unwrap();
        let place = file.position(at.span.start);
        assert_eq!((place.line, place.column), (3, column), "{name}");
        assert_eq!(file.is_decompressed(), name != "a.json", "{name}");
        assert!(file.name().ends_with(name), "{}", file.name());
    }
    // What holds too much is named alone.
    let blanks = [text.into_bytes(), vec![b' '; 17 << 20]].concat();
    let findings = findings_of("large.json.gz", &gzip(&blanks));
    assert!(findings[0].primary.at.span.is_empty());
}

/// A suppression or baseline of one scheduling does not cover the next.
#[test]
fn a_later_scheduling_has_another_fingerprint() {
    let of = |events: &[Value]| {
        let text = json!(events).to_string();
        let mut findings = findings_of("a.json", text.as_bytes());
        let loaded = load_file("findings", "a.json", text.as_bytes());
        kmslint::finding::fingerprint(&mut findings, &loaded.sources);
        findings.remove(0).fingerprints.defect
    };
    let first = call("ScheduleKeyDeletion", 1, &json!({}));
    let cancelled = call("CancelKeyDeletion", 2, &json!({}));
    let again = call("ScheduleKeyDeletion", 3, &json!({}));
    let one = of(std::slice::from_ref(&first));
    assert_eq!(one, of(std::slice::from_ref(&first)));
    assert_ne!(one, of(&[first, cancelled, again]));
}

/// KMS-DG ct-deleteimportedkeymaterial, ct-deleteexpiredkeymaterial, ct-importkeymaterial. Each
/// material of a key has an id since 2025.
#[test]
fn deleted_material_is_found_until_it_is_imported_again() {
    let material = |id: Option<&str>| json!({"responseElements": {"keyMaterialId": id}});
    let deleted = |day, id| call("DeleteImportedKeyMaterial", day, &material(id));
    let imported = |day, id| call("ImportKeyMaterial", day, &material(id));
    let service = json!({"userIdentity": {"accountId": "111122223333", "invokedBy": "AWS Internal"},
        "requestParameters": null, "resources": [{"ARN": arn("eu-west-1")}],
        "serviceEventDetails": {"keyId": ID}});
    let expired = call("DeleteExpiredKeyMaterial", 5, &service);
    let refused = json!({"errorCode": "UnsupportedOperationException"});
    let gone = only("imported-material-deleted");
    for (events, expected) in [
        (vec![deleted(1, None)], &gone),
        (vec![expired.clone()], &gone),
        (vec![deleted(1, Some("a")), imported(2, Some("a"))], &vec![]),
        (vec![deleted(1, None), imported(2, Some("a"))], &vec![]),
        (vec![deleted(1, Some("a")), imported(2, None)], &vec![]),
        // Another material does not help, nor one that was imported before.
        (vec![deleted(1, Some("a")), imported(2, Some("b"))], &gone),
        (vec![imported(1, Some("a")), deleted(2, Some("a"))], &gone),
        (vec![imported(2, None), expired], &gone),
        // A key that is used has its material.
        (
            vec![deleted(1, None), call("Decrypt", 2, &json!({}))],
            &vec![],
        ),
        (
            vec![call("DeleteImportedKeyMaterial", 1, &refused)],
            &vec![],
        ),
    ] {
        assert_eq!(&found(&events), expected, "{events:?}");
    }
}

/// KMS-DG ct-put-key-policy, ct-createkey, ct-replicate-key.
#[test]
fn bypassed_check_is_found_by_the_call_that_put_the_policy() {
    let with = |operation, day, bypass: bool| {
        let request = json!({"keyId": ID, "bypassPolicyLockoutSafetyCheck": bypass});
        call(operation, day, &json!({ "requestParameters": request }))
    };
    let refused = |day| {
        let request = json!({"keyId": ID, "bypassPolicyLockoutSafetyCheck": true});
        let more = json!({"requestParameters": request, "errorCode": "AccessDenied"});
        call("PutKeyPolicy", day, &more)
    };
    let bypassed = only("lockout-check-bypassed");
    for (events, expected) in [
        (vec![with("PutKeyPolicy", 1, true)], &bypassed),
        (vec![with("CreateKey", 1, true)], &bypassed),
        (vec![with("PutKeyPolicy", 1, false)], &vec![]),
        (
            vec![
                with("PutKeyPolicy", 1, false),
                with("PutKeyPolicy", 2, true),
            ],
            &bypassed,
        ),
        (
            vec![
                with("PutKeyPolicy", 1, true),
                with("PutKeyPolicy", 2, false),
            ],
            &vec![],
        ),
        (
            vec![with("CreateKey", 1, true), with("PutKeyPolicy", 2, false)],
            &vec![],
        ),
        (
            vec![with("CreateKey", 1, false), with("PutKeyPolicy", 2, true)],
            &bypassed,
        ),
        (vec![refused(1)], &vec![]),
    ] {
        assert_eq!(&found(&events), expected, "{events:?}");
    }
}

/// `ReplicateKey` puts the policy of the replica, which another Region has.
#[test]
fn bypass_of_a_replica_is_found_at_the_replica() {
    let replicate = call(
        "ReplicateKey",
        1,
        &json!({"requestParameters": {"keyId": ID, "bypassPolicyLockoutSafetyCheck": true},
            "responseElements": {"replicaKeyMetadata": {"arn": arn("us-east-1")}}}),
    );
    // The same call is recorded in the Region of the replica as its creation.
    let create = call(
        "CreateKey",
        1,
        &json!({"awsRegion": "us-east-1", "resources": [{"ARN": arn("us-east-1")}],
            "requestParameters": null, "eventTime": "2027-01-01T10:00:02Z"}),
    );
    let expected = vec![("lockout-check-bypassed".to_owned(), arn("us-east-1"))];
    assert_eq!(found(std::slice::from_ref(&replicate)), expected);
    assert_eq!(found(&[replicate, create]), expected);
}

#[test]
fn deletion_that_was_completed_is_one_finding() {
    let more = json!({"userIdentity": {"accountId": "111122223333", "invokedBy": "AWS Internal"},
        "requestParameters": null});
    let deleted = call("DeleteKey", 9, &more);
    let events = [
        call("ScheduleKeyDeletion", 1, &json!({})),
        call("DeleteImportedKeyMaterial", 2, &json!({})),
        deleted,
    ];
    assert_eq!(found(&events), only("key-deleted"));
}
