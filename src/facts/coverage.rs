//! What the loaded CloudTrail files cover: of which account and Region, from when to when, and what is
//! missing there.

use crate::aws::{AccountId, KeyArn};
use crate::document::record;
use crate::inventory::{Coverage, Lookup, LookupFilter, LookupProblem, Moments, RegionEvents};
use jiff::{SignedDuration, Timestamp};

use super::Limits;

record! {
    /// What the loaded CloudTrail files cover, over all keys.
    #[derive(Clone, Debug)]
    pub struct CoverageRecord {
        /// How many files.
        pub files: usize,
        /// How many events of any service.
        pub events: u64,
        /// How many of AWS KMS.
        pub kms_events: u64,
        /// The time of the first event, RFC 3339.
        pub first: Option<String>,
        /// The time of the last.
        pub last: Option<String>,
        /// The Regions of the events, sorted.
        pub regions: Vec<String>,
        /// The accounts whose trails these are, sorted.
        pub accounts: Vec<String>,
        /// Whether a `lookup-events` answer is only the first part.
        pub truncated: bool,
        /// Whether an event is of the key's own Region; null where the key's ARN is not known.
        pub covers_region: Option<bool>,
        /// Times with records, those of trails by account and Region, then answers of `lookup-events`: of
        /// the key's own account and Region, or of all where the key's ARN is not known.
        pub spans: Vec<CoverageSpan>,
    }
}

record! {
    /// A time in which management events follow one another within `[evidence] maximum_gap_hours`, or
    /// which an answer of `lookup-events` is about.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CoverageSpan {
        /// The account whose events these are; null where no event of the answer says it.
        pub account: Option<String>,
        /// Their Region; likewise.
        pub region: Option<String>,
        /// The first event, or the beginning that was asked for, RFC 3339; null where neither is known.
        pub from: Option<String>,
        /// The last event, or the end that was asked for.
        pub to: Option<String>,
        /// Why a use of the key may not be among the records, in words.
        pub missing: Vec<String>,
    }
}

/// How far apart two events of KMS may be where nothing else shows that KMS is in the trail.
const KMS_GAP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is covered, told for a key.
pub(super) fn covered(coverage: &Coverage, key: Option<&KeyArn>, limits: Limits) -> CoverageRecord {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    CoverageRecord {
        files: coverage.files,
        events: coverage.events,
        kms_events: coverage.kms_events,
        first: time(coverage.first),
        last: time(coverage.last),
        regions: coverage.regions.iter().cloned().collect(),
        accounts: coverage.accounts.iter().map(ToString::to_string).collect(),
        truncated: coverage.truncated,
        covers_region: key.map(|arn| coverage.regions.contains(arn.region())),
        spans: spans(coverage, key, limits),
    }
}

fn spans(coverage: &Coverage, key: Option<&KeyArn>, limits: Limits) -> Vec<CoverageSpan> {
    let gap = SignedDuration::from_hours(limits.maximum_gap_hours.into());
    let is_own = |account: Option<AccountId>, region: &str| {
        key.is_none_or(|arn| account == Some(arn.account()) && region == arn.region())
    };
    let places = coverage.places.iter();
    let places = places.filter(|((account, region), _)| is_own(Some(*account), region));
    let trails = places.flat_map(|(place, record)| of_trails(coverage, place, record, gap));
    let lookups = coverage.lookups.iter();
    let lookups = lookups.filter(|lookup| {
        let mut places = lookup.places.iter();
        lookup.places.is_empty() || places.any(|(account, region)| is_own(*account, region))
    });
    trails.chain(lookups.map(of_lookup)).collect()
}

/// Times in which moments follow one another within a gap.
fn together(moments: &Moments, gap: SignedDuration) -> Vec<(Timestamp, Timestamp)> {
    let mut spans: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in moments.runs() {
        match spans.last_mut() {
            Some((_, last)) if from.duration_since(*last) <= gap => *last = to,
            _ => spans.push((from, to)),
        }
    }
    spans
}

