//! For a conditional answer: one context that allows and one that denies, each confirmed.
//!
//! The search tries, key by key, the values that the policies' conditions tell apart, and lets the
//! evaluator cut off every branch that is already decided. It never changes what was given, and shows
//! only what AWS could supply.

use std::collections::BTreeSet;

use crate::aws::KeyArn;
use crate::policy::{Moment, Piece, PrincipalElement, PrincipalForm, pieces};

use super::decide::evaluate_statement_by_statement;
use super::scope::{Scope, USER_ID};
use super::settle::{Domain, Tested, Texts, kind};
use super::{
    Case, Decision, Dependencies, Evaluation, Holds, PolicySet, Request, RequestContext, Values,
    WINDOW_KEY, Window, dependencies, evaluate, possible,
};

/// The time of a request in seconds since 1970.
const EPOCH_TIME: &str = "aws:EpochTime";

/// How many contexts are tried for one example in one order of values, and in how many orders.
const MOST_TRIES: usize = 300;
const MOST_TURNS: usize = 6;

/// How many values that no condition tells apart are tried of one key: not every one goes together with
/// the values of other keys.
const MOST_ALIKE: usize = 3;

/// A context under which a conditional answer is firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Everything that the request holds; all else is absent.
    pub context: RequestContext,
    /// The keys on which the answer depended with their values; no value says absent.
    pub chosen: Vec<(String, Vec<String>)>,
    /// What is then decided.
    pub decision: Decision,
}

/// Both sides of a conditional answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examples {
    /// A context that allows.
    pub allowing: Option<Example>,
    /// A context that denies.
    pub denying: Option<Example>,
}

/// Finds a context for each side of a conditional answer.
pub(super) fn examples(
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
    depends: &Dependencies,
) -> Examples {
    // Nothing shows what a key policy says that was not given.
    if depends.key_policy {
        return Examples::default();
    }
    let cases = cases(request, evaluation);
    let find = |wanted: fn(Decision) -> bool| {
        cases.iter().find_map(|base| {
            let mut search = Search::new(policies, wanted);
            let (context, decision) = search.run(base)?;
            Some(Example {
                chosen: chosen(&context, base, depends, &search.chosen),
                context,
                decision,
            })
        })
    };
    Examples {
        allowing: find(|decision| decision == Decision::Allowed),
        denying: find(|decision| {
            matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny)
        }),
    }
}

/// The request for single cases that are conditional, of those that are alike the first.
fn cases(request: &Request, evaluation: &Evaluation) -> Vec<Request> {
    if request.window != Window::Every {
        return vec![request.clone()];
    }
    let alike = |case: Case| -> Vec<(bool, bool)> {
        let of = |holds: Holds| (holds.surely().contains(case), holds.maybe().contains(case));
        evaluation
            .matches
            .iter()
            .map(|matched| of(matched.holds))
            .collect()
    };
    let mut seen = BTreeSet::new();
    let conditional = Case::all().filter(|case| evaluation.conditional.contains(*case));
    let first = conditional.filter(|case| seen.insert(alike(*case)));
    first
        .map(|case| {
            let mut base = request.clone();
            match case.window() {
                Some(days) => base.context.set(WINDOW_KEY, [days.to_string()]),
                None => base.context.absent_default(WINDOW_KEY),
            }
            base.window = Window::FromContext;
            base
        })
        .collect()
}

/// The keys on which the answer depended and those that were tried, with their values.
fn chosen(
    context: &RequestContext,
    base: &Request,
    depends: &Dependencies,
    tried: &[String],
) -> Vec<(String, Vec<String>)> {
    let values = |key: &str| {
        let values = context.get(key).into_iter().flat_map(Values::iter);
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut chosen: Vec<(String, Vec<String>)> = Vec::new();
    let window = base.context.get(WINDOW_KEY).map(|_| WINDOW_KEY);
    let keys = window
        .into_iter()
        .chain(depends.keys.iter().chain(tried).map(String::as_str));
    for key in keys {
        if !chosen
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(key))
        {
            chosen.push((key.to_owned(), values(key)));
        }
    }
    chosen
}

struct Search<'a> {
    policies: &'a PolicySet<'a>,
    wanted: fn(Decision) -> bool,
    tries: usize,
    /// Which way the values of each key are tried.
    turn: usize,
    /// The keys that are chosen on the way that is being tried.
    chosen: Vec<String>,
}

impl<'a> Search<'a> {
    const fn new(policies: &'a PolicySet<'a>, wanted: fn(Decision) -> bool) -> Self {
        Self {
            policies,
            wanted,
            tries: 0,
            turn: 0,
            chosen: Vec::new(),
        }
    }

    /// Looks for a context until all are tried, or so many in each of several orders: where the first key
    /// got a value that does not do, no others of the last keys help.
    fn run(&mut self, base: &Request) -> Option<(RequestContext, Decision)> {
        for turn in 0..MOST_TURNS {
            (self.turn, self.tries) = (turn, 0);
            self.chosen.clear();
            let found = self.descend(base);
            if found.is_some() || self.tries <= MOST_TRIES {
                return found;
            }
        }
        None
    }

