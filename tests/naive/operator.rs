//! Condition operators: their names, and when one request value matches one policy value.

use std::cmp::Ordering;

use super::context::Context;
use super::glob::{Token, matches, plain_text};
use super::scalar::{Decimal, address_in_range, decode_base64, moment};
use super::variable::expand;

/// How several request values are taken together (§2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// No prefix.
    Plain,
    /// `ForAllValues:`.
    All,
    /// `ForAnyValue:`.
    Any,
}

/// An operator name taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    /// The set prefix.
    pub(crate) quantifier: Quantifier,
    /// The positive operator underneath, in lower case, as `stringequals` for `StringNotEquals`.
    pub(crate) base: String,
    /// Whether it is the negated form.
    pub(crate) negated: bool,
    /// Whether `IfExists` is appended.
    pub(crate) if_exists: bool,
}

impl Operator {
    /// Takes `ForAnyValue:StringNotLikeIfExists` apart (§2.1, §2.3; U11: names regardless of case).
    pub(crate) fn parse(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let (quantifier, rest) = if let Some(rest) = lower.strip_prefix("forallvalues:") {
            (Quantifier::All, rest)
        } else if let Some(rest) = lower.strip_prefix("foranyvalue:") {
            (Quantifier::Any, rest)
        } else {
            (Quantifier::Plain, lower.as_str())
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(shorter) => (shorter, true),
            None => (rest, false),
        };
        Self {
            quantifier,
            base: rest.replace("not", ""),
            negated: rest.contains("not"),
            if_exists,
        }
    }
}

/// Whether `given` (from the request) matches `wanted` (from the policy) under the positive operator
/// `base` (§2.3). A value that is not of the operator's type matches nothing.
pub(crate) fn value_matches(
    base: &str,
    given: &str,
    wanted: &str,
    replace: bool,
    context: Context<'_>,
) -> bool {
    match base {
        "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike" => {
            match expand(wanted, replace, context) {
                // §1.7: a variable without a value makes this policy value match nothing.
                None => false,
                Some(pattern) => text_matches(base, given, &pattern),
            }
        }
        "bool" => {
            let wanted = wanted.to_ascii_lowercase();
            matches!(wanted.as_str(), "true" | "false") && given.to_ascii_lowercase() == wanted
        }
        "binaryequals" => match (decode_base64(given), decode_base64(wanted)) {
            (Some(given), Some(wanted)) => given == wanted,
            _ => false,
        },
        "ipaddress" => address_in_range(given, wanted) == Some(true),
        _ => number_or_date_matches(base, given, wanted),
    }
}

/// The operators that know variables (§2.3).
fn text_matches(base: &str, given: &str, pattern: &[Token]) -> bool {
    match base {
        "stringequals" => given == plain_text(pattern),
        "stringequalsignorecase" => given.to_lowercase() == plain_text(pattern).to_lowercase(),
        "stringlike" => matches(pattern, given),
        _ => arn_matches(given, pattern),
    }
}

/// `ArnEquals` and `ArnLike` (§2.3): six components, each matched by itself; a text that is no ARN
/// matches nothing.
fn arn_matches(given: &str, pattern: &[Token]) -> bool {
    let given: Vec<&str> = given.splitn(6, ':').collect();
    let pattern: Vec<&[Token]> = pattern
        .splitn(6, |token| *token == Token::Char(':'))
        .collect();
    given.len() == 6
        && pattern.len() == 6
        && given.first() == Some(&"arn")
        && given
            .iter()
            .zip(pattern)
            .all(|(part, wanted)| matches(wanted, part))
}

/// `Numeric…` and `Date…` (§2.3, §2.4).
fn number_or_date_matches(base: &str, given: &str, wanted: &str) -> bool {
    let (relation, order) = if let Some(relation) = base.strip_prefix("numeric") {
        let both = Decimal::parse(given).zip(Decimal::parse(wanted));
        (relation, both.map(|(given, wanted)| given.order(&wanted)))
    } else if let Some(relation) = base.strip_prefix("date") {
        let both = moment(given).zip(moment(wanted));
        (relation, both.map(|(given, wanted)| given.cmp(&wanted)))
    } else {
        return false;
    };
    let Some(order) = order else { return false };
    match relation {
        "equals" => order == Ordering::Equal,
        "lessthan" => order == Ordering::Less,
        "lessthanequals" => order != Ordering::Greater,
        "greaterthan" => order == Ordering::Greater,
        "greaterthanequals" => order != Ordering::Less,
        _ => false,
    }
}
