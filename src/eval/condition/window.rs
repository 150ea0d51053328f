//! Numeric conditions on the waiting period: by far the commonest ones that differ from case to
//! case. Each value is read once here, and not once for each of the 26 cases.

use crate::eval::{Case, CaseSet, Holds};
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
    let compared = CaseSet::of_days(|days| {
        let days = u32::from(days);
        numbers.iter().any(|number| compare(&days, number)) != negated
    });
    let absent = if negated || operator.if_exists {
        CaseSet::of(Case::OmittedAsAbsent)
    } else {
        CaseSet::NONE
    };
    Some(Holds::sure(compared | absent))
}

/// A whole number as most policies write it.
fn plain(text: &str) -> Option<u32> {
    let is_plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::KmsAction;
    use crate::eval::condition::case_by_case;
    use crate::eval::scope::Scope;
    use crate::eval::{Caller, KeyIdentity, Request, RequestContext, WINDOW_KEY};
    use crate::policy::{PolicyKind, PolicyReading};

    /// The short way ends where the general one does.
    #[test]
    fn days_are_compared_as_any_numbers_are() {
        let caller = Caller::parse("arn:aws:iam::111122223333:user/u").unwrap();
        let (action, context) = (KmsAction::ScheduleKeyDeletion, RequestContext::open());
        let request = Request::open(caller, action, KeyIdentity::default(), context, None);
        let mut taken = 0;
        for comparison in [
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        ] {
            for suffix in ["", "IfExists"] {
                for values in [
                    r#""7""#,
                    r#""007""#,
                    r#""0""#,
                    r#""30""#,
                    r#""31""#,
                    r#""999999999""#,
                    "14",
                    r#"["7","21"]"#,
                    r#"["7","x"]"#,
                    r#""14.0""#,
                    r#""-1""#,
                    r#""""#,
                    "[]",
                ] {
                    let text = format!(
                        r#"{{"Statement":{{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",
                            "Condition":{{"Numeric{comparison}{suffix}":{{"{WINDOW_KEY}":{values}}}}}}}}}"#
                    );
                    let Ok(policy) = PolicyReading::of_text(&text, PolicyKind::Key).document else {
                        continue;
                    };
                    let condition = &policy.statements[0].conditions[0];
                    let scope = Scope::new(&request, PolicyKind::Key, false);
                    if let Some(holds) = holds(condition) {
                        assert_eq!(holds, case_by_case(condition, &scope), "{text}");
                        taken += 1;
                    }
                }
            }
        }
        assert!(taken > 90, "{taken}");
    }
}
