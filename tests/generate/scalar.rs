//! Random numbers, dates and networks that match a given value, or miss it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::rng::Rng;

/// Dates before, between and after those that contexts have.
const DATES: [&str; 7] = [
    "1999-12-31",
    "2025-12-31T00:00:00Z",
    "2026-02-28T23:59:59Z",
    "2026-03-01T00:00:00Z",
    "2026-03-01T12:30:00Z",
    "2026-03-01T12:30:00.5Z",
    "2031-01-01",
];

/// A number that stands to `given` as `operator` asks, or does not.
pub(super) fn number(rng: &mut Rng, given: &str, operator: &str, matching: bool) -> String {
    let given: i64 = given.parse().unwrap_or(0);
    let distance = i64::try_from(rng.between(1, 9)).unwrap_or(1);
    let near = if rng.chance(50) { 1 } else { distance };
    let (less, more) = (given - near, given + near);
    let equal_too = rng.chance(40);
    let wanted = match (operator, matching) {
        ("NumericEquals", true) => given,
        ("NumericEquals", false) => {
            if rng.chance(50) {
                less
            } else {
                more
            }
        }
        ("NumericLessThan", true) | ("NumericGreaterThanEquals", false) => more,
        ("NumericGreaterThan", true) | ("NumericLessThanEquals", false) => less,
        ("NumericLessThanEquals", true) | ("NumericGreaterThan", false) => {
            if equal_too {
                given
            } else {
                more
            }
        }
        _ => {
            if equal_too {
                given
            } else {
                less
            }
        }
    };
    match rng.between(0, 9) {
        0 => format!("{wanted}.0"),
        // Half a day more changes nothing for whole numbers but for equality.
        1 if operator != "NumericEquals" && !matching => format!("{wanted}.50"),
        2 => format!("0{wanted}").replace("0-", "-0"),
        3 if wanted >= 0 => format!("+{wanted}"),
        _ => wanted.to_string(),
    }
}

/// A date that stands to `given` as `operator` asks, or does not.
pub(super) fn date(rng: &mut Rng, given: &str, operator: &str, matching: bool) -> String {
    if given.bytes().all(|byte| byte.is_ascii_digit()) {
        let numeric = operator.replace("Date", "Numeric");
        return number(rng, given, &numeric, matching)
            .replace(".50", "")
            .replace(".0", "")
            .replace('+', "")
            .trim_start_matches('0')
            .to_owned();
    }
    let fits = |candidate: &&&str| {
        let candidate: &str = candidate;
        let true_here = match operator {
            "DateEquals" => given == candidate,
            "DateLessThan" => given < candidate,
            "DateLessThanEquals" => given <= candidate,
            "DateGreaterThan" => given > candidate,
            _ => given >= candidate,
        };
        true_here == matching
    };
    let candidates: Vec<&str> = DATES.iter().filter(fits).copied().collect();
    if candidates.is_empty() {
        return given.to_owned();
    }
    let chosen = rng.text(&candidates);
    if rng.chance(40) {
        respelled(rng, &chosen)
    } else {
        chosen
    }
}

/// The same moment in another spelling, for the moments that have one here.
fn respelled(rng: &mut Rng, date: &str) -> String {
    let spellings: &[&str] = match date {
        "2026-03-01T00:00:00Z" => &["2026-03-01", "1772323200", "2026-03-01T02:00:00+02:00"],
        "2026-03-01T12:30:00Z" => &["1772368200", "2026-03-01T05:30:00-07:00"],
        "2025-12-31T00:00:00Z" => &["2025-12-31", "1767139200", "2025-12-31T00:00:00.000Z"],
        _ => return date.to_owned(),
    };
    rng.text(spellings)
}

/// A CIDR block around `given`, or a bare IPv4 address.
pub(super) fn network_of(rng: &mut Rng, given: &str) -> String {
    match given.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) if rng.chance(20) => given.to_owned(),
        Ok(IpAddr::V4(four)) => {
            let length = *rng.pick(&[1_u32, 8, 12, 16, 23, 24, 25, 29, 31, 32]);
            let mask = u32::MAX << (32 - length);
            format!("{}/{length}", Ipv4Addr::from_bits(four.to_bits() & mask))
        }
        Ok(IpAddr::V6(six)) => {
            let length = *rng.pick(&[3_u32, 32, 47, 48, 64, 127, 128]);
            let mask = u128::MAX << (128 - length);
            format!("{}/{length}", Ipv6Addr::from_bits(six.to_bits() & mask))
        }
        Err(_) => given.to_owned(),
    }
}

pub(super) fn other_network(rng: &mut Rng, given: &str) -> String {
    if rng.chance(15) {
        // Families do not mix.
        return if given.contains(':') {
            "0.0.0.0/0"
        } else {
            "::/0"
        }
        .to_owned();
    }
    rng.text(&[
        "192.0.2.0/24",
        "203.0.112.0/24",
        "10.0.0.2/31",
        "172.16.0.0/12",
        "2001:db8:ffff::/48",
        "2001:db9::/32",
        "198.51.100.0",
    ])
}
