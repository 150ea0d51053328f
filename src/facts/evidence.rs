//! What CloudTrail recorded of a key, as far as rules ask for it.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html>

use std::cmp::Reverse;

use crate::document::record;
use crate::inventory::{CallOutcome, DeletionStep, Key, RecordedEvents, RecordedLife, TrailIndex};
use crate::text::Sources;
use jiff::Timestamp;

use super::coverage::{CoverageRecord, covered};
use super::pending::{by, short, who};
use super::source_index::SourceIndex;
use super::{IndexedLocation, Limits};

record! {
    /// What the loaded CloudTrail files say of a key. That they say nothing is no evidence that the
    /// key is not used.
    #[derive(Clone, Debug)]
    pub struct EvidenceRecord {
        /// What the files cover.
        pub coverage: CoverageRecord,
        /// How many events name the key.
        pub events: u64,
        /// The last `ScheduleKeyDeletion` that succeeded, if nothing that follows shows that it was
        /// cancelled.
        pub scheduled: Option<CallRecord>,
        /// The last `CancelKeyDeletion` that succeeded.
        pub cancelled: Option<CallRecord>,
        /// The last cryptographic operation that succeeded.
        pub last_use: Option<CallRecord>,
        /// Attempts to use the key, successful or not, after its deletion was scheduled; left out
        /// where there are none, and where the key is not pending deletion.
        @left_out pub still_used: Option<StillUsed>,
        /// Whoever called `GetPublicKey` with success; left out where nobody did.
        @left_out pub public_key: Option<PublicKeyDownloads>,
        /// That KMS deleted the key; left out where that is not recorded.
        @left_out pub deleted: Option<ChangeRecord>,
        /// The deletion of imported key material that was not imported again; left out where none is
        /// recorded.
        @left_out pub material_deleted: Option<ChangeRecord>,
        /// The last call that put the key policy, where it bypassed the check against a lock-out; left
        /// out elsewhere.
        @left_out pub lockout_check_bypassed: Option<ChangeRecord>,
    }
}

record! {
    /// A call that changed the key, or what KMS did by itself.
    #[derive(Clone, Debug)]
    pub struct ChangeRecord {
        /// `eventName`, for example `PutKeyPolicy`.
        pub operation: String,
        /// The end of the caller's ARN, for example `role/KeyAdmin`; else the service or the kind of
        /// caller.
        pub who: String,
        /// Who, from where and when, in words.
        pub by: String,
        /// `awsRegion`.
        pub region: String,
        /// `sourceIPAddress`: an address, or the name of a service.
        pub source_address: Option<String>,
        /// When, RFC 3339.
        pub when: String,
        /// The same: a later change is another one.
        pub identity: String,
        /// The event in its file; the file's beginning where its text is not kept.
        pub at: IndexedLocation,
    }
}

impl ChangeRecord {
    fn new(call: &RecordedEvents, source_index: &SourceIndex<'_>) -> Self {
        Self {
            operation: call.operation.clone(),
            who: who(call).to_owned(),
            by: by(call),
            region: call.region.clone(),
            source_address: call.source_address.clone(),
            when: call.last.to_string(),
            identity: call.last.to_string(),
            at: source_index.place(call.at),
        }
    }
}

record! {
    /// The last of calls that are alike.
    #[derive(Clone, Debug)]
    pub struct CallRecord {
        /// `eventName`, for example `Decrypt`.
        pub operation: String,
        /// The caller's ARN, of a session its role's; else the service or the kind of caller.
        pub principal: String,
        /// The caller's account.
        pub account: Option<String>,
        /// The AWS service that called on the principal's behalf.
        pub invoked_by: Option<String>,
        /// When, RFC 3339.
        pub when: String,
        /// How many calls are alike.
        pub count: u64,
        /// `errorCode` where it failed.
        pub error: Option<String>,
        /// `pendingWindowInDays`, for `ScheduleKeyDeletion`.
        pub days: Option<u16>,
        /// The file that holds the last of them.
        pub file: String,
    }
}

record! {
    /// Use of a key whose deletion is scheduled.
    #[derive(Clone, Debug)]
    pub struct StillUsed {
        /// The last call of each kind and caller, the latest first; 20 at most.
        pub uses: Vec<CallRecord>,
        /// The latest in words, for example ``role/app called `Decrypt` at …, which failed``.
        pub words: String,
        /// The state of the key in its description.
        pub at: IndexedLocation,
    }
}

record! {
    /// Downloads of a public key.
    #[derive(Clone, Debug)]
    pub struct PublicKeyDownloads {
        /// The last download of each caller, the latest first; 20 at most.
        pub downloads: Vec<CallRecord>,
        /// Who and when, in words.
        pub words: String,
        /// The state of the key in its description.
        pub at: IndexedLocation,
    }
}

/// The most calls that one list holds.
const MAX_LISTED: usize = 20;

