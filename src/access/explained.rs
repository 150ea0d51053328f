//! A decision with its reasons, each statement with its place.

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{
    CaseSet, Decision, Evaluation, Example, Explanation, FailedElement, Failure, NearestMiss,
    PolicyRef, PolicySet, Reason, Request, Values, WINDOW_KEY, Window, day_ranges,
};
use crate::policy::Effect;
use crate::text::{Location, SourceId};

use super::statement_reference::StatementReference;

/// What a statement does that surely applies.
const ALLOWS: &str = "allows it";

/// What a statement does that may apply.
const MAY_ALLOW: &str = "may allow it";

/// A decision as reports take it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// ARN of the caller, or the name of a service.
    pub principal: String,
    /// What was asked for, such as `kms:ScheduleKeyDeletion`.
    pub action: String,
    /// What is to be said of an action that this version does not know.
    pub unknown_action: Option<String>,
    /// ARN of the key; empty where it is not known.
    pub key: String,
    /// The best decision over the day counts that the request covers.
    pub decision: Decision,
    /// What decided.
    pub reason: Reason,
    /// The day counts, for an action that takes one.
    pub days: Option<ExplainedDays>,
    /// The statements that decided, and those that deny other day counts.
    pub statements: Vec<ExplainedStatement>,
    /// The statement that came nearest to allowing it, and what of it failed.
    pub nearest_miss: Option<(ExplainedStatement, Vec<(Location, String)>)>,
    /// Condition keys on which the answer hangs.
    pub depends_on: Vec<String>,
    /// Whether it hangs on something that AWS does not document.
    pub undocumented: bool,
    /// Whether one of the two decisions has no request that this version knows of.
    pub is_beyond_known: bool,
    /// What it depends on that was not given: `key_policy`, `alias`.
    pub not_given: Vec<&'static str>,
    /// A context that is allowed: keys and values, no value for an absent key.
    pub allowing: Option<Vec<(String, Vec<String>)>>,
    /// A context that is denied.
    pub denying: Option<Vec<(String, Vec<String>)>>,
}

/// Decisions by day count. Ranges have both ends included, ascend and do not touch; 7 to 30 days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExplainedDays {
    /// The day counts that the request covers; `None` where it names none.
    pub asked: Option<(u8, u8)>,
    /// Surely allowed.
    pub allowed: Vec<(u8, u8)>,
    /// Hang on what was not given.
    pub conditional: Vec<(u8, u8)>,
    /// The decision for a request that names no day count, where that was asked.
    pub omitted: Option<Decision>,
}

/// A statement of a decision.
#[derive(Clone, Debug)]
pub struct ExplainedStatement {
    /// What it is.
    pub described: StatementReference,
    /// Where it stands.
    pub at: Location,
    /// A few words to say there.
    pub note: &'static str,
    /// Whether it only delegates the decision to the account's IAM policies.
    pub delegates: bool,
}

impl Explained {
    /// Puts an explanation into words. `file` tells which file a policy stands in; a policy that
    /// was assumed stands in none, and its statements are left out.
    pub(crate) fn new(
        request: &Request,
        explanation: &Explanation,
        policies: &PolicySet<'_>,
        file: &dyn Fn(PolicyRef) -> Option<SourceId>,
    ) -> Self {
        let evaluation = &explanation.evaluation;
        let place = Places { policies, file };
        let examples = &explanation.examples;
        let chosen = |example: &Option<Example>| example.as_ref().map(|e| e.chosen.clone());
        let miss = explanation.nearest_miss.as_ref();
        Self {
            principal: request.caller.as_str().to_owned(),
            action: request.action.qualified().to_owned(),
            unknown_action: None,
            key: request
                .key
                .arn
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            decision: evaluation.decision(),
            reason: evaluation.reason(),
            days: days(request, evaluation),
            statements: statements(explanation, &place),
            nearest_miss: miss.and_then(|miss| place.nearest(miss)),
            depends_on: explanation.dependencies.keys.clone(),
            undocumented: explanation.dependencies.undocumented,
            is_beyond_known: examples.is_beyond_known,
            not_given: explanation.dependencies.not_given(),
            allowing: chosen(&examples.allowing),
            denying: chosen(&examples.denying),
        }
    }

