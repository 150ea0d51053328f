//! Moments: on the calendar where that is known, else in days after the call.

use jiff::{SignedDuration, Timestamp};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// Seconds of a day as KMS counts waiting periods.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
const DAY: i64 = 24 * 60 * 60;

/// A moment. At least one of the two is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Days after the call, or after the given now; the whole ones. Negative: before it.
    pub day: Option<i64>,
    /// On the calendar, UTC.
    pub at: Option<Timestamp>,
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Moment", 2)?;
        object.serialize_field("day", &self.day)?;
        object.serialize_field("at", &self.at.map(|at| at.to_string()))?;
        object.end()
    }
}

/// What tells days from dates: the moment of the call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) now: Option<Timestamp>,
}

impl Clock {
    /// So many days after the call.
    pub(super) fn after(self, days: i64) -> Moment {
        Moment {
            day: Some(days),
            at: self.now.and_then(|now| later(now, days)),
        }
    }

    /// At a date.
    pub(super) fn at(self, at: Timestamp) -> Moment {
        Moment {
            day: self.now.map(|now| days_between(now, at)),
            at: Some(at),
        }
    }

    /// Some days after another moment.
    pub(super) fn later(moment: Moment, days: i64) -> Moment {
        Moment {
            day: moment.day.map(|day| day.saturating_add(days)),
            at: moment.at.and_then(|at| later(at, days)),
        }
    }
}

/// So many days later; none past the year 9999.
pub(super) fn later(at: Timestamp, days: i64) -> Option<Timestamp> {
    let seconds = days.checked_mul(DAY)?;
    at.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Whole days from one to the other, rounded down.
pub(super) fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second()
        .saturating_sub(from.as_second())
        .div_euclid(DAY)
}

/// A date as the AWS CLI writes it: RFC 3339, or seconds since 1970 with or without a fraction.
/// Anything else, such as the localised text in CloudTrail, is no date.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if text.contains('T') {
        return text.parse().ok();
    }
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || !digits(seconds) || !digits(fraction) {
        return None;
    }
    let nanoseconds: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    Timestamp::new(seconds.parse().ok()?, nanoseconds.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_the_cli_writes_them() {
        for (text, expected) in [
            ("1599523200.0", "2020-09-08T00:00:00Z"),
            ("1442102400", "2015-09-13T00:00:00Z"),
            ("1597902361.481", "2020-08-20T05:46:01.481Z"),
            ("2026-02-01T10:00:00+01:00", "2026-02-01T09:00:00Z"),
            (
                "2020-11-12T06:48:43.971985424Z",
                "2020-11-12T06:48:43.971985424Z",
            ),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "",
            "Apr 12, 2021 18:58:30 PM",
            "Nov 2, 2021, 11:25:25 PM",
            "-5",
            "1.5.5",
            "99999999999999999999",
            "2026-02-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_whole_and_rounded_down() {
        let now: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
        let clock = Clock { now: Some(now) };
        let at = |text: &str| clock.at(text.parse().unwrap()).day;
        assert_eq!(at("2026-01-08T11:59:59Z"), Some(6));
        assert_eq!(at("2026-01-08T12:00:00Z"), Some(7));
        assert_eq!(at("2025-12-31T13:00:00Z"), Some(-1));
        assert_eq!(
            clock.after(30).at.unwrap().to_string(),
            "2026-01-31T12:00:00Z"
        );
        assert_eq!(Clock { now: None }.after(7).at, None);
    }
}
