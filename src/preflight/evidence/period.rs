//! How much of the evidence period is covered, what is missing, and what would get it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::inventory::Coverage;

use super::super::key::TargetKey;
use super::super::{EvidenceRequirements, Question};
use super::covered::Ground;
use super::fetch::{CoverageCommand, commands};
use super::missing::why;
use super::spans::{Spans, TimeSpan};
use super::{LastUsageRecord, text};

/// A day, counted back from the moment of the call.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The time before the call in which use of the key would have to be seen.
#[derive(Clone, Debug, Serialize)]
pub struct EvidencePeriod {
    /// Its beginning: so many days before the call.
    #[serde(serialize_with = "text")]
    pub from: Timestamp,
    /// Its end: the moment of the call.
    #[serde(serialize_with = "text")]
    pub to: Timestamp,
    /// How many days it has.
    pub days: u16,
    /// How many of them the records cover.
    pub covered_days: usize,
    /// Within the period, when use of the key would have been recorded.
    pub covered: Vec<TimeSpan>,
    /// Within the period, when not.
    pub missing: Vec<TimeSpan>,
    /// Within the period, for which time `get-key-last-usage` speaks; it does not count downloads of
    /// the public key, or calls that failed.
    pub tracked: Option<TimeSpan>,
    /// Why something is missing, in words.
    pub why: Vec<String>,
    /// What would get it.
    pub commands: Vec<CoverageCommand>,
    /// Each of its days, the first first.
    #[serde(skip)]
    pub each_day: Vec<DayCoverage>,
}

/// What is known of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCoverage {
    /// The records cover it.
    Recorded,
    /// `get-key-last-usage` speaks for it, and the records do not cover it.
    Tracked,
    /// Nothing covers all of it.
    Missing,
}

/// All that is covered, for the judge of one key.
#[derive(Clone, Debug, Default)]
pub(super) struct Watched {
    /// When use would have been recorded.
    pub(super) of_use: Spans,
    /// When a change of the key's state would have been recorded.
    pub(super) of_state: Spans,
}

/// The period of a question about a key, and all that is covered; none where the moment of the call
/// is not known.
pub(super) fn of(
    subject: &TargetKey,
    coverage: &Coverage,
    question: &Question,
    usage: Option<&LastUsageRecord>,
) -> Option<(EvidencePeriod, Watched)> {
    let now = question.now?;
    let needed = question.evidence;
    let whole = days_before(now, needed.days);
    let ground = ground(subject, coverage, (now, needed));
    let watched = ground.map_or_else(Watched::default, |ground| Watched {
        of_use: ground.of_use().lasting(),
        of_state: ground.of_state().lasting(),
    });
    let in_period = |spans: &Spans| spans.intersection(&Spans::new(vec![whole]));
    let missing = watched.of_use.missing(whole);
    let since = usage.and_then(LastUsageRecord::speaks_from);
    let tracked = since.and_then(|since| TimeSpan::new(since, now)?.common(whole));
    let each_day = each_day(whole, &watched.of_use, tracked);
    let recorded = each_day.iter().filter(|day| **day == DayCoverage::Recorded);
    let period = EvidencePeriod {
        from: whole.from,
        to: now,
        days: needed.days,
        covered_days: recorded.count(),
        covered: in_period(&watched.of_use).lasting().as_slice().to_vec(),
        why: match ground {
            _ if missing.as_slice().is_empty() => Vec::new(),
            Some(ground) => why(&ground, whole, &missing),
            None => vec!["the key's account and Region are not known".to_owned()],
        },
        commands: ground.map_or_else(Vec::new, |ground| commands(&ground, &missing)),
        missing: missing.as_slice().to_vec(),
        tracked,
        each_day,
    };
    Some((period, watched))
}

/// So many days up to a moment.
pub(super) fn days_before(now: Timestamp, days: u16) -> TimeSpan {
    let length = DAY
        .checked_mul(i32::from(days))
        .unwrap_or(SignedDuration::MAX);
    TimeSpan {
        from: now.checked_sub(length).unwrap_or(Timestamp::MIN),
        to: now,
    }
}

fn ground<'a>(
    subject: &'a TargetKey,
    coverage: &'a Coverage,
    (now, needed): (Timestamp, EvidenceRequirements),
) -> Option<Ground<'a>> {
    let arn = subject.arn.as_ref()?;
    Some(Ground {
        coverage,
        place: (arn.account(), arn.region()),
        key: arn.as_str(),
        now,
        gap: SignedDuration::from_hours(i64::from(needed.maximum_gap_hours)),
    })
}

fn each_day(whole: TimeSpan, of_use: &Spans, tracked: Option<TimeSpan>) -> Vec<DayCoverage> {
    let tracked = Spans::new(tracked.into_iter().collect());
    let both = of_use.union(&tracked);
    let mut days = Vec::new();
    let mut to = whole.to;
    while to > whole.from {
        let from = to.checked_sub(DAY).unwrap_or(whole.from).max(whole.from);
        let day = TimeSpan { from, to };
        days.push(if of_use.cover(day) {
            DayCoverage::Recorded
        } else if both.cover(day) {
            DayCoverage::Tracked
        } else {
            DayCoverage::Missing
        });
        to = from;
    }
    days.reverse();
    days
}
