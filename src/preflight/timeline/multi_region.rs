//! A primary key with replicas: its waiting period begins when the last of them is deleted.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>

use crate::aws::PendingWindowInDays;
use crate::aws::key::{KeyState, MultiRegionKeyType};

use super::super::key::TargetKey;
use super::super::moment::{Clock, Moment};
use super::super::reference::{MULTI_REGION, PRIMARY_REGION};
use super::super::related::{Family, Related};
use super::super::verdict::{Reason, Severity, Topic};
use super::super::windows::Windows;
use super::plan::plan;
use super::{LATE, Lane, Milestone, Phase, Plan, Segment, Timeline, label, waiting};

/// The timeline of a call on the primary.
pub(super) fn timeline(
    subject: &TargetKey,
    family: &Family,
    windows: &Windows,
    window: PendingWindowInDays,
    clock: Clock,
) -> (Option<Timeline>, Vec<Reason>) {
    // A date that is past is that of a replica which is gone by now.
    let last = last_replica(family).map(|last| clock.not_before_call(last));
    let days = i64::from(window.days());
    let start = clock.after(0);
    let mut timeline = Timeline {
        state_after: Some(KeyState::PendingReplicaDeletion),
        answer_has_deletion_date: Some(false),
        plan: Some(plan(subject, family, windows, window, clock)),
        ..Timeline::default()
    };
    timeline
        .lanes
        .push(primary(subject, days, start, last).since_call(clock));
    timeline
        .lanes
        .extend(family.replicas.iter().map(|replica| lane(replica, clock)));
    timeline.milestones.push(Milestone::new(
        start,
        "ScheduleKeyDeletion: the primary is PendingReplicaDeletion, cannot be used or replicated any more, and waits",
    ));
    if let Some(last) = last {
        let end = Clock::later(last, days);
        timeline.earliest_deletion = Some(end);
        // Both the last replica and the primary may be deleted late.
        timeline.latest_deletion = Some(Clock::later(end, LATE.saturating_mul(2)));
        timeline.last_cancel = Some(end);
        timeline.milestones.extend([
            Milestone::new(
                last,
                "the last replica is deleted: the primary is PendingDeletion, and its waiting period begins",
            ),
            Milestone::new(
                end,
                format!("expected deletion of the primary: the latest deletion date of its replicas and {days} days"),
            ),
        ]);
    }
    let mut reasons = reasons(subject, family, &timeline, window, clock);
    reasons.extend(denied_days(family, windows));
    (Some(timeline), reasons)
}

/// The latest deletion date of the replicas; none unless every one is pending with a date.
pub(super) fn last_replica(family: &Family) -> Option<jiff::Timestamp> {
    if !family.is_whole {
        return None;
    }
    let mut latest = None;
    for replica in &family.replicas {
        let date = replica.deleted_at.filter(|_| replica.is_pending())?;
        latest = latest.max(Some(date));
    }
    latest
}

pub(super) fn primary(
    subject: &TargetKey,
    days: i64,
    start: Moment,
    last_replica: Option<Moment>,
) -> Lane {
    let mut segments = vec![Segment {
        phase: Phase::WaitsForReplicas,
        from: start,
        to: last_replica,
    }];
    if let Some(begins) = last_replica {
        segments.extend(waiting(begins, days, LATE));
    }
    Lane {
        region: label(subject),
        part: Some(MultiRegionKeyType::Primary),
        segments,
        ends_deleted: last_replica.is_some(),
    }
}

/// The bar of a replica as it is now.
pub(super) fn lane(replica: &Related, clock: Clock) -> Lane {
    as_dated(replica, clock).since_call(clock)
}

fn as_dated(replica: &Related, clock: Clock) -> Lane {
    let from = clock.after(0);
    let (segments, ends_deleted) = match (replica.state, replica.deleted_at) {
        (Some(state), Some(date)) if state.is_pending_deletion() => {
            let end = clock.at(date);
            let segments = vec![
                Segment {
                    phase: Phase::WaitingPeriod,
                    from,
                    to: Some(end),
                },
                Segment {
                    phase: Phase::MayBeDeleted,
                    from: end,
                    to: Some(Clock::later(end, LATE)),
                },
            ];
            (segments, true)
        }
        (state, _) => {
            let phase = match state {
                None => Phase::NotKnown,
                Some(KeyState::PendingReplicaDeletion) => Phase::WaitsForReplicas,
                Some(KeyState::PendingDeletion) => Phase::WaitingPeriod,
                Some(_) => Phase::NotPending,
            };
            let segment = Segment {
                phase,
                from,
                to: None,
            };
            (vec![segment], false)
        }
    };
    Lane {
        region: replica.region.clone(),
        part: Some(replica.part),
        segments,
        ends_deleted,
    }
}

