//! Signs of use beside use itself.
//! KMS-DG deleting-keys-determining-usage and determining-access-grants.

use std::sync::atomic::{AtomicUsize, Ordering};

use kmslint::facts::FactMaker;
use kmslint::load::Loaded;
use kmslint::preflight::{Operation, Preflight, Question, Severity};
use serde_json::{Value, json};

use super::{
    ALL, ARN, ID, LIMITS, account, answer, ask, files, find, has, has_not, key, policy, unused,
};

/// A use by the application on a day of June 2026; `ask` asks on 1 July.
fn event(operation: &str, more: &Value) -> Value {
    let mut event = json!({
        "eventTime": "2026-06-20T10:00:00Z", "eventSource": "kms.amazonaws.com",
        "eventName": operation, "awsRegion": "us-east-2", "recipientAccountId": "111122223333",
        "userIdentity": {"type": "AssumedRole", "accountId": "111122223333",
            "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/App"}}},
        "requestParameters": {"keyId": ARN}, "responseElements": null,
        "resources": [{"ARN": ARN, "accountId": "111122223333", "type": "AWS::KMS::Key"}]
    });
    let fields = more.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(fields);
    event
}

fn loaded(metadata: &Value, more: &[(&str, Value)]) -> Loaded {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut all = vec![
        ("key.json", key(metadata)),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
        ("usage.json", unused()),
        (
            "aliases.json",
            json!({"Aliases": [
            {"AliasName": "alias/app", "TargetKeyId": ID}]}),
        ),
    ];
    all.extend(more.to_vec());
    files(&format!("signs-{number}"), &all)
}

/// The answer where these events are recorded.
fn after(events: &[Value]) -> Preflight {
    let trail = json!({ "Records": events });
    answer(&ask(ARN), &loaded(&json!({}), &[("trail.json", trail)]))
}

fn with_grants(grants: Value) -> Preflight {
    answer(&ask(ARN), &loaded(&json!({}), &[("grants.json", grants)]))
}

fn grant(grantee: &str, operations: &[&str]) -> Value {
    json!({"GrantId": "0c23", "KeyId": ARN, "GranteePrincipal": grantee, "Operations": operations})
}

const SCALING: &str = "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";

#[test]
fn grants_that_allow_use_are_caution() {
    let service = json!({"GrantId": "1", "KeyId": ARN, "Operations": ["GenerateDataKey"],
        "GranteeServicePrincipal": "rds.amazonaws.com"});
    let grants = json!({"Grants": [grant(SCALING, &["Decrypt", "CreateGrant"]), service]});
    let found = with_grants(grants);
    has(&found, "live-grants", Severity::Caution);
    let sentence = &find(&found, "live-grants").sentence;
    for words in [
        SCALING,
        "(CreateGrant, Decrypt)",
        "`rds.amazonaws.com` (GenerateDataKey)",
    ] {
        assert!(sentence.contains(words), "{sentence}");
    }
    has_not(&found, "grants-not-known");
    // What AWS adds later may be a use, and so may what the answer does not say.
    for operations in [json!(["UseTomorrow"]), json!([]), json!(null)] {
        let grant = json!({"GrantId": "1", "KeyId": ARN, "Operations": operations});
        let found = with_grants(json!({ "Grants": [grant] }));
        has(&found, "live-grants", Severity::Caution);
    }
    for operations in [
        &["DescribeKey"][..],
        &["RetireGrant", "CreateGrant"],
        &["GetPublicKey"],
    ] {
        let found = with_grants(json!({"Grants": [grant(SCALING, operations)]}));
        has_not(&found, "live-grants");
        let mut reasons = found.reasons.iter();
        assert!(reasons.any(|reason| reason.sentence.contains("grants to")));
    }
    // To bring a key back they are no obstacle.
    let pending = json!({"KeyState": "PendingDeletion", "DeletionDate": "2026-07-20T00:00:00Z"});
    let grants = json!({"Grants": [grant(SCALING, &["Decrypt"])]});
    let cancel = Question {
        operation: Operation::Cancel,
        ..ask(ARN)
    };
    let found = answer(&cancel, &loaded(&pending, &[("grants.json", grants)]));
    has(&found, "live-grants", Severity::Info);
}

#[test]
fn grants_that_are_not_all_known_are_said() {
    has(&after(&[]), "grants-not-known", Severity::Info);
    let none = with_grants(json!({"Grants": [], "Truncated": false}));
    has_not(&none, "grants-not-known");
    has_not(&none, "grants-not-whole");
    for more in [
        json!({"Truncated": true}),
        json!({"NextMarker": "x"}),
        json!({"NextToken": "x"}),
    ] {
        let mut answer = json!({ "Grants": [grant(SCALING, &["DescribeKey"])] });
        answer
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        has(&with_grants(answer), "grants-not-whole", Severity::Caution);
    }
    // A second page does not hide the first.
    let first = json!({"Grants": [grant(SCALING, &["Decrypt"])], "Truncated": true});
    let second = json!({"Grants": [grant("arn:x", &["DescribeKey"])], "Truncated": false});
    let pages = [("grants-1.json", first), ("grants-2.json", second)];
    let found = answer(&ask(ARN), &loaded(&json!({}), &pages));
    has(&found, "live-grants", Severity::Caution);
}

