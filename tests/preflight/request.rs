//! Which key is meant, and what is refused.

use kmslint::facts::{FactMaker, Limits};
use kmslint::preflight::{PreflightError, Question, Severity, Verdict, preflight};
use serde_json::json;

use super::{
    ALL, ARN, ID, LIMITS, account, answer, answer_within, ask, files, find, fixture, go_with, has,
    key, policy,
};

#[test]
fn a_key_is_named_by_id_or_arn_only() {
    let aliases = json!({"Aliases": [{"AliasName": "alias/app",
        "AliasArn": "arn:aws:kms:us-east-2:111122223333:alias/app", "TargetKeyId": ID}]});
    let all = [("key.json", key(&json!({}))), ("aliases.json", aliases)];
    let loaded = files("alias", &all);
    for alias in [
        "alias/app",
        "app",
        "arn:aws:kms:us-east-2:111122223333:alias/app",
    ] {
        let found = answer(&ask(alias), &loaded);
        assert_eq!(found.verdict, Verdict::Stop);
        let sentence = &find(&found, "alias-given").sentence;
        assert!(sentence.contains(ARN), "{sentence}");
    }
    let elsewhere = answer(
        &ask("arn:aws:kms:eu-west-1:111122223333:alias/app"),
        &loaded,
    );
    let sentence = &find(&elsewhere, "alias-given").sentence;
    assert!(!sentence.contains(ARN), "{sentence}");
    for text in [
        "",
        "a b",
        "key/x",
        "arn:aws:kms:us-east-2:111122223333:key/*",
        "*",
    ] {
        let question = ask(text);
        let error = preflight(
            &question,
            &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
        )
        .unwrap_err();
        assert!(matches!(error, PreflightError::NotAKey { .. }), "{text}");
    }
    let other = "00000000-12ab-34cd-56ef-1234567890ab";
    let error = preflight(
        &ask(other),
        &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
    )
    .unwrap_err();
    assert_eq!(error, PreflightError::NotDescribed(other.to_owned()));
}

#[test]
fn account_and_region_are_held_against_the_keys() {
    let loaded = files("place", &[("key.json", key(&json!({})))]);
    for (arn, id) in [
        (ARN.replace("us-east-2", "eu-west-1"), "wrong-region"),
        (ARN.replace("111122223333", "444455556666"), "wrong-account"),
        (ARN.replace("arn:aws:", "arn:aws-cn:"), "wrong-partition"),
    ] {
        let found = answer(&ask(&arn), &loaded);
        has(&found, id, Severity::Stop);
        assert!(found.timeline.is_none() && found.permissions.is_empty());
    }
}

#[test]
fn one_id_in_several_regions_is_ambiguous() {
    let loaded = fixture("multi-region");
    let found = answer(&ask("mrk-1234abcd12ab34cd56ef1234567890ab"), &loaded);
    has(&found, "key-ambiguous", Severity::Stop);
}

#[test]
fn several_key_policies_for_one_key_are_no_key_policy() {
    let all = [
        ("key.json", key(&json!({}))),
        ("a/1234abcd-12ab-34cd-56ef-1234567890ab.json", policy(&ALL)),
        ("b/1234abcd-12ab-34cd-56ef-1234567890ab.json", policy(&ALL)),
        ("account.json", account()),
    ];
    let found = answer(&ask(ARN), &files("several", &all));
    has(&found, "key-policy-not-loaded", Severity::Caution);
    has(&found, "permission-not-known", Severity::Caution);
}

#[test]
fn keys_that_nobody_can_delete() {
    for metadata in [
        json!({"KeyManager": "AWS"}),
        json!({"KeyState": "Updating"}),
        json!({"KeyState": "PendingDeletion"}),
        json!({"KeyState": "PendingReplicaDeletion"}),
    ] {
        assert_eq!(go_with("state", &metadata, &[]).verdict, Verdict::Stop);
    }
    for metadata in [
        json!({"KeyManager": null}),
        json!({"KeyState": null}),
        json!({"KeyState": "Hibernating"}),
        json!({"KeySpec": null}),
        json!({"KeyUsage": null}),
        json!({"Origin": null}),
        json!({"MultiRegion": true}),
    ] {
        let found = go_with("state", &metadata, &[]);
        assert_eq!(found.verdict, Verdict::Caution, "{metadata}");
    }
    for state in ["Disabled", "PendingImport", "Unavailable", "Creating"] {
        let metadata = json!({"KeyState": state});
        has(
            &go_with("state", &metadata, &[]),
            "key-state",
            Severity::Info,
        );
    }
    let reserved = json!({"Aliases": [{"AliasName": "alias/aws/s3",
        "AliasArn": "arn:aws:kms:us-east-2:111122223333:alias/aws/s3", "TargetKeyId": ID}]});
    let found = go_with("reserved", &json!({}), &[("aliases.json", reserved)]);
    has(&found, "aws-managed-key", Severity::Stop);
}

#[test]
fn fewer_days_than_configured_are_looked_at() {
    let loaded = files("minimum", &[("key.json", key(&json!({})))]);
    let question = Question {
        days: Some(13),
        ..ask(ARN)
    };
    has(
        &answer_within(Limits::default(), &question, &loaded),
        "shorter-than-minimum",
        Severity::Caution,
    );
}
