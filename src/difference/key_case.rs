//! Everybody asked about one key, operation by operation.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{
    Answer, AskedKey, Caller, Candidate, CaseSet, Cast, DecidingTraits, Decision, Decisions,
    Identities, LoadedPrincipal, Placeholders, PrincipalName, PrincipalNames,
};
use crate::aws::{ActionSet, KmsAction, PrincipalKind};

use super::action_classes::ActionClasses;
use super::answer::permission;
use super::change::{
    Change, ChangedSubject, EffectivePermission, Presence, StandingChange, Way, Who,
};
use super::compare::{Compared, compare};
use super::people::{Everyone, Loaded, Person, loaded_members};
use super::surroundings::ComparedAccounts;

/// A key on both sides.
type Sides<'k> = (AskedKey<'k>, AskedKey<'k>);

/// A key on both sides and everybody who is asked about.
pub(super) struct KeyCase<'k> {
    sides: &'k Sides<'k>,
    /// The same for callers that nothing names.
    for_classes: &'k Sides<'k>,
    surroundings: &'k ComparedAccounts<'k>,
    everyone: Everyone<'k>,
    named: PrincipalNames,
    members: BTreeMap<&'k str, Loaded<'k>>,
}

/// Members that do not differ, on either side, in what decides about them.
type Alike = (DecidingTraits, DecidingTraits);

/// A loaded user or role that the policies do not name.
struct Unnamed<'k> {
    arn: &'k str,
    loaded: Loaded<'k>,
    /// Where both sides have it.
    alike: Option<Alike>,
}

/// What happens to one of them.
#[derive(Clone)]
struct MemberChange {
    before: EffectivePermission,
    after: EffectivePermission,
    compared: Compared,
}

impl<'k> KeyCase<'k> {
    pub(super) fn new(
        sides: &'k Sides<'k>,
        for_classes: &'k Sides<'k>,
        surroundings: &'k ComparedAccounts<'k>,
        placeholders: &'k Placeholders,
    ) -> Self {
        let mut named = PrincipalNames::default();
        for policy in [sides.0.policy, sides.1.policy].into_iter().flatten() {
            named.add(policy);
        }
        let own = [&sides.0, &sides.1].map(|side| side.identity.account);
        named.accounts.extend(own.into_iter().flatten());
        let before = Cast::new(&sides.0, &surroundings.before);
        let after = Cast::new(&sides.1, &surroundings.after);
        Self {
            sides,
            for_classes,
            surroundings,
            everyone: Everyone::new(before, after, placeholders),
            members: loaded_members(surroundings, &named.accounts),
            named,
        }
    }

    /// Asks everyone about `for_everyone`, and whose own policies differ about all of
    /// `operations`.
    pub(super) fn compare(
        &self,
        for_everyone: ActionSet,
        operations: ActionSet,
        changed: &mut ChangedSubject,
    ) {
        let people = self.people();
        let members = self.unnamed_members(for_everyone.is_empty());
        for class in self.action_classes(for_everyone).of(operations) {
            let Some(action) = class.iter().next() else {
                continue;
            };
            let all = for_everyone.contains(action);
            let differs = |who: &Who| all || self.surroundings.has_changed(&who.name);
            let asked = people.iter().filter(|person| differs(&person.who));
            let mut found: Vec<_> = asked
                .filter_map(|person| self.change(person, action))
                .collect();
            drop_repeated(&mut found);
            found.extend(self.changes_of_members(&members, action, all));
            found.sort_by(|a, b| a.who.cmp(&b.who));
            if !found.is_empty() && changed.presence == Presence::Both {
                let standing = self.standing(&people, action);
                let of = |action| standing.map(|standing| StandingChange { action, ..standing });
                changed.standings.extend(class.iter().filter_map(of));
            }
            for change in found {
                let of = |action| Change {
                    action,
                    ..change.clone()
                };
                changed.changes.extend(class.iter().map(of));
            }
        }
        changed
            .changes
            .sort_by(|a, b| (a.action, &a.who).cmp(&(b.action, &b.who)));
        changed.standings.sort_by_key(|standing| standing.action);
    }

