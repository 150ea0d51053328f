//! What evaluation concludes about one key or one unattached policy: the document that rules are
//! written over.

mod access;
mod action;
mod any_key;
mod condition;
mod coverage;
mod days_text;
mod evidence;
mod fields;
mod gates;
mod group;
mod inert;
mod key;
mod located;
mod pending;
mod places;
mod principal;
mod record;
mod related;
mod resource;
mod statement;
mod subject;
mod surroundings;
mod ways_round;
mod wideness;

#[cfg(test)]
mod tests;

pub use crate::aws::PrincipalKind;
pub use coverage::{CoverageRecord, CoverageSpan};
pub use evidence::{CallRecord, ChangeRecord, EvidenceRecord, PublicKeyDownloads, StillUsed};
pub use group::{AccessGroup, GivingStatement, GroupMember, ThroughIam};
pub use record::{
    Access, AccessTable, ActionForm, ActionRecord, BypassRecord, ConditionEffect, ConditionRecord,
    Facts, Inert, InertCause, KeyRecord, Limits, PendingRecord, Place, PolicyRecord,
    PrincipalRecord, ResourceRecord, SidAgain, StatementRecord, SubjectKind, TagRecord, TooLarge,
    ValueRecord, Via, WaysRound,
};
pub use related::{LastRelated, WaitsForReplicas};

use rayon::prelude::*;

use crate::access::{AskedKey, Identities, key_context};
use crate::aws::{AccountId, KeyArn};
use crate::eval::{KeyIdentity, RequestContext};
use crate::inventory::{Inventory, Key, LoadedPolicy, TrailIndex};
use crate::policy::{
    PolicyDocument, PolicySize, Rendered, Text, Version, rendered, rendered_foreign,
};
use crate::text::{SourceFile, Sources, Span};

use places::Places;
use related::States;
use subject::Subject;
use surroundings::Surroundings;

/// Version of the shape of [`Facts`].
const FORMAT: u8 = 1;

/// JSON Schema of a list of facts, with and without the locations that [`Facts::located`] adds.
pub const SCHEMA: &str = include_str!("facts.schema.json");

/// What is to be said of everything that was loaded, on all cores: keys, then the policies that
/// are attached to nothing.
pub fn of_inventory(inventory: &Inventory, sources: &Sources, limits: Limits) -> Vec<Facts> {
    each(inventory, sources, limits, |facts| facts)
}

/// What `conclude` makes of the facts of everything that was loaded, in the order of
/// [`of_inventory`], on all cores. The facts of thousands of keys need not be kept.
pub fn each<T: Send>(
    inventory: &Inventory,
    sources: &Sources,
    limits: Limits,
    conclude: impl Fn(Facts) -> T + Sync,
) -> Vec<T> {
    let identities = Identities::new(inventory);
    let keys = inventory.keys.par_iter();
    let states = States::new(&inventory.keys);
    let index = TrailIndex::new(&inventory.trail);
    let keys = keys.map(|key| {
        let mut facts = of_key_among(key, &identities, sources, limits);
        let pending = facts.key.pending.as_ref().map(|pending| pending.at);
        let at = pending.unwrap_or(facts.key.at);
        facts.key.waits_for_replicas = states.waits(key, at);
        facts.key.last_related = states.last(key, at);
        let pending = pending.is_some();
        facts.key.evidence =
            evidence::record(key, &index, (sources, limits), (at, pending)).map(|mut evidence| {
                for change in evidence.changes() {
                    change.place(&mut facts, sources);
                }
                evidence
            });
        conclude(facts)
    });
    let around = Surroundings::new(inventory, &identities);
    let policies: Vec<_> = inventory.policies_of_people().collect();
    let policies = policies.into_par_iter();
    let of_policy = |policy| of_policy_among(policy, &around, sources, limits);
    let policies = policies.map(|policy| conclude(of_policy(policy)));
    keys.chain(policies).collect()
}

/// What is to be said of a key. Who can do what is concluded from its key policy alone; of an
/// account's IAM policies it is said what they could give at most.
pub fn of_key(key: &Key, sources: &Sources, limits: Limits) -> Facts {
    of_key_among(key, &Identities::default(), sources, limits)
}

/// What is to be said of a key among users and roles that were loaded: each is asked about with
/// its own policies.
pub fn of_key_among(
    key: &Key,
    identities: &Identities<'_>,
    sources: &Sources,
    limits: Limits,
) -> Facts {
    let document = key.policy.as_ref().map(|policy| &policy.document);
    let partition = key.arn.as_ref().map(KeyArn::partition);
    let read = |rendered: Option<&Rendered>| {
        let reading = Reading {
            document: rendered.map(|rendered| &rendered.document).or(document),
            account: rendered.map(|rendered| rendered.account).or(key.account),
        };
        of_reading(key, &reading, identities, (sources, limits))
    };
    let rendered = document.and_then(|document| rendered(document, key.account, partition));
    let foreign = rendered.as_ref().and(document);
    let foreign = foreign.and_then(|own| rendered_foreign(own, key.account, partition));
    Facts {
        other_reading: foreign.map(|foreign| Box::new(read(Some(&foreign)))),
        ..read(rendered.as_ref())
    }
}

