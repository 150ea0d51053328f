//! The only place that asks what day it is.

use crate::config::{Date, parse_date};

/// Today, in UTC, so that two machines agree.
pub(super) fn today() -> Date {
    let now = jiff::Timestamp::now();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A day as an argument.
pub(super) fn parse(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "write a day, for example 2027-01-31".to_owned())
}
