//! A decision with its reasons, each statement with its place.

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::eval::{
    CaseSet, Decision, Evaluation, Example, Explanation, FailedElement, NearestMiss, NotGiven,
    PolicyRef, PolicySet, Reason, Request, Values, WINDOW_KEY, Window, day_ranges,
};
use crate::policy::Effect;
use crate::text::{Location, SourceId};

use super::statement_reference::StatementReference;

/// A decision as reports take it.
#[derive(Clone, Debug)]
pub struct Explained {
    /// ARN of the caller, or the name of a service.
    pub principal: String,
    /// What was asked for.
    pub action: AskedAction,
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
    pub nearest_miss: Option<ExplainedMiss>,
    /// Condition keys on which the answer hangs.
    pub depends_on: Vec<String>,
    /// Whether it hangs on something that AWS does not document.
    pub undocumented: bool,
    /// Whether one of the two decisions has no request that this version knows of.
    pub is_beyond_known: bool,
    /// What it depends on that was not given.
    pub not_given: Vec<NotGiven>,
    /// A context that is allowed: keys and values, no value for an absent key.
    pub allowing: Option<Vec<(String, Vec<String>)>>,
    /// A context that is denied.
    pub denying: Option<Vec<(String, Vec<String>)>>,
}

/// The action of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedAction {
    /// One that this version knows.
    Known(KmsAction),
    /// One that AWS may have added since.
    Unknown {
        /// As a policy spells it, such as `kms:Foo`.
        name: String,
        /// What is to be said of it.
        sentence: String,
    },
}

impl AskedAction {
    /// As a policy spells it, for example `kms:ScheduleKeyDeletion`.
    pub fn qualified(&self) -> &str {
        match self {
            Self::Known(action) => action.qualified(),
            Self::Unknown { name, .. } => name,
        }
    }

    /// What is to be said of an action that this version does not know.
    pub fn unknown(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown { sentence, .. } => Some(sentence),
        }
    }
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
    /// What it does to the request.
    pub does: StatementOutcome,
}

/// What a statement does to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementOutcome {
    /// It allows it.
    Allows,
    /// It allows it, if what is not known is so.
    MayAllow,
    /// It lets the IAM policies of the account decide, and allows nothing by itself.
    Delegates,
    /// It denies it.
    Denies,
    /// It denies it, if what is not known is so.
    MayDeny,
    /// It denies it for other day counts than those that are allowed.
    DeniesOtherDays,
    /// It would allow it, if all of it applied.
    WouldAllow,
}

/// The statement that came nearest to allowing a request.
#[derive(Clone, Debug)]
pub struct ExplainedMiss {
    /// The statement.
    pub statement: ExplainedStatement,
    /// Each element that does not match, in the order in which they are written.
    pub failed: Vec<(Location, FailedElement)>,
}

impl Explained {
    /// Adds the places of the statements to an explanation. `file` returns the file that contains a policy; a policy
    /// that was assumed is in no file, and its statements are left out.
    pub(crate) fn new(
        request: &Request,
        explanation: &Explanation,
        policies: &PolicySet<'_>,
        file: &dyn Fn(PolicyRef) -> Option<SourceId>,
    ) -> Self {
        let evaluation = &explanation.evaluation;
        let files = PolicyFiles { policies, file };
        let examples = &explanation.examples;
        let chosen = |example: &Option<Example>| example.as_ref().map(|e| e.chosen.clone());
        let miss = explanation.nearest_miss.as_ref();
        Self {
            principal: request.caller.as_str().to_owned(),
            action: AskedAction::Known(request.action),
            key: request
                .key
                .arn
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            decision: evaluation.decision(),
            reason: evaluation.reason(),
            days: days(request, evaluation),
            statements: statements(explanation, &files),
            nearest_miss: miss.and_then(|miss| files.nearest(miss)),
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
    pub fn of_unknown(mut self, name: &str, sentence: String) -> Self {
        let name = name.to_owned();
        self.action = AskedAction::Unknown { name, sentence };
        for statement in &mut self.statements {
            if statement.does == StatementOutcome::Allows {
                statement.does = StatementOutcome::MayAllow;
            }
        }
        self
    }
}

fn statements(explanation: &Explanation, files: &PolicyFiles<'_>) -> Vec<ExplainedStatement> {
    let decided = explanation.deciding.iter().map(|matched| {
        let is_sure = matched.holds.uncertain().is_empty();
        let does = match matched.effect {
            Effect::Allow if matched.delegates => StatementOutcome::Delegates,
            Effect::Allow if is_sure => StatementOutcome::Allows,
            Effect::Allow => StatementOutcome::MayAllow,
            Effect::Deny if is_sure => StatementOutcome::Denies,
            Effect::Deny => StatementOutcome::MayDeny,
        };
        (matched, does)
    });
    let limiting = explanation.limiting.iter();
    let limiting = limiting.map(|matched| (matched, StatementOutcome::DeniesOtherDays));
    decided
        .chain(limiting)
        .filter_map(|(matched, does)| files.statement(matched.policy, matched.statement, does))
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
struct PolicyFiles<'a> {
    policies: &'a PolicySet<'a>,
    file: &'a dyn Fn(PolicyRef) -> Option<SourceId>,
}

impl PolicyFiles<'_> {
    fn statement(
        &self,
        policy: PolicyRef,
        index: usize,
        does: StatementOutcome,
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
            does,
        })
    }

    fn nearest(&self, miss: &NearestMiss) -> Option<ExplainedMiss> {
        let does = StatementOutcome::WouldAllow;
        let statement = self.statement(miss.policy, miss.statement, does)?;
        let place = |span| Location {
            source: statement.at.source,
            span,
        };
        let failed = miss.failures.iter();
        let failed = failed.map(|failure| (place(failure.span), failure.element.clone()));
        Some(ExplainedMiss {
            failed: failed.collect(),
            statement,
        })
    }
}
