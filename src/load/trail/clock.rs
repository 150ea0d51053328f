//! `eventTime` of an event, which is nearly always written in one way.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;

/// Reads a date and a time with its zone. Whole seconds in UTC, as CloudTrail writes them
/// (`2026-10-01T12:00:00Z`), are read without the parser for everything that RFC 3339 allows.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
pub(super) fn read(text: &[u8]) -> Option<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    whole_seconds(text).or_else(|| PARSER.parse_timestamp(text).ok())
}

fn whole_seconds(text: &[u8]) -> Option<Timestamp> {
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        i0,
        i1,
        b':',
        s0,
        s1,
        b'Z',
    ] = text
    else {
        return None;
    };
    let pair = |tens: &u8, ones: &u8| {
        let digit = |byte: &u8| {
            byte.is_ascii_digit()
                .then(|| i8::try_from(byte & 0xf).ok())?
        };
        digit(tens)?.checked_mul(10)?.checked_add(digit(ones)?)
    };
    let year = i16::from(pair(y0, y1)?).checked_mul(100)?;
    let year = year.checked_add(i16::from(pair(y2, y3)?))?;
    let (month, day) = (pair(m0, m1)?, pair(d0, d1)?);
    let (hour, minute, second) = (pair(h0, h1)?, pair(i0, i1)?, pair(s0, s1)?);
    let written = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    Offset::UTC.to_timestamp(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_way_reads_what_the_parser_reads() {
        let mut short = 0;
        for year in [
            "0000", "0001", "1969", "2024", "2026", "2100", "9999", "20a6",
        ] {
            for rest in [
                "-02-28T23:59:59Z",
                "-02-29T00:00:00Z",
                "-02-30T00:00:00Z",
                "-12-31T24:00:00Z",
                "-12-31T23:59:60Z",
                "-12-31T23:60:00Z",
                "-13-01T00:00:00Z",
                "-00-01T00:00:00Z",
                "-10-00T00:00:00Z",
                "-10-32T00:00:00Z",
                "-10-01t00:00:00z",
                "-10-01 00:00:00Z",
                "-10-01T00:00:00.5Z",
                "-10-01T02:00:00+02:00",
                "-10-01T00:00:00",
                "-10-01T0:00:00ZZ",
                "-1/-01T00:00:00Z",
                "-10-01",
                "",
            ] {
                let text = format!("{year}{rest}");
                let parsed = text.parse::<Timestamp>().ok();
                assert_eq!(read(text.as_bytes()), parsed, "{text}");
                let whole = whole_seconds(text.as_bytes());
                assert!(whole.is_none() || whole == parsed, "{text}");
                short += u32::from(whole.is_some());
            }
        }
        assert_eq!(short, 9);
    }
}