/// A key policy with a principal in place of each placeholder, and the account that is the key's then.
struct Reading<'a> {
    document: Option<&'a PolicyDocument>,
    account: Option<AccountId>,
}

fn of_reading(
    key: &Key,
    reading: &Reading<'_>,
    identities: &Identities<'_>,
    (sources, limits): (&Sources, Limits),
) -> Facts {
    let places = Places::new(sources);
    let record = key::record(key, &places);
    let identity = KeyIdentity {
        arn: key.arn.clone(),
        account: reading.account,
    };
    let policy = key.policy.as_ref();
    let subject = policy.zip(reading.document).map(|(policy, document)| {
        let file = places.file(policy.source);
        let asked = AskedKey::new(identity, key_context(&key.metadata), Some(document));
        let mut subject = Subject::new(document, asked, file);
        subject.imported_material = key::material_is_imported(&key.metadata);
        subject.identities = Some(identities);
        subject
    });
    let statements = subject.as_ref().map(statement::records).unwrap_or_default();
    let access = subject
        .as_ref()
        .map(|subject| access::table(subject, &statements, identities, &places))
        .unwrap_or_default();
    Facts {
        format: FORMAT,
        subject: key
            .arn
            .as_ref()
            .map_or_else(|| key.name.clone(), |arn| arn.as_str().to_owned()),
        kind: SubjectKind::Key,
        limits,
        key: record,
        policy: subject
            .as_ref()
            .zip(key.policy.as_ref())
            .map(|(subject, policy)| PolicyRecord {
                whole: key.arn.is_some() || is_embedded(policy, sources),
                ..policy_record(subject, policy)
            }),
        statements,
        access,
        sources: places.names(),
        source_ids: places.ids(),
        other_reading: None,
    }
}

/// What is to be said of a policy that is attached to nothing that was loaded.
pub fn of_policy(policy: &LoadedPolicy, sources: &Sources, limits: Limits) -> Facts {
    let (inventory, identities) = (Inventory::default(), Identities::default());
    let around = Surroundings::new(&inventory, &identities);
    of_policy_among(policy, &around, sources, limits)
}

fn of_policy_among(
    policy: &LoadedPolicy,
    around: &Surroundings<'_>,
    sources: &Sources,
    limits: Limits,
) -> Facts {
    let places = Places::new(sources);
    let file = places.file(policy.source);
    let no_key = AskedKey::new(KeyIdentity::default(), RequestContext::open(), None);
    let mut subject = Subject::new(&policy.document, no_key, file);
    subject.source = Some(policy.source);
    let mut statements = statement::records(&subject);
    if !around.is_in_use(policy) {
        any_key::find(&mut statements, &subject);
    }
    gates::find(&mut statements, &subject, around);
    Facts {
        format: FORMAT,
        subject: policy.name.clone(),
        kind: SubjectKind::Policy,
        limits,
        key: KeyRecord::default(),
        policy: Some(policy_record(&subject, policy)),
        statements,
        access: AccessTable::default(),
        sources: places.names(),
        source_ids: places.ids(),
        other_reading: None,
    }
}

fn policy_record(subject: &Subject<'_>, policy: &LoadedPolicy) -> PolicyRecord {
    let document = subject.document;
    let start = Span {
        end: document.span.start.saturating_add(1),
        ..document.span
    };
    let too_large = policy.size.filter(PolicySize::is_too_large);
    PolicyRecord {
        kind: document.kind,
        version: document.version.map(|(version, _)| match version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        }),
        whole: false,
        of_aws_key: document.id.as_ref().is_some_and(is_of_aws_key),
        too_large: too_large.map(|size| TooLarge {
            length: size.length,
            limit: size.limit,
            unit: size.unit,
            at: subject.place(start),
        }),
        at: subject.place(document.span),
    }
}

/// Whether the policy is a member of something larger, which names it, and no file of its own.
fn is_embedded(policy: &LoadedPolicy, sources: &Sources) -> bool {
    let before = |file: &SourceFile| {
        let before = Span::new(0, policy.document.span.start as usize);
        before.of(file.text()).contains('"')
    };
    policy.encoding.is_some() || sources.get(policy.source).is_some_and(before)
}

/// AWS writes `auto-ebs-2` and the like:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-viewing.html>
fn is_of_aws_key(id: &Text) -> bool {
    id.value.starts_with("auto-")
}
