//! Lets one administrator schedule and cancel deletion, the documented way: both permissions in the
//! statement for key administrators.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-adding-permission.html>

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::access::{Caller, Case, CaseSet, day_ranges, days_in_words};
use crate::aws::{AccountId, ActionSet, Arn, KmsAction, PendingWindowInDays};
use crate::facts::StatementRecord;
use crate::policy::{Effect, PolicyKind};

use super::answered::Answered;
use super::plan::{Meant, Plan, Refusal};
use super::prover::{Attempt, PolicyState, Prover};
use super::target::{Target, WINDOW_KEY, Written, key, names, then};

/// The `Sid` of that statement as the AWS console writes it.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
const ADMINISTRATORS: &str = "Allow access for Key Administrators";

/// What is to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowDeletion {
    /// The ARN of the user or role.
    pub principal: String,
    /// The shortest waiting period that it may choose; any where none is given.
    pub minimum: Option<PendingWindowInDays>,
}

impl AllowDeletion {
    /// Makes it for one key policy, and asks afterwards whether the principal can do just what was asked
    /// for; nothing where it can already.
    pub(super) fn attempt(
        &self,
        prover: &Prover<'_>,
        state: &PolicyState,
    ) -> Result<Option<Attempt>, Refusal> {
        if self.is_allowed(prover, state)? {
            return Ok(None);
        }
        let attempt = prover.attempt(state, None, |target| self.plan(target).map(Some))?;
        let Some(attempt) = attempt else {
            return Ok(None);
        };
        let ways = self.in_the_way(prover, &attempt.after)?;
        if ways.is_empty() {
            return Ok(Some(attempt));
        }
        Err(Refusal::input(format!(
            "`{}` would not have just what is asked for: {}",
            self.principal,
            ways.join("; ")
        )))
    }

    /// The plan for one key policy.
    fn plan(&self, target: &Target<'_>) -> Result<Plan, Refusal> {
        self.check_principal(target)?;
        let mut draft = target.draft();
        let administrators = self.administrators(target)?;
        let (own, rest): (Vec<_>, Vec<_>) = match &administrators {
            Some(_) if self.minimum.is_some() => (
                vec![KmsAction::CancelKeyDeletion],
                vec![KmsAction::ScheduleKeyDeletion],
            ),
            Some(_) => (
                vec![KmsAction::ScheduleKeyDeletion, KmsAction::CancelKeyDeletion],
                Vec::new(),
            ),
            None => (
                Vec::new(),
                vec![KmsAction::ScheduleKeyDeletion, KmsAction::CancelKeyDeletion],
            ),
        };
        let mut position = usize::MAX;
        if let Some(statement) = &administrators {
            position = statement.record.index;
            let own = own
                .into_iter()
                .filter(|a| !statement.record.covers.contains(*a));
            let own = names(own);
            if !own.is_empty() {
                draft.add_values(&then(&statement.path, key("Action")), usize::MAX, &own)?;
            }
        }
        let new = self.statements(target, &rest);
        if !new.is_empty() {
            draft.add_values(&target.statements_path(), position, &new)?;
        }
        let limit = self
            .minimum
            .map(|days| format!(", with {} days at least", days.days()));
        let meant: ActionSet = [KmsAction::ScheduleKeyDeletion, KmsAction::CancelKeyDeletion]
            .into_iter()
            .collect();
        Ok(Plan {
            draft,
            title: format!(
                "allow `{}` to schedule and to cancel deletion{}",
                self.principal,
                limit.unwrap_or_default()
            ),
            meant: Meant {
                cases: self.cases(),
                ..Meant::gains(meant).by(BTreeSet::from([self.principal.clone()]))
            },
            caution: None,
        })
    }

    /// The permissions that the statement for administrators does not hold, as statements of their
    /// own: the condition on the waiting period must narrow nothing else.
    fn statements(&self, target: &Target<'_>, actions: &[KmsAction]) -> Vec<Json> {
        let new = |sid: &str, actions: &[KmsAction], days: Option<PendingWindowInDays>| {
            let mut actions = names(actions.iter().copied());
            let action = match actions.len() {
                1 => actions.pop().unwrap_or_default(),
                _ => Json::Array(actions),
            };
            let mut elements = vec![
                ("Effect", json!("Allow")),
                ("Principal", json!({ "AWS": self.principal })),
                ("Action", action),
                ("Resource", json!("*")),
            ];
            if let Some(days) = days {
                let condition = json!({ WINDOW_KEY: i64::from(days.days()).to_string() });
                elements.push((
                    "Condition",
                    json!({ "NumericGreaterThanEquals": condition }),
                ));
            }
            target.new_statement(sid, &elements)
        };
        let (schedule, cancel) = ("Allow key deletion", "Allow cancelling key deletion");
        match (actions, self.minimum) {
            ([], _) => Vec::new(),
            ([one], days) => vec![new(schedule, &[*one], days)],
            (all, None) => vec![new(schedule, all, None)],
            ([first, rest @ ..], days) => {
                vec![new(schedule, &[*first], days), new(cancel, rest, None)]
            }
        }
    }