    fn descend(&mut self, base: &Request) -> Option<(RequestContext, Decision)> {
        self.tries = self.tries.saturating_add(1);
        if self.tries > MOST_TRIES {
            return None;
        }
        let evaluation = evaluate_statement_by_statement(base, self.policies);
        let decision = evaluation.decision();
        if decision != Decision::Conditional && !(self.wanted)(decision) {
            return None;
        }
        // Keys that do not go together do not with more of them either.
        let context = possible::completed(base)?;
        let request = Request {
            context: context.clone(),
            ..base.clone()
        };
        let complete = evaluate(&request, self.policies).decision();
        if (self.wanted)(complete) {
            return Some((context, complete));
        }
        if decision != Decision::Conditional {
            return None;
        }
        let depends = dependencies(base, self.policies, &evaluation);
        let unknown = |key: &&String| base.context.get(key).is_none();
        let key = depends.keys.iter().find(unknown)?;
        self.chosen.push(key.clone());
        let mut values = candidates(key, base, self.policies, &evaluation);
        let count = values.len().max(1);
        values.rotate_left(self.turn.saturating_mul(self.chosen.len()) % count);
        for values in values {
            let mut next = base.clone();
            next.context.set(key, values);
            if let Some(found) = self.descend(&next) {
                return Some(found);
            }
        }
        self.chosen.pop();
        None
    }
}

/// Values of the key that the conditions tell apart and that AWS could supply; absence last, since an
/// example that names a value says more.
fn candidates(
    key: &str,
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
) -> Vec<Texts> {
    let mut tested: Vec<Tested<'_>> = Vec::new();
    let mut elsewhere = Vec::new();
    for matched in &evaluation.matches {
        let Some(document) = policies.document(matched.policy) else {
            continue;
        };
        let Some(statement) = document.statements.get(matched.statement) else {
            continue;
        };
        let scope = Scope::new(request, document.kind, document.replaces_variables())
            .of_effect(matched.effect)
            .about(matched.part);
        if key.eq_ignore_ascii_case(USER_ID) {
            elsewhere.extend(
                statement
                    .principal
                    .iter()
                    .flat_map(|element| ids(element, request)),
            );
        }
        for condition in &statement.conditions {
            if condition.key.value.eq_ignore_ascii_case(key) {
                tested.push((condition, scope));
            } else if condition
                .values
                .iter()
                .any(|value| names(&value.text.value, key))
            {
                elsewhere.extend(values_of(&condition.key.value, request));
            } else if is_time(key) && is_time(&condition.key.value) {
                // One time is at or before another.
                elsewhere.extend(times(key, (condition, scope), request));
            }
        }
    }
    let id = request.key.arn.as_ref().map(KeyArn::key_id);
    elsewhere.extend(id.map(|id| vec![id.into()]));
    let mut all = Domain::usual(key, request).map_or_else(Vec::new, |domain| {
        let mut values = domain.some(&tested);
        values.extend(domain.all(&tested).values);
        values
    });
    all.extend(elsewhere);
    all.retain(|values| possible::could_be(key, values, request));
    all.sort_by_key(Vec::is_empty);
    let mut seen = BTreeSet::new();
    all.retain(|values| seen.insert(values.clone()));
    if !key.to_ascii_lowercase().starts_with("kms:key") && !is_time(key) {
        // What AWS does not document is told apart only where the context is complete.
        let complete = Request {
            context: request.context.completed(),
            ..request.clone()
        };
        let firm: Vec<Tested<'_>> = tested
            .iter()
            .map(|(condition, scope)| (*condition, scope.of(&complete)))
            .collect();
        let mut kinds = Vec::new();
        all.retain(|values| {
            let kind = (kind(values, &tested), kind(values, &firm));
            let alike = kinds.iter().filter(|known| **known == kind).count();
            kinds.push(kind);
            alike < MOST_ALIKE
        });
    }
    all
}

/// What a key has that is compared with a variable, or could have.
fn values_of(key: &str, request: &Request) -> Vec<Texts> {
    match request.context.get(key) {
        Some(known) => known.iter().map(|value| vec![value.into()]).collect(),
        None => Domain::usual(key, request).map_or_else(Vec::new, |domain| domain.some(&[])),
    }
}

/// Keys whose values are moments of which one is not before the other.
fn is_time(key: &str) -> bool {
    ["aws:CurrentTime", EPOCH_TIME, "aws:TokenIssueTime"]
        .iter()
        .any(|name| key.eq_ignore_ascii_case(name))
}

/// The moments that a condition on another key tells apart, as the key has them.
fn times(key: &str, tested: Tested<'_>, request: &Request) -> Vec<Texts> {
    let other = Domain::usual(&tested.0.key.value, request);
    let values = other.map_or_else(Vec::new, |domain| domain.some(&[tested]));
    let moments = values
        .iter()
        .flatten()
        .filter_map(|text| Moment::parse(text));
    let is_epoch = key.eq_ignore_ascii_case(EPOCH_TIME);
    let texts = moments.map(Moment::timestamp).map(|moment| {
        if is_epoch {
            moment.as_second().to_string()
        } else {
            moment.to_string()
        }
    });
    texts.map(|text| vec![text.into()]).collect()
}

/// What `aws:userid` is of the caller where its unique id is one that the element names.
fn ids(element: &PrincipalElement, request: &Request) -> Vec<Texts> {
    let entries = element.entries.iter();
    let texts = entries.filter_map(|entry| match entry.form() {
        PrincipalForm::UniqueId(id) => possible::user_id(id, request),
        _ => None,
    });
    texts.map(|text| vec![text.into()]).collect()
}

/// Whether a variable in the text names the key.
fn names(text: &str, key: &str) -> bool {
    let of_key = |piece| matches!(piece, Piece::Variable { key: name, .. } if name.eq_ignore_ascii_case(key));
    pieces(text).any(of_key)
}
