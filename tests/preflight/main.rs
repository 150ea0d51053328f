//! The verdict on a deletion: what the documents state, and what else must hold.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::doc_markdown,
    clippy::panic,
    reason = "tests"
)]

mod accept;
mod coverage;
mod dates;
mod documents;
mod evidence;
mod model;
mod newer;
mod permission;
mod random;
mod recorded;
mod reports;
mod request;
mod scenario;
mod signs;

use std::path::Path;

use kmslint::aws::PendingWindowInDays;
use kmslint::eval::Caller;
use kmslint::facts::{FactMaker, Limits};
use kmslint::load::{Loaded, load};
use kmslint::preflight::{
    EvidenceRequirements, Operation, Preflight, Question, Reason, Severity, preflight,
};
use kmslint::text::{Filter, discover};
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "111122223333";
const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
const ARN: &str = "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ADMIN: &str = "arn:aws:iam::111122223333:role/KeyAdmin";

/// What a directory holds when these files are in it.
fn files(name: &str, files: &[(&str, Value)]) -> Loaded {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("preflight-{name}"));
    let _ = std::fs::remove_dir_all(&directory);
    for (name, text) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.to_string()).unwrap();
    }
    let loaded = load(&discover(&[directory], &Filter::default()));
    assert!(loaded.errors.is_empty(), "{:?}", loaded.errors);
    loaded
}

fn fixture(path: &str) -> Loaded {
    let path = Path::new("fixtures/preflight").join(path);
    load(&discover(&[path], &Filter::default()))
}

/// The answer of `describe-key`, with other fields in place of some.
fn key(other: &Value) -> Value {
    let mut metadata = json!({"AWSAccountId": ACCOUNT, "KeyId": ID, "Arn": ARN,
        "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled",
        "Origin": "AWS_KMS", "KeyManager": "CUSTOMER", "MultiRegion": false});
    let fields: &mut Map<_, _> = metadata.as_object_mut().unwrap();
    fields.extend(other.as_object().unwrap().clone());
    json!({"KeyMetadata": metadata})
}

/// A key policy that gives the administrator these actions and hands nothing to IAM.
fn policy(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": "Allow access for Key Administrators",
        "Effect": "Allow", "Principal": {"AWS": ADMIN}, "Action": actions, "Resource": "*"}]})
}

const ALL: [&str; 5] = [
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
];

/// An account with the administrator, who has no policies.
fn account() -> Value {
    json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [
        {"RoleName": "KeyAdmin", "RoleId": "AROAKEYADMIN", "Arn": ADMIN, "RolePolicyList": [],
         "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}},
         "AttachedManagedPolicies": []}]})
}

/// That KMS has tracked the key from its creation on, and recorded no use.
fn unused() -> Value {
    json!({"KeyId": ARN, "KeyCreationDate": "2026-02-01T00:00:00Z",
        "TrackingStartDate": "2026-01-01T00:00:00Z"})
}

fn ask(key: &str) -> Question {
    Question {
        key: key.to_owned(),
        principal: Caller::parse(ADMIN).ok(),
        days: None,
        now: "2026-07-01T00:00:00Z".parse().ok(),
        operation: Operation::Schedule,
        evidence: EvidenceRequirements::default(),
    }
}

/// No waiting period is too short.
const LIMITS: Limits = Limits {
    minimum_waiting_period: PendingWindowInDays::MIN,
    maximum_gap_hours: 24,
    day: None,
};

fn answer(question: &Question, loaded: &Loaded) -> Preflight {
    answer_within(LIMITS, question, loaded)
}

fn answer_within(limits: Limits, question: &Question, loaded: &Loaded) -> Preflight {
    preflight(
        question,
        &FactMaker::new(&loaded.inventory, &loaded.sources, limits),
    )
    .unwrap()
}

/// A key with everything that makes a go, with other metadata and files.
fn go_with(name: &str, metadata: &Value, more: &[(&str, Value)]) -> Preflight {
    let mut all = vec![
        ("key.json", key(metadata)),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
        ("usage.json", unused()),
    ];
    all.extend(more.to_vec());
    answer(&ask(ARN), &files(name, &all))
}

fn find<'p>(preflight: &'p Preflight, id: &str) -> &'p Reason {
    let found = preflight.reasons.iter().find(|reason| reason.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {:#?}", preflight.reasons))
}

fn has(preflight: &Preflight, id: &str, severity: Severity) {
    assert_eq!(find(preflight, id).severity, severity, "{preflight:#?}");
}

fn has_not(preflight: &Preflight, id: &str) {
    let mut reasons = preflight.reasons.iter();
    assert!(!reasons.any(|reason| reason.id == id), "{preflight:#?}");
}
