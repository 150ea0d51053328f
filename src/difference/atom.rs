//! The smallest parts of a condition, written in one way, and which of them follows from which.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::aws::condition_key::{self, NameForm, iam_policy_only};
use crate::policy::{
    Comparison, Condition, ConditionOperator, Family, PolicyDocument, PolicyKind, Quantifier, glob,
};

/// Something that holds for a request or does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A condition.
    Condition(ConditionAtom),
    /// The resource of a key whose ARN is not known matches, or does not match, this.
    Resource {
        negated: bool,
        pattern: String,
        replaces: bool,
    },
    /// The caller is, or is not, one of these, where the caller is known in part.
    Principal {
        negated: bool,
        names: BTreeSet<String>,
    },
    /// A permissions boundary that was not loaded allows it.
    UnknownBoundary,
}

/// A condition with one value where several only stand for several conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConditionAtom {
    /// AWS's spelling where it has one; else lower case.
    pub(super) key: String,
    pub(super) quantifier: Option<Quantifier>,
    pub(super) comparison: Comparison,
    pub(super) if_exists: bool,
    pub(super) values: BTreeSet<String>,
    /// Whether a value has a variable that is replaced.
    pub(super) replaces: bool,
    /// Whether AWS does not support the key in the policy that the condition stands in.
    unsupported: bool,
}

/// At least one of these holds.
pub(super) type Factor = BTreeSet<Atom>;

/// What a condition demands: all of these.
pub(super) fn factors(condition: &Condition, document: &PolicyDocument) -> Vec<Factor> {
    let ConditionOperator {
        quantifier,
        comparison,
        if_exists,
    } = condition.operator;
    let values = condition.values.iter().map(|value| &*value.text.value);
    let values: BTreeSet<_> = values.map(|text| value(comparison, text)).collect();
    let negated = comparison.is_negated();
    let key = spelled(&condition.key.value);
    let unsupported = document.kind == PolicyKind::Key && iam_policy_only(&key);
    // An absent key satisfies these with the suffix and without.
    let if_exists = if_exists && !negated && quantifier != Some(Quantifier::ForAllValues);
    let atom = |values: BTreeSet<String>| {
        let variable = values.iter().any(|text| text.contains("${"));
        let replaces = document.replaces_variables() && variable;
        Factor::from([Atom::Condition(ConditionAtom {
            key: key.clone(),
            quantifier,
            comparison: same_meaning(comparison, &values, replaces),
            if_exists,
            values,
            replaces,
            unsupported,
        })])
    };
    if comparison == Comparison::Null || values.len() < 2 {
        return vec![atom(values)];
    }
    let each = values.iter().map(|value| atom([value.clone()].into()));
    match (negated, quantifier) {
        (false, None | Some(Quantifier::ForAnyValue)) => vec![each.flatten().collect()],
        (true, None | Some(Quantifier::ForAllValues)) => each.collect(),
        (false, Some(Quantifier::ForAllValues)) | (true, Some(Quantifier::ForAnyValue)) => {
            vec![atom(values)]
        }
    }
}

/// Names of condition keys ignore case.
fn spelled(key: &str) -> String {
    let known = condition_key::find(key);
    match known {
        Some(known) if known.form == NameForm::Whole => known.name.to_owned(),
        Some(known) => {
            let rest = key.get(known.name.len()..).unwrap_or_default();
            format!("{}{}", known.name, rest.to_ascii_lowercase())
        }
        None => key.to_ascii_lowercase(),
    }
}

/// One spelling for values that are the same.
fn value(comparison: Comparison, text: &str) -> String {
    match comparison.family() {
        Family::Bool | Family::Null => text.to_ascii_lowercase(),
        Family::Numeric => {
            number(text).map_or_else(|| text.to_owned(), |number| number.to_string())
        }
        Family::IpAddress => net(text).map_or_else(|| text.to_owned(), |net| net.to_string()),
        Family::String | Family::Date | Family::Binary | Family::Arn => text.to_owned(),
    }
}

/// One operator for operators that mean the same.
fn same_meaning(comparison: Comparison, values: &BTreeSet<String>, replaces: bool) -> Comparison {
    let plain = !replaces && !values.iter().any(|v| v.contains(['*', '?', '$']));
    match comparison {
        Comparison::ArnEquals => Comparison::ArnLike,
        Comparison::ArnNotEquals => Comparison::ArnNotLike,
        Comparison::StringLike if plain => Comparison::StringEquals,
        Comparison::StringNotLike if plain => Comparison::StringNotEquals,
        other => other,
    }
}

/// A decimal number as AWS takes it; exact up to fifteen digits, others are compared as text.
fn number(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let plain = trimmed
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let parsed = (plain && trimmed.len() <= 15).then(|| trimmed.parse().ok());
    parsed.flatten()
}

fn net(text: &str) -> Option<IpNet> {
    match text.split_once('/') {
        None => Some(IpNet::from(text.parse::<IpAddr>().ok()?)),
        Some((address, length)) => {
            let net = IpNet::new(address.parse().ok()?, length.parse().ok()?).ok()?;
            Some(net.trunc())
        }
    }
}

/// Whether one of `stronger` holding means that one of `weaker` does.
pub(super) fn follows(stronger: &Factor, weaker: &Factor) -> bool {
    !stronger.is_empty()
        && stronger
            .iter()
            .all(|one| weaker.contains(one) || weaker.iter().any(|other| implies(one, other)))
}

