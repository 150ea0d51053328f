//! What a principal can do: the best that any of the callers who stand for it can.

use std::collections::BTreeSet;

use crate::aws::KmsAction;
use crate::eval::{
    CaseSet, Decision, Evaluation, Layer, Match, PolicySet, deciding, dependencies, evaluate,
    open_key_policy,
};
use crate::facts::PrincipalKind;
use crate::policy::{Effect, PrincipalForm};

use super::Desk;
use super::named::Named;
use super::plain;
use super::trial::{MFA_KEYS, Mfa, Trial};

/// What a principal can do and what gives it that.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent claims, each with its own name"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) decision: Decision,
    pub(super) allowed: CaseSet,
    pub(super) conditional: CaseSet,
    /// Positions of the statements of the key policy that grant it.
    pub(super) granting: BTreeSet<usize>,
    /// Those of them that name the account and leave the decision to the principal's own policies.
    pub(super) handing_on: BTreeSet<usize>,
    /// Statements of the principal's own policies that grant it: position of the policy among
    /// them, position in the policy.
    pub(super) own: BTreeSet<(usize, usize)>,
    /// Whether no statement of the key policy gives it without the principal's own policies.
    pub(super) through_iam: bool,
    pub(super) depends_on: BTreeSet<String>,
    pub(super) without_mfa: bool,
    /// Whether of those who stand for the principal nobody can do it but the account's root user.
    pub(super) only_root: bool,
    /// Whether other policies than the key policy surely deny it `ScheduleKeyDeletion`.
    pub(super) held_back: bool,
}

/// Who is asked about.
#[derive(Clone, Copy)]
pub(super) enum Whom<'a> {
    /// Whom the key policy names.
    Named(&'a Named<'a>),
    /// Whom it does not name: what it can do by its own policies.
    Unnamed,
}

/// The answer for a principal that the key policy names; none where it surely cannot do it.
pub(super) fn answer<'a>(desk: &Desk<'a>, named: &Named<'a>, action: KmsAction) -> Option<Answer> {
    let plain = plain::answer(desk, named, action);
    if plain.is_some() {
        debug_assert_eq!(plain, evaluated(desk, named, action));
        return plain;
    }
    evaluated(desk, named, action)
}

/// The same by evaluating.
fn evaluated<'a>(desk: &Desk<'a>, named: &Named<'a>, action: KmsAction) -> Option<Answer> {
    let asked = Asked {
        desk,
        whom: Whom::Named(named),
        action,
    };
    let mut best: Option<Answer> = None;
    for trial in desk.trials(named).iter() {
        let surely = |answer: &Answer| answer.allowed == CaseSet::ALL;
        if best.as_ref().is_some_and(surely) {
            break;
        }
        if let Some(next) = asked.of(trial) {
            best = Some(match best {
                None => next,
                Some(answer) => answer.or(&next),
            });
        }
    }
    best
}

/// The answer for a loaded principal that the key policy does not name; none where its own
/// policies do not give it the action.
pub(super) fn answer_unnamed(
    desk: &Desk<'_>,
    trial: &Trial<'_>,
    action: KmsAction,
) -> Option<Answer> {
    let asked = Asked {
        desk,
        whom: Whom::Unnamed,
        action,
    };
    asked.of(trial)
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
            handing_on: &self.handing_on | &other.handing_on,
            own: &self.own | &other.own,
            through_iam: self.through_iam && other.through_iam,
            depends_on: &self.depends_on | &other.depends_on,
            without_mfa: self.without_mfa || other.without_mfa,
            only_root: self.only_root && other.only_root,
            held_back: self.held_back && other.held_back,
        }
    }

    /// What is left of it where something unknown may stop it.
    fn in_doubt(self) -> Self {
        Self {
            decision: self.decision.max(Decision::Conditional),
            conditional: self.conditional | self.allowed,
            allowed: CaseSet::NONE,
            ..self
        }
    }
}

/// One question, put to several callers.
struct Asked<'d, 'a> {
    desk: &'d Desk<'a>,
    whom: Whom<'d>,
    action: KmsAction,
}

