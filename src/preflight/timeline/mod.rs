//! When what happens: the state after the call, the deletion, and until when it can be cancelled.
//!
//! KMS deletes up to 24 hours after the waiting period has ended:
//! <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>

mod multi_region;
mod pending;
mod plan;

use serde::Serialize;

use crate::access::KnownDecision;
use crate::aws::PendingWindowInDays;
use crate::aws::data::NOT_KNOWN;
use crate::aws::key::{KeyState, MultiRegionKeyType};

use super::key::TargetKey;
use super::moment::{Clock, Moment};
use super::reference::{DELETING, MULTI_REGION, SCHEDULE};
use super::related::Family;
use super::verdict::{Reason, Severity, Topic};
use super::windows::Windows;
use super::{Operation, Question};

/// Days by which KMS may be late.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
pub(super) const LATE: i64 = 1;

/// When what happens.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// The key's state after the call.
    pub state_after: Option<KeyState>,
    /// Whether KMS's answer holds a `DeletionDate`: not for a primary key with replicas.
    pub answer_has_deletion_date: Option<bool>,
    /// The first moment at which the key may be deleted; null where that depends on replicas that are
    /// not scheduled, or is not known.
    pub earliest_deletion: Option<Moment>,
    /// The moment by which it is deleted.
    pub latest_deletion: Option<Moment>,
    /// Until when the deletion can surely be cancelled.
    pub last_cancel: Option<Moment>,
    /// The key's bar, then one for each related key.
    pub lanes: Vec<Lane>,
    /// What happens, in order.
    pub milestones: Vec<Milestone>,
    /// For a primary key with replicas: how all of them are deleted soonest.
    pub plan: Option<Plan>,
}

/// One key over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// Its Region, or `key` where that is not known.
    pub region: String,
    /// `PRIMARY`, `REPLICA` or null.
    pub part: Option<MultiRegionKeyType>,
    /// What it goes through; each begins where the one before ends.
    pub segments: Vec<Segment>,
    /// Whether it is deleted at the end of the last.
    pub ends_deleted: bool,
}

/// A time of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// What it is.
    pub phase: Phase,
    /// When it begins.
    pub from: Moment,
    /// When it ends; null: it lasts.
    pub to: Option<Moment>,
}

/// What a key goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not pending deletion.
    NotPending,
    /// What it is in is not known.
    NotKnown,
    /// `PendingReplicaDeletion`: its waiting period has not begun.
    WaitsForReplicas,
    /// `PendingDeletion`: its waiting period.
    WaitingPeriod,
    /// The time by which KMS may be late.
    MayBeDeleted,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Milestone {
    /// When.
    pub when: Moment,
    /// What, in a few words.
    pub what: String,
}

/// How a primary key and all its replicas are deleted at once.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Days until the primary may be deleted, with the waiting periods asked for as far as the policies
    /// of each Region allow them. At least so many where `not_before` is set.
    pub days: i64,
    /// The same with the shortest waiting periods that the policies and the configured minimum allow:
    /// 14 at least, 7 until the last replica is deleted and 7 more, unless replicas are pending already.
    pub shortest_days: i64,
    /// A date before which the primary is not deleted, as a replica is pending until then; null where
    /// the moment of the call is known, and `days` has it.
    pub not_before: Option<Moment>,
    /// The waiting periods of the replicas in words, for example `for 7 days`; empty where all of them
    /// are pending already.
    #[serde(skip)]
    pub replica_days: String,
    /// The bars.
    pub lanes: Vec<Lane>,
    /// What happens.
    pub milestones: Vec<Milestone>,
    /// The calls, in an order that KMS accepts; all at once.
    pub calls: Vec<PlannedCall>,
    /// To delete only this key: calls that make another one the primary first.
    pub way_out: Vec<PlannedCall>,
}

/// One call of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedCall {
    /// The Region that is called.
    pub region: String,
    /// What for, in a few words.
    pub purpose: String,
    /// The command of the AWS CLI.
    pub command: String,
    /// Whether the principal of the question may make the call; null where no file has the key's
    /// policy, or it was not asked.
    pub answer: Option<KnownDecision>,
    /// The ARN of the key that it is about.
    #[serde(skip)]
    pub(super) key: String,
    /// The waiting period that it asks for.
    #[serde(skip)]
    pub(super) window: PendingWindowInDays,
}

impl Lane {
    /// The same without what is past: nothing is drawn before the call. Of a key that is gone a
    /// moment is left.
    pub(super) fn since_call(mut self, clock: Clock) -> Self {
        let Some(last) = self.segments.last().copied() else {
            return self;
        };
        let start = clock.after(0);
        let is_past = |moment: Moment| moment.at.is_some_and(|at| clock.is_past(at));
        self.segments
            .retain(|segment| !segment.to.is_some_and(is_past));
        for segment in &mut self.segments {
            if is_past(segment.from) {
                segment.from = start;
            }
        }
        if self.segments.is_empty() {
            self.segments.push(Segment {
                from: start,
                to: Some(start),
                ..last
            });
        }
        self
    }
}

impl Milestone {
    pub(super) fn new(when: Moment, what: impl Into<String>) -> Self {
        Self {
            when,
            what: what.into(),
        }
    }
}

