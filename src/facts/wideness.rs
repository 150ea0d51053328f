//! Whether one `Deny` reaches at least all that another reaches, as far as the words of both tell.
//!
//! Where that would take an evaluation the answer is no: a `Deny` that is narrower closes no way
//! round another.

use crate::policy::{
    Comparison, Condition, ConditionOperator, ConditionValue, Family, PrincipalElement,
    PrincipalEntry, PrincipalForm, ResourceElement, ResourcePattern, Statement, glob,
};

/// Whether `other` applies to every request to which `judged` applies, the action aside.
pub(super) fn at_least_as_wide(other: &Statement, judged: &Statement) -> bool {
    for_at_least_the_same(other, judged) && conditions(&other.conditions, &judged.conditions)
}

/// Whether `other` is for all principals and resources that `judged` is for, under whatever
/// conditions.
pub(super) fn for_at_least_the_same(other: &Statement, judged: &Statement) -> bool {
    principals(other.principal.as_ref(), judged.principal.as_ref())
        && resources(other.resource.as_ref(), judged.resource.as_ref())
}

/// Whether the statement is for all principals and resources, under no condition.
pub(super) fn is_unlimited(statement: &Statement) -> bool {
    let everyone = |of: &PrincipalElement| !of.negated && of.entries.iter().any(is_everyone);
    let everything = |of: &ResourceElement| {
        !of.negated && of.patterns.iter().any(ResourcePattern::is_everything)
    };
    statement.conditions.is_empty()
        && statement.principal.as_ref().is_none_or(everyone)
        && statement.resource.as_ref().is_none_or(everything)
}

/// How many pairs of conditions of two statements are compared: a key policy that AWS stores has room for
/// 480 conditions in each of two.
const MOST_COMPARED: usize = 1 << 18;

/// Whether every request that satisfies `judged` satisfies `other`.
fn conditions(other: &[Condition], judged: &[Condition]) -> bool {
    // A statement is compared with itself, too.
    let same = std::ptr::eq(other, judged);
    if same || other.len().saturating_mul(judged.len()) > MOST_COMPARED {
        return same;
    }
    let follows = |wide: &Condition| judged.iter().any(|narrow| implies(narrow, wide));
    other.iter().all(follows)
}

fn principals(other: Option<&PrincipalElement>, judged: Option<&PrincipalElement>) -> bool {
    let (Some(other), Some(judged)) = (other, judged) else {
        return other.is_none() && judged.is_none();
    };
    let lists = |element: &PrincipalElement, entry: &PrincipalEntry| {
        let mut entries = element.entries.iter();
        entries.any(|of| same_principal(of, entry))
    };
    let same = other.negated == judged.negated && texts(other).eq(texts(judged));
    if same || !is_short(other.entries.len(), judged.entries.len()) {
        return same;
    }
    match (other.negated, judged.negated) {
        (false, _) if other.entries.iter().any(is_everyone) => true,
        (false, false) => judged.entries.iter().all(|entry| lists(other, entry)),
        (true, true) => other.entries.iter().all(|entry| lists(judged, entry)),
        (false, true) | (true, false) => false,
    }
}

fn texts(element: &PrincipalElement) -> impl Iterator<Item = &str> {
    element.entries.iter().map(|entry| &*entry.text().value)
}

/// Whether two lists are short enough to hold each of one against each of the other: a policy that AWS
/// stores has no room for longer ones.
const fn is_short(one: usize, other: usize) -> bool {
    one.saturating_mul(other) <= 1 << 16
}

fn is_everyone(entry: &PrincipalEntry) -> bool {
    entry.form() == PrincipalForm::Everyone
}

fn same_principal(one: &PrincipalEntry, two: &PrincipalEntry) -> bool {
    let account = |entry: &PrincipalEntry| match entry.form() {
        PrincipalForm::Account(account) => Some(account),
        _ => None,
    };
    one.text().value == two.text().value
        || account(one).is_some_and(|own| account(two) == Some(own))
        || is_role_of(one, two)
}

/// Whether `role` is the role of which `session` is a session.
fn is_role_of(role: &PrincipalEntry, session: &PrincipalEntry) -> bool {
    match (role.form(), session.form()) {
        (PrincipalForm::Role(own, path), PrincipalForm::AssumedRole(account, name, _)) => {
            own == account && path.rsplit('/').next() == Some(name)
        }
        _ => false,
    }
}

