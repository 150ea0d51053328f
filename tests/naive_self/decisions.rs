//! The second evaluator's decisions against section 3 of the semantics reference.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use serde_json::{Map, Value, json};

use crate::naive::context::Context;
use crate::naive::decide;
use crate::naive::principal::Caller;
use crate::naive::statement::{Request, Target, fits};

const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const WINDOW: &str = "kms:ScheduleKeyDeletionPendingWindowInDays";
const ALICE: &str = "arn:aws:iam::111122223333:user/Alice";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/R/s";
const ROLE: &str = "arn:aws:iam::111122223333:role/path/R";
const ROOT: &str = "arn:aws:iam::111122223333:root";

/// A request for Schedule(7) with these fields on top.
fn request(principal: &str, key_statements: &Value, rest: Value) -> Value {
    let mut request = json!({
        "principal": principal,
        "key_arn": KEY,
        "action": "kms:ScheduleKeyDeletion",
        "context": {WINDOW: "7"},
        "complete_context": true,
        "key_policy": {"Version": "2012-10-17", "Statement": key_statements},
    });
    let Value::Object(rest) = rest else {
        return request;
    };
    request.as_object_mut().unwrap().extend(rest);
    request
}

fn allow(principal: &str) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"})
}

fn policy(effect: &str, action: &str) -> Value {
    json!({"Statement": {"Effect": effect, "Action": action, "Resource": "*"}})
}

fn decision(principal: &str, key_statements: &Value, rest: Value) -> String {
    decide(&request(principal, key_statements, rest)).to_string()
}

#[test]
fn delegation_needs_both_sides() {
    let own = json!({"identity_policies": [{"name": "p", "policy": policy("Allow", "kms:*")}]});
    assert_eq!(
        decision(ALICE, &allow(ROOT), own.clone()),
        "allowed (identityPolicy)"
    );
    assert_eq!(
        decision(ALICE, &allow("111122223333"), own.clone()),
        "allowed (identityPolicy)"
    );
    assert_eq!(
        decision(ALICE, &allow(ROOT), json!({})),
        "implicitDeny (notGranted)"
    );
    assert_eq!(
        decision(ALICE, &allow(ROLE), own),
        "implicitDeny (noDelegation, notGranted)"
    );
    assert_eq!(
        decision(ROOT, &allow(ROOT), json!({})),
        "allowed (keyPolicy)"
    );
}

#[test]
fn boundaries_and_session_policies_follow_the_table_of_3_4() {
    let boundary = json!({"permission_boundaries": [policy("Allow", "s3:*")]});
    let session = json!({"session_policy": policy("Allow", "s3:*")});
    let federated = "arn:aws:sts::111122223333:federated-user/F";
    for (caller, named, limited) in [
        (ALICE, ALICE, false),
        (SESSION, ROLE, true),
        (ROLE, ROLE, true),
        (SESSION, SESSION, false),
        (federated, federated, false),
        (SESSION, "*", false),
    ] {
        let expected = |word| {
            if limited {
                format!("implicitDeny ({word})")
            } else {
                "allowed (keyPolicy)".to_owned()
            }
        };
        assert_eq!(
            decision(caller, &allow(named), boundary.clone()),
            expected("boundary"),
            "{named}"
        );
        assert_eq!(
            decision(caller, &allow(named), session.clone()),
            expected("sessionPolicy"),
            "{named}"
        );
    }
    let denying = json!({"permission_boundaries": [policy("Deny", "kms:S*")]});
    assert_eq!(
        decision(ALICE, &allow(ALICE), denying),
        "explicitDeny (boundary)"
    );
}

