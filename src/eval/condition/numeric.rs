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
        return if negated {
            scope.undocumented(false)
        } else {
            Truth::No
        };
    };
    let order = value.cmp(&wanted);
    let holds = match comparison {
        Comparison::NumericLessThan => order.is_lt(),
        Comparison::NumericLessThanEquals => order.is_le(),
        Comparison::NumericGreaterThan => order.is_gt(),
        Comparison::NumericGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    };
    holds.into()
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
