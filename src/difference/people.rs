//! Everyone of whom it is asked what a change does to what they can do with a key.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{
    AskedKey, Candidate, Identities, LoadedPrincipal, PrincipalName, SOME_ACCOUNT,
    synthetic_caller, user_with_id,
};
use crate::aws::{AccountId, PrincipalKind};
use crate::eval::{Caller, everything};

use super::change::{Way, Who};
use super::surroundings::Surroundings;

/// A principal or class, and each caller that stands for it on both sides.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) who: Who,
    pub(super) callers: Vec<(Candidate<'a>, Candidate<'a>)>,
}

/// What is known of one side while people are looked up.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) identities: &'a Identities<'a>,
    pub(super) key: &'a AskedKey<'a>,
}

/// An account that stands for any that nothing names.
const OTHER_ACCOUNT: &str = "999999999999";

/// The classes that callers fall into, and everyone that the policies name.
pub(super) struct Everyone<'a> {
    before: Place<'a>,
    after: Place<'a>,
    /// The key's account, or what stands in for it.
    account: String,
    /// Roles that stand in for placeholders, and these.
    placeholders: &'a BTreeMap<String, String>,
}

impl<'a> Everyone<'a> {
    pub(super) fn new(
        before: Place<'a>,
        after: Place<'a>,
        placeholders: &'a BTreeMap<String, String>,
    ) -> Self {
        let account = before.key.identity.account.or(after.key.identity.account);
        Self {
            before,
            after,
            account: account.map_or_else(|| SOME_ACCOUNT.to_owned(), |known| known.to_string()),
            placeholders,
        }
    }

    fn actor(place: Place<'a>, caller: Caller) -> Candidate<'a> {
        Candidate::stranger(caller, place.key.seen(), place.identities)
    }

    /// A class: for each of its callers one on each side, made so.
    fn class(
        &self,
        who: (PrincipalKind, String),
        classes: &[PrincipalKind],
        account: &str,
        make: impl Fn(Candidate<'a>) -> Candidate<'a>,
    ) -> Person<'a> {
        let callers = classes
            .iter()
            .filter_map(|class| synthetic_caller(*class, account));
        Person {
            who: Who {
                kind: who.0,
                name: who.1,
                way: Way::Known,
            },
            callers: callers
                .map(|caller| {
                    let before = Self::actor(self.before, caller.clone());
                    (make(before), make(Self::actor(self.after, caller)))
                })
                .collect(),
        }
    }

    /// The classes, for the key's account and these.
    pub(super) fn classes(&self, accounts: &BTreeSet<AccountId>) -> Vec<Person<'a>> {
        use PrincipalKind::{FederatedUser, Role, Root, Service, User};
        let unnamed = |kind| (kind, String::new());
        let mut all = vec![
            self.class(
                unnamed(PrincipalKind::Everyone),
                &[Role, User, FederatedUser],
                &self.account,
                Candidate::standing_for_class,
            ),
            self.class(
                unnamed(PrincipalKind::AnotherAccount),
                &[Role, User, Root],
                OTHER_ACCOUNT,
                |actor| actor.with_policies(everything()).of_any_account(),
            ),
            self.class(
                unnamed(PrincipalKind::AnyService),
                &[Service],
                "",
                Candidate::standing_for_class,
            ),
        ];
        let named = accounts.iter().map(ToString::to_string);
        let own = std::iter::once(self.account.clone());
        let every: BTreeSet<String> = own.chain(named).collect();
        for account in every {
            let name = if account == SOME_ACCOUNT {
                String::new()
            } else {
                account.clone()
            };
            all.push(self.class(
                (PrincipalKind::Account, name.clone()),
                &[Role, User, FederatedUser],
                &account,
                |actor| actor.with_policies(everything()).standing_for_class(),
            ));
            all.push(self.class((Root, name), &[Root], &account, |actor| actor));
        }
        all
    }

