//! What must hold for every policy and every request.
#![expect(clippy::unwrap_used, reason = "tests")]

mod generate;

use std::path::PathBuf;

use kmslint::aws::condition_key::{self, NameForm};
use kmslint::aws::{KmsAction, PendingWindowInDays, Presence, ValueType};
use kmslint::eval::{
    Case, CaseSet, Decision, Evaluation, Request, RequestContext, WINDOW_KEY, evaluate, explain,
};
use kmslint::facts::{FactMaker, Limits};
use kmslint::load::load_over;
use kmslint::policy::{Effect, PolicyDocument};
use kmslint::simulate::{Simulation, read_simulation};
use kmslint::text::{Discovery, Overlay};
use kmslint::tree::json;

/// Without key policies that name a role of the caller's name by another path: no account has both, and
/// while the request does not say the path, the name tells.
fn simulations(seed: u64, count: usize) -> impl Iterator<Item = Simulation> {
    generate::Requests::new(seed, true)
        .filter(|request| !request["key_policy"].to_string().contains(":role/moved/"))
        .take(count)
        .filter_map(|request| read_simulation(&json::parse(&request.to_string()).unwrap()).ok())
}

/// The same question with only every `nth` of the context's keys, and every day count.
fn opened(request: &Request, nth: usize) -> Request {
    let mut context = RequestContext::open();
    let kept = request
        .context
        .iter()
        .filter(|(key, _)| !key.eq_ignore_ascii_case(WINDOW_KEY));
    for (index, (key, values)) in kept.enumerate() {
        if nth != 0 && index % nth == 0 {
            context.set(key, values.iter());
        }
    }
    Request::open(
        request.caller.clone(),
        request.action,
        request.key.clone(),
        context,
        None,
    )
}

/// The cases that a question stands for.
fn cases(request: &Request) -> Vec<Case> {
    if request.action == KmsAction::ScheduleKeyDeletion {
        Case::all().collect()
    } else {
        vec![Case::OmittedAsAbsent]
    }
}

/// An open question's context with one case and everything else said: what `full` says, or some
/// value where AWS always supplies one.
fn completed(open: &Request, full: &RequestContext, case: Case) -> Request {
    let mut context = open.context.completed();
    let presence = |key: &str| condition_key::presence(key, open.action, open.caller.class());
    for (key, values) in full.iter() {
        if context.get(key).is_none() && presence(key) != Presence::Never {
            context.set(key, values.iter());
        }
    }
    for key in condition_key::all().filter(|key| key.form == NameForm::Whole) {
        if context.get(key.name).is_none() && presence(key.name) == Presence::Always {
            context.set(key.name, [sample(key.value_type)]);
        }
    }
    if open.action == KmsAction::ScheduleKeyDeletion {
        let days = case.window().map(|days| days.to_string());
        context.set(WINDOW_KEY, days);
    }
    Request::complete(open.caller.clone(), open.action, open.key.clone(), context)
}

fn sample(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Bool => "false",
        ValueType::Numeric => "5",
        ValueType::Date => "2026-05-05T05:05:05Z",
        ValueType::Arn => "arn:aws:iam::111122223333:role/sample",
        ValueType::Ip => "203.0.113.5",
        ValueType::String | ValueType::Binary => "sample",
    }
}

fn is_allowed(decision: Decision) -> bool {
    decision == Decision::Allowed
}

#[test]
fn completing_the_context_never_changes_a_firm_answer() {
    let mut firm = 0;
    for (number, simulation) in simulations(11, 4_000).enumerate() {
        let open = opened(&simulation.request, number % 4);
        let answer = evaluate(&open, &simulation.policies());
        for case in cases(&open) {
            if answer.decisions.conditional.contains(case) {
                continue;
            }
            firm += 1;
            let complete = completed(&open, &simulation.request.context, case);
            let decision = evaluate(&complete, &simulation.policies()).decision();
            assert_eq!(
                is_allowed(decision),
                answer.decisions.allowed.contains(case),
                "{case:?} {decision:?} {simulation:#?}\nopen {:?}\ncomplete {:?}",
                open.context,
                complete.context
            );
        }
    }
    assert!(firm > 20_000, "only {firm} firm answers");
}

#[test]
fn the_bit_sets_agree_with_day_by_day_evaluation() {
    for (number, simulation) in simulations(12, 1_500).enumerate() {
        let open = opened(&simulation.request, number % 5);
        if open.action != KmsAction::ScheduleKeyDeletion {
            continue;
        }
        let all = evaluate(&open, &simulation.policies());
        for case in Case::all() {
            let mut context = open.context.clone();
            context.set(WINDOW_KEY, case.window().map(|days| days.to_string()));
            let one = Request::open(
                open.caller.clone(),
                open.action,
                open.key.clone(),
                context,
                None,
            );
            let one = evaluate(&one, &simulation.policies());
            let of = |answer: &Evaluation, set: CaseSet| {
                (
                    answer.decisions.over(set),
                    answer.decisions.conditional.includes(set),
                )
            };
            assert_eq!(
                of(&one, CaseSet::ALL),
                of(&all, CaseSet::of(case)),
                "{case:?}"
            );
        }
    }
}