    /// The same for a request for an action that this version does not know, and what is to be said
    /// of it.
    #[must_use]
    pub fn of_unknown(mut self, action: &str, sentence: String) -> Self {
        action.clone_into(&mut self.action);
        self.unknown_action = Some(sentence);
        for statement in &mut self.statements {
            if statement.note == ALLOWS {
                statement.note = MAY_ALLOW;
            }
        }
        self
    }
}

fn statements(explanation: &Explanation, place: &Places<'_>) -> Vec<ExplainedStatement> {
    let decided = explanation.deciding.iter().map(|matched| {
        let note = match matched.effect {
            Effect::Allow if matched.delegates => "lets the account's IAM policies decide",
            Effect::Allow if matched.holds.uncertain().is_empty() => ALLOWS,
            Effect::Allow => MAY_ALLOW,
            Effect::Deny if matched.holds.uncertain().is_empty() => "denies it",
            Effect::Deny => "may deny it",
        };
        (matched, note)
    });
    let limiting = explanation
        .limiting
        .iter()
        .map(|m| (m, "denies it for other day counts"));
    decided
        .chain(limiting)
        .filter_map(|(m, note)| {
            let shown = place.statement(m.policy, m.statement, note)?;
            Some(ExplainedStatement {
                delegates: m.effect == Effect::Allow && m.delegates,
                ..shown
            })
        })
        .collect()
}

fn days(request: &Request, evaluation: &Evaluation) -> Option<ExplainedDays> {
    if request.action != KmsAction::ScheduleKeyDeletion {
        return None;
    }
    if request.window == Window::Every {
        let (first, last) = (PendingWindowInDays::MIN, PendingWindowInDays::MAX);
        return Some(ExplainedDays {
            asked: Some((first.days(), last.days())),
            allowed: day_ranges(evaluation.decisions.allowed.days()),
            conditional: day_ranges(evaluation.decisions.conditional.days()),
            omitted: Some(evaluation.decisions.omitted()),
        });
    }
    let given = request.context.get(WINDOW_KEY).and_then(Values::first);
    let Some(day) = given.and_then(|day| day.parse::<u8>().ok()) else {
        return Some(ExplainedDays {
            omitted: Some(evaluation.decision()),
            ..ExplainedDays::default()
        });
    };
    let when = |cases: CaseSet| {
        if cases.is_empty() {
            Vec::new()
        } else {
            vec![(day, day)]
        }
    };
    Some(ExplainedDays {
        asked: Some((day, day)),
        allowed: when(evaluation.decisions.allowed),
        conditional: when(evaluation.decisions.conditional),
        omitted: None,
    })
}

/// Where statements stand.
struct Places<'a> {
    policies: &'a PolicySet<'a>,
    file: &'a dyn Fn(PolicyRef) -> Option<SourceId>,
}

impl Places<'_> {
    fn statement(
        &self,
        policy: PolicyRef,
        index: usize,
        note: &'static str,
    ) -> Option<ExplainedStatement> {
        let described = StatementReference::of(policy, index, self.policies)?;
        let document = self.policies.document(policy)?;
        let at = Location {
            source: (self.file)(policy)?,
            span: document.statements.get(index)?.span,
        };
        Some(ExplainedStatement {
            described,
            at,
            note,
            delegates: false,
        })
    }

    fn nearest(&self, miss: &NearestMiss) -> Option<(ExplainedStatement, Vec<(Location, String)>)> {
        let shown = self.statement(miss.policy, miss.statement, "would allow it")?;
        let place = |failure: &Failure| Location {
            source: shown.at.source,
            span: failure.span,
        };
        let failed = miss
            .failures
            .iter()
            .map(|failure| (place(failure), why(failure)))
            .collect();
        Some((shown, failed))
    }
}

fn why(failure: &Failure) -> String {
    match &failure.element {
        FailedElement::Condition(key) => format!("the condition on `{key}` does not hold"),
        FailedElement::Resource => "does not cover this key".to_owned(),
        FailedElement::Principal => "does not name this principal".to_owned(),
        FailedElement::Action => "does not name this action".to_owned(),
    }
}
