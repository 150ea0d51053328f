//! A key that is pending deletion: until when it can be cancelled, and when it is deleted.

use jiff::Timestamp;

use crate::aws::key::KeyState;

use super::super::Operation;
use super::super::key::TargetKey;
use super::super::moment::{Clock, Moment, later, parse};
use super::super::reference::{CANCEL, METADATA, MULTI_REGION};
use super::super::related::Family;
use super::super::verdict::{Reason, Severity, Topic};
use super::multi_region::{lane, last_replica, overdue, primary};
use super::{LATE, Lane, Milestone, Phase, Segment, Timeline, label};

/// The timeline of a key that is pending deletion; none for any other.
pub(super) fn timeline(
    subject: &TargetKey,
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

fn dated(
    subject: &TargetKey,
    operation: Operation,
    clock: Clock,
) -> (Option<Timeline>, Vec<Reason>) {
    let mut timeline = Timeline::default();
    start(operation, &mut timeline, clock);
    let written = subject.key.metadata.deletion_date.as_ref();
    let Some(date) = written.and_then(|date| parse(&date.value)) else {
        let text = "the key is pending deletion, and until when is not known";
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
    ends(&mut timeline, (end, last), clock);
    let lane = Lane {
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
    };
    timeline.lanes.push(lane.since_call(clock));
    if clock.is_past(date) {
        timeline.milestones.push(over(clock));
    } else {
        timeline.milestones.push(Milestone::new(
            end,
            "the waiting period ends: from here on cancelling may be too late",
        ));
    }
    timeline.milestones.extend(
        last.at
            .filter(|last| !clock.is_past(*last))
            .map(|_| Milestone::new(last, "without a cancellation the key is deleted by now")),
    );
    let at = written.map(|date| date.at);
    let reason = until(date, LATE, operation, clock);
    (Some(timeline), vec![reason.at(at)])
}

/// From when to when it is deleted, never before the call; until when it can surely be cancelled.
fn ends(timeline: &mut Timeline, (end, last): (Moment, Moment), clock: Clock) {
    let not_before_call = |moment: Moment| {
        let dated = moment.at.map(|at| clock.not_before_call(at));
        dated.unwrap_or(moment)
    };
    timeline.earliest_deletion = Some(not_before_call(end));
    timeline.latest_deletion = Some(not_before_call(last));
    let is_over = end.at.is_some_and(|at| clock.is_past(at));
    timeline.last_cancel = Some(end).filter(|_| !is_over);
}

fn over(clock: Clock) -> Milestone {
    Milestone::new(
        clock.after(0),
        "the waiting period is over: KMS has deleted the key, or will at any moment",
    )
}

/// Until when it can be cancelled; `late`: days by which KMS may be late. That a call comes too late
/// costs nothing.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
fn until(date: Timestamp, late: i64, operation: Operation, clock: Clock) -> Reason {
    let reason =
        |severity, id, text: String| Reason::new(severity, Topic::Timeline, id, CANCEL, text);
    if clock.is_past(date) {
        let hours = late.saturating_mul(24);
        let latest = later(date, late);
        let gone = if latest.is_some_and(|latest| clock.is_past(latest)) {
            format!(
                "more than {hours} hours ago: KMS has deleted the key, unless that was cancelled and its description is out of date"
            )
        } else {
            format!("and KMS deletes the key within {hours} hours after that")
        };
        let severity = if operation == Operation::Cancel {
            Severity::Caution
        } else {
            Severity::Info
        };
        let text = format!("the waiting period ended at {date}, {gone}");
        let help = "to keep the key, try `aws kms cancel-key-deletion` now: where it is too late, it fails and nothing else happens";
        return reason(severity, "waiting-period-over", text).help(help);
    }
    let text = format!("the deletion can be cancelled until {date}");
    if clock.now.is_none() && operation == Operation::Cancel {
        let text = format!("{text}; whether that is past is not known without `--now`");
        return reason(Severity::Caution, "cancel-until", text);
    }
    reason(Severity::Info, "cancel-until", text)
}

/// `PendingReplicaDeletion`.
fn waiting(
    subject: &TargetKey,
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
    if let Some(end) = end {
        let latest = Clock::later(end, LATE.saturating_mul(2));
        ends(&mut timeline, (end, latest), clock);
    }
    let known = begins.filter(|_| days.is_some());
    let lane_of_primary = primary(subject, days.unwrap_or_default(), clock.after(0), known);
    timeline.lanes.push(lane_of_primary.since_call(clock));
    let replicas = family.replicas.iter();
    timeline
        .lanes
        .extend(replicas.map(|replica| lane(replica, clock)));
    milestones(&mut timeline, begins, end.zip(days), clock);
    let at = window.map_or(subject.at(), |window| window.at);
    let mut reasons = vec![expected(end.and_then(|end| end.at), operation, clock).at(at)];
    let outdated = overdue(family, clock);
    // A cancellation is possible in either state.
    reasons.extend(outdated.map(|reason| match operation {
        Operation::Cancel => Reason {
            severity: Severity::Info,
            ..reason
        },
        Operation::Schedule | Operation::Pending => reason,
    }));
    (Some(timeline), reasons)
}

/// What is to come of a primary that waits.
fn milestones(
    timeline: &mut Timeline,
    begins: Option<Moment>,
    end: Option<(Moment, i64)>,
    clock: Clock,
) {
    let ahead = |moment: &Moment| !moment.at.is_some_and(|at| clock.is_past(at));
    if let Some(begins) = begins.filter(ahead) {
        timeline.milestones.push(Milestone::new(
            begins,
            "the last replica is deleted: the primary's waiting period begins",
        ));
    }
    match end {
        Some((end, days)) if ahead(&end) => timeline.milestones.push(Milestone::new(
            end,
            format!("expected deletion: the latest deletion date of the replicas and {days} days"),
        )),
        Some(_) => timeline.milestones.push(over(clock)),
        None => {}
    }
}

/// When a primary that waits is deleted.
fn expected(end: Option<Timestamp>, operation: Operation, clock: Clock) -> Reason {
    let of_replicas =
        |severity, id, text: &str| Reason::new(severity, Topic::Timeline, id, MULTI_REGION, text);
    match end {
        // Both the last replica and the primary may be deleted late.
        Some(end) if clock.is_past(end) => until(end, LATE.saturating_mul(2), operation, clock),
        Some(end) => {
            let not_known = clock.now.is_none() && operation == Operation::Cancel;
            let (severity, more) = if not_known {
                (
                    Severity::Caution,
                    "; whether that is past is not known without `--now`",
                )
            } else {
                (Severity::Info, "")
            };
            let text = format!(
                "the primary waits for its replicas, and its deletion is expected at {end}; until then it can be cancelled{more}"
            );
            of_replicas(severity, "expected-deletion", &text)
        }
        None => {
            let severity = if operation == Operation::Cancel {
                Severity::Info
            } else {
                Severity::Caution
            };
            let text = "the primary waits for its replicas, and not every one is known to be pending deletion: that can last for ever; until its own waiting period ends it can be cancelled";
            of_replicas(severity, "may-wait-for-ever", text)
        }
    }
}
