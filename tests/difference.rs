//! What must hold for every change.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod generate;

use kmslint::aws::condition_key::{self, NameForm};
use kmslint::aws::{ActionSet, KmsAction, Presence, ValueType};
use kmslint::difference::{Change, Difference, EVERY, Side, between};
use kmslint::eval::{
    Case, NamedPolicy, PolicySet, Request, RequestContext, Values, WINDOW_KEY, Window, evaluate,
};
use kmslint::inventory::{Inventory, Key, KeyMetadata, LoadedPolicy};
use kmslint::policy::{
    ActionElement, ActionPattern, Comparison, Effect, PolicyDocument, PolicyKind, PolicyReading,
    PrincipalElement, PrincipalEntry, Statement,
};
use kmslint::simulate::{Simulation, read_simulation};
use kmslint::text::{SourceId, Sources, Spanned};
use kmslint::tree::json;

fn simulations(seed: u64, count: usize) -> Vec<Simulation> {
    generate::Requests::new(seed, true)
        .take(count)
        .filter_map(|request| read_simulation(&json::parse(&request.to_string()).unwrap()).ok())
        .collect()
}

/// A small stream of choices.
struct Choices(u64);

impl Choices {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % count
    }

    fn some(&mut self, all: &[Statement]) -> Vec<Statement> {
        all.iter().filter(|_| self.below(3) > 0).cloned().collect()
    }

    fn shuffled<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        for last in (1..all.len()).rev() {
            let other = self.below(last + 1);
            all.swap(last, other);
        }
        all
    }
}

fn inventory(simulation: &Simulation, document: PolicyDocument) -> Inventory {
    let identity = &simulation.request.key;
    let key = Key {
        name: "key".into(),
        arn: identity.arn.clone(),
        account: identity.account,
        metadata: KeyMetadata::nothing(),
        policy: Some(LoadedPolicy {
            name: "key".into(),
            source: SourceId::default(),
            encoding: None,
            size: None,
            document,
        }),
        ..Key::default()
    };
    Inventory {
        keys: vec![key],
        ..Inventory::default()
    }
}

fn difference(before: &Inventory, after: &Inventory, actions: ActionSet) -> Difference {
    let sources = Sources::default();
    let side = |inventory| Side {
        inventory,
        sources: &sources,
        roots: &[],
    };
    between(side(before), side(after), actions)
}

fn with(document: &PolicyDocument, statements: Vec<Statement>) -> PolicyDocument {
    PolicyDocument {
        statements,
        ..document.clone()
    }
}

fn changes(difference: &Difference) -> impl Iterator<Item = &Change> {
    difference
        .subjects
        .iter()
        .flat_map(|subject| &subject.changes)
}

fn identity_policy(text: &str) -> Vec<NamedPolicy> {
    let document = PolicyReading::of_text(text, PolicyKind::Identity)
        .document
        .unwrap();
    vec![NamedPolicy {
        name: "own".into(),
        document,
    }]
}

