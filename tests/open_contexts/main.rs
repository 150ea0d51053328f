//! Open contexts: every answer held against all completions of it over a small universe, each decided
//! by the naive evaluator.
//!
//! A firm answer must be that of every completion. A conditional one should have both: how many do not
//! is counted, and few may. Examples must be requests that AWS could get.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

#[path = "../naive/mod.rs"]
mod naive;

mod dense;
#[path = "../generate/rng.rs"]
mod rng;
mod universe;

use kmslint::aws::{Presence, condition_key};
use kmslint::eval::{Case, Decision, Evaluation, Example, Request, Values, evaluate, explain};
use kmslint::simulate::{Simulation, read_simulation};
use kmslint::tree::json;
use serde_json::{Map, Value};

use dense::Dense;
use universe::{Question, WINDOW};

fn simulation(question: &Question) -> Simulation {
    let text = question.document.to_string();
    read_simulation(&json::parse(&text).unwrap()).unwrap()
}

/// What the naive evaluator says of the question with this context, complete.
fn decide(question: &Question, context: Map<String, Value>) -> &'static str {
    let mut document = question.document.clone();
    document["context"] = Value::Object(context);
    document["complete_context"] = Value::Bool(true);
    naive::decide(&document).decision
}

/// The decisions that completions lead to.
#[derive(Clone, Copy, Debug, Default)]
struct Outcomes {
    allowed: bool,
    explicitly: bool,
    implicitly: bool,
}

impl Outcomes {
    /// Of all completions, and of those that AWS could get.
    fn of(question: &Question, case: Option<Case>) -> [Self; 2] {
        let all = question.completions().into_iter();
        let (possible, others): (Vec<_>, Vec<_>) =
            all.partition(|context| question.is_of_named_role(context));
        let possible = Self::default().with(question, case, possible);
        [possible.with(question, case, others), possible]
    }

    fn with(
        self,
        question: &Question,
        case: Option<Case>,
        contexts: Vec<Map<String, Value>>,
    ) -> Self {
        let mut found = self;
        for mut context in contexts {
            if let Some(window) = case.and_then(Case::window) {
                context.insert(WINDOW.to_owned(), Value::from(window.to_string()));
            }
            match decide(question, context) {
                "allowed" => found.allowed = true,
                "explicitDeny" => found.explicitly = true,
                _ => found.implicitly = true,
            }
        }
        found
    }

    const fn denied(self) -> bool {
        self.explicitly || self.implicitly
    }
}

/// The day counts that policies of the universe tell apart.
fn cases(question: &Question) -> Vec<Option<Case>> {
    if !question.schedules() {
        return vec![None];
    }
    let told_apart = |case: &Case| match case {
        Case::Days(days) => matches!(days.days(), 7 | 13 | 14 | 30),
        Case::OmittedAsDefault | Case::OmittedAsAbsent => true,
    };
    Case::all().filter(told_apart).map(Some).collect()
}

/// Asserts that a firm answer is that of every completion.
fn assert_sound(question: &Question, answer: &Evaluation, case: Option<Case>, found: Outcomes) {
    let at = case.unwrap_or(Case::OmittedAsAbsent);
    let told = || format!("{case:?} {found:?}\n{:#}", question.document);
    if answer.decisions.allowed.contains(at) {
        assert!(!found.denied(), "firmly allowed: {}", told());
    } else if !answer.decisions.conditional.contains(at) {
        assert!(!found.allowed, "firmly denied: {}", told());
    }
    if answer.decisions.explicit_deny.contains(at) {
        assert!(
            !found.implicitly && !found.allowed,
            "explicitly: {}",
            told()
        );
    }
}

#[derive(Debug, Default)]
struct Figures {
    firm: usize,
    conditional: usize,
    needless: usize,
    settled: usize,
}

