//! Numbers, moments and addresses at which comparisons change, and some between them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use jiff::Timestamp;

/// Numbers with at most so many digits after the point are told apart exactly.
const SCALE: u32 = 9;

/// A number as a count of billionths; nothing where it has more digits.
fn fixed(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let width = SCALE as usize;
    let padded = (fraction.len() <= width).then(|| format!("{whole}{fraction:0<width$}"))?;
    let number: i128 = padded.parse().ok()?;
    Some(if negative { -number } else { number })
}

fn text_of(fixed: i128) -> String {
    let unit = 10_i128.pow(SCALE);
    let (whole, rest) = ((fixed / unit).abs(), (fixed % unit).abs());
    let sign = if fixed < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let width = SCALE as usize;
    let fraction = format!("{rest:0>width$}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// Whether AWS might read the text as a number.
fn is_number(text: &str) -> bool {
    fixed(text).is_some() || text.trim().parse::<f64>().is_ok()
}

/// One number of every kind that comparisons with these tell apart; nothing where they cannot be told
/// apart exactly. `counts`: only whole numbers from 0 are wanted.
pub(super) fn numbers<'t, I: Iterator<Item = &'t str>>(
    limits: I,
    counts: bool,
) -> Option<Vec<String>> {
    let unit = 10_i128.pow(SCALE);
    let mut all = vec![0];
    // What is no number decides nothing, whichever the value is.
    for limit in limits.filter(|text| is_number(text)) {
        let limit = fixed(limit)?;
        if counts {
            let whole = limit.div_euclid(unit).checked_mul(unit)?;
            all.extend([whole - unit, whole, whole + unit]);
        } else {
            all.extend([limit - 1, limit, limit + 1]);
        }
    }
    all.retain(|number| !counts || *number >= 0);
    all.sort_unstable();
    all.dedup();
    Some(all.into_iter().map(text_of).collect())
}

/// One moment of every kind that comparisons with these tell apart.
pub(super) fn moments(mut limits: Vec<Timestamp>) -> Vec<Timestamp> {
    limits.sort_unstable();
    limits.dedup();
    let day = jiff::SignedDuration::from_hours(24);
    let mut all = Vec::new();
    all.extend(limits.first().and_then(|first| first.checked_sub(day).ok()));
    for (index, limit) in limits.iter().enumerate() {
        all.push(*limit);
        let after = match limits.get(index.saturating_add(1)) {
            Some(next) => between(*limit, *next),
            None => limit.checked_add(day).ok(),
        };
        all.extend(after);
    }
    all
}

/// A moment strictly between, a whole second where there is one.
fn between(first: Timestamp, second: Timestamp) -> Option<Timestamp> {
    let (from, to) = (first.as_nanosecond(), second.as_nanosecond());
    let middle = from.checked_add(to.checked_sub(from)? / 2)?;
    let second = middle
        .div_euclid(1_000_000_000)
        .checked_mul(1_000_000_000)?;
    let nice = if second > from { second } else { middle };
    (nice > from && nice < to)
        .then(|| Timestamp::from_nanosecond(nice).ok())
        .flatten()
}

/// Addresses of both families: the first of every stretch that the ranges tell apart, and where it
/// has more than one, one that AWS could see as a source.
pub(super) fn addresses(ranges: &[IpNet]) -> Vec<String> {
    let mut all = Vec::new();
    let (mut four, mut six) = (vec![0_u32], vec![0_u128]);
    for range in ranges {
        match range {
            IpNet::V4(range) => {
                four.push(range.network().to_bits());
                four.extend(range.broadcast().to_bits().checked_add(1));
            }
            IpNet::V6(range) => {
                six.push(range.network().to_bits());
                six.extend(range.broadcast().to_bits().checked_add(1));
            }
        }
    }
    four.sort_unstable();
    six.sort_unstable();
    let wide = four
        .iter()
        .map(|bits| u128::from(*bits))
        .collect::<Vec<_>>();
    let typical = |address: &IpAddr| match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    let samples: Vec<IpAddr> = TYPICAL
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let of_family = |starts: &[u128], last: u128, is_four: bool| {
        let samples = samples
            .iter()
            .filter(move |sample| sample.is_ipv4() == is_four);
        let samples: Vec<u128> = samples.map(typical).collect();
        stretches(starts, last)
            .into_iter()
            .map(|(first, last)| {
                let inside = |bits: &&u128| (first..=last).contains(*bits);
                samples
                    .iter()
                    .find(inside)
                    .copied()
                    .unwrap_or(first.midpoint(last))
            })
            .collect::<Vec<_>>()
    };
    let four = of_family(&wide, u128::from(u32::MAX), true).into_iter();
    all.extend(
        four.filter_map(|bits| Some(Ipv4Addr::from_bits(u32::try_from(bits).ok()?).to_string())),
    );
    let six = of_family(&six, u128::MAX, false).into_iter();
    all.extend(six.map(|bits| Ipv6Addr::from_bits(bits).to_string()));
    all
}

/// Addresses from which requests come: of the ranges for documentation, of public and of private ones.
const TYPICAL: [&str; 6] = [
    "198.51.100.7",
    "203.0.113.7",
    "192.0.2.7",
    "10.0.0.7",
    "2001:db8::7",
    "2600:1f00::7",
];

/// First and last of each stretch.
fn stretches(starts: &[u128], last: u128) -> Vec<(u128, u128)> {
    let mut starts = starts.to_vec();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1));
    let ends: Vec<u128> = ends.chain([last]).collect();
    starts.into_iter().zip(ends).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lie_on_and_around_each_limit() {
        let of = |limits: &[&str], counts| numbers(limits.iter().copied(), counts).unwrap();
        assert_eq!(of(&["7", "8"], true), ["0", "6", "7", "8", "9"]);
        assert_eq!(of(&["0.5"], true), ["0", "1"]);
        let some = of(&["7.5"], false);
        assert_eq!(some, ["0", "7.499999999", "7.5", "7.500000001"]);
        assert_eq!(of(&["seven"], false), ["0"]);
        assert_eq!(
            of(&["-1"], false),
            ["-1.000000001", "-1", "-0.999999999", "0"]
        );
        assert_eq!(numbers(["1.0000000001"].into_iter(), false), None);
    }

    #[test]
    fn moments_lie_between_near_ones_too() {
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        let (first, last) = (
            moment("2020-04-01T00:00:00Z"),
            moment("2020-06-30T23:59:59Z"),
        );
        let all = moments(vec![last, first]);
        assert_eq!(all.len(), 5);
        assert!(all.is_sorted());
        let near = moments(vec![first, moment("2020-04-01T00:00:01Z")]);
        assert_eq!(near.len(), 5);
    }

    #[test]
    fn an_address_lies_in_every_stretch() {
        let ranges: Vec<IpNet> = ["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let all: Vec<IpAddr> = addresses(&ranges)
            .iter()
            .map(|a| a.parse().unwrap())
            .collect();
        let within = |index: usize, address: &IpAddr| ranges[index].contains(address);
        for wanted in [
            [true, true, false],
            [true, false, false],
            [false, false, true],
        ] {
            let fits = |a: &&IpAddr| (0..3).all(|index| within(index, a) == wanted[index]);
            assert!(all.iter().any(|a| fits(&a)), "{wanted:?}");
        }
        let outside = |a: &IpAddr| (0..3).all(|index| !within(index, a));
        assert!(all.iter().any(|a| a.is_ipv4() && outside(a)));
        assert!(all.iter().any(|a| a.is_ipv6() && outside(a)));
    }
}
