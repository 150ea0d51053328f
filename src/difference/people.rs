//! Everyone of whom it is asked what a change does to what they can do with a key: each caller of
//! `access`, on both sides.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{
    Caller, Candidate, Cast, LoadedPrincipal, Placeholders, PrincipalName, SOME_ACCOUNT,
    account_of_either,
};
use crate::aws::{AccountId, PrincipalKind};
use crate::policy::{Effect, PolicyDocument, PrincipalEntry, PrincipalForm};

use super::change::{Way, Who};
use super::surroundings::ComparedAccounts;

/// A principal or class, and each caller that stands for it on both sides.
#[derive(Debug)]
pub(super) struct Person<'a> {
    pub(super) who: Who,
    pub(super) callers: Vec<(Candidate<'a>, Candidate<'a>)>,
}

/// The classes that callers fall into, and everyone that the policies name.
pub(super) struct Everyone<'a> {
    before: Cast<'a>,
    after: Cast<'a>,
    /// The key's account, or what stands in for it.
    account: String,
    placeholders: &'a Placeholders,
    bounded: Bounded<'a>,
}

/// Whom a permissions boundary can make another of than one without it, though its own policies allow
/// everything: an Allow that names a session or everyone is not limited by a boundary, one that names the
/// session's role is, and a Deny with `NotPrincipal` reaches whoever has one.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[derive(Default)]
struct Bounded<'a> {
    /// Anyone, by a `NotPrincipal` or a name of which not all is known.
    anyone: bool,
    /// Any session, by everyone's name.
    sessions: bool,
    /// Sessions of these roles, without their paths, and these federated users.
    names: BTreeSet<&'a str>,
}

impl<'a> Bounded<'a> {
    fn by(policies: impl Iterator<Item = &'a PolicyDocument>) -> Self {
        let mut bounded = Self::default();
        for statement in policies.flat_map(|policy| &policy.statements) {
            let Some(element) = &statement.principal else {
                continue;
            };
            bounded.anyone |= element.negated;
            if statement.effect.value == Effect::Allow {
                for entry in &element.entries {
                    bounded.add(entry);
                }
            }
        }
        bounded
    }

    fn add(&mut self, entry: &'a PrincipalEntry) {
        match entry.form() {
            PrincipalForm::Everyone => self.sessions = true,
            PrincipalForm::AssumedRole(_, name, _) | PrincipalForm::FederatedUser(_, name) => {
                self.names.insert(name);
            }
            PrincipalForm::NoCaller => self.anyone = true,
            PrincipalForm::Account(_)
            | PrincipalForm::Role(..)
            | PrincipalForm::Service(_)
            | PrincipalForm::UniqueId(_)
            | PrincipalForm::User(..) => {}
        }
    }

    fn includes(&self, caller: &Caller) -> bool {
        let last = || caller.as_str().rsplit('/').next();
        let name = caller.session().map(|(role, _)| role).or_else(last);
        let is_user = caller.kind_of_principal() == PrincipalKind::User;
        let is_named = || name.is_some_and(|name| self.names.contains(name));
        self.anyone || !is_user && (self.sessions || is_named())
    }
}

fn known(kind: PrincipalKind, name: String) -> Who {
    Who {
        kind,
        name,
        way: Way::Known,
    }
}

impl<'a> Everyone<'a> {
    pub(super) fn new(before: Cast<'a>, after: Cast<'a>, placeholders: &'a Placeholders) -> Self {
        let policies = [before, after].map(|side| side.key().policy);
        Self {
            bounded: Bounded::by(policies.into_iter().flatten()),
            before,
            after,
            account: account_of_either(before.key(), after.key()),
            placeholders,
        }
    }