/// A waiting period from a moment on, and the time by which KMS may be late; `late` days are in the
/// beginning already.
pub(super) fn waiting(from: Moment, days: i64, late: i64) -> [Segment; 2] {
    let end = Clock::later(from, days);
    let last = Clock::later(end, late.saturating_add(LATE));
    [
        Segment {
            phase: Phase::WaitingPeriod,
            from,
            to: Some(end),
        },
        Segment {
            phase: Phase::MayBeDeleted,
            from: end,
            to: Some(last),
        },
    ]
}

/// The bar of a key that is not described further.
pub(super) fn label(subject: &TargetKey) -> String {
    subject.region().unwrap_or("key").to_owned()
}

/// The timeline, and what is to be said of it.
pub(super) fn of(
    subject: &TargetKey,
    family: &Family,
    question: &Question,
    windows: &Windows,
) -> (Option<Timeline>, Vec<Reason>) {
    let clock = Clock { now: question.now };
    if question.operation != Operation::Schedule {
        return pending::timeline(subject, family, question.operation, clock);
    }
    let state = subject.state();
    let (Some(window), false) = (
        question.window(),
        state.is_some_and(KeyState::is_pending_deletion),
    ) else {
        return pending::timeline(subject, family, Operation::Pending, clock);
    };
    let is_primary = subject.part() == Some(MultiRegionKeyType::Primary);
    if is_primary && !family.replicas.is_empty() {
        return multi_region::timeline(subject, family, windows, window, clock);
    }
    let mut reasons = Vec::new();
    if subject.multi_region() == Some(true) {
        match subject.part() {
            None => {
                let text = "whether this multi-Region key is the primary or a replica is not known; a primary with replicas waits for them";
                let written = subject.key.metadata.multi_region_type.as_ref();
                let new = written.and_then(|part| part.value.unrecognized());
                let text = new.map_or_else(
                    || text.to_owned(),
                    |part| format!("the multi-Region type `{part}` is {NOT_KNOWN}: {text}"),
                );
                reasons.push(topology_not_known(subject, &text));
            }
            Some(MultiRegionKeyType::Primary) if !family.is_whole => {
                reasons.push(topology_not_known(
                    subject,
                    "which replicas this primary key has is not known; with any, its waiting period begins only when the last of them is deleted",
                ));
            }
            Some(_) => {}
        }
    }
    let is_sure = reasons.is_empty();
    let timeline = single(subject, window, clock, is_sure);
    reasons.push(when(&timeline, window, question));
    (Some(timeline), reasons)
}

fn topology_not_known(subject: &TargetKey, text: &str) -> Reason {
    Reason::new(
        Severity::Caution,
        Topic::Timeline,
        "replicas-not-known",
        MULTI_REGION,
        text,
    )
    .help("add the output of `aws kms describe-key` for this key")
    .at(subject.at())
}

/// A single-Region key, a replica, or a primary without replicas.
fn single(subject: &TargetKey, window: PendingWindowInDays, clock: Clock, sure: bool) -> Timeline {
    let days = i64::from(window.days());
    let (start, end) = (clock.after(0), clock.after(days));
    let last = clock.after(days.saturating_add(LATE));
    Timeline {
        state_after: sure.then_some(KeyState::PendingDeletion),
        answer_has_deletion_date: sure.then_some(true),
        earliest_deletion: Some(end),
        latest_deletion: sure.then_some(last),
        last_cancel: Some(end),
        lanes: vec![Lane {
            region: label(subject),
            part: subject.part(),
            segments: waiting(start, days, 0).to_vec(),
            ends_deleted: true,
        }],
        milestones: vec![
            Milestone::new(
                start,
                "ScheduleKeyDeletion: the key is PendingDeletion and cannot be used any more",
            ),
            Milestone::new(
                end,
                "the waiting period ends: from here on the key may be deleted, and cancelling may be too late",
            ),
            Milestone::new(last, "the key is deleted by now, and its aliases with it"),
        ],
        plan: None,
    }
}

/// The dates in one sentence.
fn when(timeline: &Timeline, window: PendingWindowInDays, question: &Question) -> Reason {
    let omitted = if question.days.is_none() {
        ", which KMS takes where the request names none"
    } else {
        ""
    };
    let dates = timeline.earliest_deletion.and_then(|moment| moment.at);
    let until = dates.map_or_else(String::new, |at| format!(" (until {at})"));
    let text = format!(
        "the waiting period is {window} days{omitted}: it can be cancelled for so long{until}, and the key is deleted within 24 hours after that"
    );
    Reason::new(
        Severity::Info,
        Topic::Timeline,
        "waiting-period",
        SCHEDULE,
        text,
    )
}

/// What AWS documents differently in two places is shown as such.
pub(super) fn documented_differently() -> Reason {
    Reason::new(
        Severity::Info,
        Topic::Timeline,
        "documented-differently",
        DELETING,
        "AWS documents the 24 hours in two ways: the waiting period itself ends up to 24 hours after the days asked for (older developer guide), or the deletion comes up to 24 hours after its end (today's); the later moment is shown as the latest, and DescribeKey says the date that KMS holds",
    )
}
