//! `who-can` answers as a check of one deletion and a simulation do, asked pair by pair.

use std::collections::BTreeMap;

use kmslint::access::{Case, CaseSet, Decision, Identities};
use kmslint::aws::{KmsAction, PendingWindowInDays};
use kmslint::preflight::{EvidenceRequirements, Operation, Preflight, Question, preflight};
use kmslint::who_can::{self, Dependency, Grant, KeyAccess, MissingInput, WhoCan};

use super::accounts::{self, Account, OwnKey};
use super::ask::{ASKED, Asked, Said, in_preflight, of_decision, simulated};
use super::{Asker, askers, has_placeholder, number, rng};

/// Generated accounts.
const ACCOUNTS: u64 = 6;

/// What a table says of each principal and action.
type Answers<'a> = BTreeMap<(String, KmsAction), &'a Grant>;

fn answers<'a>(access: &'a KeyAccess<'_>) -> Answers<'a> {
    let mut found = BTreeMap::new();
    for part in access.rows.iter().flat_map(|row| &row.parts) {
        for (asked, grant) in part
            .who
            .iter()
            .flat_map(|asked| part.grants.iter().flatten().map(move |of| (asked, of)))
        {
            let key = (asked.text.to_string(), grant.action);
            assert!(found.insert(key, &**grant).is_none(), "{asked:?} twice");
        }
    }
    found
}

/// A conditional answer says what it depends on, and each says what gives it.
fn is_explained(grant: &Grant) {
    let decisions = grant.decisions;
    let is_open = !decisions.conditional.is_empty() || decisions.omitted() == Decision::Conditional;
    assert_eq!(is_open, !grant.depends_on.is_empty(), "{grant:#?}");
    let no_policy = Dependency::Missing(MissingInput::KeyPolicy);
    assert!(
        !grant.through.is_empty() || grant.depends_on.contains(&no_policy),
        "{grant:#?}"
    );
}

fn checked(asked: &Asked, key: &OwnKey, of: &Asker<'_>, days: Option<i64>) -> Preflight {
    let question = Question {
        key: key.arn.clone(),
        principal: Some(of.caller.clone()),
        days,
        now: None,
        operation: Operation::Schedule,
        evidence: EvidenceRequirements::default(),
    };
    preflight(&question, &asked.fact_maker()).unwrap()
}

/// The decision of a table for these cases.
fn decided(grant: Option<&&Grant>, days: Option<PendingWindowInDays>) -> Said {
    let Some(grant) = grant else {
        return Said::Denied;
    };
    of_decision(match days {
        None => grant.decisions.omitted(),
        Some(days) => grant.decisions.over(CaseSet::of(Case::Days(days))),
    })
}

fn compare(account: &Account, asked: &Asked, key: &OwnKey, access: &KeyAccess<'_>) -> usize {
    let answers = answers(access);
    for grant in answers.values() {
        is_explained(grant);
    }
    let mut compared = 0;
    for asker in askers(account) {
        let caller = asker.caller.as_str();
        let answer = |action| answers.get(&(caller.to_owned(), action));
        let windows = PendingWindowInDays::all().map(Some).chain([None]);
        for days in windows {
            let check = checked(asked, key, &asker, days.map(|days| days.days().into()));
            for action in ASKED {
                let Some((said, _)) = in_preflight(std::slice::from_ref(&check), action) else {
                    continue;
                };
                let days = days.filter(|_| action == KmsAction::ScheduleKeyDeletion);
                let own = if action == KmsAction::ScheduleKeyDeletion {
                    decided(answer(action), days)
                } else {
                    answer(action).map_or(Said::Denied, |of| of_decision(of.decision()))
                };
                assert_eq!(own, said, "{caller} {action:?} {days:?} {}", key.arn);
                compared += 1;
            }
        }
        for action in ASKED {
            let said = simulated(account, key, (caller, asker.person), action);
            let is_sure = asker.is_known && !has_placeholder(key) && said.0 != Said::Open;
            let own = answer(action).map_or(Said::Denied, |of| of_decision(of.decision()));
            assert!(
                !is_sure || own == said.0,
                "{caller} {action:?}: {own:?}, {said:?}"
            );
        }
    }
    compared
}

#[test]
fn who_can_says_what_is_said_pair_by_pair() {
    let mut rng = rng::Rng::new(number("SEED", 16));
    let (mut compared, mut allowed) = (0, 0);
    for _ in 0..number("ACCOUNTS", ACCOUNTS) {
        let account = accounts::account(&mut rng);
        let asked = Asked::new(&account);
        let identities = Identities::new(&asked.loaded.inventory);
        let callers = askers(&account);
        let question = who_can::Question {
            actions: ASKED.to_vec(),
            filter: who_can::Filter {
                principals: callers
                    .iter()
                    .map(|of| of.caller.as_str().to_owned())
                    .collect(),
                ..who_can::Filter::default()
            },
            failed: Vec::new(),
        };
        let who_can = WhoCan::new(&asked.loaded.inventory, &identities, question).unwrap();
        let all = who_can.all();
        for key in &account.keys {
            let access = all
                .iter()
                .find(|access| access.key.name == key.arn)
                .unwrap();
            allowed += access.rows.len();
            compared += compare(&account, &asked, key, access);
        }
    }
    assert!(compared > 10_000 && allowed > 30, "{compared}, {allowed}");
}
