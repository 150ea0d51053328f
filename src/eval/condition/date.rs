//! `DateEquals`, `DateLessThan` and their kin.

use crate::eval::Truth;
use crate::policy::{Comparison, Moment};

/// Compares two moments; what is none matches nothing.
pub(super) fn matches(comparison: Comparison, wanted: &str, value: &str) -> Truth {
    let (Some(wanted), Some(value)) = (Moment::parse(wanted), Moment::parse(value)) else {
        return Truth::No;
    };
    let holds = match comparison {
        Comparison::DateLessThan => value < wanted,
        Comparison::DateLessThanEquals => value <= wanted,
        Comparison::DateGreaterThan => value > wanted,
        Comparison::DateGreaterThanEquals => value >= wanted,
        _ => value == wanted,
    };
    holds.into()
}
