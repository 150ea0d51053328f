//! For a conditional answer: one context that allows and one that denies, each confirmed.
//!
//! The search tries, key by key, the values at which the policies' own conditions change, and lets
//! the evaluator cut off every branch that is already decided.

use crate::aws::ValueType;
use crate::aws::condition_key;
use crate::policy::{Comparison, Condition, Family, Piece, pieces};

use super::{
    Case, Decision, Dependencies, Evaluation, PolicySet, Request, RequestContext, Values,
    WINDOW_KEY, Window, dependencies, evaluate,
};

/// How many contexts are tried for one example. Answers that hang on more than a handful of keys
/// at once may stay without one.
const MOST_TRIES: usize = 4_000;

/// A context under which a conditional answer is firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Everything that the request holds; all else is absent.
    pub context: RequestContext,
    /// The keys on which the answer hung with their values; no value says absent.
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
    hangs: &Dependencies,
) -> Examples {
    let Some(base) = one_case(request, evaluation) else {
        return Examples::default();
    };
    let find = |wanted: fn(Decision) -> bool| {
        let mut search = Search {
            policies,
            wanted,
            tries: 0,
            chosen: Vec::new(),
        };
        let context = search.run(&base)?;
        let decision = search.decide_complete(&base, &context);
        Some(Example {
            chosen: chosen(&context, &base, hangs),
            context: context.completed(),
            decision,
        })
    };
    Examples {
        allowing: find(|decision| decision == Decision::Allowed),
        denying: find(|decision| {
            matches!(decision, Decision::ImplicitDeny | Decision::ExplicitDeny)
        }),
    }
}

/// The request for one of its conditional cases alone: the first day count, else the omitted one.
fn one_case(request: &Request, evaluation: &Evaluation) -> Option<Request> {
    let mut base = request.clone();
    if request.window == Window::Every {
        let conditional = Case::all().find(|case| evaluation.conditional.contains(*case));
        match conditional?.window() {
            Some(days) => base.context.set(WINDOW_KEY, [days.to_string()]),
            None => base.context.absent_default(WINDOW_KEY),
        }
        base.window = Window::FromContext;
    }
    Some(base)
}

