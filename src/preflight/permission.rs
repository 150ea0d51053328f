//! Whether the principal may do it, each decision with its explanation.

use serde::Serialize;

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{Decision, PolicySet, Request, WINDOW_KEY, day_ranges, evaluate, explain};
use crate::simulate::Explained;

use super::asked_principal::AskedPrincipal;
use super::trailing_days::TrailingDays;

/// What a permission comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It surely may.
    Allowed,
    /// It hangs on request context that no file has, such as multi-factor authentication.
    Conditional,
    /// It hangs on policies that are in no file.
    Unknown,
    /// It surely may not.
    Denied,
}

impl Answer {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Conditional => "conditional",
            Self::Unknown => "unknown",
            Self::Denied => "denied",
        }
    }

    const fn of(decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Allowed,
            Decision::Conditional => Self::Conditional,
            Decision::ImplicitDeny | Decision::ExplicitDeny => Self::Denied,
        }
    }
}

/// One permission of the principal.
#[derive(Clone, Debug, Serialize)]
pub struct Permission {
    /// The action, for example `kms:ScheduleKeyDeletion`.
    pub action: KmsAction,
    /// What it comes to.
    pub answer: Answer,
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
pub(super) enum Asked {
    /// The action takes none.
    Nothing,
    /// This one.
    Days(PendingWindowInDays),
    /// It leaves it out.
    Omitted,
}

/// Decides about one action.
pub(super) fn decide(
    principal: &AskedPrincipal<'_>,
    action: KmsAction,
    asked: Asked,
    trailing: Option<i64>,
) -> Permission {
    let question = Decider {
        principal,
        action,
        trailing,
    };
    let (request, other) = question.requests(asked);
    let permission = question.permission(&request);
    let mut permission = match other {
        Some(other) => either(permission, question.permission(&other)),
        None => permission,
    };
    if action == KmsAction::ScheduleKeyDeletion {
        permission.days = question.days();
    }
    permission
}

/// A request that leaves the day count out, under both readings of what AWS then compares: firm
/// only where the two agree.
fn either(one: Permission, other: Permission) -> Permission {
    if one.answer == other.answer {
        return one;
    }
    let mut worse = if one.answer < other.answer {
        other
    } else {
        one
    };
    if worse.answer == Answer::Denied {
        worse.answer = Answer::Conditional;
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
    /// The request, and where AWS does not document what it compares a second reading of it.
    fn requests(&self, asked: Asked) -> (Request, Option<Request>) {
        let open = self.principal.request(self.action);
        let with = |window: Option<PendingWindowInDays>| {
            let mut request = open.clone();
            match window {
                Some(days) => request.context.set(WINDOW_KEY, [days.to_string()]),
                None => request.context.absent_default(WINDOW_KEY),
            }
            request.about(self.action)
        };
        match asked {
            Asked::Nothing => (open, None),
            Asked::Days(days) => (with(Some(days)), None),
            Asked::Omitted => (with(Some(PendingWindowInDays::DEFAULT)), Some(with(None))),
        }
    }

    fn permission(&self, request: &Request) -> Permission {
        let loaded = self.principal.loaded();
        let explanation = explain(request, &loaded);
        let judged = self.judge(request, &loaded);
        let at_most = self.judge(request, &self.principal.at_most());
        let doubtful = !self.principal.doubts.is_empty();
        let answer = match (judged.answer, at_most.answer) {
            (_, Answer::Denied) => Answer::Denied,
            (Answer::Denied, _) => Answer::Unknown,
            (_, _) if doubtful => Answer::Unknown,
            (answer, _) => answer,
        };
        let explained = self.principal.explained(request, &explanation);
        // That nothing loaded allows it explains nothing where something is not loaded.
        let is_telling = answer == Answer::Denied || judged.answer != Answer::Denied;
        let open = matches!(answer, Answer::Conditional | Answer::Unknown);
        Permission {
            action: self.action,
            answer,
            depends_on: explained
                .depends_on
                .clone()
                .into_iter()
                .filter(|_| open)
                .collect(),
            undocumented: explained.undocumented && open,
            days: Vec::new(),
            trailing_days: judged.trailing.or(at_most.trailing),
            explanation: is_telling.then_some(explained),
        }
    }

    /// The decision, with the days since the last use as far as they are known.
    fn judge(&self, request: &Request, policies: &PolicySet<'_>) -> Judged {
        let decide = |request: &Request| Answer::of(evaluate(request, policies).decision());
        let open = decide(request);
        let sure = Judged {
            answer: open,
            trailing: None,
        };
        let allowed = TrailingDays::applies_to(self.action);
        let Some(values) = TrailingDays::values(self.principal, self.trailing).filter(|_| allowed)
        else {
            return sure;
        };
        let with = |days: i64| {
            let mut request = request.clone();
            let text = days.to_string();
            request.context.set(TrailingDays::KEY, [text]);
            decide(&request)
        };
        let most = values.last().copied().unwrap_or_default();
        let answers: Vec<Answer> = values.into_iter().map(with).collect();
        let at_most = with(most);
        let answer = if answers.iter().all(|answer| *answer == at_most) {
            at_most
        } else {
            open
        };
        Judged {
            answer,
            trailing: Some(TrailingDays {
                at_most: most,
                then: at_most,
                firm: answer == at_most,
            }),
        }
    }

    /// The day counts that are surely allowed.
    fn days(&self) -> Vec<(u8, u8)> {
        let sure = |days: &PendingWindowInDays| {
            let (request, _) = self.requests(Asked::Days(*days));
            self.principal.doubts.is_empty()
                && self.judge(&request, &self.principal.loaded()).answer == Answer::Allowed
        };
        day_ranges(PendingWindowInDays::all().filter(sure))
    }
}

/// The waiting periods with which the principal is not surely denied `ScheduleKeyDeletion`, ascending.
pub(super) fn possible_days(principal: &AskedPrincipal<'_>) -> Vec<PendingWindowInDays> {
    let question = Decider {
        principal,
        action: KmsAction::ScheduleKeyDeletion,
        trailing: None,
    };
    let is_possible = |days: &PendingWindowInDays| {
        let (request, _) = question.requests(Asked::Days(*days));
        question.judge(&request, &principal.at_most()).answer != Answer::Denied
    };
    PendingWindowInDays::all().filter(is_possible).collect()
}

struct Judged {
    answer: Answer,
    trailing: Option<TrailingDays>,
}
