//! Whether a file holds events of CloudTrail, told by its first record.
//!
//! The shapes: a file as CloudTrail delivers it (`{"Records":[…]}`), the answer of
//! `aws cloudtrail lookup-events` (`{"Events":[…]}`), a list of events, one event, and any of these
//! one after another, as in JSON Lines.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html>
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use super::scan::{Cursor, Record, Stop};

/// What the first bytes of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) enum Sniff {
    /// Its first record is an event.
    Events,
    /// It is something else.
    Other,
    /// More bytes must be seen.
    More,
}

/// How an object begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// It is itself a record.
    Record,
    /// It holds a list of records, whose bracket is opened before this byte.
    List {
        after: usize,
        /// Whether `lookup-events` answers it.
        is_answer: bool,
        /// The `NextToken` before it.
        token: Option<String>,
    },
    /// It is something else.
    Other,
}

/// `eventType` of Insights events, which CloudTrail writes about unusual numbers of calls: no call is
/// one of them.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html>
pub(super) const INSIGHT: &str = "AwsCloudTrailInsight";

/// What an answer of `lookup-events` and the items of its list can say beside `Events`. The fields
/// of an event itself begin in lower case.
const OF_ANSWERS: [&[u8]; 10] = [
    b"NextToken",
    b"ResponseMetadata",
    b"EventId",
    b"EventName",
    b"EventTime",
    b"EventSource",
    b"ReadOnly",
    b"AccessKeyId",
    b"Username",
    b"Resources",
];

/// The byte-order mark that some tools put first.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Tells by the first bytes of a file, or by all that it holds.
pub(in crate::load) fn sniff(bytes: &[u8], is_all: bool) -> Sniff {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match first_record_is_event(bytes) {
        Ok(true) => Sniff::Events,
        Err(Stop::Cut) if !is_all => Sniff::More,
        Ok(false) | Err(Stop::Cut | Stop::Broken { .. }) => Sniff::Other,
    }
}

fn first_record_is_event(bytes: &[u8]) -> Result<bool, Stop> {
    let mut cursor = Cursor::new(bytes);
    let first = cursor.next()?;
    let inside = match first {
        b'[' => cursor.at.saturating_add(1),
        b'{' => {
            let object = bytes.get(cursor.at..).unwrap_or_default();
            match opening(object)? {
                Opening::Record => cursor.at,
                Opening::List { after, .. } => cursor.at.saturating_add(after),
                Opening::Other => return Ok(false),
            }
        }
        _ => return Ok(false),
    };
    let mut cursor = Cursor::new(bytes.get(inside..).unwrap_or_default());
    if cursor.next()? != b'{' {
        return Ok(false);
    }
    let record = cursor.bytes.get(cursor.at..).unwrap_or_default();
    Ok(Record::scan(record)?.is_event())
}

impl Record<'_> {
    /// Whether it is an event, or wraps one. Notifications of other services have an `eventName`,
    /// too, but no host as their source. Insights events have both deeper inside.
    fn is_event(&self) -> bool {
        let of_aws = |source: &[u8]| source.ends_with(b".amazonaws.com");
        self.wrapped.is_some()
            || self.kind == Some(INSIGHT.as_bytes())
            || self.name.is_some() && self.source.is_some_and(of_aws)
    }
}

/// Looks at the keys of an object up to the first that tells.
pub(super) fn opening(object: &[u8]) -> Result<Opening, Stop> {
    let mut cursor = Cursor::new(object);
    let mut token = None;
    cursor.at = 1;
    if cursor.next()? == b'}' {
        return Ok(Opening::Other);
    }
    loop {
        let key = cursor.key()?;
        match key {
            b"Records" | b"Events" => {
                if cursor.next()? != b'[' {
                    return Ok(Opening::Other);
                }
                let after = cursor.at.saturating_add(1);
                return Ok(Opening::List {
                    after,
                    is_answer: key == b"Events",
                    token,
                });
            }
            b"CloudTrailEvent" | [b'a'..=b'z' | b'\\', ..] => return Ok(Opening::Record),
            other if !OF_ANSWERS.contains(&other) => return Ok(Opening::Other),
            other => token = token.or(next_token(other, cursor.value()?)),
        }
        if cursor.next()? == b'}' {
            return Ok(Opening::Other);
        }
        cursor.take(b',', "expected `,` or `}`")?;
    }
}

/// The most bytes of a token that are kept.
const MAX_TOKEN: usize = 4096;

/// `NextToken` of an answer, which says that there are more events; none where it is empty.
pub(super) fn next_token(key: &[u8], value: Option<&[u8]>) -> Option<String> {
    let token = value.filter(|token| key == b"NextToken" && !token.is_empty())?;
    let token = token.get(..MAX_TOKEN).unwrap_or(token);
    Some(String::from_utf8_lossy(token).into_owned())
}
