//! Moments as AWS's tools write them.

use jiff::Timestamp;

/// Reads a moment of an AWS answer: RFC 3339 with any offset, with `T` or a blank, or seconds since
/// 1970 with or without a fraction or an exponent, as version 1 of the AWS CLI writes them.
/// Anything else, such as the localised text in CloudTrail or a date without a time, is none.
///
/// Source: AWS CLI user guide, `cli-configure-files`, `cli_timestamp_format`.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let is_number = |byte: u8| byte.is_ascii_digit() || b".eE+".contains(&byte);
    if text.bytes().all(is_number) {
        return parse_seconds(text);
    }
    // A date alone is a day and no moment.
    text.contains(':').then(|| text.parse().ok()).flatten()
}

/// Reads seconds since 1970, digit by digit: a float has not enough of them.
fn parse_seconds(text: &str) -> Option<Timestamp> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<usize>().ok()?),
        None => (text, 0),
    };
    let (seconds, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || !digits(seconds) || !digits(fraction) || exponent > MOST_DIGITS {
        return None;
    }
    // The exponent moves the point to the right.
    let mut fraction = fraction.chars().chain(std::iter::repeat('0'));
    let moved: String = fraction.by_ref().take(exponent).collect();
    let nanoseconds: String = fraction.take(9).collect();
    let seconds = format!("{seconds}{moved}").parse().ok()?;
    Timestamp::new(seconds, nanoseconds.parse().ok()?).ok()
}

/// Digits of the latest second that there is, in the year 9999.
const MOST_DIGITS: usize = 12;

/// Returns the moment as RFC 3339 in UTC, or the text as it is where it is none.
pub fn normalized_time(text: &str) -> String {
    parse_time(text).map_or_else(|| text.to_owned(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_the_tools_write_them() {
        for (text, expected) in [
            ("1599523200.0", "2020-09-08T00:00:00Z"),
            ("1442102400", "2015-09-13T00:00:00Z"),
            ("1597902361.481", "2020-08-20T05:46:01.481Z"),
            ("1796587931.819418", "2026-12-06T20:12:11.819418Z"),
            ("1.796587931819418E9", "2026-12-06T20:12:11.819418Z"),
            ("1.5e+9", "2017-07-14T02:40:00Z"),
            ("0", "1970-01-01T00:00:00Z"),
            ("2026-02-01T10:00:00+01:00", "2026-02-01T09:00:00Z"),
            (
                "2027-01-15 09:30:00.819000+09:00",
                "2027-01-15T00:30:00.819Z",
            ),
            ("2027-01-15T00:00:00-0330", "2027-01-15T03:30:00Z"),
            ("2027-01-15T00:00:00+00:00", "2027-01-15T00:00:00Z"),
            (
                "2020-11-12T06:48:43.971985424Z",
                "2020-11-12T06:48:43.971985424Z",
            ),
        ] {
            assert_eq!(parse_time(text).unwrap().to_string(), expected, "{text}");
            assert_eq!(normalized_time(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_stays_as_it_is() {
        for text in [
            "",
            ".",
            "e9",
            "Apr 12, 2021 18:58:30 PM",
            "Nov 2, 2021, 11:25:25 PM",
            "-5",
            "1.5.5",
            "1e99999999999999999999",
            "1e300",
            "99999999999999999999",
            "2026-02-01",
            "2026-02-01T10:00:00",
            "10:00",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
            assert_eq!(normalized_time(text), text);
        }
    }
}
