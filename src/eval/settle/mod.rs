//! Conditional answers that are firm all the same, because several conditions depend on one key.
//!
//! Statement by statement, a condition on a key that was not given is unknown. That is exact unless
//! several conditions are on the same key, as in an Allow under `t = a` beside one under `t ≠ a`, or one
//! condition holds for every value. Here such keys get a value of every kind that the conditions tell
//! apart, and where all of these lead to one outcome, it is the answer. What is not searched in full
//! stays conditional.

mod choices;
mod scalars;
mod strings;

use std::ops::Range;

use crate::aws::{ValueType, condition_key};
use crate::policy::{Condition, Family};

use super::combine::{Decided, decide};
use super::condition;
use super::context::by_name;
use super::expansion::{has_variables, variables};
use super::scope::Scope;
use super::statement::is_about_action;
use super::{CaseSet, Evaluation, Holds, Lookup, Match, PolicySet, Request, resource};

use choices::can_have_many_values;
pub(super) use choices::{Choices, Domain, Tested, Texts, kind};

/// How much is looked at for one request: each combination of values costs as many as there are
/// statements that may apply.
const MOST_WORK: usize = 1 << 16;

/// How often a value is compared with one of a condition, for one key: of the longest key policy that AWS
/// stores all ARNs are, each with each.
const MOST_COMPARED: usize = 1 << 19;

/// Whether the condition is on a key that is true or false, and asks for one of the two: either value
/// may come, and the conditions on it do not depend on each other where there is but this one.
fn asks_for_one_of_two(condition: &Condition) -> bool {
    let operator = condition.operator;
    let is_bool = condition_key::find(&condition.key.value)
        .is_some_and(|row| row.value_type == ValueType::Bool && !row.multi_valued);
    let asked = match condition.values.as_slice() {
        [only] => &*only.text.value,
        _ => return false,
    };
    is_bool
        && operator.quantifier.is_none()
        && operator.comparison.family() == Family::Bool
        && matches!(asked, "true" | "false")
}

/// The evaluation with the cases decided for which no value of any key changes the outcome.
pub(super) fn settle(
    evaluation: Evaluation,
    request: &Request,
    policies: &PolicySet<'_>,
) -> Evaluation {
    let mut question = Question::new(&evaluation, request, policies);
    let mut open = evaluation.decisions.conditional;
    for effort in [Effort::Few, Effort::Every] {
        question.choose(effort, open);
        if question.is_exact() {
            return evaluation;
        }
        let outcome = question.search(open);
        open = outcome.undecided(open);
        if open.is_empty() {
            return evaluation;
        }
        if effort == Effort::Every {
            return outcome.applied(evaluation, open);
        }
    }
    evaluation
}

/// Which values of a key are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effort {
    /// Likely ones: they show that most conditional answers are.
    Few,
    /// One of every kind.
    Every,
}

/// A condition on one unknown key.
struct Atom<'p> {
    condition: &'p Condition,
    scope: Scope<'p>,
    /// While the key is unknown.
    unknown: Holds,
    /// With the values that are looked at.
    now: Holds,
}

/// A statement with such conditions.
struct Open {
    /// Its place among the matches.
    index: usize,
    /// For which cases all else of it holds.
    rest: Holds,
    atoms: Range<usize>,
}

/// An unknown key.
struct Key<'p> {
    name: &'p str,
    atoms: Vec<usize>,
    /// What the atoms come to with values of each kind. Empty where no combination has to be looked
    /// at, because the atoms do not depend on each other.
    kinds: Vec<Vec<Holds>>,
}

/// The keys of the conditions, in the order in which they are first named.
fn keys<'p>(atoms: &[Atom<'p>]) -> Vec<Key<'p>> {
    let mut named: Vec<(usize, &'p str)> = atoms
        .iter()
        .map(|atom| &*atom.condition.key.value)
        .enumerate()
        .collect();
    named.sort_by(|(_, one), (_, other)| by_name(one, other));
    let of_one = named.chunk_by(|(_, one), (_, other)| one.eq_ignore_ascii_case(other));
    let keys = of_one.filter_map(|of_one| {
        let (_, name) = of_one.first()?;
        Some(Key {
            name,
            atoms: of_one.iter().map(|(atom, _)| *atom).collect(),
            kinds: Vec::new(),
        })
    });
    let mut keys: Vec<_> = keys.collect();
    keys.sort_by_key(|key| key.atoms.first().copied());
    keys
}

struct Question<'p> {
    request: &'p Request,
    evaluation: &'p Evaluation,
    matches: Vec<Match>,
    atoms: Vec<Atom<'p>>,
    statements: Vec<Open>,
    keys: Vec<Key<'p>>,
    work: usize,
}