#[test]
fn naming_the_days_is_asking_for_that_case() {
    for simulation in simulations(15, 500) {
        let open = opened(&simulation.request, 2);
        let days = PendingWindowInDays::new(14).unwrap();
        let request = &simulation.request;
        let (caller, key) = (request.caller.clone(), request.key.clone());
        let named = Request::open(
            caller,
            request.action,
            key,
            open.context.clone(),
            Some(days),
        );
        let answer = evaluate(&open, &simulation.policies());
        let expected = answer.decisions.over(CaseSet::of(Case::Days(days)));
        assert_eq!(
            evaluate(&named, &simulation.policies()).decision(),
            expected
        );
    }
}

/// Every Deny statement of the next request's policies, put into this one's of the same kind.
fn with_denials(simulation: &Simulation, other: &Simulation) -> Simulation {
    let mut more = simulation.clone();
    let denials = |document: &PolicyDocument| {
        let statements = document.statements.iter().cloned();
        statements
            .filter(|s| s.effect.value == Effect::Deny)
            .collect::<Vec<_>>()
    };
    if let (Some(target), Some(source)) = (&mut more.given.key_policy, &other.given.key_policy) {
        target.statements.extend(denials(source));
    }
    for (target, source) in more.given.identity.iter_mut().zip(&other.given.identity) {
        target.document.statements.extend(denials(&source.document));
    }
    for (target, source) in more
        .given
        .scps
        .iter_mut()
        .flatten()
        .zip(other.given.scps.iter().flatten())
    {
        target.document.statements.extend(denials(&source.document));
    }
    more.given.rcps.extend(other.given.rcps.iter().cloned());
    more
}

#[test]
fn adding_a_deny_never_allows_more() {
    let all: Vec<_> = simulations(13, 4_000).collect();
    for (number, pair) in all.windows(2).enumerate() {
        let (before, after) = (&pair[0], with_denials(&pair[0], &pair[1]));
        let open = opened(&before.request, number % 3);
        for request in [&before.request, &open] {
            let less = evaluate(request, &after.policies());
            let more = evaluate(request, &before.policies());
            assert!(more.decisions.allowed.includes(less.decisions.allowed));
            assert!(
                (more.decisions.allowed | more.decisions.conditional)
                    .includes(less.decisions.allowed | less.decisions.conditional)
            );
        }
    }
}

#[test]
fn the_examples_of_a_conditional_answer_do_what_they_say() {
    let (mut conditional, mut both, mut beyond, mut undocumented) = (0, 0, 0, (0, 0));
    for simulation in simulations(14, 3_500) {
        let open = opened(&simulation.request, 0);
        let explanation = explain(&open, &simulation.policies());
        if explanation.evaluation.decisions.conditional.is_empty() {
            continue;
        }
        let found = [
            &explanation.examples.allowing,
            &explanation.examples.denying,
        ];
        for (index, example) in found.into_iter().enumerate() {
            let Some(example) = example else { continue };
            let (caller, key) = (open.caller.clone(), open.key.clone());
            let request = Request::complete(caller, open.action, key, example.context.clone());
            let decision = evaluate(&request, &simulation.policies()).decision();
            assert_eq!(is_allowed(decision), index == 0);
            assert_eq!(decision, example.decision);
        }
        // Which alias the request is about was not said, so that no context shows that it is allowed.
        if explanation.dependencies.alias {
            continue;
        }
        let examples = found.into_iter().flatten().count();
        if explanation.dependencies.undocumented {
            undocumented.0 += 1;
            undocumented.1 += usize::from(examples == 2);
            continue;
        }
        conditional += 1;
        both += usize::from(examples == 2);
        // What no request shows whose values this version knows is told.
        if explanation.examples.is_beyond_known {
            assert_eq!(examples, 1, "{simulation:#?}");
            beyond += 1;
        }
    }
    assert!(conditional > 500, "only {conditional} conditional answers");
    assert!(
        both * 100 >= conditional * 97,
        "only {both} of {conditional} have both examples"
    );
    assert!(
        (both + beyond) * 100 >= conditional * 99,
        "only {both} of {conditional} have both examples, and {beyond} say why not"
    );
    assert!(
        undocumented.1 * 100 >= undocumented.0 * 80,
        "{undocumented:?}"
    );
}

/// Plain answers of facts need no evaluation; where debug assertions are on, each is held against
/// the one that evaluation gives.
#[test]
fn plain_answers_are_those_of_the_evaluation() {
    let (mut overlay, mut discovery) = (Overlay::default(), Discovery::default());
    for (number, mut request) in generate::Requests::new(31, true).take(6_000).enumerate() {
        let policy = &mut request["key_policy"];
        let statements = policy["Statement"].as_array_mut();
        // Without denials most answers are plain.
        if let Some(statements) = statements.filter(|_| number % 4 != 0) {
            statements.retain(|statement| statement["Effect"] != "Deny");
            for statement in statements.iter_mut().filter(|_| number % 2 == 0) {
                statement.as_object_mut().unwrap().remove("Condition");
            }
        }
        let path = PathBuf::from(format!("keys/{number}.json"));
        overlay.put(&path, policy.to_string());
        discovery.named.push(path);
    }
    let loaded = load_over(&discovery, &overlay);
    let facts = FactMaker::new(&loaded.inventory, &loaded.sources, Limits::default()).all();
    let sure = facts.iter().flat_map(|facts| &facts.access.schedule);
    let sure = sure.filter(|access| access.decision == Decision::Allowed);
    assert!(sure.count() > 2_000, "of {}", facts.len());
}
