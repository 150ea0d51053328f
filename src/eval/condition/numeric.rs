//! `NumericEquals`, `NumericLessThan` and their kin, on exact decimal numbers.

use std::cmp::Ordering;

use crate::eval::Truth;
use crate::eval::scope::Scope;
use crate::policy::Comparison;

/// Compares. A value that is no number matches nothing; what `NumericNotEquals` then says is not
/// documented (SEMANTICS U4).
pub(super) fn matches(
    comparison: Comparison,
    wanted: &str,
    value: &str,
    scope: &Scope<'_>,
) -> Truth {
    let Some(value) = Decimal::parse(value) else {
        return Truth::No;
    };
    let Some(wanted) = Decimal::parse(wanted) else {
        let negated = comparison == Comparison::NumericNotEquals;
        return if negated || holds_as_float(comparison, wanted, value) {
            scope.undocumented(false)
        } else {
            Truth::No
        };
    };
    compare(comparison, value.cmp(&wanted)).into()
}

const fn compare(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::NumericLessThan => order.is_lt(),
        Comparison::NumericLessThanEquals => order.is_le(),
        Comparison::NumericGreaterThan => order.is_gt(),
        Comparison::NumericGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

/// Whether it holds where AWS reads numbers such as `1.4e1`, `.5` and `7.` too, which its grammar
/// neither allows nor excludes.
fn holds_as_float(comparison: Comparison, wanted: &str, value: Decimal<'_>) -> bool {
    let wanted = wanted.trim();
    let is_number = wanted.bytes().any(|byte| byte.is_ascii_digit());
    let wanted = wanted.parse::<f64>().ok().filter(|_| is_number);
    let order = wanted.and_then(|wanted| value.as_float()?.partial_cmp(&wanted));
    order.is_some_and(|order| compare(comparison, order))
}

/// The whole number that a text is to a numeric condition: ` 7`, `7.0` and `+7` are 7. Nothing where it
/// is none or too large.
pub fn whole_number(text: &str) -> Option<i64> {
    Decimal::parse(text)?.as_whole()
}

/// A decimal number as text: an optional sign, digits, and perhaps a point with more digits.
/// Compared exactly, whatever its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval) struct Decimal<'a> {
    negative: bool,
    /// Without leading zeros.
    whole: &'a str,
    /// Without trailing zeros.
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    pub(in crate::eval) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            None => (unsigned, "0"),
            Some(parts) => parts,
        };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        let (whole, fraction) = (
            whole.trim_start_matches('0'),
            fraction.trim_end_matches('0'),
        );
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: text.starts_with('-') && !zero,
            whole,
            fraction,
        })
    }

    /// The nearest number of the machine's own.
    fn as_float(self) -> Option<f64> {
        let sign = if self.negative { "-" } else { "" };
        let Self {
            whole, fraction, ..
        } = self;
        format!("{sign}0{whole}.{fraction}0").parse().ok()
    }

    /// The number where it is a whole one that is not too large.
    fn as_whole(self) -> Option<i64> {
        if !self.fraction.is_empty() {
            return None;
        }
        let number: i64 = if self.whole.is_empty() {
            0
        } else {
            self.whole.parse().ok()?
        };
        Some(if self.negative { -number } else { number })
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |a: &Self, b: &Self| {
            (a.whole.len(), a.whole, a.fraction).cmp(&(b.whole.len(), b.whole, b.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => size(self, other),
            (true, true) => size(other, self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        Decimal::parse(a).unwrap().cmp(&Decimal::parse(b).unwrap())
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(order("07", "7.00"), Ordering::Equal);
        assert_eq!(order("-0", "0"), Ordering::Equal);
        assert_eq!(order("9", "30"), Ordering::Less);
        assert_eq!(order("7.5", "7.45"), Ordering::Greater);
        assert_eq!(order("-8", "-7"), Ordering::Less);
        assert_eq!(order("7.00000000000000000000001", "7"), Ordering::Greater);
        for junk in [
            "", "seven", "7days", "1e1", "7.", ".5", "--7", "7 days", "٧",
        ] {
            assert_eq!(Decimal::parse(junk), None, "{junk}");
        }
    }
}
