//! One question has one answer: over generated accounts, the facts, `who-can`, the pre-deletion check (of its
//! principal and of who can cancel), the difference, the effects of a fix and a simulation are asked
//! the same, and never contradict one another.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod accounts;
mod ask;
mod cases;
mod fixes;
#[path = "../generate/rng.rs"]
mod rng;
mod who_can;

use std::collections::BTreeMap;

use kmslint::aws::{KmsAction, PrincipalKind, RECOMMENDED_BESIDE_DELETION};
use kmslint::eval::Caller;
use kmslint::facts::Facts;
use kmslint::preflight;
use serde_json::Value;

use accounts::{ACCOUNT, Account, Limit, OwnKey, PLACEHOLDERS, Person};
use ask::{ASKED, Asked, Said, Told, in_facts, in_preflight, simulated};

/// Generated accounts, each with two keys: so many, or as `ACCOUNTS` says, from `SEED` on.
const ACCOUNTS: u64 = 40;

fn number(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |text| text.parse().unwrap())
}

/// A caller, and the user or role that it is or is a session of.
struct Asker<'a> {
    caller: Caller,
    person: Option<&'a Person>,
    /// Whether its policies are loaded, or it has none.
    is_known: bool,
}

impl Asker<'_> {
    fn is_loaded(&self) -> bool {
        let arn = self.person.map(Person::arn);
        arn.as_deref() == Some(self.caller.as_str())
    }

    /// The role of a session, loaded or not; none of another caller.
    fn role_of_session(&self) -> Option<Caller> {
        let (name, _) = self.caller.session()?;
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        Caller::parse(&self.person.map_or(arn, Person::arn)).ok()
    }
}

fn askers(account: &Account) -> Vec<Asker<'_>> {
    let parse = |text: &str| Caller::parse(text).unwrap();
    let session =
        |role: &str, name: &str| format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}");
    let mut all = Vec::new();
    for person in &account.people {
        let mut texts = vec![person.arn()];
        if person.is_role {
            texts.extend(["alice", "bob"].map(|name| session(&person.name, name)));
        }
        all.extend(texts.iter().map(|text| Asker {
            caller: parse(text),
            person: Some(person),
            is_known: !matches!(person.boundary, Limit::NotLoaded),
        }));
    }
    let others = [
        (format!("arn:aws:iam::{ACCOUNT}:root"), true),
        ("backup.amazonaws.com".to_owned(), true),
        (format!("arn:aws:iam::{ACCOUNT}:role/Gone"), false),
        (session("Gone", "alice"), false),
        (
            format!("arn:aws:sts::{ACCOUNT}:federated-user/User0"),
            false,
        ),
        ("arn:aws:iam::444455556666:role/Role0".to_owned(), false),
        ("arn:aws:iam::444455556666:root".to_owned(), true),
    ];
    all.extend(others.iter().map(|(text, is_known)| Asker {
        caller: parse(text),
        person: None,
        is_known: *is_known,
    }));
    all
}

/// The entries of these elements of the key policy's statements, those that only deny left out or not.
fn entries<'k>(key: &'k OwnKey, elements: &[&str], with_denials: bool) -> Vec<&'k str> {
    let statements = key.policy["Statement"].as_array().unwrap().iter();
    let asked = statements.filter(|of| with_denials || of["Effect"] == "Allow");
    let all = asked.flat_map(|of| elements.iter().filter_map(|name| of.get(*name)));
    let texts = all.flat_map(|element| match element {
        Value::Object(types) => types.values().collect(),
        text => vec![text],
    });
    let texts = texts.flat_map(|value| match value {
        Value::Array(texts) => texts.iter().collect(),
        text => vec![text],
    });
    texts.map(|text| text.as_str().unwrap()).collect()
}

/// Whether a statement of the key policy names it, as one to whom it applies or does not.
fn names(key: &OwnKey, text: &str) -> bool {
    entries(key, &["Principal", "NotPrincipal"], true).contains(&text)
}

