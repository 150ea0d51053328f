//! Events counted: all that is kept of them, whatever their number.

use std::collections::btree_map::{BTreeMap, Entry};

use jiff::Timestamp;

use crate::aws::{AccountId, action};
use crate::inventory::{Coverage, RecordedEvents, Trail};
use crate::text::{Location, SourceId};

use super::Recorder;
use super::account_regions::{AccountRegions, text};
use super::answer::AnswerFile;
use super::event::Likeness;
use super::scan::Fields;
use super::shape::INSIGHT;

/// The events of one file, or of several. However the files are ordered, the sum is the same.
#[derive(Debug, Default)]
pub(in crate::load) struct Tally {
    coverage: Coverage,
    places: AccountRegions,
    answers: BTreeMap<SourceId, AnswerFile>,
    events: BTreeMap<Likeness, Times>,
}

/// Whether an event of this name uses the material of a key; one that is not known here may not.
fn is_use(name: &[u8]) -> bool {
    let is_use = |name: &str| action::event_may_be_use(name) && action::is_known_event(name);
    str::from_utf8(name).is_ok_and(is_use)
}

/// What an event says of how far a trail reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EventKind {
    /// Whether it is a management event that reads; none for events of other kinds, and where that
    /// is not said.
    pub(super) read_only: Option<bool>,
    /// Whether it is of AWS KMS.
    pub(super) is_kms: bool,
    /// Whether it uses the material of a key.
    pub(super) is_use: bool,
}

impl EventKind {
    /// Data events, network activity events and Insights events come by settings of their own; so
    /// they show nothing of management events. The fields are there since event version 1.06.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
    pub(super) fn of(fields: &Fields<'_>, is_kms: bool) -> Self {
        let is_management = fields.management != Some(false)
            && fields
                .category
                .is_none_or(|category| category == b"Management")
            && fields.kind != Some(INSIGHT.as_bytes());
        Self {
            read_only: fields.read_only.filter(|_| is_management),
            is_kms,
            is_use: is_kms && fields.name.is_some_and(is_use),
        }
    }
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

    /// Notes that an answer of `lookup-events` begins in a file.
    pub(super) fn begin_answer(&mut self, source: SourceId) {
        self.answers.entry(source).or_default().begin();
    }

    /// Notes that the answer that began last in a file is not the last page.
    pub(super) fn has_next_page(&mut self, source: SourceId, token: String) {
        if let Some(answers) = self.answers.get_mut(&source) {
            answers.token = Some(token);
            self.coverage.truncated = true;
        }
    }

    /// Counts an event of any service.
    pub(super) fn cover(
        &mut self,
        (source, recorder): (SourceId, Recorder),
        (account, region): (Option<&[u8]>, Option<&[u8]>),
        time: Timestamp,
        kind: EventKind,
    ) {
        let coverage = &mut self.coverage;
        coverage.events = coverage.events.saturating_add(1);
        coverage.first = Some(coverage.first.map_or(time, |first| first.min(time)));
        coverage.last = coverage.last.max(Some(time));
        let place = self.places.at(account, region);
        match (recorder, place) {
            (Recorder::Trail, Some(place)) => place.take(time, kind),
            _ => {
                if let Some(answers) = self.answers.get_mut(&source) {
                    answers.take((text(account), text(region)), time);
                }
            }
        }
    }

    /// Notes a call that may have taken KMS out of a trail.
    pub(super) fn change(&mut self, account: Option<&[u8]>, time: Timestamp) {
        let account = text(account).and_then(AccountId::parse);
        let changes = &mut self.coverage.changes;
        changes.entry(account).or_default().insert(time);
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
        mine.truncated |= theirs.truncated;
        for (account, moments) in theirs.changes {
            mine.changes.entry(account).or_default().merge(&moments);
        }
        self.places.merge(other.places);
        self.answers.extend(other.answers);
        for (likeness, times) in other.events {
            self.add(likeness, times);
        }
    }

    /// The answers of `lookup-events`, by their files.
    pub(in crate::load) fn take_answers(&mut self) -> BTreeMap<SourceId, AnswerFile> {
        std::mem::take(&mut self.answers)
    }

    /// What was counted, sorted by first time.
    pub(in crate::load) fn into_trail(mut self) -> Trail {
        self.places.describe(&mut self.coverage);
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
