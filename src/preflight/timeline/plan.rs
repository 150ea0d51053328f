//! How a primary key and all its replicas are deleted soonest: everything scheduled at once.

use jiff::Timestamp;

use crate::aws::PendingWindowInDays;
use crate::aws::key::KeyState;

use super::super::command;
use super::super::key::TargetKey;
use super::super::moment::{Clock, Moment, days_between, later};
use super::super::related::{Family, Related};
use super::super::windows::Windows;
use super::multi_region::{lane, primary};
use super::{Lane, Milestone, Plan, PlannedCall, label, waiting};

/// The plan; `window`: the primary's waiting period.
pub(super) fn plan(
    subject: &TargetKey,
    family: &Family,
    windows: &Windows,
    window: PendingWindowInDays,
    clock: Clock,
) -> Plan {
    let start = clock.after(0);
    let gone = Gone::of(family, |replica| windows.wanted(&replica.arn), clock);
    let soonest = Gone::of(family, |replica| windows.shortest(&replica.arn), clock);
    let days = i64::from(window.days());
    let shortest = i64::from(windows.shortest(subject.name()).days());
    let end = Clock::later(gone.moment, days);
    let lane = |replica: &Related| {
        if replica.is_pending() {
            return lane(replica, clock);
        }
        let days = i64::from(windows.wanted(&replica.arn).days());
        Lane {
            region: replica.region.clone(),
            part: Some(replica.part),
            segments: waiting(start, days, 0).to_vec(),
            ends_deleted: true,
        }
    };
    let mut lanes = vec![primary(subject, days, start, Some(gone.moment)).since_call(clock)];
    lanes.extend(family.replicas.iter().map(lane));
    Plan {
        days: gone.days.saturating_add(days),
        shortest_days: soonest.days.saturating_add(shortest),
        not_before: gone
            .not_before
            .map(|date| Clock::later(clock.at(date), days)),
        replica_days: replica_days(family, windows),
        lanes,
        milestones: milestones(start, gone.moment, end),
        calls: calls(subject, family, windows, window),
        way_out: way_out(subject, family, window),
    }
}

/// When the last replica is deleted.
struct Gone {
    /// Days after the call, a part of a day as a whole one; at least so many where the moment of the
    /// call is not known.
    days: i64,
    /// A date before which it is not, where the moment of the call is not known.
    not_before: Option<Timestamp>,
    moment: Moment,
}

impl Gone {
    fn of(family: &Family, window: impl Fn(&Related) -> PendingWindowInDays, clock: Clock) -> Self {
        let mut days = 0;
        let mut date: Option<Timestamp> = None;
        for replica in &family.replicas {
            match (replica.is_pending(), replica.deleted_at) {
                (true, Some(deleted)) => date = date.max(Some(deleted)),
                (true, None) => days = days.max(i64::from(PendingWindowInDays::MAX.days())),
                (false, _) => days = days.max(i64::from(window(replica).days())),
            }
        }
        let Some(now) = clock.now else {
            let moment = match date {
                Some(date) if days == 0 => clock.at(date),
                _ => clock.after(days),
            };
            return Self {
                days,
                not_before: date,
                moment,
            };
        };
        // A date that is past is that of a replica which is gone by now.
        let last = later(now, days).max(date).unwrap_or(now).max(now);
        let days = days_between(last, now).saturating_neg();
        Self {
            days,
            not_before: None,
            moment: Moment {
                day: Some(days),
                at: Some(last),
            },
        }
    }
}

/// `for 7 days`, or the days of each Region; empty where every replica is pending deletion.
fn replica_days(family: &Family, windows: &Windows) -> String {
    let open = family.replicas.iter().filter(|key| !key.is_pending());
    let each: Vec<_> = open
        .map(|key| (key.region.as_str(), windows.wanted(&key.arn)))
        .collect();
    let Some((_, first)) = each.first() else {
        return String::new();
    };
    if each.iter().all(|(_, days)| days == first) {
        return format!("for {first} days");
    }
    let each: Vec<_> = each
        .iter()
        .map(|(region, days)| format!("for {days} days in {region}"))
        .collect();
    each.join(", ")
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

fn calls(
    subject: &TargetKey,
    family: &Family,
    windows: &Windows,
    window: PendingWindowInDays,
) -> Vec<PlannedCall> {
    let primary = schedule(&label(subject), subject.name(), window);
    let open = family
        .replicas
        .iter()
        .filter(|replica| !replica.is_pending());
    let replicas = open.map(|replica| {
        let call = schedule(&replica.region, &replica.arn, windows.wanted(&replica.arn));
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
fn way_out(subject: &TargetKey, family: &Family, window: PendingWindowInDays) -> Vec<PlannedCall> {
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