/// Whether a statement of the key policy that allows something names it.
fn grants_to(key: &OwnKey, text: &str) -> bool {
    entries(key, &["Principal"], false).contains(&text)
}

/// Whether a statement of the key policy that allows something names a session of the role.
fn grants_to_session(key: &OwnKey, role: &Person) -> bool {
    let session = format!("assumed-role/{}/", role.name);
    let mut entries = entries(key, &["Principal"], false).into_iter();
    entries.any(|entry| entry.contains(&session))
}

/// Whether the key policy names a principal that a template has yet to fill in.
fn has_placeholder(key: &OwnKey) -> bool {
    PLACEHOLDERS.iter().any(|text| names(key, text))
}

/// Whether facts tell of the caller by its name where it can do something: they tell of a loaded
/// user or role under another entry where the key policy names everyone, its id or a session, and of a
/// session under that of its role.
fn is_listed(key: &OwnKey, asker: &Asker<'_>, facts: &Facts, action: KmsAction) -> bool {
    let of_others = |person: &Person| grants_to(key, &person.id) || grants_to_session(key, person);
    let under_another_name = match (asker.role_of_session(), asker.person) {
        (Some(role), _) => in_facts(facts, &role, action).is_some(),
        (None, person) => person.is_some_and(of_others),
    };
    let is_named = grants_to(key, asker.caller.as_str());
    !grants_to(key, "*") && !under_another_name && (is_named || asker.is_loaded())
}

/// Asks everyone about one key; what they do not agree about.
fn disagreements(account: &Account, asked: &Asked, key: &OwnKey) -> Vec<String> {
    let (mut found, mut first, mut by_name) = (Vec::new(), Vec::new(), BTreeMap::new());
    let facts = asked.facts(key);
    let askers = askers(account);
    let callers: Vec<_> = askers.iter().map(|asker| asker.caller.clone()).collect();
    for (asker, gained) in askers.iter().zip(asked.gained(key, &callers)) {
        let caller = &asker.caller;
        let mut checks = asked.preflights(key, caller);
        let cancel = in_preflight(&checks, KmsAction::CancelKeyDeletion);
        by_name.extend(cancel.map(|(said, _)| (caller.as_str().to_owned(), said)));
        for (action, gained) in ASKED.into_iter().zip(gained) {
            let denied: Told = (Said::Denied, [].into());
            let mut told = Vec::new();
            // Of the root user facts tell together with the rest of its account.
            let lists = !caller.is_root() && action != KmsAction::EnableKey;
            let own = in_facts(&facts, caller, action).filter(|_| lists);
            let is_listed = lists && is_listed(key, asker, &facts, action);
            told.extend(
                own.or(is_listed.then(|| denied.clone()))
                    .map(|t| ("facts", t)),
            );
            told.extend(in_preflight(&checks, action).map(|t| ("preflight", t)));
            let is_compared = names(key, caller.as_str()) || asker.is_loaded();
            told.extend(
                gained
                    .or(is_compared.then_some(denied))
                    .map(|t| ("diff", t)),
            );
            let simulated = simulated(account, key, (caller.as_str(), asker.person), action);
            if !agree(&told, &simulated, asker.is_known && !has_placeholder(key)) {
                let what = (caller.as_str(), action.qualified(), key.arn.as_str());
                let own = asker.person.map(|person| person.identity(account));
                let policies = (key.policy.to_string(), own, &account.scps, &account.rcps);
                found.push(format!(
                    "{what:?}: {told:?}; simulate: {simulated:?}; {policies:?}"
                ));
            }
        }
        found.extend(companions(key, &facts, (asker, &checks)));
        first.extend(checks.drain(..1));
    }
    found.extend(first.iter().flat_map(|check| cancellers(check, &by_name)));
    let somebody = facts.access.someone_can_cancel;
    assert!(
        first
            .iter()
            .all(|check| check.cancellers.somebody == somebody)
    );
    found
}

