//! For a conditional answer: one context that allows and one that denies, each confirmed.
//!
//! The search tries, key by key, the values that the policies' conditions tell apart, and lets the
//! evaluator cut off every branch that is already decided. It never changes what was given, and shows
//! only what AWS could supply.

use std::collections::BTreeSet;

use crate::aws::KeyArn;
use crate::policy::{Piece, pieces};

use super::decide::evaluate_statement_by_statement;
use super::scope::Scope;
use super::settle::{Domain, Tested, Texts, kind};
use super::{
    Case, Decision, Dependencies, Evaluation, Holds, PolicySet, Request, RequestContext, Values,
    WINDOW_KEY, Window, dependencies, evaluate, possible,
};

/// How many contexts are tried for one example.
const MOST_TRIES: usize = 1_000;

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
        let mut search = Search {
            policies,
            wanted,
            tries: 0,
            chosen: Vec::new(),
        };
        cases.iter().find_map(|base| {
            search.tries = 0;
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
    /// The keys that are chosen on the way that is being tried.
    chosen: Vec<String>,
}

impl Search<'_> {
    fn run(&mut self, base: &Request) -> Option<(RequestContext, Decision)> {
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
        for values in candidates(key, base, self.policies, &evaluation) {
            let mut next = base.clone();
            next.context.set(key, values);
            if let Some(found) = self.run(&next) {
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
    let mut as_variable = Vec::new();
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
        for condition in &statement.conditions {
            if condition.key.value.eq_ignore_ascii_case(key) {
                tested.push((condition, scope));
            } else if condition
                .values
                .iter()
                .any(|value| names(&value.text.value, key))
            {
                // Where the key stands in a variable: what the compared key has or could have.
                let known = request.context.get(&condition.key.value);
                let known = known.into_iter().flat_map(Values::iter);
                as_variable.extend(known.map(|value| vec![value.into()]));
            }
        }
    }
    let id = request.key.arn.as_ref().map(KeyArn::key_id);
    as_variable.extend(id.map(|id| vec![id.into()]));
    let mut all = Domain::of(key, request).map_or_else(Vec::new, |domain| {
        let mut values = domain.some(&tested);
        values.extend(domain.all(&tested).values);
        values
    });
    all.extend(as_variable);
    all.retain(|values| possible::could_be(key, values, request));
    all.sort_by_key(Vec::is_empty);
    let mut seen = BTreeSet::new();
    all.retain(|values| seen.insert(values.clone()));
    if !key.to_ascii_lowercase().starts_with("kms:key") {
        let mut kinds = Vec::new();
        all.retain(|values| {
            let kind = kind(values, &tested);
            let alike = kinds.iter().filter(|known| **known == kind).count();
            kinds.push(kind);
            alike < MOST_ALIKE
        });
    }
    all
}

/// Whether a variable in the text names the key.
fn names(text: &str, key: &str) -> bool {
    let of_key = |piece| matches!(piece, Piece::Variable { key: name, .. } if name.eq_ignore_ascii_case(key));
    pieces(text).any(of_key)
}
