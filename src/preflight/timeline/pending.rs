//! A key that is pending deletion: until when it can be cancelled, and when it is deleted.

use jiff::Timestamp;

use crate::aws::key::KeyState;

use super::super::Operation;
use super::super::key::Subject;
use super::super::moment::{Clock, parse};
use super::super::reference::{CANCEL, METADATA, MULTI_REGION};
use super::super::related::Family;
use super::super::verdict::{Reason, Severity, Topic};
use super::multi_region::{lane, last_replica, primary};
use super::{LATE, Lane, Milestone, Phase, Segment, Timeline, label};

/// The timeline of a key that is pending deletion; none for any other.
pub(super) fn timeline(
    subject: &Subject,
    family: &Family,
    operation: Operation,
    clock: Clock,
) -> (Option<Timeline>, Vec<Reason>) {
    match subject.state() {
        Some(KeyState::PendingDeletion) => dated(subject, operation, clock),
        Some(KeyState::PendingReplicaDeletion) => waiting(subject, family, operation, clock),
        _ => (None, Vec::new()),
    }
}

fn start(operation: Operation, timeline: &mut Timeline, clock: Clock) {
    if operation == Operation::Cancel {
        timeline.state_after = Some(KeyState::Disabled);
        timeline.milestones.push(Milestone::new(
            clock.after(0),
            "CancelKeyDeletion: the key is Disabled, and usable again only after EnableKey",
        ));
    }
}

fn dated(subject: &Subject, operation: Operation, clock: Clock) -> (Option<Timeline>, Vec<Reason>) {
    let mut timeline = Timeline::default();
    start(operation, &mut timeline, clock);
    let written = subject.key.metadata.deletion_date.as_ref();
    let Some(date) = written.and_then(|date| parse(&date.value)) else {
        let text = "the key is pending deletion, and no file says until when";
        let reason = Reason::new(
            Severity::Caution,
            Topic::Timeline,
            "deletion-date-not-known",
            METADATA,
            text,
        )
        .at(subject.at());
        return (Some(timeline), vec![reason]);
    };
    let end = clock.at(date);
    let last = Clock::later(end, LATE);
    timeline.earliest_deletion = Some(end);
    timeline.latest_deletion = Some(last);
    timeline.last_cancel = Some(end);
    timeline.lanes.push(Lane {
        region: label(subject),
        part: subject.part(),
        segments: vec![
            Segment {
                phase: Phase::WaitingPeriod,
                from: clock.after(0),
                to: Some(end),
            },
            Segment {
                phase: Phase::MayBeDeleted,
                from: end,
                to: Some(last),
            },
        ],
        ends_deleted: true,
    });
    timeline.milestones.extend([
        Milestone::new(
            end,
            "the waiting period ends: from here on cancelling may be too late",
        ),
        Milestone::new(last, "without a cancellation the key is deleted by now"),
    ]);
    let at = written.map(|date| date.at);
    let reason = until(date, operation, clock);
    (Some(timeline), vec![reason.at(at)])
}

/// Until when it can be cancelled.
fn until(date: Timestamp, operation: Operation, clock: Clock) -> Reason {
    let over = clock.now.is_some_and(|now| now >= date);
    let (severity, id, text) = match (over, clock.now, operation) {
        (true, _, Operation::Cancel) => (
            Severity::Stop,
            "waiting-period-over",
            format!(
                "the waiting period ended at {date}: KMS has deleted the key, or will at any moment"
            ),
        ),
        (true, _, _) => (
            Severity::Note,
            "waiting-period-over",
            format!(
                "the waiting period ended at {date}: that the deletion can still be cancelled is not to be counted on"
            ),
        ),
        (false, None, Operation::Cancel) => (
            Severity::Caution,
            "cancel-until",
            format!(
                "the deletion can be cancelled until {date}; whether that is past is not known without `--now`"
            ),
        ),
        (false, _, _) => (
            Severity::Note,
            "cancel-until",
            format!("the deletion can be cancelled until {date}"),
        ),
    };
    Reason::new(severity, Topic::Timeline, id, CANCEL, text)
}

/// `PendingReplicaDeletion`.
fn waiting(
    subject: &Subject,
    family: &Family,
    operation: Operation,
    clock: Clock,
) -> (Option<Timeline>, Vec<Reason>) {
    let mut timeline = Timeline::default();
    start(operation, &mut timeline, clock);
    let window = subject.key.metadata.pending_window.as_ref();
    let days = window.map(|window| i64::from(window.value));
    let last = last_replica(family).filter(|_| !family.replicas.is_empty());
    let begins = last.map(|last| clock.at(last));
    let end = begins
        .zip(days)
        .map(|(begins, days)| Clock::later(begins, days));
    timeline.earliest_deletion = end;
    timeline.latest_deletion = end.map(|end| Clock::later(end, LATE.saturating_mul(2)));
    timeline.last_cancel = end;
    let known = begins.filter(|_| days.is_some());
    timeline.lanes.push(primary(
        subject,
        days.unwrap_or_default(),
        clock.after(0),
        known,
    ));
    let replicas = family.replicas.iter();
    timeline
        .lanes
        .extend(replicas.map(|replica| lane(replica, clock)));
    if let Some(begins) = begins {
        timeline.milestones.push(Milestone::new(
            begins,
            "the last replica is deleted: the primary's waiting period begins",
        ));
    }
    if let (Some(end), Some(days)) = (end, days) {
        timeline.milestones.push(Milestone::new(
            end,
            format!("expected deletion: the latest deletion date of the replicas and {days} days"),
        ));
    }
    let at = window.map_or(subject.at(), |window| window.at);
    let reason = match end.and_then(|end| end.at) {
        Some(end) => Reason::new(
            Severity::Note,
            Topic::Timeline,
            "expected-deletion",
            MULTI_REGION,
            format!(
                "the primary waits for its replicas, and its deletion is expected at {end}; until then it can be cancelled"
            ),
        ),
        None => Reason::new(
            if operation == Operation::Cancel {
                Severity::Note
            } else {
                Severity::Caution
            },
            Topic::Timeline,
            "may-wait-for-ever",
            MULTI_REGION,
            "the primary waits for its replicas, and not every one is known to be pending deletion: that can last for ever; until its own waiting period ends it can be cancelled",
        ),
    };
    (Some(timeline), vec![reason.at(at)])
}
