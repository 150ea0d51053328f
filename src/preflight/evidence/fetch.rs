//! What would get the records that are missing: commands of the AWS CLI.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::inventory::MissingLogs;

use super::covered::{Ground, HISTORY};
use super::spans::{Spans, TimeSpan};

/// How many months of log files are asked for at most.
const MONTHS: usize = 4;

/// A command that gets what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CoverageCommand {
    /// What for, in a few words.
    pub purpose: String,
    /// The command of the AWS CLI.
    pub command: String,
}

/// What would get the records that are missing: the event history of 90 days, and log files for what
/// lies before.
pub(super) fn commands(ground: &Ground<'_>, missing: &Spans) -> Vec<CoverageCommand> {
    let (Some(first), Some(last)) = (missing.as_slice().first(), missing.last()) else {
        return Vec::new();
    };
    let oldest = ground.now.checked_sub(HISTORY).unwrap_or(ground.now);
    let (account, region) = ground.place;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/-".contains(&byte);
    let (key, region) = if ground.key.bytes().chain(region.bytes()).all(is_plain) {
        (ground.key, region)
    } else {
        ("KEY-ARN", "REGION")
    };
    let mut commands = Vec::new();
    let recent = TimeSpan::new(oldest.max(first.from), last.to);
    if let Some(span) = recent.filter(|span| span.from < span.to) {
        let attribute =
            format!("{{\"AttributeKey\":\"ResourceName\",\"AttributeValue\":\"{key}\"}}");
        let request = format!(
            "{{\"LookupAttributes\":[{attribute}],\"StartTime\":\"{}\",\"EndTime\":\"{}\"}}",
            span.from, span.to
        );
        commands.push(CoverageCommand {
            purpose: "read what the event history, which reaches 90 days back, has of the key: the request and its answer, in a directory of their own".to_owned(),
            command: format!(
                "mkdir -p history && echo '{request}' > history/request.json && aws cloudtrail lookup-events --region {region} --cli-input-json file://history/request.json --output json > history/answer.json"
            ),
        });
    }
    let place = (account, region.to_owned());
    let known = ground.coverage.missing.get(&place);
    let prefix = known
        .and_then(bucket)
        .unwrap_or_else(|| format!("s3://BUCKET/AWSLogs/{account}/CloudTrail/{region}"));
    let before = if known.is_some() {
        ground.now
    } else {
        oldest
            .checked_sub(SignedDuration::from_secs(1))
            .unwrap_or(oldest)
    };
    for (year, month) in months(missing, before) {
        commands.push(CoverageCommand {
            purpose: format!("fetch the log files of {year:04}-{month:02} from the trail's bucket"),
            command: format!(
                "aws s3 cp --recursive {prefix}/{year:04}/{month:02}/ trail/{year:04}/{month:02}/"
            ),
        });
    }
    commands
}

/// Where the log files of an account and Region lie, from the address of one of them.
fn bucket(logs: &MissingLogs) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/-._!".contains(&byte);
    let mut parts = logs.first.rsplitn(5, '/');
    let prefix = parts.nth(4)?;
    prefix.bytes().all(is_plain).then(|| prefix.to_owned())
}

/// The months in which something is missing before a moment, the latest first.
fn months(missing: &Spans, before: Timestamp) -> Vec<(i16, i8)> {
    let mut months = Vec::new();
    for span in missing.as_slice().iter().rev() {
        let mut at = span.to.min(before);
        while at >= span.from && months.len() < MONTHS {
            let date = at.to_zoned(TimeZone::UTC).date();
            let month = (date.year(), date.month());
            if months.last() != Some(&month) {
                months.push(month);
            }
            let first = date.first_of_month().to_zoned(TimeZone::UTC);
            let Some(earlier) = first.ok().and_then(|first| {
                first
                    .timestamp()
                    .checked_sub(SignedDuration::from_secs(1))
                    .ok()
            }) else {
                break;
            };
            at = earlier;
        }
    }
    months
}
