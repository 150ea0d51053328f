//! Events counted: all that is kept of them, whatever their number.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use jiff::Timestamp;

use crate::aws::AccountId;
use crate::inventory::{Coverage, RecordedEvents, Trail};
use crate::source::Location;

use super::event::Likeness;

/// The events of one file, or of several. However the files are ordered, the sum is the same.
#[derive(Debug, Default)]
pub(in crate::load) struct Tally {
    coverage: Coverage,
    events: BTreeMap<Likeness, Times>,
}

/// How often and when.
#[derive(Clone, Debug)]
struct Times {
    count: u64,
    first: Timestamp,
    last: Timestamp,
    /// Where the last stands.
    at: Location,
    /// Where the last was called from, for calls of which that is kept.
    source_address: Option<Box<str>>,
}

impl Times {
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.min(other.first);
        if (self.last, self.at.source) <= (other.last, other.at.source) {
            self.last = other.last;
            self.at = other.at;
            self.source_address = other.source_address;
        }
    }
}

impl Tally {
    /// Of a file of which nothing was read yet.
    pub(super) fn of_file() -> Self {
        let mut tally = Self::default();
        tally.coverage.files = 1;
        tally
    }

    /// How many events, of any service.
    pub(in crate::load) const fn events(&self) -> u64 {
        self.coverage.events
    }

    /// Notes that there are more events than were read.
    pub(super) const fn is_truncated(&mut self) {
        self.coverage.truncated = true;
    }

    /// Counts an event of any service.
    pub(super) fn cover(&mut self, time: Timestamp, region: Option<&str>, account: Option<&str>) {
        let coverage = &mut self.coverage;
        coverage.events = coverage.events.saturating_add(1);
        coverage.first = Some(coverage.first.map_or(time, |first| first.min(time)));
        coverage.last = coverage.last.max(Some(time));
        if let Some(region) = region
            && !coverage.regions.contains(region)
        {
            coverage.regions.insert(region.to_owned());
        }
        coverage.accounts.extend(account.and_then(AccountId::parse));
    }

    /// Counts an event of AWS KMS, which was covered before.
    pub(super) fn count(
        &mut self,
        likeness: Likeness,
        time: Timestamp,
        (at, source_address): (Location, Option<Box<str>>),
    ) {
        self.coverage.kms_events = self.coverage.kms_events.saturating_add(1);
        let times = Times {
            count: 1,
            first: time,
            last: time,
            at,
            source_address,
        };
        self.add(likeness, times);
    }

    fn add(&mut self, likeness: Likeness, times: Times) {
        match self.events.entry(likeness) {
            Entry::Occupied(mut known) => known.get_mut().add(times),
            Entry::Vacant(new) => drop(new.insert(times)),
        }
    }

    /// Takes in what another counted.
    pub(in crate::load) fn merge(&mut self, other: Self) {
        let (mine, theirs) = (&mut self.coverage, other.coverage);
        mine.files = mine.files.saturating_add(theirs.files);
        mine.events = mine.events.saturating_add(theirs.events);
        mine.kms_events = mine.kms_events.saturating_add(theirs.kms_events);
        mine.first = match (mine.first, theirs.first) {
            (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        mine.last = mine.last.max(theirs.last);
        union(&mut mine.regions, theirs.regions);
        union(&mut mine.accounts, theirs.accounts);
        mine.truncated |= theirs.truncated;
        for (likeness, times) in other.events {
            self.add(likeness, times);
        }
    }

    /// What was counted, sorted by first time.
    pub(in crate::load) fn into_trail(self) -> Trail {
        let recorded = |(likeness, times): (Likeness, Times)| RecordedEvents {
            operation: likeness.operation,
            key_names: likeness.key_names,
            region: likeness.region,
            caller: likeness.caller,
            error: likeness.error,
            refused_as_pending: likeness.refused_as_pending,
            encryption_context: likeness.encryption_context,
            pending_window: likeness.pending_window,
            change: likeness.change,
            count: times.count,
            first: times.first,
            last: times.last,
            source_address: times.source_address.map(Into::into),
            at: times.at,
        };
        let mut events: Vec<_> = self.events.into_iter().map(recorded).collect();
        // A stable sort: those of one time stay in the order of what they are.
        events.sort_by_key(|events| events.first);
        Trail {
            coverage: self.coverage,
            events,
        }
    }
}

fn union<T: Ord>(mine: &mut BTreeSet<T>, theirs: BTreeSet<T>) {
    if mine.is_empty() {
        *mine = theirs;
    } else {
        mine.extend(theirs);
    }
}
