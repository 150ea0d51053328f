//! Why some of the evidence period is not covered, in words.

use crate::inventory::{LookupProblem, RegionEvents};

use super::covered::Ground;
use super::spans::{Spans, TimeSpan};

/// Why some of the period is not covered, the plainest reason first.
pub(super) fn why(ground: &Ground<'_>, whole: TimeSpan, missing: &Spans) -> Vec<String> {
    let coverage = ground.coverage;
    if coverage.files == 0 {
        return vec!["no records of CloudTrail were given".to_owned()];
    }
    let mut why = of_trails(ground, whole, missing);
    let problems = coverage.lookups.iter().filter_map(|lookup| lookup.problem);
    let mut problems: Vec<_> = problems.collect();
    problems.sort_unstable();
    problems.dedup();
    why.extend(
        problems
            .into_iter()
            .map(|problem| of_problem(problem).to_owned()),
    );
    if why.is_empty() {
        why.push(
            "the answers of `lookup-events` ask for other events, or for another time".to_owned(),
        );
    }
    why
}

fn of_trails(ground: &Ground<'_>, whole: TimeSpan, missing: &Spans) -> Vec<String> {
    let (account, region) = ground.place;
    let Some(record) = ground.record() else {
        // What answers of the event history lack is told with their requests.
        let why = || {
            format!(
                "no management event of account {account} in {region} that says whether it reads is among the records"
            )
        };
        return Some(why())
            .into_iter()
            .filter(|_| ground.coverage.lookups.is_empty())
            .collect();
    };
    let excluding = ground.coverage.selectors.iter().find(|of| !of.kms_reads);
    if let Some(selectors) = excluding {
        let trail = selectors.trail.as_deref().unwrap_or("a trail");
        return vec![format!(
            "`get-event-selectors` answers that `{trail}` does not record the read events of KMS"
        )];
    }
    if record.reads.is_empty() {
        return vec![
            "they hold no management read event, and Encrypt, Decrypt and GenerateDataKey are read events"
                .to_owned(),
        ];
    }
    if record.kms_reads.is_empty() {
        return vec!["no read event of KMS is among them: the trail may leave KMS out".to_owned()];
    }
    if !record.shows_use {
        return vec![
            "they hold read events of KMS only, and none that uses a key: they may be a selection"
                .to_owned(),
        ];
    }
    in_between(ground, record, (whole, missing))
}

/// What is missing of records that show use at other times.
fn in_between(
    ground: &Ground<'_>,
    record: &RegionEvents,
    (whole, missing): (TimeSpan, &Spans),
) -> Vec<String> {
    let reads = Spans::between(&record.reads, ground.gap).up_to(ground.now, ground.gap);
    let with_kms = ground.with_kms(record);
    let mut why = Vec::new();
    let without_reads = reads.missing(whole);
    why.extend(named("no read event was recorded", &without_reads));
    let changes = ground.changes();
    let change = changes
        .runs()
        .rfind(|(at, _)| whole.from <= *at && *at <= whole.to);
    why.extend(change.map(|(at, _)| {
        format!("a call recorded at {at} may have taken KMS out of the trail, or stopped the trail")
    }));
    let without_kms = reads
        .intersection(&with_kms.missing(whole))
        .intersection(missing);
    why.extend(named(
        "no read event of KMS was recorded, and records of the trail's home Region do not show that KMS stayed in the trail,",
        &without_kms,
    ));
    let silent = Spans::new(
        ground
            .silent()
            .filter_map(|span| span.common(whole))
            .collect(),
    );
    why.extend(named(
        "nothing was recorded or delivered, or log files are not among them,",
        &silent,
    ));
    why
}

/// A sentence on the first of some spans.
fn named(what: &str, spans: &Spans) -> Option<String> {
    let longer = spans.as_slice().iter().filter(|span| span.from < span.to);
    let spans: Vec<_> = longer.collect();
    let first = spans.first()?;
    let more = match spans.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(format!("{what} from {} to {}{more}", first.from, first.to))
}

const fn of_problem(problem: LookupProblem) -> &'static str {
    match problem {
        LookupProblem::NoRequest => {
            "an answer of `lookup-events` covers nothing without its request (`--cli-input-json`) beside it"
        }
        LookupProblem::Ambiguous => {
            "several requests or answers of `lookup-events` lie in one directory, and which belong together is not known"
        }
        LookupProblem::NotWhole => "an answer of `lookup-events` is not whole (`NextToken`)",
    }
}
