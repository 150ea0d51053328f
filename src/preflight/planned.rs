//! The checks for every deletion that files plan, each with its own key and days.

use crate::facts::FactMaker;
use crate::inventory::PlannedDeletion;
use crate::text::Location;

use super::reference::SCHEDULE;
use super::request::KeyGiven;
use super::verdict::{Reason, Severity, Topic};
use super::{Operation, Preflight, Question, Written, empty};

/// Checks every planned deletion that `named` tells by its place; sorted as loaded. The question's
/// own key, days and operation are not looked at.
pub fn planned(
    question: &Question,
    facts: &FactMaker<'_>,
    named: &dyn Fn(Location) -> bool,
) -> Vec<Preflight> {
    let plans = facts
        .inventory()
        .planned
        .iter()
        .filter(|plan| named(plan.at));
    plans.map(|plan| one(plan, question, facts)).collect()
}

fn one(plan: &PlannedDeletion, question: &Question, facts: &FactMaker<'_>) -> Preflight {
    let question = Question {
        key: plan.key.clone(),
        operation: Operation::Schedule,
        days: plan.days,
        ..question.clone()
    };
    let mut answer = match super::answer(&question, KeyGiven::Plan, facts) {
        Ok(answer) => answer,
        Err(error) => {
            let mut refused = empty(&question);
            let (id, text) = ("planned-key-not-known", error.to_string());
            let reason = Reason::new(Severity::Stop, Topic::Request, id, SCHEDULE, text);
            refused.conclude(vec![reason.help(error.help())]);
            refused
        }
    };
    // What is wrong with the request stands in the plan.
    let of_request = |reason: &&mut Reason| reason.topic == Topic::Request;
    for reason in answer.reasons.iter_mut().filter(of_request) {
        reason.at = Some(plan.at);
    }
    answer.written = Some(Written { at: plan.at });
    answer
}
