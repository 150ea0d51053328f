//! Moments: on the calendar where that is known, else in days after the call.

use jiff::{SignedDuration, Timestamp};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

pub(super) use crate::aws::parse_time as parse;

/// Seconds of a day as KMS counts waiting periods.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
const DAY: i64 = 24 * 60 * 60;

/// A moment. At least one of the two is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Days after the call, or after the given now; never negative.
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

    /// At a date, or at the call where the date is before it.
    pub(super) fn not_before_call(self, at: Timestamp) -> Moment {
        self.at(self.now.map_or(at, |now| now.max(at)))
    }

    /// Whether the date is known not to be after the call.
    pub(super) fn is_past(self, at: Timestamp) -> bool {
        self.now.is_some_and(|now| at <= now)
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

#[cfg(test)]
mod tests {
    use super::*;

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