/// Whether the first holding means that the second does; false also where it is not known.
fn implies(one: &Atom, other: &Atom) -> bool {
    match (one, other) {
        (Atom::Condition(one), Atom::Condition(other)) => one.implies(other),
        _ => one == other,
    }
}

impl ConditionAtom {
    fn implies(&self, other: &Self) -> bool {
        let comparable = self.key == other.key
            && self.unsupported == other.unsupported
            && !self.unsupported
            && !self.replaces
            && !other.replaces;
        if !comparable {
            return false;
        }
        let demands = self.quantifier.is_none()
            && !self.if_exists
            && !self.comparison.is_negated()
            && self.comparison != Comparison::Null;
        if other.comparison == Comparison::Null {
            return demands && other.values.iter().all(|value| value == "false");
        }
        if self.quantifier != other.quantifier || (self.if_exists && !other.if_exists) {
            return false;
        }
        match (positive(self.comparison), positive(other.comparison)) {
            (None, None) => any_covers((self.comparison, &self.values), other),
            // Neither matches: what the second names, the first must name too.
            (Some(mine), Some(its)) => {
                let mine = Self {
                    comparison: mine,
                    ..self.clone()
                };
                any_covers((its, &other.values), &mine)
            }
            _ => false,
        }
    }
}

/// Whether whatever matches one of the values matches one of those of `wide`.
fn any_covers((comparison, values): (Comparison, &BTreeSet<String>), wide: &ConditionAtom) -> bool {
    let covered = |value: &String| {
        let mut all = wide.values.iter();
        all.any(|other| covers(wide.comparison, other, comparison, value))
    };
    !values.is_empty() && values.iter().all(covered)
}

/// The comparison that this one negates.
const fn positive(comparison: Comparison) -> Option<Comparison> {
    Some(match comparison {
        Comparison::StringNotEquals => Comparison::StringEquals,
        Comparison::StringNotEqualsIgnoreCase => Comparison::StringEqualsIgnoreCase,
        Comparison::StringNotLike => Comparison::StringLike,
        Comparison::NumericNotEquals => Comparison::NumericEquals,
        Comparison::DateNotEquals => Comparison::DateEquals,
        Comparison::NotIpAddress => Comparison::IpAddress,
        Comparison::ArnNotEquals | Comparison::ArnNotLike => Comparison::ArnLike,
        _ => return None,
    })
}

/// Whether whatever matches `narrow` matches `wide`; neither comparison is negated.
fn covers(wide_by: Comparison, wide: &str, narrow_by: Comparison, narrow: &str) -> bool {
    use Comparison::{
        NumericEquals, NumericGreaterThan, NumericGreaterThanEquals, NumericLessThan,
        NumericLessThanEquals, StringEquals, StringEqualsIgnoreCase, StringLike,
    };
    if wide_by == narrow_by && wide == narrow {
        return true;
    }
    match (wide_by, narrow_by) {
        (StringLike, StringEquals | StringLike) => glob_covers(wide, narrow),
        (StringEqualsIgnoreCase, StringEquals | StringEqualsIgnoreCase) => {
            wide.eq_ignore_ascii_case(narrow)
        }
        (Comparison::ArnLike, Comparison::ArnLike) => {
            let (mut wide, mut narrow) = (wide.splitn(6, ':'), narrow.splitn(6, ':'));
            (0..6).all(|_| {
                let pair = wide.next().zip(narrow.next());
                pair.is_some_and(|(wide, narrow)| glob_covers(wide, narrow))
            })
        }
        (Comparison::IpAddress, Comparison::IpAddress) => {
            let pair = net(wide).zip(net(narrow));
            pair.is_some_and(|(wide, narrow)| wide.contains(&narrow))
        }
        (NumericLessThan | NumericLessThanEquals, _) => {
            numbers(wide, narrow, |wide, narrow| match (wide_by, narrow_by) {
                (NumericLessThan, NumericEquals | NumericLessThanEquals) => narrow < wide,
                (_, NumericEquals | NumericLessThan | NumericLessThanEquals) => narrow <= wide,
                _ => false,
            })
        }
        (NumericGreaterThan | NumericGreaterThanEquals, _) => {
            numbers(wide, narrow, |wide, narrow| match (wide_by, narrow_by) {
                (NumericGreaterThan, NumericEquals | NumericGreaterThanEquals) => narrow > wide,
                (_, NumericEquals | NumericGreaterThan | NumericGreaterThanEquals) => {
                    narrow >= wide
                }
                _ => false,
            })
        }
        _ => false,
    }
}

fn numbers(wide: &str, narrow: &str, holds: impl Fn(f64, f64) -> bool) -> bool {
    let pair = number(wide).zip(number(narrow));
    pair.is_some_and(|(wide, narrow)| holds(wide, narrow))
}

/// Whether every text that matches `narrow` matches `wide`. A `*` of the narrow one that the wide
/// one takes as a character of a run stands for a run; a `?` of the wide one could take it for one
/// character, so there nothing is said.
fn glob_covers(wide: &str, narrow: &str) -> bool {
    wide == narrow || (!wide.contains(['?', '$']) && !narrow.contains('$') && glob(wide, narrow))
}