impl<'p> Question<'p> {
    fn new(evaluation: &'p Evaluation, request: &'p Request, policies: &PolicySet<'p>) -> Self {
        let mut question = Self {
            request,
            evaluation,
            matches: evaluation.matches.clone(),
            atoms: Vec::new(),
            statements: Vec::new(),
            keys: Vec::new(),
            work: 0,
        };
        for (index, matched) in evaluation.matches.iter().enumerate() {
            if !(matched.applies.uncertain() & evaluation.decisions.conditional).is_empty() {
                question.add(index, matched, policies);
            }
        }
        question.keys = keys(&question.atoms);
        question
    }

    fn add(&mut self, index: usize, matched: &Match, policies: &PolicySet<'p>) {
        let Some(document) = policies.document(matched.policy) else {
            return;
        };
        let Some(statement) = document.statements.get(matched.statement) else {
            return;
        };
        let scope = Scope::new(self.request, document.kind, document.replaces_variables())
            .of_effect(matched.effect)
            .about(matched.part);
        let first = self.atoms.len();
        let mut rest: Holds = statement.resource.as_ref().map_or(Holds::NEVER, |element| {
            resource::covers(element, &scope).into()
        });
        for condition in &statement.conditions {
            let holds = condition::holds(condition, &scope);
            let open = holds.uncertain() & self.evaluation.decisions.conditional;
            if open.is_empty() || !depends_on_own_key(condition, &scope) {
                rest = rest.and(holds);
                continue;
            }
            self.atoms.push(Atom {
                condition,
                scope,
                unknown: holds,
                now: holds,
            });
        }
        self.statements.push(Open {
            index,
            rest: rest.and(is_about_action(statement, &scope).into()),
            atoms: first..self.atoms.len(),
        });
    }

    /// Finds the kinds of values of each key of which combinations have to be looked at.
    fn choose(&mut self, effort: Effort, open: CaseSet) {
        for key in &mut self.keys {
            // What the first values show of a single condition no others change.
            if effort == Effort::Every && key.kinds.is_empty() {
                continue;
            }
            let tested: Vec<_> = key
                .atoms
                .iter()
                .filter_map(|atom| self.atoms.get(*atom))
                .map(|atom| (atom.condition, atom.scope))
                .collect();
            if let [(condition, _)] = tested.as_slice()
                && asks_for_one_of_two(condition)
            {
                continue;
            }
            let Some(domain) = Domain::of(key.name, self.request) else {
                continue;
            };
            let choices = match effort {
                Effort::Few => Choices {
                    values: domain.some(&tested),
                    complete: true,
                },
                Effort::Every => domain.all(&tested),
            };
            let weight = tested
                .iter()
                .map(|(of, _)| of.values.len().saturating_add(1));
            let compared = weight.sum::<usize>().saturating_mul(choices.values.len());
            key.kinds = if choices.complete && compared <= MOST_COMPARED {
                kinds(&choices.values, &tested)
            } else {
                Vec::new()
            };
            if tested.len() == 1 && is_contingent(&key.kinds, open) {
                key.kinds = Vec::new();
            }
        }
        self.keys
            .sort_by_key(|key| std::cmp::Reverse(key.atoms.len()));
    }

    /// Whether looking at each statement by itself has missed nothing.
    fn is_exact(&self) -> bool {
        self.keys.iter().all(|key| key.kinds.is_empty())
    }

    fn search(&mut self, open: CaseSet) -> Outcome {
        for atom in &mut self.atoms {
            atom.now = atom.unknown;
        }
        let mut outcome = Outcome::default();
        self.work = 0;
        self.descend(0, open, &mut outcome);
        outcome
    }

    /// Looks at all combinations of values of the keys from `next` on, for the cases that are asked.
    fn descend(&mut self, next: usize, asked: CaseSet, outcome: &mut Outcome) {
        self.work = self
            .work
            .saturating_add(self.matches.len().saturating_add(1));
        if self.work > MOST_WORK {
            outcome.unfinished = outcome.unfinished | asked;
            return;
        }
        for open in &self.statements {
            let atoms = self.atoms.get(open.atoms.clone()).unwrap_or_default();
            let applies = atoms.iter().fold(open.rest, |all, atom| all.and(atom.now));
            if let Some(matched) = self.matches.get_mut(open.index) {
                matched.applies = applies;
            }
        }
        let decided = decide(&self.matches, &self.evaluation.frame);
        let Decided {
            allow,
            deny,
            mut layers,
        } = decided;
        let allowed = asked & allow.surely().without(deny.maybe());
        let denied = asked.without(allow.maybe()) | (asked & deny.surely());
        let mut left = asked.without(allowed | denied);
        outcome.note(allowed, denied, deny.surely());
        for (seen, layer) in outcome.layers.iter_mut().zip(layers.each()) {
            seen.add(*layer, allowed | denied);
        }
        let Some(key) = (next..self.keys.len()).find(|at| self.has_kinds(*at)) else {
            // Nothing that is left hangs together, so both outcomes are possible.
            outcome.note(left, left, CaseSet::NONE);
            return;
        };
        let count = self.keys.get(key).map_or(0, |key| key.kinds.len());
        for kind in 0..count {
            left = outcome.undecided(left);
            if left.is_empty() {
                break;
            }
            self.assume(key, Some(kind));
            self.descend(key.saturating_add(1), left, outcome);
        }
        self.assume(key, None);
    }