impl Asked<'_, '_> {
    fn of(&self, trial: &Trial<'_>) -> Option<Answer> {
        let request = trial.request(self.action, Mfa::Open, self.desk);
        let policies = self.policies(trial);
        let evaluation = evaluate(&request, &policies);
        let decision = evaluation.decision();
        if decision > Decision::Conditional {
            return None;
        }
        let direct = self.direct(&evaluation);
        let (handing_on, own) = if trial.member.is_some() {
            through_iam(&evaluation)
        } else {
            Default::default()
        };
        let granting = &direct | &handing_on;
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
        let answer = Answer {
            decision,
            allowed: evaluation.allowed,
            conditional: evaluation.conditional,
            granting,
            through_iam: direct.is_empty(),
            handing_on,
            own,
            depends_on: depends_on.into_iter().collect(),
            without_mfa,
            only_root: trial.is_root(),
            held_back: self.is_held_back(trial),
        };
        Some(if trial.has_unknown_boundary() {
            answer.in_doubt()
        } else {
            answer
        })
    }

    fn policies<'t>(&'t self, trial: &Trial<'t>) -> PolicySet<'t> {
        let desk = self.desk;
        let kind = match self.whom {
            Whom::Named(named) => Some(named.kind),
            Whom::Unnamed => None,
        };
        let (scps, rcps) = desk.control_policies();
        PolicySet {
            key_policy: Some(match kind {
                Some(PrincipalKind::UniqueId) => desk.subject.document,
                _ if trial.has_id() => desk.subject.document,
                // What the policy gives to one who is part of everyone is not given to everyone.
                Some(PrincipalKind::Everyone) if trial.is_itself() => desk.for_everyone(),
                _ => &desk.without_ids,
            }),
            identity: trial.identity(),
            boundary: trial.boundary(),
            scps,
            rcps,
            ..PolicySet::default()
        }
    }

    /// Asked only of those who can change the key policy: whether that would not give them
    /// deletion, because an organization's policy or one of their own denies it.
    fn is_held_back(&self, trial: &Trial<'_>) -> bool {
        let others = PolicySet {
            key_policy: None,
            ..self.policies(trial)
        };
        if self.action != KmsAction::PutKeyPolicy || others.is_empty() {
            return false;
        }
        let request = trial.request(KmsAction::ScheduleKeyDeletion, Mfa::Open, self.desk);
        let key_policy = open_key_policy();
        let policies = PolicySet {
            key_policy,
            ..others
        };
        key_policy.is_some() && evaluate(&request, &policies).decision() > Decision::Conditional
    }

    fn is_possible(&self, trial: &Trial<'_>, mfa: Mfa) -> bool {
        let request = trial.request(self.action, mfa, self.desk);
        evaluate(&request, &self.policies(trial)).decision() <= Decision::Conditional
    }

    /// The statements of the key policy that may grant it by themselves: for an account those that
    /// name it, for all others those that do not merely hand the decision to IAM policies.
    fn direct(&self, evaluation: &Evaluation) -> BTreeSet<usize> {
        let Whom::Named(named) = self.whom else {
            return BTreeSet::new();
        };
        let of_key_policy = evaluation
            .matches
            .iter()
            .filter(|found| found.policy.layer == Layer::KeyPolicy)
            .filter(|found| found.effect == Effect::Allow);
        of_key_policy
            .filter(|found| match named.kind {
                PrincipalKind::Account => self.names_account(named, found.statement),
                _ => !found.delegates,
            })
            .map(|found| found.statement)
            .collect()
    }

    fn names_account(&self, named: &Named<'_>, statement: usize) -> bool {
        let statement = self.desk.subject.document.statements.get(statement);
        let element = statement.and_then(|statement| statement.principal.as_ref());
        let own = |form| matches!(form, PrincipalForm::Account(own) if Some(own) == named.account);
        element
            .filter(|element| !element.negated)
            .is_some_and(|element| {
                let mut entries = element.candidates(named.account, "");
                entries.any(|entry| own(entry.form()))
            })
    }
}

/// The statements of the key policy that hand the decision to IAM, and those of the principal's
/// own policies that decide; both or none.
fn through_iam(evaluation: &Evaluation) -> (BTreeSet<usize>, BTreeSet<(usize, usize)>) {
    let allows = |found: &Match| found.effect == Effect::Allow;
    let (mut handing_on, mut own) = (BTreeSet::new(), BTreeSet::new());
    for found in deciding(evaluation).into_iter().filter(allows) {
        match found.policy.layer {
            Layer::KeyPolicy if found.delegates => drop(handing_on.insert(found.statement)),
            Layer::Identity => drop(own.insert((found.policy.index, found.statement))),
            _ => {}
        }
    }
    if handing_on.is_empty() || own.is_empty() {
        return Default::default();
    }
    (handing_on, own)
}
