//! Cases that were answered in two ways once.

use kmslint::aws::KmsAction;
use kmslint::eval::Caller;
use kmslint::facts::{FactMaker, Limits};
use kmslint::lint::run_all;
use kmslint::rule::Catalogue;
use serde_json::{Value, json};

use super::accounts::ACCOUNT;
use super::ask::{Said, in_facts, in_preflight, load};
use kmslint::preflight::{Operation, Question, preflight};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// What is told of the session `assumed-role/Ops/alice` of a role with these policies, which the key
/// policy lets cancel: by facts, by preflight, and whether `cancel-by-nobody` is found.
fn session(role: &Value, boundary: Option<&Value>) -> (Option<Said>, Said, bool) {
    let mut ops = json!({"RoleName": "Ops", "RoleId": "AROAEXAMPLEOPS", "Path": "/team/",
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/team/Ops"), "AttachedManagedPolicies": [],
        "RolePolicyList": [{"PolicyName": "Own", "PolicyDocument": role}], "Tags": [],
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]}});
    let mut policies = Vec::new();
    if let Some(boundary) = boundary {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/B");
        ops["PermissionsBoundary"] = json!({"PermissionsBoundaryArn": arn});
        policies.push(json!({"PolicyName": "B", "Arn": arn, "DefaultVersionId": "v1",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": boundary}]}));
    }
    let account = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [ops],
        "Policies": policies});
    let key = json!({"KeyMetadata": {"AWSAccountId": ACCOUNT, "Arn": KEY, "KeyManager": "CUSTOMER",
        "KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "KeyState": "Enabled"}});
    let alice = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Ops/alice");
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": alice}, "Resource": "*",
         "Action": ["kms:CancelKeyDeletion", "kms:EnableKey"]},
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/Admin")},
         "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}]});
    let files = [
        ("account.json", account),
        ("key.json", key),
        ("policy.json", policy),
    ];
    let loaded = load(&files.map(|(name, file)| (name.to_owned(), file.to_string())));
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    let maker = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default());
    let facts = maker.all();
    let findings = run_all(&facts, Catalogue::builtin().unwrap());
    let nobody = findings
        .iter()
        .any(|found| &*found.rule == "cancel-by-nobody");
    let caller = Caller::parse(&alice).unwrap();
    let question = Question {
        key: KEY.to_owned(),
        principal: Some(caller.clone()),
        days: None,
        now: None,
        operation: Operation::Cancel,
        evidence: kmslint::preflight::EvidenceRequirements::default(),
    };
    let cancel = KmsAction::CancelKeyDeletion;
    let found = preflight(&question, &maker).unwrap();
    let own = in_facts(&facts[0], &caller, cancel).map(|told| told.0);
    assert_eq!(found.cancellers.somebody, own.is_some());
    (own, in_preflight(&[found], cancel).unwrap().0, nobody)
}

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// An explicit deny of a role's own policy applies to its sessions, whoever names them:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.
#[test]
fn session_of_denied_role_cannot_cancel() {
    let denies = json!([{"Effect": "Deny", "Resource": "*",
        "Action": ["kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"]}]);
    let told = session(&document(&denies), None);
    assert_eq!(told, (None, Said::Denied, true));
}

/// So does an explicit deny of its permissions boundary:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>.
#[test]
fn session_of_role_with_denying_boundary_cannot_cancel() {
    let nothing = document(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]));
    let denies = document(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "kms:CancelKeyDeletion", "Resource": "*"}]));
    assert_eq!(session(&nothing, Some(&denies)), (None, Said::Denied, true));
}

/// A boundary that does not mention KMS denies implicitly, which does not limit a session that the
/// key policy names:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session>.
#[test]
fn session_of_role_with_boundary_of_another_service_can_cancel() {
    let other = document(&json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]));
    assert_eq!(
        session(&other, Some(&other)),
        (Some(Said::Allowed), Said::Allowed, false)
    );
}