    /// The cases of `ScheduleKeyDeletion` that are meant. What a request without a day count is
    /// compared as is not documented.
    fn cases(&self) -> CaseSet {
        let Some(minimum) = self.minimum else {
            return CaseSet::ALL;
        };
        let long = |case: &Case| case.window().is_some_and(|window| window >= minimum);
        Case::all()
            .filter(long)
            .fold(CaseSet::OMITTED, CaseSet::with)
    }

    fn check_principal(&self, target: &Target<'_>) -> Result<(), Refusal> {
        if target.policy.kind != PolicyKind::Key {
            return Err(Refusal::input("this is not a key policy"));
        }
        let principal = &self.principal;
        let arn = Arn::parse(principal).filter(|arn| {
            let named = arn
                .resource
                .strip_prefix("role/")
                .or(arn.resource.strip_prefix("user/"));
            arn.service == "iam" && named.is_some_and(|name| !name.is_empty())
        });
        let account = arn.as_ref().and_then(|arn| AccountId::parse(arn.account));
        let Some(account) = account.filter(|_| !principal.contains(['*', '?'])) else {
            return Err(Refusal::input(format!(
                "`{principal}` is not the ARN of a user or role, such as \
                 `arn:aws:iam::111122223333:role/KeyAdmin`"
            )));
        };
        match target.account {
            Some(own) if own != account => Err(Refusal::input(format!(
                "`{principal}` is of another account than the key, `{own}`: KMS never lets another \
                 account delete a key"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether there is nothing to do. What is there already is not narrowed by one more permission.
    fn is_allowed(&self, prover: &Prover<'_>, state: &PolicyState) -> Result<bool, Refusal> {
        let Some([schedule, cancel]) = self.answers(prover, state) else {
            return Ok(false);
        };
        let wanted = self.cases() & CaseSet::DAYS;
        let possible = schedule.decisions.possible() & CaseSet::DAYS;
        let shortest = possible.without(wanted).days().next();
        if let Some(shortest) = shortest {
            return Err(Refusal::input(format!(
                "`{}` can schedule deletion with {} days already: one more permission does not \
                 narrow that; `kmslint fix --rule short-waiting-period` adds a guardrail",
                self.principal,
                shortest.days()
            )));
        }
        Ok(schedule.decisions.allowed.includes(wanted) && !cancel.decisions.allowed.is_empty())
    }

    /// What keeps the principal from scheduling with exactly the days that were asked for, and from
    /// cancelling.
    fn in_the_way(&self, prover: &Prover<'_>, after: &PolicyState) -> Result<Vec<String>, Refusal> {
        let lost = || Refusal::input("the key cannot be found again");
        let [schedule, cancel] = self.answers(prover, after).ok_or_else(lost)?;
        let wanted = self.cases() & CaseSet::DAYS;
        let mut ways = Vec::new();
        let missing = wanted.without(schedule.decisions.allowed);
        if !missing.is_empty() {
            let days = days_in_words(&day_ranges(missing.days()), " to ", ", ");
            let by = schedule.stopping(missing).join(" and ");
            ways.push(format!(
                "it could not surely schedule deletion with {days} days: {by}"
            ));
        }
        let more = (schedule.decisions.possible() & CaseSet::DAYS).without(wanted);
        if !more.is_empty() {
            let days = days_in_words(&day_ranges(more.days()), " to ", ", ");
            let by = schedule.granting(more).join(" and ");
            ways.push(format!(
                "it could schedule deletion with {days} days too, by {by}"
            ));
        }
        if cancel.decisions.allowed.is_empty() {
            let by = cancel.stopping(CaseSet::ALL).join(" and ");
            ways.push(format!("it could not surely cancel deletion: {by}"));
        }
        Ok(ways)
    }

    /// Whether the principal can schedule and whether it can cancel, by all that is known.
    fn answers(&self, prover: &Prover<'_>, state: &PolicyState) -> Option<[Answered; 2]> {
        let actions = [KmsAction::ScheduleKeyDeletion, KmsAction::CancelKeyDeletion];
        let caller = Caller::parse(&self.principal).ok()?;
        let [schedule, cancel] = actions.map(|action| prover.answered(state, &caller, action));
        Some([schedule?, cancel?])
    }

    /// The statement for key administrators, where it is about this one alone: the one that the
    /// console would change.
    fn administrators<'t>(&self, target: &'t Target<'_>) -> Result<Option<Written<'t>>, Refusal> {
        let fits = |record: &&StatementRecord| {
            record.effect == Effect::Allow
                && record.inert.is_none()
                && !record.not_action
                && !record.not_principal
                && record.conditions.is_empty()
                && matches!(record.principals.as_slice(), [one] if one.text == self.principal)
        };
        let fitting: Vec<_> = target.facts.statements.iter().filter(fits).collect();
        let called = |record: &&&StatementRecord| {
            record
                .sid
                .as_deref()
                .is_some_and(|sid| sid.eq_ignore_ascii_case(ADMINISTRATORS))
        };
        let administers =
            |record: &&&StatementRecord| record.covers.contains(KmsAction::PutKeyPolicy);
        let found = fitting
            .iter()
            .find(called)
            .or_else(|| fitting.iter().find(administers));
        found
            .map(|record| target.statement(record.index))
            .transpose()
    }
}