fn reasons(
    subject: &TargetKey,
    family: &Family,
    timeline: &Timeline,
    window: PendingWindowInDays,
    clock: Clock,
) -> Vec<Reason> {
    let at = subject.key.metadata.related.as_ref().map(|found| found.at);
    let at = at.unwrap_or(subject.at());
    let regions = family.replicas.iter();
    let regions: Vec<_> = regions.map(|replica| replica.region.as_str()).collect();
    let mut reasons = vec![reason(
        Severity::Caution,
        "primary-waits-for-replicas",
        format!(
            "this primary key has {} ({}): it becomes PendingReplicaDeletion, KMS's answer names no deletion date, and its {window} days begin only when the last replica is deleted, not when it is scheduled",
            count(regions.len(), "replica"),
            regions.join(", ")
        ),
    )];
    reasons.push(until(family, timeline, clock));
    if let Some(plan) = &timeline.plan {
        reasons.extend(of_plan(plan));
    }
    let mut reasons: Vec<_> = reasons.into_iter().map(|reason| reason.at(at)).collect();
    reasons.extend(overdue(family, clock));
    reasons
}

/// Replicas whose deletion date is past: their descriptions are out of date.
pub(super) fn overdue(family: &Family, clock: Clock) -> Option<Reason> {
    let is_past = |replica: &&Related| {
        let date = replica.deleted_at.filter(|_| replica.is_pending());
        date.is_some_and(|date| clock.is_past(date))
    };
    let past: Vec<_> = family.replicas.iter().filter(is_past).collect();
    let first = past.first()?;
    let each: Vec<_> = past
        .iter()
        .filter_map(|replica| Some(format!("{} ({})", replica.region, replica.deleted_at?)))
        .collect();
    let text = format!(
        "the deletion date of {} is past: {}; KMS deletes them within 24 hours after it unless that was cancelled, so their descriptions are out of date",
        count(past.len(), "replica"),
        each.join(", ")
    );
    let found = reason(Severity::Caution, "replica-overdue", text);
    Some(
        found
            .help("fetch the output of `aws kms describe-key` for them again")
            .at(first.at),
    )
}

/// Replicas whose policies do not let the principal schedule with the days that were asked for.
fn denied_days(family: &Family, windows: &Windows) -> Option<Reason> {
    let open = family.replicas.iter().filter(|key| !key.is_pending());
    let denied = open.filter(|key| windows.denies_wanted(&key.arn));
    let each: Vec<_> = denied
        .map(|key| format!("{} days in {}", windows.wanted(&key.arn), key.region))
        .collect();
    if each.is_empty() {
        return None;
    }
    let text = format!(
        "the policies of these replicas deny the days that were asked for, so that the plan has others: {}",
        each.join(", ")
    );
    Some(reason(Severity::Info, "plan-with-other-days", text))
}

fn reason(severity: Severity, id: &'static str, text: String) -> Reason {
    Reason::new(severity, Topic::Timeline, id, MULTI_REGION, text)
}

/// When the waiting comes to an end, if it does.
fn until(family: &Family, timeline: &Timeline, clock: Clock) -> Reason {
    if let Some(end) = timeline.earliest_deletion.and_then(|moment| moment.at) {
        let when = if clock.now.is_some() {
            "at"
        } else {
            "not before"
        };
        let text = format!(
            "every replica is pending deletion, so the primary's deletion is expected {when} {end}; cancelling one of them moves it"
        );
        return reason(Severity::Info, "expected-deletion", text);
    }
    let open = family
        .replicas
        .iter()
        .filter(|replica| !replica.is_pending());
    let open: Vec<_> = open
        .map(|replica| match replica.state {
            Some(state) => format!("{} ({state})", replica.region),
            None => format!("{} (state not known)", replica.region),
        })
        .collect();
    let why = if open.is_empty() {
        "the deletion dates of its replicas are not all known".to_owned()
    } else {
        format!(
            "these replicas are not known to be pending deletion: {}",
            open.join(", ")
        )
    };
    let text = format!("PendingReplicaDeletion can last for ever: {why}");
    reason(Severity::Caution, "may-wait-for-ever", text)
}

/// The plan, the shortest plan, and the way out of waiting.
fn of_plan(plan: &Plan) -> Vec<Reason> {
    let how = if plan.replica_days.is_empty() {
        "as the replicas are scheduled".to_owned()
    } else {
        format!(
            "with every replica scheduled {} at the same time",
            plan.replica_days
        )
    };
    let bound = plan.not_before.and_then(|moment| moment.at);
    let bound = bound.map_or_else(String::new, |date| {
        format!(", and not before {date} whenever it is scheduled")
    });
    let text = format!(
        "{how} the primary is deleted on day {}{bound}; the shortest plan that is allowed here takes {} days",
        plan.days, plan.shortest_days
    );
    let mut reasons = vec![reason(Severity::Info, "shortest-plan", text)];
    if !plan.way_out.is_empty() {
        let text = "to delete only the key in this Region, make another one the primary first: this one is a replica then and does not wait";
        let mut found = reason(Severity::Info, "change-the-primary-region", text.to_owned());
        found.reference = PRIMARY_REGION;
        reasons.push(found);
    }
    reasons
}

fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
