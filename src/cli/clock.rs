//! Days and moments as arguments.

use jiff::Timestamp;

use crate::config::{Date, parse_date};
use crate::project::today;

/// What asks the clock.
const NOW: &str = "now";

/// A day as an argument: today's in UTC for `now`.
pub(super) fn parse(text: &str) -> Result<Date, String> {
    if text == NOW {
        return Ok(today());
    }
    parse_date(text).ok_or_else(|| "write a day, for example 2027-01-31, or `now`".to_owned())
}

/// A moment as an argument: with its zone, or a day, which is its midnight UTC, or `now`.
pub(super) fn parse_moment(text: &str) -> Result<Timestamp, String> {
    if text == NOW {
        // A part of a second tells nothing.
        return Timestamp::from_second(Timestamp::now().as_second())
            .map_err(|error| error.to_string());
    }
    let day = || {
        let midnight = parse_date(text)?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(midnight.timestamp())
    };
    let moment = text.parse().ok().or_else(day);
    moment.ok_or_else(|| {
        "write a moment with its zone, for example 2027-01-31T09:00:00+01:00, a day, or `now`"
            .to_owned()
    })
}
