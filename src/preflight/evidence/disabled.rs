//! Whether the key has been out of use long enough for what needs it to fail and be seen.
//!
//! AWS: do not rely on last usage alone; disable the key first, and watch CloudTrail for
//! `DisabledException`. A service may need its key months later only, as EBS does when a volume is
//! attached again. A key that is pending deletion cannot be used either.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-keys-determining-usage.html>

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::aws::KmsAction;
use crate::aws::key::KeyState;
use crate::aws::key_state::compatibility;

use super::super::Operation;
use super::super::command;
use super::super::moment::{days_between, later};
use super::super::reference::DISABLE_FIRST;
use super::super::verdict::{Reason, Severity};
use super::judge::{COMMANDS, Judge, in_days, reason};
use super::period::days_before;

/// Since when the key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    /// Since a call that the records hold.
    Call(Timestamp),
    /// No later than this.
    Before(Timestamp),
    /// It is not known.
    Unknown,
}

impl Judge<'_> {
    /// Whether it has been: one reason for or against, and none where another state of the key is
    /// what matters.
    pub(super) fn out_of_use(&self) -> Option<Reason> {
        let is_pending = self
            .subject
            .state()
            .is_some_and(KeyState::is_pending_deletion);
        match self.question.operation {
            Operation::Schedule if is_pending => None,
            Operation::Schedule if self.subject.state() == Some(KeyState::Disabled) => {
                Some(self.long_enough(self.disabled_since(), "Disabled"))
            }
            Operation::Schedule => Some(self.disable_now()),
            Operation::Pending => Some(self.long_enough(self.pending_since(), "pending deletion")),
            Operation::Cancel => None,
        }
    }

    fn long_enough(&self, since: Since, state: &str) -> Reason {
        let days = self.question.evidence.disabled_days;
        let asked = in_days(i64::from(days));
        let Some(now) = self.question.now else {
            let text = format!(
                "whether the key has been {state} for {asked} is not known without `--now`"
            );
            return self.too_early(text);
        };
        let (from, since) = match since {
            Since::Call(at) => (at, format!("since {at}")),
            Since::Before(at) => (at, format!("since {at} at the latest")),
            Since::Unknown => {
                let text = format!(
                    "the key is {state}, and since when is not known: no record shows the call, and none covers the time before"
                );
                let help = format!(
                    "add records of CloudTrail that hold the call, or that cover the last {asked} with their write events"
                );
                return self.too_early(text).help(help);
            }
        };
        if later(from, i64::from(days)).is_none_or(|end| end > now) {
            let text = format!(
                "the key has been {state} {since}, which is {}; {asked} are asked for",
                in_days(days_between(from, now).max(0))
            );
            let help = match self.question.operation {
                Operation::Pending => {
                    "look for calls that fail as long as the waiting period lasts, and cancel the deletion where there are any".to_owned()
                }
                Operation::Schedule | Operation::Cancel => {
                    format!("ask again on {}", self.day_to_ask(later(from, i64::from(days))))
                }
            };
            return self.too_early(text).help(help);
        }
        if !self.evidence.watched.of_use.cover(days_before(now, days)) {
            let text = format!(
                "the key has been {state} {since}, and the records do not cover the last {asked}: a call that failed would not be seen"
            );
            return self.too_early(text).help(COMMANDS);
        }
        let id = match self.question.operation {
            Operation::Pending => "pending-long-enough",
            Operation::Schedule | Operation::Cancel => "disabled-long-enough",
        };
        let text =
            format!("the key has been {state} {since}, and the records cover the last {asked}");
        reason(Severity::Info, id, DISABLE_FIRST, text).at(self.subject.at())
    }

    /// The key can still be used, or nobody knows whether it can.
    fn disable_now(&self) -> Reason {
        let days = i64::from(self.question.evidence.disabled_days);
        let state = self.subject.key.metadata.state.as_ref();
        let is = state.map_or_else(
            || "whether the key is Disabled is not known".to_owned(),
            |state| format!("the key is {}", state.value.as_str()),
        );
        let text = format!(
            "{is}: what needs it shows only once it has been Disabled for {}, with records of the calls that fail",
            in_days(days)
        );
        let reason = self.too_early(text);
        let disables = |state| !compatibility(KmsAction::DisableKey, state).is_error();
        if !self.subject.state().is_none_or(disables) {
            return reason;
        }
        let command = command::disable(self.subject.region(), self.subject.name());
        // The call comes after now.
        let end = self.question.now.and_then(|now| later(now, days));
        let end = end.and_then(|end| end.checked_add(SignedDuration::from_secs(1)).ok());
        let when = match self.question.now {
            Some(_) => format!("on {}", self.day_to_ask(end)),
            None => format!("{} later", in_days(days)),
        };
        reason.help(format!(
            "disable it with `{command}`, keep the records of CloudTrail from then on, and ask again {when}"
        ))
    }

    fn too_early(&self, text: String) -> Reason {
        let id = match self.question.operation {
            Operation::Pending => "pending-not-watched",
            Operation::Schedule | Operation::Cancel => "not-disabled-first",
        };
        reason(Severity::Caution, id, DISABLE_FIRST, text).at(self.subject.at())
    }

    /// The first day on which the answer may be another: the key must have been out of use for long
    /// enough, and its last use must lie back far enough.
    fn day_to_ask(&self, unused_until: Option<Timestamp>) -> String {
        let days = i64::from(self.question.evidence.days);
        let used = self
            .evidence
            .last_use_at()
            .and_then(|used| later(used, days))
            .and_then(|end| end.checked_add(SignedDuration::from_secs(1)).ok());
        let Some(at) = unused_until.max(used) else {
            return "a later day".to_owned();
        };
        let date = at.to_zoned(TimeZone::UTC).date();
        let midnight = date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        let is_midnight = midnight.is_ok_and(|midnight| midnight == at);
        let day = if is_midnight {
            Ok(date)
        } else {
            date.tomorrow()
        };
        day.map_or_else(|_| at.to_string(), |day| day.to_string())
    }

    /// Since when it is disabled, as far as the records say. A cancelled deletion leaves it disabled.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
    fn disabled_since(&self) -> Since {
        self.unusable_since(&["DisableKey", "CancelKeyDeletion"])
    }

    /// Since when it is pending deletion, or was disabled before.
    fn pending_since(&self) -> Since {
        let calls = ["DisableKey", "CancelKeyDeletion", "ScheduleKeyDeletion"];
        match (self.unusable_since(&calls), self.scheduled().surely) {
            (Since::Unknown, Some(at)) if Some(at) <= self.question.now => Since::Before(at),
            (since, _) => since,
        }
    }

    /// The first of these calls after the last that is none of them, which may have left the key
    /// usable; else the records cover the time up to now, and hold no call that changed its state.
    fn unusable_since(&self, by: &[&str]) -> Since {
        let calls = self.evidence.lifecycle.iter();
        let succeeded = calls.filter(|calls| calls.error.is_none());
        let ends_use = |operation: &str| by.contains(&operation);
        let others = succeeded
            .clone()
            .filter(|calls| !ends_use(&calls.operation));
        let usable = others.map(|calls| calls.last).max();
        let moments = succeeded
            .filter(|calls| ends_use(&calls.operation))
            .flat_map(|calls| [calls.first, calls.last]);
        let after = |at: &Timestamp| usable.is_none_or(|usable| *at > usable);
        if let Some(first) = moments.filter(after).min() {
            return Since::Call(first);
        }
        let now = self.question.now;
        match now.and_then(|now| self.evidence.watched.of_state.around(now)) {
            Some(span) if usable.is_none() => Since::Before(span.from),
            _ => Since::Unknown,
        }
    }
}