fn of_trails(
    coverage: &Coverage,
    place: &(AccountId, String),
    record: &RegionEvents,
    gap: SignedDuration,
) -> Vec<CoverageSpan> {
    let reads = if record.reads.is_empty() {
        &record.writes
    } else {
        &record.reads
    };
    let spans = together(reads, gap).into_iter();
    spans
        .map(|(from, to)| CoverageSpan {
            account: Some(place.0.to_string()),
            region: Some(place.1.clone()),
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            missing: missing(coverage, place, (record, from, to)),
        })
        .collect()
}

/// Why events of a use may be missing in a time with events.
fn missing(
    coverage: &Coverage,
    place: &(AccountId, String),
    (record, from, to): (&RegionEvents, Timestamp, Timestamp),
) -> Vec<String> {
    let mut missing = Vec::new();
    if record.reads.is_empty() {
        missing.push("read events: Encrypt, Decrypt and GenerateDataKey are among them".to_owned());
    } else if record.kms_reads.is_empty() {
        missing.push("read events of KMS".to_owned());
    } else if !record.shows_use {
        missing.push("read events that use a key, or are of another service".to_owned());
    } else {
        let within = |(first, last): &(Timestamp, Timestamp)| *last >= from && *first <= to;
        let kms = together(&record.kms_reads, KMS_GAP).into_iter();
        let mut before = from;
        for (first, last) in kms.filter(within).chain([(to, to)]) {
            if first.duration_since(before) > KMS_GAP {
                missing.push(format!("read events of KMS from {before} to {first}"));
            }
            before = before.max(last);
        }
    }
    let selectors = coverage.selectors.iter().filter(|of| !of.kms_reads);
    missing.extend(selectors.map(|of| {
        let trail = of.trail.as_deref().unwrap_or("a trail");
        format!("read events of KMS, which `{trail}` does not record")
    }));
    let changes = coverage.changes.values().flat_map(Moments::runs);
    let changes = changes.filter(|(first, last)| *last >= from && *first <= to);
    missing.extend(changes.map(|(_, last)| {
        format!("events of KMS after a call at {last}, which may have changed the trail")
    }));
    for open in coverage.statuses.iter().flat_map(|status| &status.silent) {
        let (start, end) = (
            open.from.unwrap_or(Timestamp::MIN),
            open.to.unwrap_or(Timestamp::MAX),
        );
        if start < to && end > from {
            missing.push(format!(
                "events from {} to {}, in which the trail recorded or delivered nothing",
                start.max(from),
                end.min(to)
            ));
        }
    }
    let logs = coverage.missing.get(place);
    let logs = logs.filter(|logs| logs.spans.iter().any(|(a, b)| *a <= to && *b >= from));
    missing.extend(logs.map(|logs| {
        format!(
            "{} log files that a digest names, the first `{}`",
            logs.count, logs.first
        )
    }));
    missing
}

fn of_lookup(lookup: &Lookup) -> CoverageSpan {
    let place = lookup.places.iter().next();
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let asked = match &lookup.asked {
        LookupFilter::Nothing => None,
        LookupFilter::Source(source) => Some(format!("events that are not of `{source}`")),
        LookupFilter::Resource(name) => Some(format!("events of other resources than `{name}`")),
        LookupFilter::ReadOnly(true) => Some("write events".to_owned()),
        LookupFilter::ReadOnly(false) => Some("read events".to_owned()),
        LookupFilter::Other => Some("events that were not asked for".to_owned()),
    };
    let problem = lookup.problem.map(|problem| match problem {
        LookupProblem::NoRequest => "the request of the answer",
        LookupProblem::Ambiguous => "which request and which answer belong together",
        LookupProblem::NotWhole => "further pages of the answer",
    });
    CoverageSpan {
        account: place.and_then(|(account, _)| account.map(|account| account.to_string())),
        region: place
            .map(|(_, region)| region.clone())
            .filter(|region| !region.is_empty()),
        from: time(lookup.start),
        to: time(lookup.end.or(lookup.newest)),
        // Without its request it is not known what was asked.
        missing: match problem {
            Some(problem) => vec![problem.to_owned()],
            None => asked.into_iter().collect(),
        },
    }
}
