//! A primary key with replicas: its waiting period begins when the last of them is deleted.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>

use crate::aws::PendingWindowInDays;
use crate::aws::key::{KeyState, MultiRegionKeyType};

use super::super::command;
use super::super::key::Subject;
use super::super::moment::{Clock, Moment, days_between};
use super::super::reference::{MULTI_REGION, PRIMARY_REGION};
use super::super::related::{Family, Related};
use super::super::verdict::{Reason, Severity, Topic};
use super::{LATE, Lane, Milestone, Phase, Plan, PlannedCall, Segment, Timeline, label, waiting};

/// The timeline of a call on the primary.
pub(super) fn timeline(
    subject: &Subject,
    family: &Family,
    window: PendingWindowInDays,
    clock: Clock,
) -> (Option<Timeline>, Vec<Reason>) {
    let last = last_replica(family);
    let days = i64::from(window.days());
    let start = clock.after(0);
    let mut timeline = Timeline {
        state_after: Some(KeyState::PendingReplicaDeletion),
        answer_has_deletion_date: Some(false),
        plan: Some(plan(subject, family, window, clock)),
        ..Timeline::default()
    };
    timeline
        .lanes
        .push(primary(subject, days, start, last.map(|at| clock.at(at))));
    timeline
        .lanes
        .extend(family.replicas.iter().map(|replica| lane(replica, clock)));
    timeline.milestones.push(Milestone::new(
        start,
        "ScheduleKeyDeletion: the primary is PendingReplicaDeletion, cannot be used or replicated any more, and waits",
    ));
    if let Some(last) = last {
        let last = clock.at(last);
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
    let reasons = reasons(subject, family, &timeline, window);
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
    subject: &Subject,
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

/// Everything scheduled at once, replicas with the shortest waiting period.
fn plan(subject: &Subject, family: &Family, window: PendingWindowInDays, clock: Clock) -> Plan {
    let shortest = i64::from(PendingWindowInDays::MIN.days());
    let start = clock.after(0);
    let ends = |replica: &Related| {
        let date = replica.deleted_at.filter(|_| replica.is_pending());
        let days = date.zip(clock.now);
        // A part of a day counts as a whole one.
        days.map_or(shortest, |(date, now)| {
            days_between(date, now).saturating_neg()
        })
    };
    let replicas_gone = family.replicas.iter().map(ends).max().unwrap_or(shortest);
    let days = replicas_gone.saturating_add(i64::from(window.days()));
    let gone = clock.after(replicas_gone);
    let lane = |replica: &Related| {
        if replica.is_pending() {
            return lane(replica, clock);
        }
        Lane {
            region: replica.region.clone(),
            part: Some(replica.part),
            segments: waiting(start, shortest, 0).to_vec(),
            ends_deleted: true,
        }
    };
    let mut lanes = vec![primary(
        subject,
        i64::from(window.days()),
        start,
        Some(gone),
    )];
    lanes.extend(family.replicas.iter().map(lane));
    Plan {
        days,
        shortest_days: replicas_gone.saturating_add(shortest),
        lanes,
        milestones: milestones(start, gone, clock.after(days)),
        calls: calls(subject, family, window),
        way_out: way_out(subject, family, window),
    }
}

fn milestones(start: Moment, gone: Moment, end: Moment) -> Vec<Milestone> {
    vec![
        Milestone::new(
            start,
            "primary and replicas are scheduled: the replicas' waiting periods begin, side by side; the primary's does not",
        ),
        Milestone::new(
            gone,
            "the last replica is deleted: the primary is PendingDeletion, and its waiting period begins",
        ),
        Milestone::new(end, "the primary's waiting period ends, and KMS deletes it"),
    ]
}

fn calls(subject: &Subject, family: &Family, window: PendingWindowInDays) -> Vec<PlannedCall> {
    let primary = schedule(&label(subject), subject.name(), window);
    let open = family
        .replicas
        .iter()
        .filter(|replica| !replica.is_pending());
    let replicas = open.map(|replica| {
        let call = schedule(&replica.region, &replica.arn, PendingWindowInDays::MIN);
        PlannedCall {
            purpose: "schedule the replica".to_owned(),
            ..call
        }
    });
    std::iter::once(primary).chain(replicas).collect()
}

fn schedule(region: &str, key: &str, window: PendingWindowInDays) -> PlannedCall {
    PlannedCall {
        region: region.to_owned(),
        purpose: "schedule the primary".to_owned(),
        command: command::schedule(Some(region), key, Some(window)),
        answer: None,
        key: key.to_owned(),
        window,
    }
}

/// The primary becomes a replica, which can be deleted alone.
fn way_out(subject: &Subject, family: &Family, window: PendingWindowInDays) -> Vec<PlannedCall> {
    // The table of key states lets a new primary be chosen among enabled keys only.
    let enabled = |replica: &&Related| replica.state == Some(KeyState::Enabled);
    let heir = family.replicas.iter().find(enabled).or_else(|| {
        let mut others = family.replicas.iter();
        others.find(|replica| !replica.is_pending())
    });
    let Some(heir) = heir else {
        return Vec::new();
    };
    let key = subject.name();
    let then = schedule(&label(subject), key, window);
    vec![
        PlannedCall {
            purpose: format!("make the replica in {} the primary", heir.region),
            command: command::update_primary_region(subject.region(), key, &heir.region),
            ..then.clone()
        },
        PlannedCall {
            purpose: "schedule this key, which is a replica then".to_owned(),
            ..then
        },
    ]
}

fn reasons(
    subject: &Subject,
    family: &Family,
    timeline: &Timeline,
    window: PendingWindowInDays,
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
    reasons.push(until(family, timeline));
    if let Some(plan) = &timeline.plan {
        reasons.extend(of_plan(plan));
    }
    reasons.into_iter().map(|reason| reason.at(at)).collect()
}

fn reason(severity: Severity, id: &'static str, text: String) -> Reason {
    Reason::new(severity, Topic::Timeline, id, MULTI_REGION, text)
}

/// When the waiting comes to an end, if it does.
fn until(family: &Family, timeline: &Timeline) -> Reason {
    if let Some(end) = timeline.earliest_deletion.and_then(|moment| moment.at) {
        let text = format!(
            "every replica is pending deletion, so the primary's deletion is expected at {end}; cancelling one of them moves it"
        );
        return reason(Severity::Note, "expected-deletion", text);
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
            "of these replicas no file says that they are pending deletion: {}",
            open.join(", ")
        )
    };
    let text = format!("PendingReplicaDeletion can last for ever: {why}");
    reason(Severity::Caution, "may-wait-for-ever", text)
}

/// The shortest plan, and the way out of waiting.
fn of_plan(plan: &Plan) -> Vec<Reason> {
    let text = format!(
        "with every replica scheduled for 7 days at the same time the primary is deleted on day {}; the shortest possible plan takes {} days",
        plan.days, plan.shortest_days
    );
    let mut reasons = vec![reason(Severity::Note, "shortest-plan", text)];
    if !plan.way_out.is_empty() {
        let text = "to delete only the key in this Region, make another one the primary first: this one is a replica then and does not wait";
        let mut found = reason(Severity::Note, "change-the-primary-region", text.to_owned());
        found.reference = PRIMARY_REGION;
        reasons.push(found);
    }
    reasons
}

fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
