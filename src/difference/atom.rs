//! The smallest parts of a condition, written in one way.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::aws::condition_key::{self, NameForm, iam_policy_only};
use crate::policy::{
    Comparison, Condition, ConditionOperator, Family, PolicyDocument, PolicyKind, Quantifier,
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
    /// Whether AWS does not document what it makes of it: a key that it does not support in such a
    /// policy, or an operator in other letters.
    pub(super) unsupported: bool,
}

/// At least one of these holds.
pub(super) type Factor = BTreeSet<Atom>;

/// So many alternatives at most come of several values each in several conditions.
const MOST_ALTERNATIVES: usize = 64;

/// The same with one value in each condition; at least one of them holds where all of these do. Those
/// of which there would be too many stay together.
pub(super) fn alternatives(all: &BTreeSet<Factor>) -> Vec<BTreeSet<Factor>> {
    let counts = all.iter().map(BTreeSet::len);
    let count = counts.fold(1_usize, usize::saturating_mul);
    if !(2..=MOST_ALTERNATIVES).contains(&count) {
        return vec![all.clone()];
    }
    let mut parts: Vec<BTreeSet<Factor>> = vec![BTreeSet::new()];
    for factor in all {
        let with = |part: &BTreeSet<Factor>, atom: &Atom| {
            let mut part = part.clone();
            part.insert(Factor::from([atom.clone()]));
            part
        };
        let longer = parts.iter();
        parts = longer
            .flat_map(|part| factor.iter().map(|atom| with(part, atom)))
            .collect();
    }
    parts
}

/// What a condition demands: all of these.
pub(super) fn factors(condition: &Condition, document: &PolicyDocument) -> Vec<Factor> {
    let ConditionOperator {
        quantifier,
        comparison,
        if_exists,
        as_documented,
    } = condition.operator;
    let values = condition.values.iter().map(|value| &*value.text.value);
    let values: BTreeSet<_> = values.map(|text| value(comparison, text)).collect();
    let negated = comparison.is_negated();
    let key = spelled(&condition.key.value);
    let in_key_policy = document.kind == PolicyKind::Key && iam_policy_only(&key);
    let unsupported = in_key_policy || !as_documented;
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
pub(super) fn number(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let plain = trimmed
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let parsed = (plain && trimmed.len() <= 15).then(|| trimmed.parse().ok());
    parsed.flatten()
}

pub(super) fn net(text: &str) -> Option<IpNet> {
    match text.split_once('/') {
        None => Some(IpNet::from(text.parse::<IpAddr>().ok()?)),
        Some((address, length)) => {
            let net = IpNet::new(address.parse().ok()?, length.parse().ok()?).ok()?;
            Some(net.trunc())
        }
    }
}