fn chosen(
    context: &RequestContext,
    base: &Request,
    hangs: &Dependencies,
) -> Vec<(String, Vec<String>)> {
    let values = |key: &str| {
        let values = context.get(key).into_iter().flat_map(Values::iter);
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut chosen: Vec<_> = hangs
        .keys
        .iter()
        .map(|key| (key.clone(), values(key)))
        .collect();
    let named = |key: &str| {
        hangs
            .keys
            .iter()
            .any(|other| other.eq_ignore_ascii_case(key))
    };
    let others = context
        .iter()
        .filter(|(key, _)| base.context.get(key).is_none() && !named(key));
    chosen.extend(others.map(|(key, _)| (key.to_owned(), values(key))));
    if base.context.get(WINDOW_KEY).is_some() && !named(WINDOW_KEY) {
        chosen.insert(0, (WINDOW_KEY.to_owned(), values(WINDOW_KEY)));
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
    fn decide_complete(&self, base: &Request, context: &RequestContext) -> Decision {
        let request = Request {
            context: context.completed(),
            ..base.clone()
        };
        evaluate(&request, self.policies).decision()
    }

    fn run(&mut self, base: &Request) -> Option<RequestContext> {
        self.tries = self.tries.saturating_add(1);
        if self.tries > MOST_TRIES {
            return None;
        }
        if (self.wanted)(self.decide_complete(base, &base.context)) {
            return Some(base.context.clone());
        }
        let evaluation = evaluate(base, self.policies);
        if evaluation.decision() != Decision::Conditional {
            return None;
        }
        let hangs = dependencies(base, self.policies, &evaluation);
        let key = hangs.keys.iter().find(|key| !self.chosen.contains(key))?;
        self.chosen.push(key.clone());
        let values = candidates(key, base, self.policies, &evaluation);
        let found = values.into_iter().find_map(|values| {
            let mut next = base.clone();
            next.context.set(key, values);
            self.run(&next)
        });
        self.chosen.pop();
        found
    }
}

/// The values worth trying for a key: those of the conditions on it and their neighbours.
fn candidates(
    key: &str,
    request: &Request,
    policies: &PolicySet<'_>,
    evaluation: &Evaluation,
) -> Vec<Vec<String>> {
    let mut values = Vec::new();
    let statements = evaluation.matches.iter().filter_map(|matched| {
        policies
            .document(matched.policy)?
            .statements
            .get(matched.statement)
    });
    for condition in statements.flat_map(|statement| &statement.conditions) {
        if condition.key.value.eq_ignore_ascii_case(key) {
            for value in &condition.values {
                around(condition, &filled(&value.text.value, request), &mut values);
            }
        } else {
            as_variable(key, condition, request, &mut values);
        }
    }
    values.extend(elsewhere(
        condition_key::find(key).map(|key| key.value_type),
    ));
    values.extend(request.key.arn.iter().map(|arn| arn.key_id().to_owned()));
    let mut seen = std::collections::BTreeSet::new();
    values.retain(|value| seen.insert(value.clone()));
    let mut candidates: Vec<_> = values.into_iter().map(|value| vec![value]).collect();
    // Absence last: an example that names a value says more.
    candidates.push(Vec::new());
    candidates
}

/// Values that most conditions do not name.
fn elsewhere(value_type: Option<ValueType>) -> Vec<String> {
    let values: &[&str] = match value_type {
        Some(ValueType::Bool) => &["true", "false"],
        Some(ValueType::Numeric) => &["0", "1000000"],
        Some(ValueType::Date) => &["2038-01-01T00:00:00Z", "1970-01-02T00:00:00Z"],
        Some(ValueType::Ip) => &["192.0.2.1", "240.0.0.1", "2001:db8:ffff::1"],
        Some(ValueType::Arn) => &["arn:aws:iam::000000000000:role/other"],
        Some(ValueType::String | ValueType::Binary) | None => &["other"],
    };
    values.iter().map(ToString::to_string).collect()
}

/// The value at which the comparison changes, and one on each side of it.
fn around(condition: &Condition, value: &str, values: &mut Vec<String>) {
    let comparison = condition.operator.comparison;
    match comparison.family() {
        Family::Numeric => {
            let value = value.trim();
            values.push(value.to_owned());
            if let Some(number) = value.split('.').next().and_then(|n| n.parse::<i64>().ok()) {
                let near = [number.saturating_sub(1), number.saturating_add(1)];
                values.extend(near.map(|number| number.to_string()));
            }
        }
        Family::IpAddress => values.extend(value.split('/').next().map(ToOwned::to_owned)),
        Family::Null => values.push("other".to_owned()),
        Family::Arn => values.push(value.replace(['*', '?'], "x")),
        Family::String
            if matches!(
                comparison,
                Comparison::StringLike | Comparison::StringNotLike
            ) =>
        {
            values.push(value.replace(['*', '?'], "x"));
        }
        Family::Date | Family::String | Family::Bool | Family::Binary => {
            values.push(value.to_owned());
        }
    }
}

/// Where the key stands as a variable, the value that the compared key has or could have.
fn as_variable(key: &str, condition: &Condition, request: &Request, values: &mut Vec<String>) {
    let names_it = condition.values.iter().any(|value| {
        pieces(&value.text.value)
            .any(|piece| matches!(piece, Piece::Variable { key: name, .. } if name.eq_ignore_ascii_case(key)))
    });
    if names_it && let Some(known) = request.context.get(&condition.key.value) {
        values.extend(known.iter().map(str::to_owned));
    }
}

/// The text with every variable that is set replaced; others by the word that is tried for any.
fn filled(text: &str, request: &Request) -> String {
    pieces(text)
        .map(|piece| match piece {
            Piece::Literal(literal) => literal.to_owned(),
            Piece::Escaped(character) => character.to_string(),
            Piece::Variable { key, default } => {
                let known = request.context.get(key).and_then(Values::first);
                known.map_or_else(|| default.unwrap_or("other").to_owned(), str::to_owned)
            }
        })
        .collect()
}
