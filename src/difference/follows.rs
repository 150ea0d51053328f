//! Which condition follows from which.

use std::collections::BTreeSet;

use crate::policy::{Comparison, glob};

use super::atom::{Atom, ConditionAtom, Factor, net, number};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difference::atom::factors;
    use crate::policy::{PolicyKind, PolicyReading};

    /// The factors of a condition block.
    fn of(condition: &str) -> Vec<Factor> {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":"*",
                "Action":"kms:*","Resource":"*","Condition":{{{condition}}}}}}}"#
        );
        let policy = PolicyReading::of_text(&text, PolicyKind::Key)
            .document
            .unwrap();
        let conditions = policy.statements[0].conditions.iter();
        conditions.flat_map(|c| factors(c, &policy)).collect()
    }

    fn stronger(one: &str, other: &str) -> bool {
        let (one, other) = (of(one), of(other));
        other
            .iter()
            .all(|weaker| one.iter().any(|factor| follows(factor, weaker)))
    }

    #[test]
    fn what_follows_and_what_does_not() {
        for (one, other) in [
            (
                r#""StringEquals":{"aws:username":"a"}"#,
                r#""StringLike":{"aws:username":"a*"}"#,
            ),
            (
                r#""StringLike":{"aws:username":"ab*"}"#,
                r#""StringLike":{"aws:username":"a*"}"#,
            ),
            (
                r#""StringEquals":{"aws:username":"a"}"#,
                r#""StringEqualsIfExists":{"aws:username":["b","a"]}"#,
            ),
            (
                r#""StringNotLike":{"aws:username":"a*"}"#,
                r#""StringNotEquals":{"aws:username":"ab"}"#,
            ),
            (
                r#""IpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#,
                r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
            ),
            (
                r#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
                r#""NotIpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#,
            ),
            (
                r#""NumericGreaterThan":{"kms:TrailingDaysWithoutKeyUsage":"90"}"#,
                r#""NumericGreaterThanEquals":{"kms:TrailingDaysWithoutKeyUsage":90}"#,
            ),
            (
                r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#,
                r#""Null":{"AWS:MultiFactorAuthPresent":"false"}"#,
            ),
            (
                r#""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::1:role/x"}"#,
                r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}"#,
            ),
        ] {
            assert!(stronger(one, other), "{one} {other}");
            assert!(!stronger(other, one), "{other} {one}");
        }
        for (one, other) in [
            // A `?` takes one character, not a run.
            (
                r#""StringLike":{"aws:username":"a*"}"#,
                r#""StringLike":{"aws:username":"a?"}"#,
            ),
            // A key that is absent satisfies the first.
            (
                r#""StringEqualsIfExists":{"aws:username":"a"}"#,
                r#""StringEquals":{"aws:username":"a"}"#,
            ),
            (
                r#""StringNotEquals":{"aws:username":"a"}"#,
                r#""Null":{"aws:username":"false"}"#,
            ),
            (
                r#""ForAllValues:StringEquals":{"aws:TagKeys":"a"}"#,
                r#""ForAnyValue:StringEquals":{"aws:TagKeys":"a"}"#,
            ),
            (
                r#""StringEquals":{"aws:username":"${aws:userid}"}"#,
                r#""StringLike":{"aws:username":"$*"}"#,
            ),
            (
                r#""NumericLessThanEquals":{"kms:TrailingDaysWithoutKeyUsage":"9"}"#,
                r#""NumericLessThan":{"kms:TrailingDaysWithoutKeyUsage":"9"}"#,
            ),
        ] {
            assert!(!stronger(one, other), "{one} {other}");
        }
    }
}
