//! Numeric conditions on the waiting period: by far the commonest ones that differ from case to
//! case. Each value is read once here, and not once for each of the 26 cases.

use crate::aws::PendingWindowInDays;
use crate::eval::{Case, Holds, Truth};
use crate::policy::{Comparison, Condition};

/// For which cases a condition on the waiting period holds; nothing where it has a quantifier or a
/// value that is no plain number, which the general way reads.
pub(super) fn holds(condition: &Condition) -> Option<Holds> {
    let operator = condition.operator;
    let compare: fn(&u32, &u32) -> bool = match operator.comparison {
        Comparison::NumericEquals | Comparison::NumericNotEquals => u32::eq,
        Comparison::NumericLessThan => u32::lt,
        Comparison::NumericLessThanEquals => u32::le,
        Comparison::NumericGreaterThan => u32::gt,
        Comparison::NumericGreaterThanEquals => u32::ge,
        _ => return None,
    };
    if operator.quantifier.is_some() {
        return None;
    }
    let values = condition.values.iter();
    let numbers: Vec<u32> = values
        .map(|value| plain(&value.text.value))
        .collect::<Option<_>>()?;
    let negated = operator.comparison.is_negated();
    let of_days = |days: PendingWindowInDays| {
        let days = u32::from(days.days());
        numbers.iter().any(|number| compare(&days, number)) != negated
    };
    Some(Holds::for_each(|case: Case| {
        let holds = case.window().map_or(negated || operator.if_exists, of_days);
        Truth::from(holds)
    }))
}

/// A whole number as most policies write it.
fn plain(text: &str) -> Option<u32> {
    let is_plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}
