//! An answer of the protocol.

use serde::Serialize;

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{
    CaseSet, Decision, Dependencies, Evaluation, Layer, NamedPolicy, PolicyRef, PolicySet, Reason,
    Request, WINDOW_KEY, Window, deciding, dependencies, evaluate,
};
use crate::policy::{Effect, PolicyDocument};

use super::unknown::open;
use super::{Simulation, UnknownAction};

/// One answer.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
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
    /// What it depends on that the request does not have: `key_policy`, `alias`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_given: Vec<&'static str>,
    /// What is to be said of an action that this version does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_action: Option<String>,
    /// The statements that decided.
    pub statements: Vec<Deciding>,
    /// What AWS would refuse in the policies although it decides nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refusals: Vec<String>,
}

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deciding {
    /// `key_policy`, `identity/NAME`, `boundary/NAME`, `scp/LEVEL/NAME`, `rcp/LEVEL/NAME` or
    /// `session_policy`.
    pub policy: String,
    /// Position of the statement, from 0.
    pub index: usize,
    /// Its `Sid`, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
}

/// Decides a request.
pub fn answer(simulation: &Simulation, id: Option<String>) -> Answer {
    let unknown = simulation.unknown_action.as_ref();
    let read = unknown.map(|unknown| unknown.read(&simulation.given));
    let policies = read.as_ref().unwrap_or(&simulation.given).policies();
    let request = &simulation.request;
    let mut evaluation = evaluate(request, &policies);
    if unknown.is_some() {
        evaluation = open(evaluation);
    }
    let open = !evaluation.conditional.is_empty() || evaluation.omitted() == Decision::Conditional;
    let hangs = if open {
        dependencies(request, &policies, &evaluation)
    } else {
        Dependencies::default()
    };
    let (days, conditional_days, omitted) = days(request, &evaluation);
    Answer {
        id,
        decision: evaluation.decision(),
        reason: evaluation.reason(),
        days,
        conditional_days,
        omitted,
        not_given: not_given(&hangs),
        depends_on: hangs.keys,
        undocumented: hangs.undocumented,
        unknown_action: unknown.map(UnknownAction::sentence),
        statements: deciding(&evaluation)
            .iter()
            .filter_map(|m| describe(m.policy, m.statement, &policies))
            .collect(),
        refusals: simulation.refusals.clone(),
    }
}

/// What an answer depends on that was not given, beside condition keys.
pub(super) fn not_given(found: &Dependencies) -> Vec<&'static str> {
    let parts = [("key_policy", found.key_policy), ("alias", found.alias)];
    let missing = parts.into_iter().filter(|(_, missing)| *missing);
    missing.map(|(name, _)| name).collect()
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
            of(evaluation.allowed),
            of(evaluation.conditional),
            Some(evaluation.omitted()),
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

/// How answers speak of a statement; nothing where the policies have no such statement.
pub fn describe(policy: PolicyRef, statement: usize, policies: &PolicySet<'_>) -> Option<Deciding> {
    let named = match policy.layer {
        Layer::KeyPolicy => {
            return of_statement("key_policy".to_owned(), policies.key_policy?, statement);
        }
        Layer::Identity => policies.identity,
        Layer::Boundary => policies.boundary?,
        Layer::Session => policies.session?,
        Layer::Scp => policies.scps.get(policy.level)?,
        Layer::Rcp => policies.rcps.get(policy.level)?,
    };
    let NamedPolicy { name, document } = named.get(policy.index)?;
    let level = policy.level;
    let label = match policy.layer {
        Layer::KeyPolicy | Layer::Session => "session_policy".to_owned(),
        Layer::Identity => format!("identity/{name}"),
        Layer::Boundary => format!("boundary/{name}"),
        Layer::Scp => format!("scp/{level}/{name}"),
        Layer::Rcp => format!("rcp/{level}/{name}"),
    };
    of_statement(label, document, statement)
}

fn of_statement(policy: String, document: &PolicyDocument, index: usize) -> Option<Deciding> {
    let statement = document.statements.get(index)?;
    let sid = statement
        .sid
        .as_ref()
        .map(|sid| sid.value.clone().into_string());
    Some(Deciding {
        policy,
        index,
        sid,
        effect: statement.effect.value,
    })
}