    fn has_kinds(&self, key: usize) -> bool {
        self.keys.get(key).is_some_and(|key| !key.kinds.is_empty())
    }

    /// Gives the key values of this kind, or takes them back.
    fn assume(&mut self, key: usize, kind: Option<usize>) {
        let Some(key) = self.keys.get(key) else {
            return;
        };
        let kind = kind.and_then(|kind| key.kinds.get(kind));
        for (place, atom) in key.atoms.iter().enumerate() {
            if let Some(atom) = self.atoms.get_mut(*atom) {
                let assumed = kind.and_then(|kind| kind.get(place));
                atom.now = assumed.copied().unwrap_or(atom.unknown);
            }
        }
    }
}

/// Whether the condition depends on the value of its own key and on nothing else that is unknown.
pub(super) fn depends_on_own_key(condition: &Condition, scope: &Scope<'_>) -> bool {
    let own = &*condition.key.value;
    let is_text = matches!(
        condition.operator.comparison.family(),
        Family::String | Family::Arn
    );
    // A text is never longer than itself: beside a variable that names the own key nothing but runs can
    // match, so that all values that are not empty come to the same.
    let names_itself =
        |key: &str| key.eq_ignore_ascii_case(own) && is_text && !can_have_many_values(own);
    let known = |text: &str| {
        !has_variables(text, scope)
            || variables(text).all(|key| {
                let is_open =
                    scope.varies(key) || matches!(scope.lookup(key), Lookup::Unknown { .. });
                !is_open || names_itself(key)
            })
    };
    own.is_ascii()
        && !scope.varies(own)
        && matches!(scope.lookup(own), Lookup::Unknown { .. })
        && condition.operator.as_documented
        && condition.values.iter().all(|value| {
            let text = &*value.text.value;
            known(text) && !scope.is_open(&value.text.value)
        })
}

/// What the conditions come to with each of the values, each outcome once.
fn kinds(values: &[Texts], tested: &[Tested<'_>]) -> Vec<Vec<Holds>> {
    let mut kinds: Vec<Vec<Holds>> = Vec::new();
    for values in values {
        let kind = kind(values, tested);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Whether some values make the only condition on a key hold and others make it fail.
fn is_contingent(kinds: &[Vec<Holds>], open: CaseSet) -> bool {
    let only = || kinds.iter().filter_map(|kind| kind.first());
    only().any(|holds| holds.surely().includes(open))
        && only().any(|holds| (holds.maybe() & open).is_empty())
}

/// For which cases something held wherever it was looked at, and for which it did somewhere.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    missed: CaseSet,
    met: CaseSet,
}

impl Seen {
    fn add(&mut self, holds: Holds, cases: CaseSet) {
        self.missed = self.missed | cases.without(holds.surely());
        self.met = self.met | (holds.maybe() & cases);
    }

    /// What held for the cases that were looked at, and for others what was known before.
    fn holds(self, before: Holds, cases: CaseSet) -> Holds {
        Holds::between(
            before.surely().without(cases) | cases.without(self.missed),
            before.maybe().without(cases) | (cases & self.met),
        )
    }
}

/// What a search came to, case by case.
#[derive(Debug, Default)]
struct Outcome {
    allowed: CaseSet,
    denied: CaseSet,
    /// Denied, and not by a statement.
    implicitly: CaseSet,
    unfinished: CaseSet,
    /// Of each layer.
    layers: [Seen; 7],
}

impl Outcome {
    fn note(&mut self, allowed: CaseSet, denied: CaseSet, explicitly: CaseSet) {
        self.allowed = self.allowed | allowed;
        self.denied = self.denied | denied;
        self.implicitly = self.implicitly | denied.without(explicitly);
    }

    /// Those of the cases for which not both outcomes were found.
    fn undecided(&self, cases: CaseSet) -> CaseSet {
        cases.without(self.allowed & self.denied)
    }

    /// The evaluation with these cases decided, but for those whose search was not finished.
    fn applied(self, mut evaluation: Evaluation, cases: CaseSet) -> Evaluation {
        let settled = cases.without(self.unfinished);
        evaluation.decisions.conditional = evaluation.decisions.conditional.without(settled);
        evaluation.decisions.allowed = evaluation.decisions.allowed | (settled & self.allowed);
        let denied = settled.without(self.allowed);
        evaluation.decisions.explicit_deny =
            evaluation.decisions.explicit_deny | denied.without(self.implicitly);
        for (seen, layer) in self.layers.iter().zip(evaluation.layers.each()) {
            *layer = seen.holds(*layer, settled);
        }
        evaluation
    }
}