fn resources(other: Option<&ResourceElement>, judged: Option<&ResourceElement>) -> bool {
    let (Some(other), Some(judged)) = (other, judged) else {
        return other.is_none() && judged.is_none();
    };
    let covers = |wide: &ResourceElement, text: &str| {
        let mut patterns = wide.patterns.iter();
        patterns.any(|pattern| glob(&pattern.text.value, text))
    };
    let all = |of: &ResourceElement, by: &ResourceElement| {
        let mut patterns = of.patterns.iter();
        patterns.all(|pattern| covers(by, &pattern.text.value))
    };
    let same = other.negated == judged.negated && words(other).eq(words(judged));
    if same || !is_short(other.patterns.len(), judged.patterns.len()) {
        return same;
    }
    match (other.negated, judged.negated) {
        (false, _) if other.patterns.iter().any(ResourcePattern::is_everything) => true,
        (false, false) => all(judged, other),
        (true, true) => all(other, judged),
        (false, true) | (true, false) => false,
    }
}

fn words(element: &ResourceElement) -> impl Iterator<Item = &str> {
    element.patterns.iter().map(|of| &*of.text.value)
}

/// Whether a request that satisfies `narrow` satisfies `wide`.
pub(super) fn implies(narrow: &Condition, wide: &Condition) -> bool {
    let (one, two) = (narrow.operator, wide.operator);
    let same_key = narrow.key.value.eq_ignore_ascii_case(&wide.key.value);
    if !same_key || one.quantifier != two.quantifier || !same_comparison(one, two) {
        return false;
    }
    if two.comparison.is_negated() {
        // None of many values leaves less than none of few.
        return all_of(&wide.values, &narrow.values, two.comparison);
    }
    // A request without the key satisfies the one with `IfExists` only.
    (two.if_exists || !one.if_exists) && all_of(&narrow.values, &wide.values, two.comparison)
}

/// Whether every one of `few` is among `many`, or matches a pattern among them.
fn all_of(few: &[ConditionValue], many: &[ConditionValue], comparison: Comparison) -> bool {
    let takes_patterns = matches!(
        comparison,
        Comparison::StringLike
            | Comparison::StringNotLike
            | Comparison::ArnLike
            | Comparison::ArnEquals
            | Comparison::ArnNotLike
            | Comparison::ArnNotEquals
    );
    let is_among = |value: &ConditionValue| {
        let text = &*value.text.value;
        many.iter().any(|of| {
            let of = &*of.text.value;
            of == text
                || (takes_patterns && glob(of, text))
                || (comparison.family() == Family::Bool && of.eq_ignore_ascii_case(text))
        })
    };
    if !is_short(few.len(), many.len()) {
        let texts = |values| <[ConditionValue]>::iter(values).map(|of| &*of.text.value);
        return texts(few).eq(texts(many));
    }
    few.iter().all(is_among)
}

/// Whether they compare alike; AWS has `ArnEquals` and `ArnLike` behave identically:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
fn same_comparison(one: ConditionOperator, two: ConditionOperator) -> bool {
    let plain = |comparison| match comparison {
        Comparison::ArnEquals => Comparison::ArnLike,
        Comparison::ArnNotEquals => Comparison::ArnNotLike,
        other => other,
    };
    plain(one.comparison) == plain(two.comparison)
}

#[cfg(test)]
mod tests {
    use crate::policy::{PolicyDocument, PolicyKind, PolicyReading};

    use super::*;

    /// Two equal statements under so many conditions.
    fn policy(conditions: usize) -> PolicyDocument {
        let tags: Vec<_> = (0..conditions)
            .map(|number| format!("\"aws:PrincipalTag/t{number}\": \"x\""))
            .collect();
        let statement = format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
            "Condition": {{"StringEquals": {{{}}}}}}}"#,
            tags.join(",")
        );
        let text = format!(r#"{{"Statement": [{statement}, {statement}]}}"#);
        let reading = PolicyReading::of_text(&text, PolicyKind::Key);
        reading.document.unwrap()
    }

    #[test]
    fn a_statement_is_as_wide_as_itself_however_many_conditions_it_has() {
        for (conditions, are_compared) in [(480, true), (600, false)] {
            let policy = policy(conditions);
            let [one, two] = policy.statements.as_slice() else {
                panic!("two statements");
            };
            assert!(at_least_as_wide(one, one));
            assert_eq!(at_least_as_wide(one, two), are_compared);
        }
    }
}
