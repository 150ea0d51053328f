//! An answer of the protocol.

use serde::Serialize;

use crate::access::StatementReference;
use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{
    CaseSet, Decision, Dependencies, Evaluation, NotGiven, Reason, Request, WINDOW_KEY, Window,
    deciding, dependencies, evaluate,
};

use super::unknown::open;
use super::{Simulation, UnknownAction};

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct BatchAnswer {
    /// As the request has it.
    pub id: Option<String>,
    /// The best decision over the day counts that the request covers.
    pub decision: Decision,
    /// What decided.
    pub reason: Reason,
    /// Day counts that are surely allowed, ascending. Empty for an action that takes none.
    pub days: Vec<PendingWindowInDays>,
    /// Day counts that depend on context that was not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditional_days: Vec<PendingWindowInDays>,
    /// The decision for a request that names no day count, where the request covers that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub omitted: Option<Decision>,
    /// Condition keys on which the answer depends.
    pub depends_on: Vec<String>,
    /// Whether it depends on something that AWS does not document.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undocumented: bool,
    /// What it depends on that the request does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_given: Vec<NotGiven>,
    /// What is to be said of an action that this version does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_action: Option<String>,
    /// The statements that decided.
    pub statements: Vec<StatementReference>,
    /// What AWS would refuse in the policies although it decides nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<String>,
}

/// Decides a request.
pub fn answer(simulation: &Simulation, id: Option<String>) -> BatchAnswer {
    let unknown = simulation.unknown_action.as_ref();
    let read = unknown.map(|unknown| unknown.read(&simulation.given));
    let policies = read.as_ref().unwrap_or(&simulation.given).policies();
    let request = &simulation.request;
    let mut evaluation = evaluate(request, &policies);
    if unknown.is_some() {
        evaluation = open(evaluation);
    }
    let open = !evaluation.decisions.conditional.is_empty()
        || evaluation.decisions.omitted() == Decision::Conditional;
    let hangs = if open {
        dependencies(request, &policies, &evaluation)
    } else {
        Dependencies::default()
    };
    let (days, conditional_days, omitted) = days(request, &evaluation);
    BatchAnswer {
        id,
        decision: evaluation.decision(),
        reason: evaluation.reason(),
        days,
        conditional_days,
        omitted,
        not_given: hangs.not_given(),
        depends_on: hangs.keys,
        undocumented: hangs.undocumented,
        unknown_action: unknown.map(UnknownAction::sentence),
        statements: deciding(&evaluation)
            .iter()
            .filter_map(|m| StatementReference::of(m.policy, m.statement, &policies))
            .collect(),
        refusals: simulation.refusals.clone(),
    }
}

type Days = (
    Vec<PendingWindowInDays>,
    Vec<PendingWindowInDays>,
    Option<Decision>,
);

fn days(request: &Request, evaluation: &Evaluation) -> Days {
    if request.action != KmsAction::ScheduleKeyDeletion {
        return Days::default();
    }
    if request.window == Window::Every {
        let of = |set: CaseSet| set.days().collect();
        return (
            of(evaluation.decisions.allowed),
            of(evaluation.decisions.conditional),
            Some(evaluation.decisions.omitted()),
        );
    }
    // One day count, or a complete context without one.
    let given = request.context.get(WINDOW_KEY);
    let Some(given) = given.filter(|values| !values.is_empty()) else {
        return (Vec::new(), Vec::new(), Some(evaluation.decision()));
    };
    let days = given.single().and_then(|days| days.parse().ok());
    let one = days.and_then(|days| PendingWindowInDays::new(days).ok());
    let when = |wanted| {
        one.filter(|_| evaluation.decision() == wanted)
            .into_iter()
            .collect()
    };
    (when(Decision::Allowed), when(Decision::Conditional), None)
}