#[test]
fn organization_policies_follow_3_6() {
    let scp =
        json!({"scps": [[policy("Allow", "*")], [policy("Deny", "kms:S*"), policy("Allow", "*")]]});
    let no_allow = json!({"scps": [[policy("Allow", "*")], [policy("Allow", "s3:*")]]});
    let linked =
        "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let rcp = json!({"rcps": [[], [{"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}]]});
    for caller in [ALICE, ROOT] {
        assert_eq!(
            decision(caller, &allow("*"), scp.clone()),
            "explicitDeny (scp)"
        );
        assert_eq!(
            decision(caller, &allow("*"), no_allow.clone()),
            "implicitDeny (scp)"
        );
        assert_eq!(
            decision(caller, &allow("*"), rcp.clone()),
            "explicitDeny (rcp)"
        );
    }
    assert_eq!(
        decision("x.amazonaws.com", &allow("*"), scp.clone()),
        "allowed (keyPolicy)"
    );
    assert_eq!(
        decision("x.amazonaws.com", &allow("*"), rcp.clone()),
        "explicitDeny (rcp)"
    );
    assert_eq!(decision(linked, &allow("*"), scp), "allowed (keyPolicy)");
    assert_eq!(decision(linked, &allow("*"), rcp), "allowed (keyPolicy)");
}

#[test]
fn accounts_are_not_crossed() {
    let foreign = "arn:aws:iam::444455556666:user/Alice";
    let own = json!({"identity_policies": [policy("Allow", "*")]});
    assert_eq!(
        decision(foreign, &allow("*"), own),
        "implicitDeny (crossAccount)"
    );
    let denied = json!({"identity_policies": [policy("Deny", "*")]});
    assert_eq!(
        decision(foreign, &allow("*"), denied),
        "explicitDeny (identityPolicy)"
    );
}

#[test]
fn denies_name_principals_as_3_5_says() {
    let deny = |entry: &str| {
        let mut statement = allow(entry);
        statement["Effect"] = json!("Deny");
        json!([allow("*"), statement])
    };
    for (caller, entry, denied) in [
        (ALICE, ROOT, true),
        (SESSION, ROLE, true),
        (SESSION, SESSION, true),
        (SESSION, "arn:aws:sts::111122223333:assumed-role/R/t", false),
        (SESSION, "arn:aws:iam::111122223333:role/path/R2", false),
        (ALICE, "arn:aws:iam::111122223333:user/alice", false),
        (ALICE, "AIDACKCEVSQ6C2EXAMPLE", false),
    ] {
        let wanted = if denied {
            "explicitDeny (keyPolicy)"
        } else {
            "allowed (keyPolicy)"
        };
        assert_eq!(decision(caller, &deny(entry), json!({})), wanted, "{entry}");
    }
}

#[test]
fn not_principal_spares_only_the_fully_listed() {
    let boundary = json!({"permission_boundaries": [policy("Allow", "*")]});
    let deny = |entries: Value| json!([allow("*"), {"Effect": "Deny", "NotPrincipal": {"AWS": entries}, "Action": "kms:*", "Resource": "*"}]);
    for (caller, entries, spared) in [
        (SESSION, json!([SESSION, ROLE, ROOT]), true),
        (SESSION, json!([ROLE, ROOT]), false),
        (SESSION, json!([SESSION, ROLE]), false),
        (ALICE, json!([ALICE, "111122223333"]), true),
        (ALICE, json!([ALICE]), false),
        (ROLE, json!([ROLE, ROOT]), true),
        (ROOT, json!([ROOT]), true),
    ] {
        let wanted = if spared {
            "allowed (keyPolicy)"
        } else {
            "explicitDeny (keyPolicy)"
        };
        assert_eq!(
            decision(caller, &deny(entries.clone()), json!({})),
            wanted,
            "{entries}"
        );
    }
    let listed = deny(json!([ALICE, ROOT]));
    assert_eq!(
        decision(ALICE, &listed, boundary),
        "explicitDeny (keyPolicy)"
    );
}

#[test]
fn inert_key_policy_statements_are_skipped() {
    let mut statement = allow("*");
    statement.as_object_mut().unwrap().remove("Resource");
    assert_eq!(
        decision(ALICE, &statement, json!({})),
        "implicitDeny (notGranted)"
    );
    let context = Map::new();
    let asked = Request {
        target: Target::Key,
        action: "kms:ScheduleKeyDeletion",
        key_arn: KEY,
        caller: Caller::parse(ALICE),
        has_boundary: false,
        context: Context(&context),
    };
    assert!(!fits(&json!({"Resource": "*"}), true, &asked));
}
