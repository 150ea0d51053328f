//! A decision as the report takes it.

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{
    Evaluation, Example, Explanation, FailedElement, Failure, NearestMiss, PolicyRef, Request,
    WINDOW_KEY, Window, day_ranges,
};
use crate::policy::Effect;
use crate::report::explanation as report;
use crate::simulate::{Deciding, describe};
use crate::source::Location;

use super::super::input::PolicyFiles;

/// The texts of a decision, which a view lends.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    request: &'a Request,
    evaluation: &'a Evaluation,
    explanation: &'a Explanation,
    statements: Vec<Statement>,
    nearest_miss: Option<(Statement, Vec<(Location, String)>)>,
}

#[derive(Debug)]
struct Statement {
    described: Deciding,
    at: Location,
    note: &'static str,
}

impl<'a> Shown<'a> {
    pub(super) fn new(
        request: &'a Request,
        explanation: &'a Explanation,
        files: &PolicyFiles,
    ) -> Self {
        let decided = explanation.deciding.iter().map(|matched| {
            let note = match matched.effect {
                Effect::Allow if matched.delegates => "lets the account's IAM policies decide",
                Effect::Allow if matched.holds.uncertain().is_empty() => "allows it",
                Effect::Allow => "may allow it",
                Effect::Deny if matched.holds.uncertain().is_empty() => "denies it",
                Effect::Deny => "may deny it",
            };
            (matched, note)
        });
        let limiting = explanation
            .limiting
            .iter()
            .map(|m| (m, "denies it for other day counts"));
        let statements = decided
            .chain(limiting)
            .filter_map(|(m, note)| statement(m.policy, m.statement, note, files))
            .collect();
        let miss = explanation.nearest_miss.as_ref();
        Self {
            request,
            evaluation: &explanation.evaluation,
            explanation,
            statements,
            nearest_miss: miss.and_then(|miss| nearest(miss, files)),
        }
    }

    pub(super) fn view(&self) -> report::View<'_> {
        let dependencies = &self.explanation.dependencies;
        report::View {
            principal: self.request.caller.as_str(),
            action: self.request.action.qualified(),
            key: self.request.key.arn.as_ref().map_or("", |arn| arn.as_str()),
            decision: self.evaluation.decision().word(),
            reason: self.evaluation.reason().word(),
            days: self.days(),
            deciding: self.statements.iter().map(Statement::view).collect(),
            nearest_miss: self.nearest_miss.as_ref().map(|(statement, failed)| {
                let failed = failed
                    .iter()
                    .map(|(at, text)| (*at, text.as_str()))
                    .collect();
                report::NearestMiss {
                    statement: statement.view(),
                    failed,
                }
            }),
            depends_on: dependencies.keys.iter().map(String::as_str).collect(),
            undocumented: dependencies
                .undocumented
                .then_some("how AWS evaluates part of these policies")
                .into_iter()
                .collect(),
            examples: self.examples(),
        }
    }

    fn days(&self) -> Option<report::Days<'_>> {
        if self.request.action != KmsAction::ScheduleKeyDeletion {
            return None;
        }
        let evaluation = self.evaluation;
        if self.request.window == Window::Every {
            let (first, last) = (PendingWindowInDays::MIN, PendingWindowInDays::MAX);
            return Some(report::Days {
                asked: Some((first.days(), last.days())),
                allowed: day_ranges(evaluation.allowed.days()),
                conditional: day_ranges(evaluation.conditional.days()),
                omitted: Some(evaluation.omitted().word()),
            });
        }
        let given = self.request.context.get(WINDOW_KEY).and_then(<[_]>::first);
        let Some(day) = given.and_then(|day| day.parse::<u8>().ok()) else {
            let omitted = Some(evaluation.decision().word());
            return Some(report::Days {
                omitted,
                ..report::Days::default()
            });
        };
        let when = |cases: crate::eval::CaseSet| {
            if cases.is_empty() {
                Vec::new()
            } else {
                vec![(day, day)]
            }
        };
        Some(report::Days {
            asked: Some((day, day)),
            allowed: when(evaluation.allowed),
            conditional: when(evaluation.conditional),
            omitted: None,
        })
    }

    fn examples(&self) -> Option<report::Examples<'_>> {
        let examples = &self.explanation.examples;
        let context = |example: &'a Example| -> report::Context<'a> {
            let chosen = example.chosen.iter();
            chosen
                .map(|(key, values)| (&**key, values.iter().map(|v| &**v).collect()))
                .collect()
        };
        if examples.allowing.is_none() && examples.denying.is_none() {
            return None;
        }
        Some(report::Examples {
            allowed: examples.allowing.as_ref().map(context),
            denied: examples.denying.as_ref().map(context),
        })
    }
}

impl Statement {
    fn view(&self) -> report::StatementView<'_> {
        report::StatementView {
            policy: &self.described.policy,
            index: self.described.index,
            sid: self.described.sid.as_deref(),
            effect: match self.described.effect {
                Effect::Allow => "Allow",
                Effect::Deny => "Deny",
            },
            at: self.at,
            note: self.note,
        }
    }
}

/// A statement that stands in a file; one of a policy that was assumed is not shown.
fn statement(
    policy: PolicyRef,
    index: usize,
    note: &'static str,
    files: &PolicyFiles,
) -> Option<Statement> {
    let policies = files.policies();
    let described = describe(policy, index, &policies)?;
    let span = policies.document(policy)?.statements.get(index)?.span;
    Some(Statement {
        described,
        at: Location {
            source: files.source_of(policy)?,
            span,
        },
        note,
    })
}

fn nearest(
    miss: &NearestMiss,
    files: &PolicyFiles,
) -> Option<(Statement, Vec<(Location, String)>)> {
    let shown = statement(miss.policy, miss.statement, "would allow it", files)?;
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

fn why(failure: &Failure) -> String {
    match &failure.element {
        FailedElement::Condition(key) => format!("the condition on `{key}` does not hold"),
        FailedElement::Resource => "does not cover this key".to_owned(),
        FailedElement::Principal => "does not name this principal".to_owned(),
        FailedElement::Action => "does not name this action".to_owned(),
    }
}
