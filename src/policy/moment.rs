//! Moments in time as conditions write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A moment of a `Date…` condition or of `aws:CurrentTime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// The moment.
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Reads a moment in one of the forms of the W3C profile of ISO 8601 (a year, a month, a day,
    /// or a time of day with its zone), or as seconds since 1970. What names no time of day is
    /// midnight UTC.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains('T') {
            return text.parse().ok().map(Self);
        }
        if text.len() > 4 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Timestamp::from_second(text.parse().ok()?).ok().map(Self);
        }
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
        let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
        if parts.next().is_some() {
            return None;
        }
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        date.to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| Self(zoned.timestamp()))
    }
}

fn number(digits: &str, length: usize) -> Option<i16> {
    let exact = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
    exact.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_in_many_forms() {
        let midnight = Moment::parse("2026-01-01T00:00:00Z").unwrap();
        for text in [
            "2026-01-01",
            "2026-01",
            "2026",
            "2026-01-01T01:00:00+01:00",
            "1767225600",
            "2026-01-01T00:00Z",
        ] {
            assert_eq!(Moment::parse(text), Some(midnight), "{text}");
        }
        assert!(Moment::parse("2026-06-01T12:00:00.5Z").unwrap() > midnight);
        for text in [
            "",
            "soon",
            "2026-13-01",
            "2026-1-1",
            "2026-02-30",
            "T",
            "20260101T",
            "26",
            "-5",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
