//! What CloudTrail and `get-key-last-usage` recorded of the key.

mod clues;
mod covered;
mod disabled;
mod fetch;
mod history;
mod judge;
mod missing;
mod period;
mod signs;
mod spans;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::facts::FactMaker;
use crate::inventory::{CallOutcome, DeletionStep, Inventory, RecordedEvents, RecordedLife};
use crate::text::Location;

use super::Question;
use super::key::TargetKey;
use super::moment::parse;

pub use fetch::CoverageCommand;
pub(super) use judge::reasons;
use period::Watched;
pub use period::{DayCoverage, EvidencePeriod};
pub use spans::TimeSpan;

/// What is recorded of one key. That something is not recorded never says that it was not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Evidence {
    /// What the CloudTrail files cover; null where there are none.
    pub coverage: Option<CoverageRecord>,
    /// How much of the time before the call they cover; null where the moment of the call is not
    /// known.
    pub period: Option<EvidencePeriod>,
    /// The answer of `get-key-last-usage`; null where there is none.
    pub last_usage: Option<LastUsageRecord>,
    /// Downloads of the public key, the latest first.
    pub public_key: Vec<Calls>,
    /// Cryptographic use, one entry for each operation and principal, the latest first.
    pub uses: Vec<Calls>,
    /// Attempts to use the key that failed, likewise.
    pub failures: Vec<Calls>,
    /// Calls that created grants, likewise.
    pub grants: Vec<Calls>,
    /// Calls that scheduled, cancelled, disabled, enabled or deleted, the latest first.
    pub lifecycle: Vec<Calls>,
    /// When the deletion that is under way was scheduled, where a file says so.
    #[serde(serialize_with = "optional_text")]
    pub scheduled_at: Option<Timestamp>,
    /// When KMS deleted the key, and where that is recorded.
    #[serde(skip)]
    pub(super) deleted: Option<(Timestamp, Location)>,
    /// Services that called with the key on behalf of somebody or for themselves.
    pub services: BTreeSet<String>,
    /// Names, never values, of encryption context pairs.
    pub encryption_context: BTreeSet<String>,
    /// All that is covered, also before the period.
    #[serde(skip)]
    watched: Watched,
}

/// What files of CloudTrail cover.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageRecord {
    /// How many files.
    pub files: usize,
    /// How many events of any service.
    pub events: u64,
    /// How many of AWS KMS.
    pub kms_events: u64,
    /// The time of the first event.
    #[serde(serialize_with = "optional_text")]
    pub first: Option<Timestamp>,
    /// The time of the last.
    #[serde(serialize_with = "optional_text")]
    pub last: Option<Timestamp>,
    /// The Regions that they are of.
    pub regions: BTreeSet<String>,
    /// The accounts whose trail they are of.
    pub accounts: BTreeSet<String>,
    /// Whether they say that there is more.
    pub truncated: bool,
    /// Whether the key's Region is among the Regions; null where the key's is not known.
    pub covers_region: Option<bool>,
}

/// The answer of `get-key-last-usage`.
#[derive(Clone, Debug, Serialize)]
pub struct LastUsageRecord {
    /// The operation; null where no use was seen.
    pub operation: Option<String>,
    /// When; null where no use was seen, or where what is written is no date.
    #[serde(serialize_with = "optional_text")]
    pub used_at: Option<Timestamp>,
    /// Whether a use was seen.
    pub was_used: bool,
    /// Of use before it nothing is known.
    #[serde(serialize_with = "optional_text")]
    pub tracked_since: Option<Timestamp>,
    /// When the key was created.
    #[serde(serialize_with = "optional_text")]
    pub created: Option<Timestamp>,
    /// Where it stands.
    #[serde(rename = "location")]
    pub at: Location,
}

/// Seconds by which `get-key-last-usage` may lag behind a use: about an hour, says the developer
/// guide, so twice that.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-determining-usage.html>
const LAG: i64 = 2 * 60 * 60;

impl LastUsageRecord {
    /// From when on it would know of a use, up to when it was written.
    fn speaks_from(&self) -> Option<Timestamp> {
        let since = match (self.tracked_since, self.created) {
            (Some(tracked), created) => Some(tracked).max(created),
            (None, _) => None,
        };
        since.filter(|_| !self.was_used || self.used_at.is_some())
    }

    /// What it should know of the key's life: the last use, else when it began to look.
    fn known(&self) -> Option<Timestamp> {
        if self.was_used {
            self.used_at
        } else {
            self.tracked_since.max(self.created)
        }
    }