    /// The actions of which one is asked for all: those of which both key policies say the same.
    fn action_classes(&self, for_everyone: ActionSet) -> ActionClasses {
        let mut classes = self.surroundings.actions.clone();
        classes.split_by_set(for_everyone);
        let sides = [&self.sides.0, &self.sides.1];
        for policy in sides.into_iter().filter_map(|side| side.policy) {
            classes.add(policy);
        }
        classes
    }

    /// The classes and whom the policies name.
    fn people(&self) -> Vec<Person<'k>> {
        let mut people = self.everyone.classes(&self.named.accounts);
        people.extend(
            self.named
                .callers
                .iter()
                .flat_map(|name| self.everyone.named(name)),
        );
        people
    }

    /// Loaded users and roles that the policies do not name; all, or those that differ.
    fn unnamed_members(&self, only_changed: bool) -> Vec<Unnamed<'k>> {
        let is_asked = |arn: &str| {
            (!only_changed || self.surroundings.changed.contains(arn))
                && !self
                    .named
                    .callers
                    .contains(&PrincipalName::Caller(arn.to_owned()))
        };
        let members = self.members.iter().filter(|(arn, _)| is_asked(arn));
        let unnamed = members.map(|(arn, loaded)| Unnamed {
            arn,
            loaded: *loaded,
            alike: loaded.0.zip(loaded.1).map(|(b, a)| self.alike(b, a)),
        });
        unnamed.collect()
    }

    fn answers<'x>(
        &'x self,
        (before, after): &(Candidate<'x>, Candidate<'x>),
        action: KmsAction,
    ) -> (Answer<'x>, Answer<'x>) {
        let is_class = !before.is_itself() && !before.has_id();
        let (old, new) = if is_class {
            self.for_classes
        } else {
            self.sides
        };
        (
            Answer::new(before, action, old),
            Answer::new(after, action, new),
        )
    }

    fn effect(&self, person: &Person<'k>, action: KmsAction) -> Option<MemberChange> {
        let answers: Vec<_> = person
            .callers
            .iter()
            .map(|callers| self.answers(callers, action))
            .collect();
        let pairs = answers.iter();
        let compared = pairs.fold(Compared::default(), |found, (before, after)| {
            found.or(compare(before, after))
        });
        if compared.is_nothing() {
            return None;
        }
        let (mut old, mut new) = <(EffectivePermission, EffectivePermission)>::default();
        for (before, after) in &answers {
            old.or(permission(before));
            new.or(permission(after));
        }
        Some(MemberChange {
            before: old,
            after: new,
            compared,
        })
    }

    fn change(&self, person: &Person<'k>, action: KmsAction) -> Option<Change> {
        let effect = self.effect(person, action)?;
        Some(effect.of(person.who.clone(), action))
    }

    /// What changes for members that the policies do not name; those that do not differ in what
    /// decides share one answer.
    fn changes_of_members(
        &self,
        members: &[Unnamed<'k>],
        action: KmsAction,
        all: bool,
    ) -> Vec<Change> {
        let mut shared: BTreeMap<&Alike, Option<MemberChange>> = BTreeMap::new();
        let mut changes = Vec::new();
        for member in members {
            if !all && !self.surroundings.changed.contains(member.arn) {
                continue;
            }
            let ((Some(before), Some(after)), Some(alike)) = (member.loaded, &member.alike) else {
                let people = self.one(member.arn);
                changes.extend(people.iter().filter_map(|one| self.change(one, action)));
                continue;
            };
            let person = || self.everyone.both(before, after);
            let effect = shared
                .entry(alike)
                .or_insert_with(|| self.effect(&person(), action));
            if let Some(effect) = effect {
                changes.push(effect.clone().of(person().who, action));
            }
        }
        changes
    }

    fn one(&self, arn: &str) -> Vec<Person<'k>> {
        self.everyone.named(&PrincipalName::Caller(arn.to_owned()))
    }

    fn alike(&self, before: &LoadedPrincipal<'_>, after: &LoadedPrincipal<'_>) -> Alike {
        let traits = |of: &LoadedPrincipal<'_>, identities: &Identities<'_>, key: &AskedKey<'_>| {
            let tested = identities.tested_attributes(of, &key.tested);
            of.deciding_traits(&tested, self.named.singles_out(&of.principal.name))
        };
        (
            traits(before, &self.surroundings.before, &self.sides.0),
            traits(after, &self.surroundings.after, &self.sides.1),
        )
    }

    /// Whether anybody could and can do it, where that differs.
    fn standing(&self, people: &[Person<'k>], action: KmsAction) -> Option<StandingChange> {
        let mut found = (Decision::ImplicitDeny, Decision::ImplicitDeny);
        let mut add = |person: &Person<'k>| {
            for callers in &person.callers {
                let (before, after) = self.answers(callers, action);
                found.0 = found.0.min(best(&person.who, &before));
                found.1 = found.1.min(best(&person.who, &after));
            }
            found == (Decision::Allowed, Decision::Allowed)
        };
        let enough = people.iter().any(&mut add);
        if !enough {
            let mut seen = BTreeSet::new();
            for member in self.unnamed_members(false) {
                let enough = match (member.loaded, member.alike) {
                    ((Some(before), Some(after)), Some(alike)) => {
                        seen.insert(alike) && add(&self.everyone.both(before, after))
                    }
                    _ => self.one(member.arn).iter().any(&mut add),
                };
                if enough {
                    break;
                }
            }
        }
        let (before, after) = found;
        (before != after).then_some(StandingChange {
            action,
            before,
            after,
        })
    }
}

