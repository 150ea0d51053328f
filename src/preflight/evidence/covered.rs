//! In which times use of a key would have been recorded.
//!
//! What trails recorded, and what `lookup-events` answered, are looked at apart: the event history is
//! not subject to trails' settings.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::aws::AccountId;
use crate::inventory::{Coverage, Lookup, LookupFilter, Moments, OpenSpan, RegionEvents};

use super::spans::{Spans, TimeSpan};

/// How far apart two events of KMS may be where nothing else shows that KMS was in the trail
/// between them.
const KMS_GAP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far back the event history reaches.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html>
pub(super) const HISTORY: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What is looked at: one key at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub(super) coverage: &'a Coverage,
    /// The key's account and Region.
    pub(super) place: (AccountId, &'a str),
    /// The key's ARN.
    pub(super) key: &'a str,
    pub(super) now: Timestamp,
    /// How far apart two events of a trail may be.
    pub(super) gap: SignedDuration,
}

/// What an answer of `lookup-events` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Every use of the key.
    Use,
    /// Every change of its state.
    State,
    /// Every change of a trail.
    Trails,
}

impl Ground<'_> {
    /// When use of the key, successful or not, would have been recorded.
    pub(super) fn of_use(&self) -> Spans {
        self.of_trails()
            .union(&self.of_lookups(Need::Use, self.place))
    }

    /// When a change of the key's state, a write event, would have been recorded.
    pub(super) fn of_state(&self) -> Spans {
        let writes = self.record().map(|record| self.known_by(&record.writes));
        let trails = self.of_trails().intersection(&writes.unwrap_or_default());
        trails.union(&self.of_lookups(Need::State, self.place))
    }

    pub(super) fn record(&self) -> Option<&RegionEvents> {
        let (account, region) = self.place;
        let place = (account, region.to_owned());
        self.coverage.places.get(&place)
    }

    /// When trails recorded read events, and KMS was among what they record.
    fn of_trails(&self) -> Spans {
        let Some(record) = self.record() else {
            return Spans::default();
        };
        if !record.shows_use || self.coverage.selectors.iter().any(|of| !of.kms_reads) {
            return Spans::default();
        }
        let reads = Spans::between(&record.reads, self.gap).up_to(self.now, self.gap);
        let mut spans = reads.intersection(&self.with_kms(record));
        for hole in self.silent() {
            spans = spans.without(hole);
        }
        spans
    }

    /// Times in which a trail did not record or deliver, and those of log files that were not
    /// loaded.
    pub(super) fn silent(&self) -> impl Iterator<Item = TimeSpan> {
        let statuses = self.coverage.statuses.iter();
        let closed = |open: &OpenSpan| TimeSpan {
            from: open.from.unwrap_or(Timestamp::MIN),
            to: open.to.unwrap_or(Timestamp::MAX),
        };
        let silent = statuses.flat_map(move |status| status.silent.iter().map(closed));
        let (account, region) = self.place;
        let missing = self.coverage.missing.get(&(account, region.to_owned()));
        let missing = missing.into_iter().flat_map(|logs| &logs.spans);
        silent.chain(missing.map(|(from, to)| TimeSpan {
            from: *from,
            to: *to,
        }))
    }

    /// When KMS is known to be among what the trails record: at its events, and between two of them
    /// unless it may have been taken out.
    pub(super) fn with_kms(&self, record: &RegionEvents) -> Spans {
        let changes = self.changes();
        let home = self.of_home();
        let stays = |from: Timestamp, to: Timestamp| {
            to.duration_since(from) <= KMS_GAP
                || home
                    .as_ref()
                    .is_some_and(|home| home.cover(TimeSpan { from, to }))
        };
        let mut known = Vec::new();
        let mut before: Option<Timestamp> = None;
        for (from, to) in record.kms_reads.runs() {
            known.push(TimeSpan { from, to });
            match before {
                Some(before) => {
                    let end = first_between(&changes, before, from).unwrap_or(from);
                    known.extend(TimeSpan::new(before, end).filter(|_| stays(before, end)));
                }
                None => known.extend(home.as_ref().and_then(|home| back(home, &changes, from))),
            }
            before = Some(to);
        }
        if let Some(before) = before {
            let end = first_between(&changes, before, self.now).unwrap_or(self.now);
            let reached = home.as_ref().and_then(|home| home.around(before));
            let end = match reached {
                Some(reached) if !stays(before, end) => end.min(reached.to),
                _ => end,
            };
            known.extend(TimeSpan::new(before, end).filter(|_| stays(before, end)));
        }
        let mut known = Spans::new(known);
        for (first, last) in changes.runs() {
            known = without_change(&known, record, (first, last));
        }
        known
    }

    /// Calls that may have taken KMS out of the trails: those of any account, since the trail may be
    /// one of an organization; of the trails' own and of the key's account where the trails are
    /// known.
    pub(super) fn changes(&self) -> Moments {
        let homes = self.homes();
        let mut all = Moments::default();
        for (account, moments) in &self.coverage.changes {
            let is_other = account.is_some_and(|account| {
                account != self.place.0
                    && homes
                        .as_ref()
                        .is_some_and(|homes| !homes.iter().any(|(home, _)| *home == account))
            });
            if !is_other {
                all.merge(moments);
            }
        }
        all
    }

    /// The accounts and home Regions of the trails; none where they are not known.
    fn homes(&self) -> Option<BTreeSet<(AccountId, &str)>> {
        let selectors = self.coverage.selectors.iter();
        let homes = selectors.map(|of| {
            let (account, region) = of.home.as_ref()?;
            Some((*account, region.as_str()))
        });
        let homes: Option<BTreeSet<_>> = homes.collect();
        homes.filter(|homes| !homes.is_empty())
    }

    /// When a change of the trails would have been recorded: where there are records of the home
    /// Region of each, with its write events.
    fn of_home(&self) -> Option<Spans> {
        let of_one = |(account, region): &(AccountId, &str)| {
            let place = (*account, (*region).to_owned());
            let record = self.coverage.places.get(&place);
            let by_trail = record.map_or_else(Spans::default, |record| {
                let reads = Spans::between(&record.reads, self.gap).up_to(self.now, self.gap);
                reads.intersection(&self.known_by(&record.writes))
            });
            by_trail.union(&self.of_lookups(Need::Trails, (*account, region)))
        };
        let homes = self.homes()?;
        let spans = homes.iter().map(of_one);
        spans.reduce(|one, other| one.intersection(&other))
    }

    /// When events of a kind are known to be recorded.
    fn known_by(&self, moments: &Moments) -> Spans {
        Spans::between(moments, KMS_GAP).up_to(self.now, KMS_GAP)
    }

    /// What answers of `lookup-events` cover for a need at a place.
    fn of_lookups(&self, need: Need, place: (AccountId, &str)) -> Spans {
        let lookups = self.coverage.lookups.iter();
        let usable = lookups.filter(|lookup| lookup.problem.is_none());
        let fit = usable.filter(|lookup| self.answers(lookup, need, place));
        let spans = Spans::new(fit.filter_map(|lookup| self.reach(lookup)).collect());
        spans.up_to(self.now, self.gap)
    }

    /// Whether every event that is needed of this place would be in the answer. The request names
    /// neither account nor Region: an answer with events shows them, one without only where the
    /// request asks for the key by its ARN.
    fn answers(&self, lookup: &Lookup, need: Need, place: (AccountId, &str)) -> bool {
        let of_place = |(account, region): &(Option<AccountId>, String)| {
            *account == Some(place.0) && region == place.1
        };
        let all_there = lookup.places.iter().all(of_place);
        let some_there = all_there && !lookup.places.is_empty();
        match (&lookup.asked, need) {
            (LookupFilter::Nothing, _)
            | (LookupFilter::ReadOnly(true), Need::Use)
            | (LookupFilter::ReadOnly(false), Need::State | Need::Trails) => some_there,
            (LookupFilter::Source(source), Need::Use | Need::State) => {
                some_there && source == "kms.amazonaws.com"
            }
            (LookupFilter::Source(source), Need::Trails) => {
                some_there && source == "cloudtrail.amazonaws.com"
            }
            (LookupFilter::Resource(name), Need::Use | Need::State) => {
                all_there && name == self.key
            }
            _ => false,
        }
    }

    /// The time that an answer surely covers. When the call was made is not said: no earlier than
    /// the end that was asked for, or than its newest event, and not after now. So what comes after
    /// both is not covered, nor what lay more than 90 days back by now.
    fn reach(&self, lookup: &Lookup) -> Option<TimeSpan> {
        let end = match lookup.end {
            Some(end) if end <= self.now => end,
            _ => lookup.newest?.min(self.now),
        };
        let oldest = self.now.checked_sub(HISTORY).ok()?;
        TimeSpan::new(lookup.start.map_or(oldest, |start| start.max(oldest)), end)
    }
}