    /// Whether a use came after the last one that it knows of, and not by its lag.
    fn misses(&self, used: Timestamp) -> bool {
        self.known()
            .is_some_and(|known| used.as_second().saturating_sub(known.as_second()) > LAG)
    }

    /// Whether the whole life of the key was tracked, and it was never used.
    fn was_never_used(&self) -> bool {
        let tracked = self.tracked_since.zip(self.created);
        !self.was_used && tracked.is_some_and(|(tracked, created)| tracked <= created)
    }
}

/// Calls of one operation by one principal with one outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// The operation, for example `Decrypt`.
    pub operation: String,
    /// The principal's ARN; of a session its role's.
    pub principal: Option<String>,
    /// The principal's account.
    pub account: Option<String>,
    /// The service that called for the principal, or for itself.
    pub service: Option<String>,
    /// The Region.
    pub region: String,
    /// The error code of calls that failed.
    pub error: Option<String>,
    /// The waiting period of calls that scheduled, days.
    pub pending_window: Option<u16>,
    /// How many.
    pub count: u64,
    /// The first.
    #[serde(serialize_with = "text")]
    pub first: Timestamp,
    /// The last.
    #[serde(serialize_with = "text")]
    pub last: Timestamp,
    /// The last of them, where the file is kept.
    #[serde(rename = "location")]
    pub at: Location,
    /// What became of them.
    #[serde(skip)]
    pub(super) outcome: CallOutcome,
    /// Whether KMS said that the key is pending deletion.
    #[serde(skip)]
    pub(super) refused_as_pending: bool,
}

fn text<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn optional_text<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

/// Operations that say how the key's life went.
const LIFECYCLE: [&str; 5] = [
    "ScheduleKeyDeletion",
    "CancelKeyDeletion",
    "DisableKey",
    "EnableKey",
    "DeleteKey",
];

impl Evidence {
    /// What is recorded of the key.
    pub(super) fn of(subject: &TargetKey, facts: &FactMaker<'_>, question: &Question) -> Self {
        let inventory = facts.inventory();
        let mut evidence = Self {
            coverage: coverage(subject, inventory),
            last_usage: last_usage(subject),
            ..Self::default()
        };
        let mut kinds: BTreeMap<Kind, Vec<&RecordedEvents>> = BTreeMap::new();
        let all: Vec<_> = facts.trail().of_key(&subject.key).collect();
        match RecordedLife::of(&subject.key, &all).deletion {
            Some((DeletionStep::Scheduled, call)) => evidence.scheduled_at = Some(call.last),
            Some((DeletionStep::Deleted, call)) => evidence.deleted = Some((call.last, call.at)),
            Some((DeletionStep::Cancelled, _)) | None => {}
        }
        for events in all {
            if let Some(kind) = Kind::of(events) {
                kinds.entry(kind).or_default().push(events);
            }
            if events.error.is_none() {
                evidence.services.extend(events.caller.invoked_by.clone());
                let names = events.encryption_context.iter().cloned();
                evidence.encryption_context.extend(names);
            }
        }
        let mut take = |kind| merged(kinds.remove(&kind).unwrap_or_default());
        evidence.public_key = take(Kind::PublicKey);
        evidence.uses = take(Kind::Use);
        evidence.failures = take(Kind::FailedUse);
        evidence.grants = take(Kind::Grant);
        evidence.lifecycle = take(Kind::Lifecycle);
        let usage = evidence.current_usage();
        let found = period::of(subject, &inventory.trail.coverage, question, usage);
        let (period, watched) = found.unzip();
        evidence.period = period;
        evidence.watched = watched.unwrap_or_default();
        evidence
    }

    /// The answer of `get-key-last-usage`, unless CloudTrail shows a use that it should know and
    /// does not.
    fn current_usage(&self) -> Option<&LastUsageRecord> {
        let usage = self.last_usage.as_ref()?;
        let recorded = self.uses.first().map(|calls| calls.last);
        let outdated = recorded.is_some_and(|recorded| usage.misses(recorded));
        (!outdated).then_some(usage)
    }

    /// The last cryptographic use that any file knows of.
    pub(super) fn last_use_at(&self) -> Option<Timestamp> {
        let tracked = self.last_usage.as_ref().and_then(|usage| usage.used_at);
        let recorded = self.uses.iter().map(|calls| calls.last).max();
        tracked.max(recorded)
    }
}