impl MemberChange {
    fn of(self, who: Who, action: KmsAction) -> Change {
        Change {
            who,
            action,
            before: self.before,
            after: self.after,
            gains: self.compared.gains,
            loses: self.compared.loses,
        }
    }
}

/// What somebody's answer says of whether anybody can: the id of a deleted user or role is
/// nobody, and of whom only policies that were not loaded could let do it, it is not sure.
fn best(who: &Who, answer: &Answer<'_>) -> Decision {
    match (who.kind, who.way) {
        (PrincipalKind::UniqueId, _) => Decision::ImplicitDeny,
        (PrincipalKind::AnotherAccount, _) | (_, Way::OwnPolicies | Way::Boundary) => {
            answer.decisions.in_doubt(CaseSet::ALL).best()
        }
        (_, Way::Known) => answer.decisions.best(),
    }
}

/// What a principal's own policies could give is said only where it is not what happens to the
/// principal by itself, and not what happens to its whole account; what happens to it under a permissions
/// boundary, only where it is more than what happens to it without.
fn drop_repeated(changes: &mut Vec<Change>) {
    let possible = |of: Decisions| (of.allowed, of.conditional);
    let sets = |change: &Change| {
        (
            possible(change.before.decisions),
            possible(change.after.decisions),
            (change.gains, change.loses),
        )
    };
    let all: Vec<_> = changes
        .iter()
        .map(|change| (change.who.clone(), sets(change)))
        .collect();
    changes.retain(|change| {
        let (own, name) = (sets(change), &change.who.name);
        let is_account =
            |who: &Who| who.kind == PrincipalKind::Account && account(&who.name) == account(name);
        match change.who.way {
            Way::Known => true,
            Way::OwnPolicies => !all.iter().any(|(who, other)| {
                who.way == Way::Known && *other == own && (who.name == *name || is_account(who))
            }),
            Way::Boundary => !all.iter().any(|(who, other)| {
                let (gains, loses) = other.2;
                who.way != Way::Boundary
                    && who.name == *name
                    && gains.includes(change.gains)
                    && loses.includes(change.loses)
            }),
        }
    });
}

/// The account of an ARN, or the account itself.
fn account(name: &str) -> Option<Caller> {
    let id = name.split(':').nth(4).unwrap_or(name);
    Caller::parse(&format!("arn:aws:iam::{id}:root")).ok()
}