/// The simulation's request with one case and everything said: what its context says, or some
/// value where AWS always supplies one.
fn completed(simulation: &Simulation, case: Case) -> Request {
    let full = &simulation.request;
    // What a session's own ARN leaves out, by which it may be one of IAM Identity Center.
    let mut known = RequestContext::open();
    if let Some(arn) = full
        .context
        .get("aws:PrincipalArn")
        .and_then(Values::single)
    {
        known.set_one("aws:PrincipalArn", arn);
    }
    let open = Request::open(
        full.caller.clone(),
        full.action,
        full.key.clone(),
        known,
        None,
    );
    let mut context = open.context.completed();
    let presence = |key: &str| condition_key::presence(key, open.action, open.caller.class());
    for (key, values) in full.context.iter() {
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
        context.set(WINDOW_KEY, case.window().map(|days| days.to_string()));
    }
    Request {
        context,
        window: Window::FromContext,
        ..open
    }
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

fn is_allowed(request: &Request, document: &PolicyDocument, identity: &[NamedPolicy]) -> bool {
    let policies = PolicySet {
        key_policy: Some(document),
        identity,
        ..PolicySet::default()
    };
    !evaluate(request, &policies).decisions.allowed.is_empty()
}

/// Two policies made of the statements of two, about one key.
fn pair(
    one: &Simulation,
    other: &Simulation,
    choices: &mut Choices,
) -> Option<(PolicyDocument, PolicyDocument)> {
    let (one, other) = (one.policies().key_policy?, other.policies().key_policy?);
    let all: Vec<_> = [&one.statements, &other.statements]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    Some((with(one, choices.some(&all)), with(one, choices.some(&all))))
}

#[test]
fn whoever_gains_or_loses_is_told_of() {
    let all = simulations(21, 1_500);
    let everything = identity_policy(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    );
    let mut choices = Choices(1);
    let mut seen = 0;
    for (number, simulation) in all.iter().enumerate() {
        let action = simulation.request.action;
        let other = &all[choices.below(all.len())];
        let Some((old, new)) = pair(simulation, other, &mut choices) else {
            continue;
        };
        if !EVERY.contains(action) {
            continue;
        }
        let (before, after) = (
            inventory(simulation, old.clone()),
            inventory(simulation, new.clone()),
        );
        let found = difference(&before, &after, ActionSet::only(action));
        let cases = if action == KmsAction::ScheduleKeyDeletion {
            Case::all().collect()
        } else {
            vec![Case::OmittedAsAbsent]
        };
        for case in cases {
            let request = completed(simulation, case);
            for identity in [&[][..], &everything] {
                let could = is_allowed(&request, &old, identity);
                let can = is_allowed(&request, &new, identity);
                if could == can {
                    continue;
                }
                seen += 1;
                let told = changes(&found).any(|change| {
                    let cases = if can { change.gains } else { change.loses };
                    cases.contains(case)
                });
                assert!(
                    told,
                    "{number}: {could} -> {can} {case:?} {request:#?}\n{:#?}\n{:#?}\n{found:#?}",
                    old.statements, new.statements
                );
            }
        }
    }
    assert!(seen > 1_500, "only {seen} changes");
}

#[test]
fn a_change_undone_is_the_change_in_the_mirror_and_none_is_none() {
    let all = simulations(22, 120);
    let mut choices = Choices(2);
    for simulation in &all {
        let other = &all[choices.below(all.len())];
        let Some((old, new)) = pair(simulation, other, &mut choices) else {
            continue;
        };
        let (before, after) = (inventory(simulation, old), inventory(simulation, new));
        let found = difference(&before, &after, EVERY);
        assert_eq!(difference(&after, &before, EVERY), found.reversed());
        assert!(difference(&before, &before, EVERY).is_empty());
    }
}

#[test]
fn a_deny_more_never_gives_and_an_allow_more_never_takes() {
    let all = simulations(23, 400);
    let mut choices = Choices(3);
    let mut seen = [0, 0];
    for simulation in &all {
        let other = &all[choices.below(all.len())];
        let pair = (simulation.policies(), other.policies());
        let (Some(old), Some(new)) = (pair.0.key_policy, pair.1.key_policy) else {
            continue;
        };
        for statement in &new.statements {
            let effect = statement.effect.value;
            let mut more = old.statements.clone();
            more.insert(choices.below(more.len() + 1), statement.clone());
            let before = inventory(simulation, old.clone());
            let after = inventory(simulation, with(old, more));
            let found = difference(&before, &after, EVERY);
            for change in changes(&found) {
                seen[usize::from(effect == Effect::Allow)] += 1;
                let never = match effect {
                    Effect::Allow => change.loses,
                    Effect::Deny => change.gains,
                };
                assert!(never.is_empty(), "{change:#?}\n{statement:#?}");
            }
        }
    }
    assert!(seen[0] > 100 && seen[1] > 300, "{seen:?}");
}

#[test]
fn a_new_principal_that_may_delete_is_always_a_gain() {
    let all = simulations(24, 500);
    let mut seen = 0;
    for simulation in &all {
        let policies = simulation.policies();
        let (Some(old), Some(account)) = (policies.key_policy, simulation.request.key.account)
        else {
            continue;
        };
        let new = format!(
            r#"{{"Statement":{{"Effect":"Allow","Action":"kms:ScheduleKeyDeletion","Resource":"*",
                "Principal":{{"AWS":"arn:aws:iam::{account}:role/newcomer"}}}}}}"#
        );
        let new = PolicyReading::of_text(&new, PolicyKind::Key)
            .document
            .unwrap();
        let is_deny = |statement: &&Statement| statement.effect.value == Effect::Deny;
        if old.statements.iter().any(|statement| is_deny(&statement)) {
            continue;
        }
        // Where everyone may, nobody is new.
        let everyone = old.statements.iter().any(|statement| {
            let element = statement.principal.as_ref();
            element.is_some_and(|element| element.entries.iter().any(|e| &*e.text().value == "*"))
        });
        if everyone {
            continue;
        }
        let mut more = old.statements.clone();
        more.extend(new.statements);
        let before = inventory(simulation, old.clone());
        let after = inventory(simulation, with(old, more));
        let found = difference(&before, &after, EVERY);
        assert!(found.gains_deletion(), "{:#?}", old.statements);
        assert!(!found.reversed().gains_deletion());
        seen += 1;
    }
    assert!(seen > 100, "only {seen}");
}

