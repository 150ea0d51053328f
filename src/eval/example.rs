//! For a conditional answer: one context that allows and one that denies, each confirmed.
//!
//! The search tries, key by key, the values that the policies' conditions tell apart, and lets the
//! evaluator cut off every branch that is already decided. It never changes what was given, and shows
//! only what AWS could supply.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::candidates::{candidates, role_in_key_policy};
use super::decide::evaluate_statement_by_statement;
use super::scope::PRINCIPAL_ARN;
use super::settle::Choices;
use super::{
    Case, Decision, Dependencies, Evaluation, Holds, PolicySet, Request, RequestContext, Values,
    WINDOW_KEY, Window, dependencies, evaluate, possible,
};

/// How many contexts are tried for one example in one order of values, and in all.
const MOST_TRIES: usize = 250;
const MOST_IN_ALL: usize = 1_500;

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
    /// Whether one of them is missing because no request that this version knows of shows it: only a
    /// value that AWS is not known to have would, such as a new key spec.
    pub is_beyond_known: bool,
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
        let mut search = Search::new(policies, wanted);
        let found = cases.iter().find_map(|base| {
            let (context, decision) = search.run(base)?;
            Some(Example {
                chosen: chosen(&context, base, depends, &search.chosen),
                context,
                decision,
            })
        });
        (found, search.is_complete)
    };
    let (allowing, all_allowing) = find(|decision| decision == Decision::Allowed);
    let (denying, all_denying) =
        find(|decision| matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny));
    Examples {
        is_beyond_known: !depends.undocumented
            && !depends.alias
            && ((allowing.is_none() && all_allowing) || (denying.is_none() && all_denying)),
        allowing,
        denying,
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
    let conditional = Case::all().filter(|case| evaluation.decisions.conditional.contains(*case));
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
    /// In this order of values, and in all.
    tries: usize,
    in_all: usize,
    /// Whether whatever this version knows of was tried.
    is_complete: bool,
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
            in_all: 0,
            is_complete: true,
            turn: 0,
            chosen: Vec::new(),
        }
    }

    /// Looks for a context until all are tried, or so many in each of several orders: where the first key
    /// got a value that does not do, no others of the last keys help.
    fn run(&mut self, base: &Request) -> Option<(RequestContext, Decision)> {
        self.turn = 0;
        loop {
            self.tries = 0;
            self.chosen.clear();
            let found = self.descend(base);
            if found.is_some() || self.tries <= MOST_TRIES {
                return found;
            }
            if self.in_all > MOST_IN_ALL {
                self.is_complete = false;
                return None;
            }
            self.turn = self.turn.saturating_add(1);
        }
    }

    /// The request with the ARN of the session's role, where only the key policy tells it.
    fn with_role<'r>(&self, base: &'r Request) -> Cow<'r, Request> {
        let is_set = base.context.get(PRINCIPAL_ARN).is_some();
        let role = || role_in_key_policy(self.policies, base);
        match (!is_set).then(role).flatten() {
            Some(role) => {
                let mut with = base.clone();
                with.context.set(PRINCIPAL_ARN, [role]);
                Cow::Owned(with)
            }
            None => Cow::Borrowed(base),
        }
    }

    fn descend(&mut self, base: &Request) -> Option<(RequestContext, Decision)> {
        self.tries = self.tries.saturating_add(1);
        if self.tries > MOST_TRIES {
            return None;
        }
        self.in_all = self.in_all.saturating_add(1);
        let evaluation = evaluate_statement_by_statement(base, self.policies);
        let decision = evaluation.decision();
        if decision != Decision::Conditional && !(self.wanted)(decision) {
            return None;
        }
        // Keys that do not go together do not with more of them either.
        let context = possible::completed(&self.with_role(base))?;
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
        let Choices {
            mut values,
            complete,
        } = candidates(key, base, self.policies, &evaluation);
        self.is_complete &= complete;
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
