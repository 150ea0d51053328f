//! Checks of the facts, on policies as text.

mod access;
mod condition;
mod growth;
mod inert;
mod snapshot;

use super::*;
use crate::aws::key::{KeySpec, MultiRegionKeyType};
use crate::aws::{KeyArn, PendingWindowInDays, Reported};
use crate::inventory::{Inventory, Key, KeyMetadata, LoadedPolicy, Located};
use crate::policy::{PolicyKind, PolicyReading};
use crate::text::{Location, SourceFile, Sources, Span};
use std::sync::Arc;

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn limits() -> Limits {
    Limits {
        minimum_waiting_period: PendingWindowInDays::new(14).unwrap(),
        ..Limits::default()
    }
}

/// The facts of a key where nothing else was loaded.
fn of_key(key: &Key, sources: &Sources) -> Facts {
    FactMaker::new(&Inventory::default(), sources, limits()).of_key(key)
}

fn load(text: &str, kind: PolicyKind, sources: &mut Sources) -> LoadedPolicy {
    let source = sources.add(SourceFile::new("policy.json", text));
    LoadedPolicy {
        name: "policy.json".into(),
        source,
        encoding: None,
        size: None,
        document: PolicyReading::of_text(text, kind).document.unwrap(),
    }
}

/// A key with these statements as its policy; `arn` or nothing is known of it.
fn key(statements: &str, arn: Option<&str>, sources: &mut Sources) -> Key {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let policy = load(&text, PolicyKind::Key, sources);
    let arn = arn.map(|arn| KeyArn::parse(arn).unwrap());
    Key {
        name: "policy.json".into(),
        account: arn.as_ref().map(KeyArn::account),
        arn,
        metadata: KeyMetadata::nothing(),
        at: Location {
            source: policy.source,
            span: policy.document.span,
        },
        policy: Some(policy),
        ..Key::default()
    }
}

fn facts(statements: &str) -> Facts {
    let mut sources = Sources::default();
    let key = key(statements, Some(ARN), &mut sources);
    of_key(&key, &sources)
}

fn facts_without_arn(statements: &str) -> Facts {
    let mut sources = Sources::default();
    let key = key(statements, None, &mut sources);
    of_key(&key, &sources)
}

fn facts_of_identity(statement: &str) -> Facts {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let mut sources = Sources::default();
    let policy = load(&text, PolicyKind::Identity, &mut sources);
    FactMaker::new(&Inventory::default(), &sources, limits()).of_policy(&policy)
}

/// The first statement of AWS's default key policy.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
const DEFAULT: &str = r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

/// The console's statement for key administrators.
const ADMINISTRATORS: &str = r#"{"Sid":"Allow access for Key Administrators","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:role/KeyAdmin"},
    "Action":["kms:Create*","kms:Describe*","kms:Enable*","kms:List*","kms:Put*","kms:Update*",
    "kms:Revoke*","kms:Disable*","kms:Get*","kms:Delete*","kms:TagResource","kms:UntagResource",
    "kms:ScheduleKeyDeletion","kms:CancelKeyDeletion"],"Resource":"*"}"#;

#[test]
fn places_lead_back_to_the_bytes() {
    let mut sources = Sources::default();
    let mut key = key(DEFAULT, Some(ARN), &mut sources);
    let other = sources.add(SourceFile::new("key.json", "RSA_2048"));
    Arc::make_mut(&mut key.metadata).spec = Some(Located {
        value: Reported::Known(KeySpec::Rsa2048),
        at: Location {
            source: other,
            span: Span::new(0, 8),
        },
    });
    let facts = of_key(&key, &sources);
    let text = |place: IndexedLocation| {
        let at = place.at;
        at.span.of(sources.get(at.source).unwrap().text())
    };
    assert_eq!(text(facts.key.at), "RSA_2048");
    assert_eq!(text(facts.statements[0].actions[0].at), r#""kms:*""#);
    assert_eq!(facts.sources, ["key.json", "policy.json"]);
}

#[test]
fn what_is_known_of_the_key_decides_conditions() {
    let statement = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*",
        "Resource":"*","Condition":{"StringEquals":{"kms:KeySpec":"RSA_2048",
        "kms:MultiRegionKeyType":"REPLICA"}}}"#;
    let mut sources = Sources::default();
    let mut key = key(statement, Some(ARN), &mut sources);
    let at = key.at;
    Arc::make_mut(&mut key.metadata).spec = Some(Located {
        value: Reported::Known(KeySpec::Rsa2048),
        at,
    });
    let effects = |key: &Key| {
        let facts = of_key(key, &sources);
        let conditions = &facts.statements[0].conditions;
        let effects: Vec<_> = conditions.iter().map(|c| c.effect.unwrap()).collect();
        (effects, facts.access.someone_can_schedule, facts.key)
    };
    let (single, can, record) = effects(&key);
    assert_eq!(single, [ConditionEffect::Always, ConditionEffect::Never]);
    assert!(!can);
    assert_eq!(record.asymmetric, Some(true));
    key.arn = None;
    Arc::make_mut(&mut key.metadata).multi_region_type = Some(Located {
        value: Reported::Known(MultiRegionKeyType::Replica),
        at,
    });
    let (replica, can, record) = effects(&key);
    assert_eq!(replica, [ConditionEffect::Always, ConditionEffect::Always]);
    assert!(can);
    assert_eq!(record.multi_region_type.as_deref(), Some("REPLICA"));
}

#[test]
fn a_key_without_a_policy_and_a_policy_without_a_key() {
    let mut sources = Sources::default();
    let mut bare = key(DEFAULT, Some(ARN), &mut sources);
    bare.policy = None;
    let facts = of_key(&bare, &sources);
    assert!(facts.policy.is_none() && facts.statements.is_empty());
    assert_eq!(facts.subject, ARN);
    let facts = facts_of_identity(r#"{"Effect":"Allow","Action":"kms:Sched*","Resource":"*"}"#);
    assert_eq!(facts.kind, SubjectKind::Policy);
    assert_eq!(facts.subject, "policy.json");
    assert_eq!(facts.statements[0].covers.len(), 1);
    assert!(facts.access.schedule.is_empty());
}
