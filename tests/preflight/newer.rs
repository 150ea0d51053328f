//! What AWS has added lately, and what this version does not know.

use kmslint::aws::data::NOT_KNOWN;
use kmslint::preflight::{Severity, Verdict};
use serde_json::{Value, json};

use super::{ALL, ARN, account, answer, ask, files, find, go_with, has, has_not, key, policy};

/// An event of KMS on the key at midnight.
fn record(name: &str, day: &str) -> Value {
    json!({"eventVersion": "1.11", "eventTime": format!("{day}T00:00:00Z"),
        "eventSource": "kms.amazonaws.com", "eventName": name, "awsRegion": "us-east-2",
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/alice", "userName": "alice"},
        "requestParameters": {"keyId": ARN}, "responseElements": null, "readOnly": true,
        "resources": [{"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": ARN}],
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333"})
}

fn ml_kem(spec: &str) -> Value {
    json!({"KeySpec": spec, "KeyUsage": "ENCAPSULATE_DECAPSULATE",
        "EncapsulationAlgorithms": ["ML_KEM"]})
}

/// Whoever has the public key encapsulates without KMS:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/pqkeys.html>
#[test]
fn public_half_of_ml_kem_key_goes_on_encapsulating() {
    for spec in ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"] {
        let found = go_with("ml-kem", &ml_kem(spec), &[]);
        has(
            &found,
            "public-key-goes-on-encapsulating",
            Severity::Caution,
        );
        has_not(&found, "loss-not-known");
        assert_eq!(found.verdict, Verdict::Caution, "{spec}");
    }
    // No such pair exists: one of the files is wrong.
    let mixed = json!({"KeySpec": "ML_KEM_768", "KeyUsage": "SIGN_VERIFY"});
    has(
        &go_with("ml-kem", &mixed, &[]),
        "loss-not-known",
        Severity::Caution,
    );
}

/// API reference, `GetKeyLastUsage`: both operations are tracked as uses.
#[test]
fn ml_kem_key_that_is_encapsulated_and_decapsulated_with_is_in_use() {
    for operation in ["Encapsulate", "Decapsulate"] {
        let days = ["2026-06-28", "2026-06-29", "2026-06-30"];
        let trail = json!({"Records": days.map(|day| record(operation, day))});
        let found = go_with(
            "ml-kem-used",
            &ml_kem("ML_KEM_768"),
            &[("trail.json", trail)],
        );
        let used = find(&found, "used-recently");
        assert!(used.sentence.contains(operation), "{}", used.sentence);
    }
}

/// An operation that AWS adds after this version was written may be one of use.
#[test]
fn recorded_operation_that_is_not_known_counts_as_use() {
    let trail = |name| json!({"Records": [record(name, "2026-06-30")]});
    let new = go_with(
        "new-use",
        &json!({}),
        &[("trail.json", trail("TransmuteKey"))],
    );
    has(&new, "used-recently", Severity::Caution);
    // Near misses: what KMS records of itself, and operations that only look.
    for name in ["RotateKey", "GetKeyPolicy"] {
        let found = go_with("no-use", &json!({}), &[("trail.json", trail(name))]);
        has_not(&found, "used-recently");
    }
}

#[test]
fn values_that_are_not_known_are_said_to_be_not_known_to_this_version() {
    for (metadata, id) in [
        (json!({"KeySpec": "HQC_128"}), "loss-not-known"),
        (json!({"KeyUsage": "TRANSMUTE"}), "loss-not-known"),
        (json!({"Origin": "MOON"}), "origin-not-known"),
        (json!({"KeyManager": "PARTNER"}), "key-manager-not-known"),
        (json!({"KeyState": "Dreaming"}), "key-state-not-known"),
    ] {
        let found = go_with("not-known", &metadata, &[]);
        let reason = find(&found, id);
        assert_eq!(reason.severity, Severity::Caution);
        assert!(reason.sentence.contains(NOT_KNOWN), "{}", reason.sentence);
        let value = metadata.as_object().unwrap().values().next().unwrap();
        assert!(reason.sentence.contains(value.as_str().unwrap()));
    }
    let both = json!({"KeySpec": "HQC_128", "KeyUsage": "TRANSMUTE"});
    let found = go_with("not-known", &both, &[]);
    let text = &find(&found, "loss-not-known").sentence;
    assert!(
        text.contains("spec `HQC_128` and usage `TRANSMUTE` are not known"),
        "{text}"
    );
}

/// What is missing is told from what is new.
#[test]
fn values_that_no_file_has_are_not_called_new() {
    let mut described = key(&json!({}));
    let metadata = described["KeyMetadata"].as_object_mut().unwrap();
    for field in ["KeySpec", "KeyUsage", "Origin", "KeyManager", "KeyState"] {
        metadata.remove(field);
    }
    let all = [
        ("key.json", described),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
    ];
    let found = answer(&ask(ARN), &files("missing", &all));
    for id in [
        "loss-not-known",
        "origin-not-known",
        "key-manager-not-known",
        "key-state-not-known",
    ] {
        assert!(!find(&found, id).sentence.contains("kmslint"), "{id}");
    }
}
