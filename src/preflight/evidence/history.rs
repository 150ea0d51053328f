//! What was recorded of the key's life: attempts to use it in vain, earlier deletions.

use jiff::Timestamp;

use crate::aws::key::KeyState;
use crate::inventory::{CallOutcome, DeletionStep};

use super::super::Operation;
use super::super::moment::{later, parse};
use super::super::recorded;
use super::super::reference::{ALARM, PAST_USE};
use super::super::verdict::{Reason, Severity};
use super::Calls;
use super::judge::{Judge, named, reason};

/// The error of calls on a key that is pending deletion.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
const INVALID_STATE: &str = "KMSInvalidStateException";

/// When a deletion was scheduled, as far as that is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Scheduled {
    /// No later than this.
    pub(super) surely: Option<Timestamp>,
    /// No earlier than this.
    perhaps: Option<Timestamp>,
}

impl Judge<'_> {
    /// Attempts that failed: something needs the key. While it is pending deletion they are what
    /// the waiting period is for.
    pub(super) fn failures(&self) -> Option<Reason> {
        let state = self.subject.state();
        if state.is_some_and(KeyState::is_pending_deletion) {
            return self.while_pending();
        }
        let by_state = |calls: &&Calls| calls.outcome == CallOutcome::RefusedByState;
        let found = self.evidence.failures.iter().filter(by_state).cloned();
        let found: Vec<Calls> = found.collect();
        let severity = match self.question.operation {
            Operation::Schedule => Severity::Caution,
            Operation::Cancel | Operation::Pending => Severity::Info,
        };
        needed(&found, severity, "while it could not be used")
    }

    fn while_pending(&self) -> Option<Reason> {
        let scheduled = self.scheduled();
        let after = |calls: &Calls, since: Option<Timestamp>| {
            since.is_some_and(|since| calls.last >= since)
        };
        let failures = self.evidence.failures.iter();
        // Who has no permission has not needed the key.
        let failures = failures
            .filter(|calls| !matches!(calls.outcome, CallOutcome::Denied | CallOutcome::DryRun));
        let is_sure = |calls: &&Calls| {
            let by_state =
                calls.error.as_deref() == Some(INVALID_STATE) || calls.refused_as_pending;
            after(calls, scheduled.surely)
                || (by_state && (scheduled.perhaps.is_none() || after(calls, scheduled.perhaps)))
        };
        let mut sure: Vec<Calls> = failures.clone().filter(is_sure).cloned().collect();
        let uses = self.evidence.uses.iter();
        sure.extend(uses.filter(|calls| after(calls, scheduled.surely)).cloned());
        let (severity, help) = match self.question.operation {
            Operation::Cancel => (Severity::Info, "find out what needs the key"),
            Operation::Pending => (
                Severity::Stop,
                "cancel the deletion: something still needs the key",
            ),
            Operation::Schedule => (Severity::Caution, "find out what needs the key"),
        };
        if !sure.is_empty() {
            let found = needed(&sure, severity, "after its deletion was scheduled");
            return found.map(|reason| reason.help(help));
        }
        let perhaps = failures.filter(|calls| after(calls, scheduled.perhaps));
        let perhaps: Vec<Calls> = perhaps.cloned().collect();
        let severity = severity.min(Severity::Caution);
        needed(
            &perhaps,
            severity,
            "perhaps after its deletion was scheduled",
        )
    }

    /// Whether these calls were made after the deletion that is under way was scheduled, so that
    /// [`Self::failures`] tells of them.
    pub(super) fn is_while_pending(&self, calls: &Calls) -> bool {
        let is_pending = self
            .subject
            .state()
            .is_some_and(KeyState::is_pending_deletion);
        let surely = self.scheduled().surely;
        is_pending && surely.is_some_and(|since| calls.last >= since)
    }

    /// When the deletion that is under way was scheduled.
    pub(super) fn scheduled(&self) -> Scheduled {
        if let Some(at) = self.evidence.scheduled_at {
            return Scheduled {
                surely: Some(at),
                perhaps: Some(at),
            };
        }
        let date = self.subject.key.metadata.deletion_date.as_ref();
        let date = date.and_then(|date| parse(&date.value));
        date.map_or_else(Scheduled::default, |date| Scheduled {
            // A waiting period has 7 to 30 days, and a date may lie a day later.
            surely: later(date, -7),
            perhaps: later(date, -31),
        })
    }

    /// An earlier deletion that somebody stopped, and a deletion that was completed.
    pub(super) fn history(&self) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let last = |operation: &str| {
            let of = self.evidence.lifecycle.iter();
            of.filter(|calls| calls.operation == operation && calls.error.is_none())
                .max_by_key(|calls| calls.last)
        };
        let record = self.subject.key.metadata.recorded.as_deref();
        if let Some((at, place)) = self.evidence.deleted {
            let text = format!("KMS deleted the key at {at}");
            let contested = recorded::contradiction(self.subject).is_some();
            let severity = match self.question.operation {
                Operation::Pending => Severity::Caution,
                _ if contested => Severity::Caution,
                Operation::Schedule | Operation::Cancel => Severity::Stop,
            };
            reasons.push(reason(severity, "already-deleted", PAST_USE, text).at(place));
        }
        let (scheduled, cancelled) = (last("ScheduleKeyDeletion"), last("CancelKeyDeletion"));
        if let Some(calls) = cancelled {
            let text = format!(
                "an earlier deletion was cancelled at {} by {}",
                calls.last,
                calls.who()
            );
            let severity = match self.question.operation {
                Operation::Schedule => Severity::Caution,
                Operation::Cancel | Operation::Pending => Severity::Info,
            };
            reasons.push(
                reason(severity, "cancelled-before", PAST_USE, text)
                    .help("ask why before it is deleted again")
                    .at(calls.at),
            );
        }
        if let Some(calls) = scheduled {
            let days = calls
                .pending_window
                .map(|days| format!(" with {days} days"));
            let text = match record.filter(|record| record.step == DeletionStep::Scheduled) {
                Some(record) => {
                    format!("its deletion was scheduled: {}", recorded::in_words(record))
                }
                None => format!(
                    "its deletion was scheduled{} at {} by {}",
                    days.unwrap_or_default(),
                    calls.last,
                    calls.who()
                ),
            };
            reasons.push(reason(Severity::Info, "scheduled-before", PAST_USE, text).at(calls.at));
        }
        reasons
    }
}

fn needed(found: &[Calls], severity: Severity, when: &str) -> Option<Reason> {
    let latest = found.first()?;
    let text = format!(
        "something tried to use the key {when}: {}",
        named(found, "by")
    );
    let found = reason(severity, "needed-while-unusable", ALARM, text);
    Some(found.help("find out what needs the key").at(latest.at))
}
