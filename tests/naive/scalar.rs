//! Numbers, dates, addresses and bytes as condition values spell them.

use std::cmp::Ordering;
use std::net::IpAddr;

/// A decimal number of any length.
#[derive(Debug)]
pub(crate) struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Decimal {
    /// §2.3: `^[+-]?\d+(\.\d+)?$` after trimming, nothing else is a number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) if all_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (unsigned, ""),
        };
        if !all_digits(whole) {
            return None;
        }
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: trimmed.starts_with('-') && !is_zero,
            whole,
            fraction,
        })
    }

    /// How `self` stands to `other` on the number line.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude_order(other),
            (true, true) => other.magnitude_order(self),
        }
    }

    fn magnitude_order(&self, other: &Self) -> Ordering {
        let by_length = self.whole.len().cmp(&other.whole.len());
        by_length
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Nanoseconds since 1970 of a date as §2.3 allows it: ISO 8601 (date alone is midnight UTC, else
/// with `Z` or an offset), or epoch seconds.
pub(crate) fn moment(text: &str) -> Option<i128> {
    const NANOSECONDS: i128 = 1_000_000_000;
    if all_digits(text) {
        return text.parse::<i128>().ok()?.checked_mul(NANOSECONDS);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let midnight = i128::from(days_since_1970(date)?) * 86_400 * NANOSECONDS;
    match time {
        Some(time) => Some(midnight + time_of_day(time)?),
        None => Some(midnight),
    }
}

/// Days from 1970-01-01 to `YYYY-MM-DD`, counted one year and one month at a time.
fn days_since_1970(date: &str) -> Option<i64> {
    let fields: Vec<&str> = date.split('-').collect();
    let [year, month, day] = fields.as_slice() else {
        return None;
    };
    let (year, month) = (digits(year, 4)?, digits(month, 2)?);
    let day = digits(day, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    let years: i64 = if year >= 1970 {
        (1970..year).map(days_of_year).sum()
    } else {
        -(year..1970).map(days_of_year).sum::<i64>()
    };
    let months: i64 = (1..month).map(|earlier| days_of_month(year, earlier)).sum();
    Some(years + months + day - 1)
}

fn days_of_year(year: i64) -> i64 {
    (1..=12).map(|month| days_of_month(year, month)).sum()
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `HH:MM[:SS[.fraction]]` with `Z` or `±HH:MM`, in nanoseconds since midnight UTC.
fn time_of_day(text: &str) -> Option<i128> {
    let (clock, offset_minutes) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, 0)
    } else {
        let at = text.rfind(['+', '-'])?;
        let (clock, offset) = text.split_at_checked(at)?;
        let sign = if offset.starts_with('-') { -1 } else { 1 };
        let (hours, minutes) = offset.get(1..)?.split_once(':')?;
        (clock, sign * (digits(hours, 2)? * 60 + digits(minutes, 2)?))
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let fields: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match fields.as_slice() {
        [hours, minutes] => (digits(hours, 2)?, digits(minutes, 2)?, 0),
        [hours, minutes, seconds] => (digits(hours, 2)?, digits(minutes, 2)?, digits(seconds, 2)?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 || seconds > 59 || fraction.len() > 9 || !all_digits(fraction) {
        return None;
    }
    let nanoseconds: i128 = format!("{fraction:0<9}").parse().ok()?;
    let whole = i128::from((hours * 60 + minutes - offset_minutes) * 60 + seconds);
    Some(whole * 1_000_000_000 + nanoseconds)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && all_digits(text))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether `address` lies in `range` (§2.3 `IpAddress`): a CIDR block or a bare address; different
/// families never match.
pub(crate) fn address_in_range(address: &str, range: &str) -> Option<bool> {
    let (address, _) = bits(address)?;
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (network, Some(length)),
        None => (range, None),
    };
    let (network, width) = bits(network)?;
    let length = match length {
        Some(length) if all_digits(length) => length.parse::<usize>().ok()?,
        Some(_) => return None,
        None => width,
    };
    if length > width {
        return None;
    }
    Some(
        address.len() == width
            && address
                .chars()
                .take(length)
                .eq(network.chars().take(length)),
    )
}

/// An address as a text of zeros and ones, and how many there are.
fn bits(address: &str) -> Option<(String, usize)> {
    let text = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(four) => format!("{:032b}", four.to_bits()),
        IpAddr::V6(six) => format!("{:0128b}", six.to_bits()),
    };
    let width = text.len();
    Some((text, width))
}

/// The bytes that a padded base64 text stands for (§2.3 `BinaryEquals`).
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let body = text.trim_end_matches('=');
    if text.len() - body.len() > 2 {
        return None;
    }
    let sextets: Option<Vec<String>> = body
        .chars()
        .map(|character| {
            ALPHABET
                .find(character)
                .map(|sextet| format!("{sextet:06b}"))
        })
        .collect();
    let bit_text = sextets?.concat();
    let all: Vec<char> = bit_text.chars().collect();
    all.chunks_exact(8)
        .map(|byte| u8::from_str_radix(&byte.iter().collect::<String>(), 2).ok())
        .collect()
}
