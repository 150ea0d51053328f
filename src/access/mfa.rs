//! Whether something may be done without multi-factor authentication.

use crate::aws::condition_key::MFA_KEYS;
use crate::eval::{Evaluation, Layer, Match, PolicySet};
use crate::policy::{Comparison, Condition, ConditionValue, Effect};

use super::candidate::Candidate;
use super::questions::ActionQuestion;

/// Whether the session was signed in with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mfa {
    /// Long-term access keys: the condition keys are absent.
    Absent,
    /// Temporary credentials that were got without it.
    False,
}

const AGE: &str = MFA_KEYS[0];
const PRESENT: &str = MFA_KEYS[1];

impl<'a> ActionQuestion<'_, 'a> {
    /// Whether the candidate can perform the action without multi-factor authentication. `depends_on` lists
    /// the condition keys on which its permission depends.
    pub(super) fn may_be_without_mfa(
        &self,
        candidate: &Candidate<'a>,
        evaluation: &Evaluation,
        depends_on: &[String],
    ) -> bool {
        let is_about_mfa = |key: &String| MFA_KEYS.iter().any(|own| own.eq_ignore_ascii_case(key));
        // What is sure holds with any context, and what depends on other keys whatever these are.
        if !evaluation.decisions.allowed.is_empty() || !depends_on.iter().any(is_about_mfa) {
            return true;
        }
        let policies = self.policies(candidate);
        let never = || all_demand_mfa(evaluation, &policies).then_some(());
        self.of.shortcut(never).is_none()
            && [Mfa::Absent, Mfa::False]
                .into_iter()
                .any(|mfa| self.is_possible(candidate, &policies, mfa))
    }

    fn is_possible(&self, candidate: &Candidate<'a>, policies: &PolicySet<'_>, mfa: Mfa) -> bool {
        let present = match mfa {
            Mfa::Absent => None,
            Mfa::False => Some("false"),
        };
        candidate.may_by(policies, self.action, self.of.key, |context| {
            context.say(PRESENT, present);
            context.say(AGE, None);
        })
    }
}

/// Whether every statement that may grant it has a condition that no request without multi-factor
/// authentication satisfies: nothing grants it without. Other policies only limit what these grant.
fn all_demand_mfa(evaluation: &Evaluation, policies: &PolicySet<'_>) -> bool {
    let grants = |found: &&Match| {
        let layer = found.policy.layer;
        found.effect == Effect::Allow && matches!(layer, Layer::KeyPolicy | Layer::Identity)
    };
    let demands = |found: &Match| {
        let policy = policies.document(found.policy);
        let statement = policy.and_then(|policy| policy.statements.get(found.statement));
        statement.is_some_and(|statement| statement.conditions.iter().any(demands_mfa))
    };
    evaluation.matches.iter().filter(grants).all(demands)
}

/// `"Bool": {"aws:MultiFactorAuthPresent": "true"}`.
fn demands_mfa(condition: &Condition) -> bool {
    let operator = condition.operator;
    let is_true =
        |value: &ConditionValue| !value.text.value.is_open() && &*value.text.value == "true";
    operator.comparison == Comparison::Bool
        && operator.quantifier.is_none()
        && !operator.if_exists
        && operator.as_documented
        && condition.key.value.eq_ignore_ascii_case(PRESENT)
        && condition.values.iter().all(is_true)
}
