//! Whether the principal may do it, each decision with its explanation.

use serde::Serialize;

use crate::access::{
    CandidateQuestion, Decision, Explained, KnownDecision, MissingPolicies, WINDOW_KEY, day_ranges,
};
use crate::aws::{KmsAction, PendingWindowInDays};

use super::asked_principal::AskedPrincipal;
use super::trailing_days::TrailingDays;

/// One permission of the principal.
#[derive(Clone, Debug, Serialize)]
pub struct Permission {
    /// The action, for example `kms:ScheduleKeyDeletion`.
    pub action: KmsAction,
    /// What it comes to.
    pub answer: KnownDecision,
    /// Condition keys on which it hangs.
    pub depends_on: Vec<String>,
    /// Whether it hangs on something that AWS does not document.
    pub undocumented: bool,
    /// For `ScheduleKeyDeletion`: the day counts that are surely allowed, as ranges with both ends.
    pub days: Vec<(u8, u8)>,
    /// How `kms:TrailingDaysWithoutKeyUsage` was judged, where a policy asks for it.
    pub trailing_days: Option<TrailingDays>,
    /// The decision as `kmslint simulate` explains it; none where what is not known decides.
    #[serde(skip)]
    pub explanation: Option<Explained>,
}

/// Which waiting periods a request has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestedDays {
    /// The action takes none.
    NotTaken,
    /// This one.
    Days(PendingWindowInDays),
    /// It leaves it out.
    Omitted,
}

/// Decides about one action.
pub(super) fn decide(
    principal: &AskedPrincipal<'_>,
    action: KmsAction,
    requested: RequestedDays,
    trailing: Option<i64>,
) -> Permission {
    let decider = Decider {
        principal,
        action,
        trailing,
    };
    let open = principal.asked(action);
    let of_window = |window| decider.permission(&open.with_window(window));
    let mut permission = match requested {
        RequestedDays::NotTaken => decider.permission(&open),
        RequestedDays::Days(days) => of_window(Some(days)),
        RequestedDays::Omitted => either(
            of_window(Some(PendingWindowInDays::DEFAULT)),
            of_window(None),
        ),
    };
    if action == KmsAction::ScheduleKeyDeletion {
        permission.days = decider.days(&open);
    }
    permission
}

/// A request that leaves the day count out, under both readings of what AWS then compares: firm
/// only where the two agree.
fn either(one: Permission, other: Permission) -> Permission {
    if one.answer.word() == other.answer.word() {
        return one;
    }
    let mut worse = if one.answer < other.answer {
        other
    } else {
        one
    };
    if worse.answer.is_denied() {
        worse.answer = KnownDecision::firm(Decision::Conditional);
    }
    worse.undocumented = true;
    if !worse.depends_on.iter().any(|key| key == WINDOW_KEY) {
        worse.depends_on.push(WINDOW_KEY.to_owned());
    }
    worse
}

struct Decider<'d, 'a> {
    principal: &'d AskedPrincipal<'a>,
    action: KmsAction,
    /// At most so many days since the key was last used.
    trailing: Option<i64>,
}

impl Decider<'_, '_> {
    fn permission(&self, question: &CandidateQuestion<'_, '_>) -> Permission {
        let loaded = self.judge(question, MissingPolicies::AllowNothing);
        let at_most = self.judge(question, MissingPolicies::AllowEverything);
        let doubtful = !self.principal.doubts.is_empty();
        let answer = KnownDecision::between(loaded.decision, at_most.decision, doubtful);
        let explained = self.principal.explained(question);
        // That nothing loaded allows it explains nothing where something is not loaded.
        let is_telling = answer.is_denied() || loaded.decision.is_possible();
        let open = answer.decision == Decision::Conditional;
        let depends_on = explained.depends_on.iter().filter(|_| open);
        Permission {
            action: self.action,
            answer,
            depends_on: depends_on.cloned().collect(),
            undocumented: explained.undocumented && open,
            days: Vec::new(),
            trailing_days: loaded.trailing.or(at_most.trailing),
            explanation: is_telling.then_some(explained),
        }
    }

    /// The decision, with the days since the last use as far as they are known.
    fn judge(&self, question: &CandidateQuestion<'_, '_>, missing: MissingPolicies) -> Judged {
        let open = question.decisions(missing).best();
        let known = self.with_trailing_days(question);
        let decisions: Vec<_> = known
            .iter()
            .map(|(_, of)| of.decisions(missing).best())
            .collect();
        let last = known.last().zip(decisions.last());
        let Some(((at_most, _), then)) = last else {
            return Judged {
                decision: open,
                trailing: None,
            };
        };
        let all_agree = decisions.iter().all(|of| of.agrees_with(*then));
        let decision = if all_agree { *then } else { open };
        Judged {
            decision,
            trailing: Some(TrailingDays {
                at_most: *at_most,
                then: KnownDecision::firm(*then),
                firm: decision.agrees_with(*then),
            }),
        }
    }

    /// The question for every number of days since the last use that is possible, ascending; none where
    /// no policy asks, or nothing is known.
    fn with_trailing_days<'q, 'a>(
        &self,
        question: &CandidateQuestion<'q, 'a>,
    ) -> Vec<(i64, CandidateQuestion<'q, 'a>)> {
        if !TrailingDays::applies_to(self.action) {
            return Vec::new();
        }
        let values = TrailingDays::values(self.principal, self.trailing);
        let values = values.into_iter().flatten();
        let with = |days: i64| (days, question.with(TrailingDays::KEY, &days.to_string()));
        values.map(with).collect()
    }

    /// The day counts that are surely allowed.
    fn days(&self, question: &CandidateQuestion<'_, '_>) -> Vec<(u8, u8)> {
        if !self.principal.doubts.is_empty() {
            return Vec::new();
        }
        let known = self.with_trailing_days(question);
        let allowed =
            |of: &CandidateQuestion<'_, '_>| of.decisions(MissingPolicies::AllowNothing).allowed;
        let of_known = known.iter().map(|(_, of)| allowed(of));
        let of_all = of_known.reduce(|one, two| one & two);
        let allowed = of_all.unwrap_or_else(|| allowed(question));
        day_ranges(allowed.days())
    }
}

struct Judged {
    decision: Decision,
    trailing: Option<TrailingDays>,
}