/// What events say of a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    PublicKey,
    Use,
    FailedUse,
    Grant,
    Lifecycle,
}

impl Kind {
    fn of(events: &RecordedEvents) -> Option<Self> {
        let operation = events.operation.as_str();
        if LIFECYCLE.contains(&operation) {
            return Some(Self::Lifecycle);
        }
        if operation == "GetPublicKey" {
            return match events.outcome() {
                CallOutcome::Succeeded => Some(Self::PublicKey),
                // Whoever is refused while the key is pending deletion needs its public half.
                CallOutcome::RefusedByState => Some(Self::FailedUse),
                CallOutcome::Failed | CallOutcome::Denied | CallOutcome::DryRun => None,
            };
        }
        if operation == "CreateGrant" {
            return events.error.is_none().then_some(Self::Grant);
        }
        match (events.is_use(), &events.error) {
            (false, _) => None,
            (true, None) => Some(Self::Use),
            (true, Some(_)) => Some(Self::FailedUse),
        }
    }
}

/// Like events together, the latest first.
fn merged(events: Vec<&RecordedEvents>) -> Vec<Calls> {
    let mut all: Vec<Calls> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for events in events {
        let caller = &events.caller;
        let same = (
            events.operation.as_str(),
            caller.arn.as_deref(),
            caller.invoked_by.as_deref(),
            events.error.as_deref(),
            events.is_refused_as_pending(),
            events.pending_window,
        );
        let next = all.len();
        let position = *known.entry(same).or_insert(next);
        match all.get_mut(position) {
            Some(calls) => calls.add(events),
            None => all.push(Calls {
                operation: events.operation.clone(),
                principal: caller.arn.clone(),
                account: caller.account.map(|account| account.to_string()),
                service: caller.invoked_by.clone(),
                region: events.region.clone(),
                error: events.error.clone(),
                pending_window: events.pending_window,
                count: events.count,
                first: events.first,
                last: events.last,
                at: events.at,
                outcome: events.outcome(),
                refused_as_pending: events.is_refused_as_pending(),
            }),
        }
    }
    all.sort_by(|a, b| {
        let rest = |calls: &Calls| (calls.operation.clone(), calls.principal.clone());
        b.last.cmp(&a.last).then_with(|| rest(a).cmp(&rest(b)))
    });
    all
}

impl Calls {
    fn add(&mut self, events: &RecordedEvents) {
        self.count = self.count.saturating_add(events.count);
        self.first = self.first.min(events.first);
        if events.last > self.last {
            self.last = events.last;
            self.at = events.at;
            self.region.clone_from(&events.region);
        }
    }

    /// Who called, in words.
    pub fn who(&self) -> String {
        match (&self.principal, &self.service, &self.account) {
            (Some(principal), Some(service), _) => format!("{service} for {principal}"),
            (Some(principal), None, _) => principal.clone(),
            (None, Some(service), _) => service.clone(),
            (None, None, Some(account)) => format!("somebody of account {account}"),
            (None, None, None) => "somebody whom the event does not name".to_owned(),
        }
    }
}

fn coverage(subject: &TargetKey, inventory: &Inventory) -> Option<CoverageRecord> {
    let coverage = &inventory.trail.coverage;
    (coverage.files > 0).then(|| CoverageRecord {
        files: coverage.files,
        events: coverage.events,
        kms_events: coverage.kms_events,
        first: coverage.first,
        last: coverage.last,
        regions: coverage.regions.clone(),
        accounts: coverage.accounts.iter().map(ToString::to_string).collect(),
        truncated: coverage.truncated,
        covers_region: subject
            .region()
            .map(|region| coverage.regions.contains(region)),
    })
}

fn last_usage(subject: &TargetKey) -> Option<LastUsageRecord> {
    let found = subject.key.metadata.last_usage.as_ref()?;
    let usage = &found.value;
    let date = |text: Option<&String>| text.and_then(|text| parse(text));
    let created = subject.key.metadata.created.as_ref();
    Some(LastUsageRecord {
        operation: usage.operation.clone(),
        used_at: date(usage.timestamp.as_ref()),
        was_used: usage.timestamp.is_some() || usage.operation.is_some(),
        tracked_since: date(usage.tracking_since.as_ref()),
        created: date(usage.created.as_ref().or(created.map(|found| &found.value))),
        at: found.at,
    })
}