    fn class(&self, who: Who, account: &str) -> Person<'a> {
        let of = |side: Cast<'a>| side.class(who.kind, account);
        let callers = of(self.before).into_iter().zip(of(self.after)).collect();
        Person { who, callers }
    }

    /// The classes, for the key's account and these.
    pub(super) fn classes(&self, accounts: &BTreeSet<AccountId>) -> Vec<Person<'a>> {
        let unnamed = [
            PrincipalKind::Everyone,
            PrincipalKind::AnotherAccount,
            PrincipalKind::AnyService,
        ];
        let unnamed = unnamed.map(|kind| self.class(known(kind, String::new()), &self.account));
        let mut all: Vec<_> = unnamed.into_iter().collect();
        let named = accounts.iter().map(ToString::to_string);
        let own = std::iter::once(self.account.clone());
        let every: BTreeSet<String> = own.chain(named).collect();
        for account in every {
            let name = if account == SOME_ACCOUNT {
                ""
            } else {
                &*account
            };
            for kind in [PrincipalKind::Account, PrincipalKind::Root] {
                all.push(self.class(known(kind, name.to_owned()), &account));
            }
        }
        all
    }

    /// What one principal that a policy names can do by what is known of it, and, where its own
    /// policies are not known, what it could do if these let it, and under a permissions boundary.
    pub(super) fn named(&self, name: &PrincipalName) -> Vec<Person<'a>> {
        match name {
            PrincipalName::Id(id) => self.by_id(id).into_iter().collect(),
            PrincipalName::Caller(text) => Caller::parse(text)
                .map(|caller| self.one(&caller))
                .unwrap_or_default(),
            PrincipalName::StandIn(text) => Caller::parse(text)
                .map(|caller| self.one(&caller.standing_in()))
                .unwrap_or_default(),
        }
    }

    fn by_id(&self, id: &str) -> Option<Person<'a>> {
        let of = |side: Cast<'a>| side.with_id(id, &self.account);
        Some(Person {
            who: known(PrincipalKind::UniqueId, id.to_owned()),
            callers: vec![(of(self.before)?, of(self.after)?)],
        })
    }

    fn one(&self, caller: &Caller) -> Vec<Person<'a>> {
        let text = caller.as_str();
        let placeholder = self.placeholders.behind(text);
        let who = |way| Who {
            kind: placeholder.map_or(caller.kind_of_principal(), |_| PrincipalKind::Placeholder),
            name: placeholder.unwrap_or(text).to_owned(),
            way,
        };
        let person = |way, callers| Person {
            who: who(way),
            callers: vec![callers],
        };
        let (before, after) = (self.before, self.after);
        let plain = |side: Cast<'a>| side.one(caller.clone());
        let mut people = vec![person(Way::Known, (plain(before), plain(after)))];
        let open = (before.one_at_most(caller), after.one_at_most(caller));
        let bounded = match &open {
            (Some(before), Some(after)) if self.bounded.includes(caller) => Some((
                before.clone().with_unknown_boundary(),
                after.clone().with_unknown_boundary(),
            )),
            _ => None,
        };
        if open.0.is_some() || open.1.is_some() {
            let before = open.0.unwrap_or_else(|| plain(before));
            let after = open.1.unwrap_or_else(|| plain(after));
            people.push(person(Way::OwnPolicies, (before, after)));
        }
        if let Some((before, after)) = bounded {
            people.push(person(Way::Boundary, (before, after)));
        }
        people
    }

    /// A user or role that is loaded on both sides.
    pub(super) fn both(
        &self,
        before: &'a LoadedPrincipal<'a>,
        after: &'a LoadedPrincipal<'a>,
    ) -> Person<'a> {
        Person {
            who: known(after.kind(), after.principal.arn.value.clone()),
            callers: vec![(self.before.loaded(before), self.after.loaded(after))],
        }
    }
}

/// A user or role as loaded on each side.
pub(super) type Loaded<'a> = (
    Option<&'a LoadedPrincipal<'a>>,
    Option<&'a LoadedPrincipal<'a>>,
);

/// ARNs of users and roles of these accounts that either side has loaded.
pub(super) fn loaded_members<'a>(
    surroundings: &'a ComparedAccounts<'a>,
    accounts: &BTreeSet<AccountId>,
) -> BTreeMap<&'a str, Loaded<'a>> {
    let mut all: BTreeMap<&str, Loaded<'_>> = BTreeMap::new();
    // What one that only a plan or a state declares can do besides is not known on either side.
    let is_listed = |of: &&LoadedPrincipal<'_>| !of.principal.is_declared;
    for account in accounts {
        for member in surroundings
            .before
            .of_account(*account)
            .iter()
            .filter(is_listed)
        {
            let arn = member.principal.arn.value.as_str();
            all.entry(arn).or_default().0 = Some(member);
        }
        for member in surroundings
            .after
            .of_account(*account)
            .iter()
            .filter(is_listed)
        {
            let arn = member.principal.arn.value.as_str();
            all.entry(arn).or_default().1 = Some(member);
        }
    }
    all
}