#[test]
fn recent_grants_are_caution() {
    let created = |more: Value| after(&[event("CreateGrant", &more)]);
    has(
        &created(json!({})),
        "grant-created-recently",
        Severity::Caution,
    );
    has_not(
        &created(json!({"errorCode": "AccessDenied"})),
        "grant-created-recently",
    );
    has_not(
        &created(json!({"eventTime": "2026-02-20T10:00:00Z"})),
        "grant-created-recently",
    );
    let trail = json!({"Records": [event("CreateGrant", &json!({}))]});
    let question = Question {
        now: None,
        ..ask(ARN)
    };
    let found = answer(&question, &loaded(&json!({}), &[("trail.json", trail)]));
    has(&found, "grant-created-recently", Severity::Caution);
}

/// API reference, `CommonErrors` and the errors of `Decrypt`.
#[test]
fn uses_that_failed_are_tried_uses_unless_denied() {
    let failed = |operation, error: &str| {
        after(&[event(
            operation,
            &json!({"errorCode": error, "errorMessage": "x"}),
        )])
    };
    for error in [
        "ThrottlingException",
        "KMSInternalException",
        "DependencyTimeoutException",
        "KeyUnavailableException",
        "InvalidCiphertextException",
        "SomethingNewException",
    ] {
        let found = failed("Decrypt", error);
        has(&found, "tried-recently", Severity::Caution);
        let sentence = &find(&found, "tried-recently").sentence;
        assert!(
            sentence.contains("role/App") && sentence.contains(error),
            "{sentence}"
        );
    }
    for error in ["DisabledException", "KMSInvalidStateException"] {
        has(
            &failed("Decrypt", error),
            "needed-while-unusable",
            Severity::Caution,
        );
    }
    for error in [
        "AccessDenied",
        "AccessDeniedException",
        "DryRunOperationException",
    ] {
        let found = failed("Decrypt", error);
        has(&found, "use-denied", Severity::Info);
        has_not(&found, "tried-recently");
        has_not(&found, "needed-while-unusable");
    }
    // Looking at a key is not using it.
    has_not(
        &failed("DescribeKey", "ThrottlingException"),
        "tried-recently",
    );
    let old = json!({"errorCode": "ThrottlingException", "eventTime": "2026-02-20T10:00:00Z"});
    has(
        &after(&[event("Decrypt", &old)]),
        "tried-long-ago",
        Severity::Info,
    );
}

#[test]
fn failed_uses_by_alias_id_or_message_count() {
    let other = "arn:aws:kms:us-east-2:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab";
    let failed = |name: &str, message: &str, more: Value| {
        let mut event = event(
            "Decrypt",
            &json!({"requestParameters": {"keyId": name}, "resources": [],
                "errorCode": "ThrottlingException", "errorMessage": message}),
        );
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        after(&[event])
    };
    let alias_arn = "arn:aws:kms:us-east-2:111122223333:alias/app";
    let message = format!("{ARN} could not be reached.");
    for (name, message) in [
        ("alias/app", ""),
        (alias_arn, ""),
        (ID, ""),
        ("alias/old-name", message.as_str()),
        ("", &message),
    ] {
        let found = failed(name, message, json!({}));
        has(&found, "tried-recently", Severity::Caution);
    }
    // The same names elsewhere are other keys.
    let region = json!({"awsRegion": "eu-west-1"});
    let account = json!({"userIdentity": {"type": "IAMUser", "accountId": "444455556666"}});
    for (name, message, more) in [
        ("alias/app", String::new(), region.clone()),
        (ID, String::new(), region),
        ("alias/app", String::new(), account),
        (
            "arn:aws:kms:eu-west-1:111122223333:alias/app",
            String::new(),
            json!({}),
        ),
        (
            "arn:aws:kms:us-east-2:444455556666:alias/app",
            String::new(),
            json!({}),
        ),
        ("alias/app2", String::new(), json!({})),
        (
            "alias/app",
            format!("{other} could not be reached."),
            json!({}),
        ),
    ] {
        let found = failed(name, &message, more);
        has_not(&found, "tried-recently");
    }
}

