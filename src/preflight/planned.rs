//! The checks for every deletion that files plan, each with its own key and days.

use crate::facts::FactMaker;
use crate::inventory::{DestroyedResource, PlannedDeletion};
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
    if let Some(resource) = &plan.resource {
        let mut reasons = std::mem::take(&mut answer.reasons);
        reasons.extend(of_resource(resource, question.principal.is_none()));
        answer.conclude(reasons);
    }
    // What is wrong with the request stands in the plan.
    let of_request = |reason: &&mut Reason| reason.topic == Topic::Request;
    for reason in answer.reasons.iter_mut().filter(of_request) {
        reason.at = Some(plan.at);
    }
    let is_of_plan = |reason: &&mut Reason| reason.id == "principal-not-given";
    for reason in answer.reasons.iter_mut().filter(is_of_plan) {
        reason.at = Some(plan.at);
    }
    answer.written = Some(Written { at: plan.at });
    answer
}

/// Resources that a reason names.
const MOST_NAMED: usize = 3;

/// What is to be said of a deletion because it is one of a plan.
fn of_resource(of: &DestroyedResource, is_anonymous: bool) -> Vec<Reason> {
    let reason = |severity, topic, id, text| Reason::new(severity, topic, id, SCHEDULE, text);
    let (tool, address) = (of.tool, &of.address);
    let what = if of.is_replacement {
        "replaces"
    } else {
        "destroys"
    };
    let text = format!("the plan {what} `{address}`, so that {tool} schedules the deletion");
    let mut reasons = vec![reason(
        Severity::Info,
        Topic::Request,
        "deleted-by-plan",
        text,
    )];
    if let Some(refused) = of.refused {
        let text = format!("{tool} does not carry out this plan: {refused}");
        reasons.push(reason(Severity::Stop, Topic::Request, "plan-refused", text));
    }
    if of.days_are_open {
        let text =
            "the plan does not tell the waiting period that is sent: it may be 7 days".to_owned();
        let id = "plan-waiting-period-not-known";
        reasons.push(reason(Severity::Caution, Topic::Request, id, text));
    }
    if is_anonymous {
        let text =
            "who applies the plan is not said, so whether the call is permitted is not known";
        let id = "principal-not-given";
        let found = reason(Severity::Caution, Topic::Permission, id, text.to_owned());
        let help = "add `--principal` with the ARN of the role that applies the plan";
        reasons.push(found.help(help));
    }
    if !of.dependents.is_empty() {
        let first = of.dependents.iter().take(MOST_NAMED);
        let named: Vec<_> = first
            .map(|of| format!("`{}` (`{}`)", of.address, of.attribute))
            .collect();
        let more = of.dependents.len().saturating_sub(MOST_NAMED);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" and {more} more")
        };
        let text = format!(
            "the plan keeps what is encrypted under the key: {}{more}",
            named.join(", ")
        );
        let id = "plan-keeps-dependents";
        reasons.push(reason(Severity::Caution, Topic::Loss, id, text));
    }
    reasons
}
