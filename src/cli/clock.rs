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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_asks_the_clock_and_all_else_does_not() {
        let before = Timestamp::now().as_second();
        let now = parse_moment("now").unwrap();
        assert!((before..=Timestamp::now().as_second()).contains(&now.as_second()));
        assert_eq!(now.subsec_nanosecond(), 0);
        assert!([today(), before_midnight()].contains(&parse("now").unwrap()));
        for (text, expected) in [
            ("2027-01-31", "2027-01-31T00:00:00Z"),
            ("2027-01-31T09:00:00Z", "2027-01-31T09:00:00Z"),
            ("2027-01-31T09:00:00.5+09:00", "2027-01-31T00:00:00.5Z"),
            ("2027-01-31T09:00:00-03:30", "2027-01-31T12:30:00Z"),
        ] {
            assert_eq!(parse_moment(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "",
            "Now",
            "soon",
            "2027-01-31T09:00:00",
            "2027-02-30",
            "1796587931",
        ] {
            assert!(parse_moment(text).is_err(), "{text}");
        }
    }

    /// The day may end between two looks at the clock.
    fn before_midnight() -> Date {
        today().yesterday().unwrap_or_else(|_| today())
    }
}