/// The same statements written in another way.
fn rewritten(statements: &[Statement], choices: &mut Choices) -> Vec<Statement> {
    let mut all = Vec::new();
    for statement in statements {
        let mut parts = vec![statement.clone()];
        parts = parts
            .iter()
            .flat_map(|part| by_action(part, choices))
            .collect();
        parts = parts
            .iter()
            .flat_map(|part| by_principal(part, choices))
            .collect();
        parts = parts
            .iter()
            .flat_map(|part| by_value(part, choices))
            .collect();
        let again = choices.below(parts.len());
        parts.push(parts[again].clone());
        all.extend(parts);
    }
    choices.shuffled(all)
}

/// One statement for each action, in capitals.
fn by_action(statement: &Statement, choices: &mut Choices) -> Vec<Statement> {
    let Some(element) = statement.action.as_ref().filter(|e| !e.negated) else {
        return vec![statement.clone()];
    };
    if element.patterns().len() < 2 && choices.below(2) == 0 {
        return vec![statement.clone()];
    }
    let one = |pattern: &ActionPattern| {
        let mut statement = statement.clone();
        let text = pattern.text().value.to_ascii_uppercase();
        let text = Spanned::new(text.into(), pattern.text().span);
        let patterns = vec![ActionPattern::new(text)];
        statement.action = Some(ActionElement::new(false, patterns, element.span));
        statement
    };
    element.patterns().iter().map(one).collect()
}

/// One statement for each principal.
fn by_principal(statement: &Statement, choices: &mut Choices) -> Vec<Statement> {
    let Some(element) = statement.principal.as_ref().filter(|e| !e.negated) else {
        return vec![statement.clone()];
    };
    if element.entries.len() < 2 || choices.below(2) == 0 {
        return vec![statement.clone()];
    }
    let one = |entry: &PrincipalEntry| Statement {
        principal: Some(PrincipalElement::new(
            false,
            vec![entry.clone()],
            element.span,
        )),
        ..statement.clone()
    };
    element.entries.iter().map(one).collect()
}

/// One statement for each value of the first condition of which any value suffices.
fn by_value(statement: &Statement, choices: &mut Choices) -> Vec<Statement> {
    let mut statement = statement.clone();
    statement.conditions = choices.shuffled(statement.conditions);
    let several = statement.conditions.iter().position(|condition| {
        condition.values.len() > 1
            && !condition.operator.comparison.is_negated()
            && condition.operator.quantifier.is_none()
            && condition.operator.comparison != Comparison::Null
    });
    let Some(at) = several.filter(|_| choices.below(2) == 0) else {
        return vec![statement];
    };
    let values = statement.conditions[at].values.clone();
    values
        .into_iter()
        .map(|value| {
            let mut one = statement.clone();
            one.conditions[at].values = vec![value];
            one
        })
        .collect()
}

#[test]
fn another_way_to_write_it_is_no_difference() {
    let all = simulations(25, 500);
    let mut choices = Choices(4);
    for simulation in &all {
        let policies = simulation.policies();
        let Some(old) = policies.key_policy else {
            continue;
        };
        let new = with(old, rewritten(&old.statements, &mut choices));
        let before = inventory(simulation, old.clone());
        let after = inventory(simulation, new.clone());
        let found = difference(&before, &after, EVERY);
        assert!(
            found.is_empty(),
            "{found:#?}\n{:#?}\n{:#?}",
            old.statements,
            new.statements
        );
    }
}