/// The first change from one moment to another.
fn first_between(changes: &Moments, from: Timestamp, to: Timestamp) -> Option<Timestamp> {
    let mut runs = changes.runs();
    let (first, _) = runs.find(|(first, last)| *last >= from && *first <= to)?;
    Some(first.max(from))
}

/// How far back from an event of KMS it is known to be in the trail: as far as no change would have
/// gone unseen, and none was made.
fn back(home: &Spans, changes: &Moments, at: Timestamp) -> Option<TimeSpan> {
    let reach = home.around(at)?.from;
    let before = changes.runs().rfind(|(first, _)| *first <= at);
    let start = before.map_or(reach, |(_, last)| last.max(reach));
    TimeSpan::new(start, at)
}

/// After a change KMS is known to be in the trail from its next event on. Events that are less
/// than an hour apart are not told apart, so the hole is up to an hour longer.
fn without_change(
    known: &Spans,
    record: &RegionEvents,
    (first, last): (Timestamp, Timestamp),
) -> Spans {
    let holds = |(from, to): &(Timestamp, Timestamp)| *from <= last && last <= *to;
    let run = record.kms_reads.runs().find(holds);
    let hour_later = last.checked_add(Moments::APART).unwrap_or(Timestamp::MAX);
    let to = run.map_or(last, |(_, to)| to.min(hour_later));
    TimeSpan::new(first, to).map_or_else(|| known.clone(), |hole| known.without(hole))
}
