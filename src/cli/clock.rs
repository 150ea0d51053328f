//! Days and moments as arguments.

use jiff::Timestamp;

use crate::config::{Date, parse_date};

/// A day as an argument.
pub(super) fn parse(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "write a day, for example 2027-01-31".to_owned())
}

/// A moment as an argument: with its zone, or a day, which is its midnight UTC.
pub(super) fn parse_moment(text: &str) -> Result<Timestamp, String> {
    let day = || {
        let midnight = parse_date(text)?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(midnight.timestamp())
    };
    let moment = text.parse().ok().or_else(day);
    moment.ok_or_else(|| {
        "write a moment with its zone or a day, for example 2027-01-31T09:00:00Z".to_owned()
    })
}
