//! What a file says of how far events can be relied on.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::aws::AccountId;
use crate::inventory::{LookupFilter, TrailSelectors, TrailStatus};
use crate::tree::{Content, Node};

use super::answer::AnswerFile;

/// One of the documents that say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::load) enum TrailPart {
    /// A request of `lookup-events`.
    Request(LookupRequest),
    /// An answer of `lookup-events` that has no events.
    EmptyAnswer(AnswerFile),
    /// The answer of `get-event-selectors`.
    Selectors(TrailSelectors),
    /// The answer of `get-trail-status`.
    Status(TrailStatus),
    /// A digest: the log files that it names.
    Digest(Vec<NamedLog>),
}

/// A request of `lookup-events`, as `--cli-input-json` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::load) struct LookupRequest {
    /// Which events.
    pub(in crate::load) asked: LookupFilter,
    /// `StartTime`.
    pub(in crate::load) start: Option<Timestamp>,
    /// `EndTime`.
    pub(in crate::load) end: Option<Timestamp>,
    /// `NextToken`: which page.
    pub(in crate::load) token: Option<String>,
}

/// A log file that a digest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::load) struct NamedLog {
    /// The account and the Region, from its name.
    pub(in crate::load) place: (AccountId, String),
    /// Its `s3://` address.
    pub(in crate::load) address: String,
    /// The times of its oldest and its newest event.
    pub(in crate::load) span: (Timestamp, Timestamp),
}

/// A moment as the AWS CLI reads and writes it: RFC 3339, seconds since 1970 with or without a
/// fraction, or without a zone, which botocore takes for UTC. A day is its beginning.
pub(in crate::load) fn moment(node: &Node<'_>) -> Option<Timestamp> {
    let text = match &node.value {
        Content::String(text) => text.as_ref(),
        Content::Number(text) => text,
        _ => return None,
    };
    let seconds = |text: &str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let valid = whole.len() > 4 && digits(whole) && digits(fraction);
        Timestamp::from_second(whole.parse().ok().filter(|_| valid)?).ok()
    };
    let without_zone = |text: &str| {
        let civil: DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    };
    text.parse()
        .ok()
        .or_else(|| seconds(text))
        .or_else(|| without_zone(text))
}