    /// What one principal that a policy names can do by what is known of it, and, where its own
    /// policies are not known, what it could do if these let it.
    pub(super) fn named(&self, name: &PrincipalName) -> Vec<Person<'a>> {
        match name {
            PrincipalName::Id(id) => self.by_id(id).into_iter().collect(),
            PrincipalName::Caller(text) => Caller::parse(text)
                .map(|caller| self.one(&caller))
                .unwrap_or_default(),
        }
    }

    fn by_id(&self, id: &str) -> Option<Person<'a>> {
        let (class, user_id) = user_with_id(id);
        let caller = synthetic_caller(class, &self.account)?;
        let make = |place| {
            let actor = Self::actor(place, caller.clone());
            actor.standing_for_class().with_id(user_id.clone())
        };
        Some(Person {
            who: Who {
                kind: PrincipalKind::UniqueId,
                name: id.to_owned(),
                way: Way::Known,
            },
            callers: vec![(make(self.before), make(self.after))],
        })
    }

    fn one(&self, caller: &Caller) -> Vec<Person<'a>> {
        let text = caller.as_str();
        let placeholder = self.placeholders.get(text);
        let kind = match placeholder {
            Some(_) => PrincipalKind::Placeholder,
            None => kind(text),
        };
        let person = |way, callers| Person {
            who: Who {
                kind,
                name: placeholder.map_or(text, String::as_str).to_owned(),
                way,
            },
            callers: vec![callers],
        };
        let plain =
            |place: Place<'a>| Candidate::new(caller.clone(), place.key.seen(), place.identities);
        let mut people = vec![person(Way::Known, (plain(self.before), plain(self.after)))];
        let is_open = |place: Place<'a>| {
            // A federated user's policies are those of a user that it is not known to be of.
            let is_listed = matches!(kind, PrincipalKind::Role | PrincipalKind::User);
            let account = caller.account().filter(|_| is_listed);
            let whole = account.is_some_and(|account| place.identities.is_whole(account));
            place.identities.principal_of(caller).is_none() && !whole
        };
        let open = (is_open(self.before), is_open(self.after));
        if (open.0 || open.1) && !caller.is_service() && !caller.is_root() {
            let make = |place: Place<'a>, open| {
                let actor = plain(place);
                if open {
                    actor.with_policies(everything())
                } else {
                    actor
                }
            };
            let callers = (make(self.before, open.0), make(self.after, open.1));
            people.push(person(Way::OwnPolicies, callers));
        }
        people
    }

    fn loaded(place: Place<'a>, principal: &'a LoadedPrincipal<'a>) -> Candidate<'a> {
        Candidate::loaded(principal, place.key.seen(), place.identities)
    }

    /// A user or role that is loaded on both sides.
    pub(super) fn both(
        &self,
        before: &'a LoadedPrincipal<'a>,
        after: &'a LoadedPrincipal<'a>,
    ) -> Person<'a> {
        Person {
            who: Who {
                kind: after.principal.kind,
                name: after.principal.arn.value.clone(),
                way: Way::Known,
            },
            callers: vec![(
                Self::loaded(self.before, before),
                Self::loaded(self.after, after),
            )],
        }
    }
}

fn kind(text: &str) -> PrincipalKind {
    // What a caller's ARN says after its account.
    let resource = text.splitn(6, ':').nth(5).unwrap_or_default();
    match resource.split('/').next() {
        Some("user") => PrincipalKind::User,
        Some("assumed-role") => PrincipalKind::Session,
        Some("federated-user") => PrincipalKind::FederatedUser,
        Some("root") => PrincipalKind::Root,
        Some("role") => PrincipalKind::Role,
        _ => PrincipalKind::Service,
    }
}

/// A user or role as loaded on each side.
pub(super) type Loaded<'a> = (
    Option<&'a LoadedPrincipal<'a>>,
    Option<&'a LoadedPrincipal<'a>>,
);

/// ARNs of users and roles of these accounts that either side has loaded.
pub(super) fn loaded_members<'a>(
    surroundings: &'a Surroundings<'a>,
    accounts: &BTreeSet<AccountId>,
) -> BTreeMap<&'a str, Loaded<'a>> {
    let mut all: BTreeMap<&str, Loaded<'_>> = BTreeMap::new();
    for account in accounts {
        for member in surroundings.before.of_account(*account) {
            let arn = member.principal.arn.value.as_str();
            all.entry(arn).or_default().0 = Some(member);
        }
        for member in surroundings.after.of_account(*account) {
            let arn = member.principal.arn.value.as_str();
            all.entry(arn).or_default().1 = Some(member);
        }
    }
    all
}