/// KMS-DG ct-reencrypt: one event for both keys.
#[test]
fn re_encrypt_is_use_of_either_key() {
    let other = "arn:aws:kms:us-east-2:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab";
    let both = json!([{"ARN": ARN}, {"ARN": other}]);
    for (source, destination, resources, error) in [
        (ARN, other, both.clone(), None),
        (other, ARN, both, None),
        (other, "alias/app", json!([]), Some("ThrottlingException")),
        ("alias/app", other, json!([]), Some("ThrottlingException")),
        (ID, other, json!([]), Some("ThrottlingException")),
    ] {
        let request = json!({"sourceKeyId": source, "destinationKeyId": destination});
        let more =
            json!({"requestParameters": request, "resources": resources, "errorCode": error});
        let found = after(&[event("ReEncrypt", &more)]);
        let id = if error.is_some() {
            "tried-recently"
        } else {
            "used-recently"
        };
        has(&found, id, Severity::Caution);
    }
}

/// AWS adds operations: what this version does not know may be a use.
#[test]
fn operations_that_are_not_known_count_as_use() {
    let found = after(&[event("UseTomorrow", &json!({}))]);
    has(&found, "used-recently", Severity::Caution);
    let failed = json!({"errorCode": "ThrottlingException"});
    let found = after(&[event("UseTomorrow", &failed)]);
    has(&found, "tried-recently", Severity::Caution);
    for (operation, more) in [
        ("UseTomorrow", json!({"errorCode": "AccessDenied"})),
        ("UseTomorrow", json!({"eventTime": "2026-02-20T10:00:00Z"})),
        ("DescribeKey", json!({})),
        ("RotateKey", json!({})),
        ("SynchronizeMultiRegionKey", json!({})),
    ] {
        let found = after(&[event(operation, &more)]);
        has_not(&found, "used-recently");
        has_not(&found, "tried-recently");
    }
}

/// ML-KEM: <https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html>.
#[test]
fn encapsulation_and_decapsulation_are_use() {
    for operation in ["Encapsulate", "Decapsulate"] {
        let found = after(&[event(operation, &json!({}))]);
        has(&found, "used-recently", Severity::Caution);
        let grants = json!({"Grants": [grant(SCALING, &[operation])]});
        has(&with_grants(grants), "live-grants", Severity::Caution);
    }
}

/// What fails while a key is pending deletion needs it, unless the caller has no permission.
#[test]
fn uses_of_a_pending_key_by_alias_stop_its_deletion() {
    let pending = json!({"KeyState": "PendingDeletion", "DeletionDate": "2026-07-15T00:00:00Z"});
    let stops = |error: &str, message: &str| {
        let failed = json!({"requestParameters": {"keyId": "alias/app"}, "resources": [],
            "errorCode": error, "errorMessage": message});
        let trail = json!({"Records": [event("Decrypt", &failed)]});
        let loaded = loaded(&pending, &[("trail.json", trail)]);
        let question = Question {
            operation: Operation::Pending,
            principal: None,
            ..ask("")
        };
        let all = kmslint::preflight::pending(
            &question,
            &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
            &|_| true,
        );
        let reason = all[0]
            .reasons
            .iter()
            .find(|of| of.id == "needed-while-unusable");
        reason.map(|reason| reason.severity)
    };
    let message = format!("{ARN} is pending deletion.");
    assert_eq!(stops("DisabledException", &message), Some(Severity::Stop));
    assert_eq!(stops("KMSInvalidStateException", ""), Some(Severity::Stop));
    // Perhaps it was disabled before.
    assert_eq!(stops("DisabledException", ""), Some(Severity::Caution));
    assert_eq!(stops("AccessDenied", &message), None);
}

/// That nobody can cancel is as bad as any other stop, also where the policy could be changed first.
#[test]
fn pending_key_that_nobody_can_cancel_is_a_stop() {
    let pending = json!({"KeyState": "PendingDeletion", "DeletionDate": "2026-07-15T00:00:00Z"});
    for (actions, stops) in [
        (&["kms:DescribeKey"][..], true),
        (&["kms:DescribeKey", "kms:PutKeyPolicy"], true),
        (&["kms:CancelKeyDeletion", "kms:EnableKey"], false),
    ] {
        let policy = ("policy.json", policy(actions));
        let loaded = loaded(&pending, &[policy]);
        let question = Question {
            operation: Operation::Pending,
            principal: None,
            ..ask("")
        };
        let all = kmslint::preflight::pending(
            &question,
            &FactMaker::new(&loaded.inventory, &loaded.sources, LIMITS),
            &|_| true,
        );
        let mut reasons = all[0].reasons.iter();
        let found = reasons.find(|reason| reason.id == "nobody-can-cancel");
        let severity = found.map(|reason| reason.severity);
        assert_eq!(severity, stops.then_some(Severity::Stop), "{actions:?}");
    }
}