/// What is recorded of a key; nothing where no CloudTrail file was loaded. `pending` is the place
/// of the state that says that the key is pending deletion.
pub(super) fn record(
    key: &Key,
    index: &TrailIndex<'_>,
    limits: Limits,
    source_index: &SourceIndex<'_>,
    (at, pending): (IndexedLocation, bool),
) -> Option<EvidenceRecord> {
    let coverage = &index.trail().coverage;
    if coverage.files == 0 {
        return None;
    }
    let history = History {
        events: index.of_key(key).collect(),
        sources: source_index.sources(),
    };
    let life = RecordedLife::of(key, &history.events);
    let step = |step| life.deletion.filter(|(found, _)| *found == step);
    let scheduled = step(DeletionStep::Scheduled).map(|(_, call)| call);
    let cancelled = history.last(|events| is_success(events, "CancelKeyDeletion"));
    let change =
        |call: Option<&RecordedEvents>| call.map(|call| ChangeRecord::new(call, source_index));
    let since = Since {
        scheduled: scheduled.map(|events| events.last),
        cancelled: cancelled.map(|events| events.last),
    };
    Some(EvidenceRecord {
        coverage: covered(coverage, key.arn.as_ref(), limits),
        events: history.events.iter().map(|events| events.count).sum(),
        scheduled: scheduled.map(|events| history.call(events)),
        cancelled: cancelled.map(|events| history.call(events)),
        last_use: history
            .last(|events| events.error.is_none() && events.is_use())
            .map(|events| history.call(events)),
        still_used: history.still_used(&since, at).filter(|_| pending),
        public_key: history.downloads(at),
        deleted: change(step(DeletionStep::Deleted).map(|(_, call)| call)),
        material_deleted: change(life.material_deleted),
        lockout_check_bypassed: change(life.lockout_check_bypassed),
    })
}

fn is_success(events: &RecordedEvents, operation: &str) -> bool {
    events.operation == operation && events.error.is_none()
}

/// What CloudTrail says of the scheduling.
struct Since {
    scheduled: Option<Timestamp>,
    cancelled: Option<Timestamp>,
}

impl Since {
    /// Whether these calls were made, or tried in vain, after the deletion was scheduled. Where
    /// the files do not hold the scheduling, only an error that KMS gives for a key that is pending
    /// deletion counts, and only after the last cancellation.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
    fn is_after_scheduling(&self, events: &RecordedEvents) -> bool {
        if let Some(scheduled) = self.scheduled {
            let tried = !matches!(events.outcome(), CallOutcome::Denied | CallOutcome::DryRun);
            return tried && events.last > scheduled;
        }
        let by_state = events.error.as_deref() == Some("KMSInvalidStateException");
        let is_after = |cancelled: Timestamp| events.last > cancelled;
        (by_state || events.is_refused_as_pending()) && self.cancelled.is_none_or(is_after)
    }
}

/// The events of one key.
struct History<'a> {
    events: Vec<&'a RecordedEvents>,
    sources: &'a Sources,
}

impl<'a> History<'a> {
    fn last(&self, is_one: impl Fn(&RecordedEvents) -> bool) -> Option<&'a RecordedEvents> {
        let found = self.events.iter().copied().filter(|events| is_one(events));
        found.max_by_key(|events| events.last)
    }

    fn call(&self, events: &RecordedEvents) -> CallRecord {
        let caller = &events.caller;
        let principal = caller.arn.as_ref().or(caller.invoked_by.as_ref());
        let file = self.sources.get(events.at.source);
        CallRecord {
            operation: events.operation.clone(),
            principal: principal.unwrap_or(&caller.kind).clone(),
            account: caller.account.map(|account| account.to_string()),
            invoked_by: caller.invoked_by.clone(),
            when: events.last.to_string(),
            count: events.count,
            error: events.error.clone(),
            days: events.pending_window,
            file: file.map_or_else(String::new, |file| file.name().to_owned()),
        }
    }

    /// The latest call of each caller, operation and error that `is_one` takes, the latest first.
    fn calls(&self, is_one: impl Fn(&RecordedEvents) -> bool) -> Vec<CallRecord> {
        let mut found: Vec<_> = self.events.iter().filter(|events| is_one(events)).collect();
        found.sort_by_key(|events| Reverse(events.last));
        let mut calls: Vec<CallRecord> = Vec::new();
        for events in found {
            let call = self.call(events);
            let same = |known: &&mut CallRecord| {
                (&known.operation, &known.principal, &known.error)
                    == (&call.operation, &call.principal, &call.error)
            };
            if let Some(known) = calls.iter_mut().find(same) {
                known.count = known.count.saturating_add(call.count);
            } else if calls.len() < MAX_LISTED {
                calls.push(call);
            }
        }
        calls
    }

    fn still_used(&self, since: &Since, at: IndexedLocation) -> Option<StillUsed> {
        let uses = self.calls(|events| {
            let tried = events.operation == "GetPublicKey" && events.error.is_some();
            (tried || events.is_use()) && since.is_after_scheduling(events)
        });
        let latest = uses.first()?;
        let failed = latest.error.as_ref();
        let failed =
            failed.map_or_else(String::new, |error| format!(", which failed by `{error}`"));
        let words = format!(
            "`{}` called `{}` at {}{failed}{}",
            short(&latest.principal),
            latest.operation,
            latest.when,
            others(&uses)
        );
        Some(StillUsed { uses, words, at })
    }

    fn downloads(&self, at: IndexedLocation) -> Option<PublicKeyDownloads> {
        let downloads = self.calls(|events| is_success(events, "GetPublicKey"));
        let latest = downloads.first()?;
        let account = latest.account.as_ref();
        let words = format!(
            "`{}`{} at {}{}",
            short(&latest.principal),
            account.map_or_else(String::new, |account| format!(" of account {account}")),
            latest.when,
            others(&downloads)
        );
        Some(PublicKeyDownloads {
            downloads,
            words,
            at,
        })
    }
}

/// How many other callers there are, in words; nothing where there are none.
fn others(calls: &[CallRecord]) -> String {
    let latest = calls.first().map(|call| &call.principal);
    let mut others: Vec<_> = calls.iter().map(|call| &call.principal).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|principal| Some(*principal) != latest);
    match others.len() {
        0 => String::new(),
        1 => ", and one other caller did so".to_owned(),
        count => format!(", and {count} other callers did so"),
    }
}
