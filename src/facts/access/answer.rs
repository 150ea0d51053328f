//! What a principal can do: the best that any of the callers who stand for it can.

use std::collections::BTreeSet;

use crate::aws::KmsAction;
use crate::eval::{CaseSet, Decision, Evaluation, Layer, PolicySet, dependencies, evaluate};
use crate::facts::PrincipalKind;
use crate::policy::{Effect, PolicyDocument, PrincipalForm};

use super::Desk;
use super::named::Named;
use super::trial::{MFA_KEYS, Mfa, Trial, trials};

/// What a principal can do and what gives it that.
pub(super) struct Answer {
    pub(super) decision: Decision,
    pub(super) allowed: CaseSet,
    pub(super) conditional: CaseSet,
    /// Positions of the statements that grant it.
    pub(super) granting: BTreeSet<usize>,
    pub(super) depends_on: BTreeSet<String>,
    pub(super) without_mfa: bool,
}

/// The answer for a principal; none where it surely cannot do it.
pub(super) fn answer(desk: &Desk<'_>, named: &Named<'_>, action: KmsAction) -> Option<Answer> {
    let document = if named.kind == PrincipalKind::UniqueId {
        desk.subject.document
    } else {
        &desk.without_ids
    };
    let asked = Asked {
        desk,
        document,
        named,
        action,
    };
    let mut best: Option<Answer> = None;
    for trial in trials(named, desk.subject) {
        let surely = |answer: &Answer| answer.allowed == CaseSet::ALL;
        if best.as_ref().is_some_and(surely) {
            break;
        }
        if let Some(next) = asked.of(&trial) {
            best = Some(match best {
                None => next,
                Some(answer) => answer.or(&next),
            });
        }
    }
    best
}

impl Answer {
    /// What either of two callers can do.
    fn or(&self, other: &Self) -> Self {
        let allowed = self.allowed | other.allowed;
        Self {
            decision: self.decision.min(other.decision),
            allowed,
            conditional: (self.conditional | other.conditional).without(allowed),
            granting: &self.granting | &other.granting,
            depends_on: &self.depends_on | &other.depends_on,
            without_mfa: self.without_mfa || other.without_mfa,
        }
    }
}

/// One question, put to several callers.
struct Asked<'a> {
    desk: &'a Desk<'a>,
    document: &'a PolicyDocument,
    named: &'a Named<'a>,
    action: KmsAction,
}

impl Asked<'_> {
    fn of(&self, trial: &Trial) -> Option<Answer> {
        let request = trial.request(self.action, Mfa::Open, self.desk.subject);
        let policies = self.policies(trial);
        let evaluation = evaluate(&request, &policies);
        let decision = evaluation.decision();
        if decision > Decision::Conditional {
            return None;
        }
        let granting = self.granting(&evaluation);
        if granting.is_empty() {
            return None;
        }
        let depends_on = dependencies(&request, &policies, &evaluation).keys;
        // What is sure holds with any context, and what hangs on other keys whatever these are.
        let asks = |key: &String| key.to_ascii_lowercase().starts_with(MFA_KEYS);
        let without_mfa = !evaluation.allowed.is_empty()
            || !depends_on.iter().any(asks)
            || self.is_possible(trial, Mfa::Absent)
            || self.is_possible(trial, Mfa::False);
        Some(Answer {
            decision,
            allowed: evaluation.allowed,
            conditional: evaluation.conditional,
            granting,
            depends_on: depends_on.into_iter().collect(),
            without_mfa,
        })
    }

    fn policies(&self, trial: &Trial) -> PolicySet<'_> {
        PolicySet {
            key_policy: Some(self.document),
            identity: trial.identity(),
            ..PolicySet::default()
        }
    }

    fn is_possible(&self, trial: &Trial, mfa: Mfa) -> bool {
        let request = trial.request(self.action, mfa, self.desk.subject);
        evaluate(&request, &self.policies(trial)).decision() <= Decision::Conditional
    }

    /// The statements of the key policy that may grant it: for an account those that name it, for
    /// all others those that do not merely hand the decision to IAM policies.
    fn granting(&self, evaluation: &Evaluation) -> BTreeSet<usize> {
        let of_key_policy = evaluation
            .matches
            .iter()
            .filter(|found| found.policy.layer == Layer::KeyPolicy)
            .filter(|found| found.effect == Effect::Allow);
        of_key_policy
            .filter(|found| match self.named.kind {
                PrincipalKind::Account => self.names_account(found.statement),
                _ => !found.delegates,
            })
            .map(|found| found.statement)
            .collect()
    }

    fn names_account(&self, statement: usize) -> bool {
        let statement = self.document.statements.get(statement);
        let element = statement.and_then(|statement| statement.principal.as_ref());
        let own =
            |form| matches!(form, PrincipalForm::Account(own) if Some(own) == self.named.account);
        element
            .filter(|element| !element.negated)
            .is_some_and(|element| {
                let mut entries = element.candidates(self.named.account, "");
                entries.any(|entry| own(entry.form()))
            })
    }
}