/// Whether nobody contradicts anybody, and where all is known nobody is less sure than another.
fn agree(told: &[(&str, Told)], simulated: &Told, is_known: bool) -> bool {
    let pair = |one: &Told, other: &Told| {
        let contradict = matches!(
            (&one.0, &other.0),
            (Said::Allowed, Said::Denied) | (Said::Denied, Said::Allowed)
        );
        !contradict && (!is_known || one == other)
    };
    let mut pairs = told
        .iter()
        .flat_map(|one| told.iter().map(move |other| (one, other)));
    let agree = pairs.all(|((_, one), (_, other))| pair(one, other));
    // The simulation is told nothing of tags that somebody does not have.
    let is_sure = is_known && simulated.0 != Said::Open;
    agree && (!is_sure || told.iter().all(|(_, (said, _))| *said == simulated.0))
}

/// What facts tell of the other permissions of a caller, and of whether anybody can enable the key.
fn companions(
    key: &OwnKey,
    facts: &Facts,
    (asker, checks): (&Asker<'_>, &[preflight::Preflight]),
) -> Vec<String> {
    let access = &facts.access;
    let caller = asker.caller.as_str();
    let mut found = Vec::new();
    let own = access.schedule.iter().find(|of| of.principal == caller);
    // Of accounts and services it is not asked.
    let is_asked = asker.person.is_some() && asker.is_known && !has_placeholder(key);
    let direct = own.filter(|of| is_asked && !of.through_iam);
    for action in RECOMMENDED_BESIDE_DELETION {
        let said = in_preflight(checks, action).map(|told| told.0);
        let lacks = direct.map(|of| of.lacks.is_some_and(|lacks| lacks.contains(action)));
        // What single sessions of a role can do, which the key policy names, the role lacks.
        let is_of_sessions = said == Some(Said::Open)
            && asker
                .person
                .is_some_and(|person| grants_to_session(key, person));
        if lacks.is_some_and(|lacks| lacks != (said == Some(Said::Denied)) && !is_of_sessions) {
            found.push(format!(
                "{caller} lacks {}: {lacks:?}, {said:?}",
                action.qualified()
            ));
        }
        // AWS writes an id in place of an ARN where that user or role was deleted.
        let by_id = asker.person.is_some_and(|person| names(key, &person.id));
        let is_allowed = action == KmsAction::EnableKey && said == Some(Said::Allowed) && !by_id;
        if is_allowed && !access.someone_can_enable {
            found.push(format!(
                "{caller} can enable the key, and nobody is told to"
            ));
        }
    }
    found
}

/// Whom a check calls able to cancel is able to where it is asked itself.
fn cancellers(check: &preflight::Preflight, asked: &BTreeMap<String, Said>) -> Vec<String> {
    let others = check.cancellers.others.iter();
    let others = others.filter(|other| other.kind != PrincipalKind::Account);
    let disagreement = |other: &preflight::Canceller| {
        let said = asked.get(&other.principal)?;
        let is_sure = other.answer.is_allowed();
        let agree = *said != Said::Denied && (is_sure || *said != Said::Allowed);
        (!agree).then(|| format!("{other:?}, but {said:?}"))
    };
    others.filter_map(disagreement).collect()
}

#[test]
fn nobody_contradicts_anybody() {
    let mut rng = rng::Rng::new(number("SEED", 12));
    let mut found = Vec::new();
    for number in 0..number("ACCOUNTS", ACCOUNTS) {
        let account = accounts::account(&mut rng);
        let asked = Asked::new(&account);
        for key in &account.keys {
            let of_key = disagreements(&account, &asked, key).into_iter();
            found.extend(of_key.map(|text| format!("account {number}: {text}")));
            let checks = asked.preflights(key, &askers(&account)[0].caller);
            let facts = asked.facts(key);
            assert_eq!(
                checks[0].cancellers.somebody,
                facts.access.someone_can_cancel
            );
        }
    }
    let first: Vec<_> = found.iter().take(12).map(String::as_str).collect();
    assert!(found.is_empty(), "{}:\n{}", found.len(), first.join("\n"));
}