fn measure(seed: u64, count: usize) -> Figures {
    let mut figures = Figures::default();
    for question in Dense::new(seed).take(count) {
        let simulation = simulation(&question);
        let answer = evaluate(&simulation.request, &simulation.policies());
        for case in cases(&question) {
            let [found, possible] = Outcomes::of(&question, case);
            assert_sound(&question, &answer, case, possible);
            let at = case.unwrap_or(Case::OmittedAsAbsent);
            if !answer.decisions.conditional.contains(at) {
                figures.firm += 1;
                let open = |m: &&kmslint::eval::Match| m.holds.uncertain().contains(at);
                figures.settled += usize::from(answer.matches.iter().any(|m| open(&m)));
                continue;
            }
            figures.conditional += 1;
            if !(found.allowed && found.denied()) {
                figures.needless += 1;
            }
        }
    }
    figures
}

#[test]
fn firm_answers_are_those_of_every_completion_and_few_others_are_needless() {
    let count = std::env::var("DENSE").ok().and_then(|n| n.parse().ok());
    let figures = measure(1, count.unwrap_or(400));
    let Figures {
        firm,
        settled,
        conditional,
        needless,
    } = figures;
    println!("{firm} firm, {settled} of them although a statement is not");
    println!("{conditional} conditional, {needless} of them needlessly");
    assert!(firm > 100 && conditional > 100);
    assert!(
        needless * 100 <= conditional,
        "more than one in a hundred is needless"
    );
}

fn values(values: Values<'_>) -> Value {
    let all: Vec<Value> = values.iter().map(Value::from).collect();
    match all.as_slice() {
        [only] => only.clone(),
        _ => Value::Array(all),
    }
}

/// Asserts that the example decides as it says, keeps what was given, and could be a request to AWS.
fn assert_possible(question: &Question, request: &Request, example: &Example) {
    let told = || format!("{example:#?}\n{:#}", question.document);
    let context: Map<String, Value> = example
        .context
        .iter()
        .filter(|(_, of)| !of.is_empty())
        .map(|(key, of)| (key.to_owned(), values(of)))
        .collect();
    let decision = decide(question, context);
    assert_eq!(decision, example.decision.word(), "{}", told());
    for (key, given) in request.context.iter() {
        let kept = example.context.get(key).unwrap();
        assert!(kept.iter().eq(given.iter()), "{key}: {}", told());
    }
    for (key, chosen) in &example.chosen {
        let presence = condition_key::presence(key, request.action, request.caller.class());
        assert!(
            presence != Presence::Always || !chosen.is_empty(),
            "{key}: {}",
            told()
        );
        assert!(
            presence != Presence::Never || chosen.is_empty(),
            "{key}: {}",
            told()
        );
        assert!(Question::could_be(key, chosen), "{key}: {}", told());
    }
}

#[test]
fn a_conditional_answer_has_an_allowed_and_a_denied_example_wherever_one_exists() {
    let (mut both, mut lacking) = (0, Vec::new());
    for question in Dense::new(2).take(300) {
        let simulation = simulation(&question);
        let (request, policies) = (&simulation.request, simulation.policies());
        let explanation = explain(request, &policies);
        if explanation.evaluation.decisions.conditional.is_empty() {
            continue;
        }
        let examples = &explanation.examples;
        for (example, wanted) in [(&examples.allowing, true), (&examples.denying, false)] {
            if let Some(example) = example {
                assert_eq!(example.decision == Decision::Allowed, wanted);
                assert_possible(&question, request, example);
                both += 1;
            } else {
                lacking.push((question.clone(), explanation.evaluation.clone(), wanted));
            }
        }
    }
    println!("{both} examples, {} lacking", lacking.len());
    for (question, answer, wanted) in lacking {
        let conditional = |case: &Option<Case>| {
            answer
                .decisions
                .conditional
                .contains(case.unwrap_or(Case::OmittedAsAbsent))
        };
        for case in cases(&question).into_iter().filter(conditional) {
            let [_, found] = Outcomes::of(&question, case);
            let exists = if wanted {
                found.allowed
            } else {
                found.denied()
            };
            assert!(
                !exists,
                "{case:?} allowed: {wanted}\n{:#}",
                question.document
            );
        }
    }
    assert!(both > 150, "only {both} examples");
}
