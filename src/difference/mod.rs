//! What a change does to permissions: both sides are evaluated, for everyone whom either of them
//! names, for every class of callers, and for every day count.
//!
//! Two answers that both hang on the request are compared by the statements that they hang on. An
//! answer counts as the same only where that can be shown; where it cannot, a difference is
//! reported: a change that gives somebody deletion must never pass for none.

mod action_classes;
mod action_group;
mod answer;
mod atom;
mod canonical;
mod change;
mod compare;
mod follows;
mod gate;
mod key;
mod key_case;
mod matching;
mod nonexistent;
mod people;
mod policy;
mod stack;
mod surroundings;
mod term;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::aws::ActionSet;
use crate::inventory::{Inventory, LoadedPolicy};
use crate::text::{Sources, Span};

pub use crate::aws::{EVERY, USE, WATCHED};
pub use action_group::ActionGroup;
pub use change::{
    Change, ChangedSubject, Difference, EffectivePermission, Hanging, Presence, Requirement,
    StandingChange, SubjectKind, UnknownChange, Way, Who,
};
pub use stack::{DeclaredKey, StackChange};

use canonical::Canonical;
use matching::{Pair, key_names, pairs, policy_names};
use nonexistent::beside_keys_without_nonexistent_keys;
use surroundings::ComparedAccounts;

/// One side of a change.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What was loaded.
    pub inventory: &'a Inventory,
    /// The files that it was loaded from.
    pub sources: &'a Sources,
    /// The files and directories that were given: what has no name of its own is known by its
    /// file's path from these.
    pub roots: &'a [PathBuf],
}

/// Whether the organization of either side says where a control policy is attached.
fn is_attached(pair: Pair<'_, LoadedPolicy>, before: Side<'_>, after: Side<'_>) -> bool {
    let named = |(policy, side): (Option<&LoadedPolicy>, Side<'_>)| {
        let all = side.inventory.organization.as_ref();
        let levels = all
            .into_iter()
            .flat_map(|all| all.scps.iter().chain(&all.rcps));
        let mut names = levels.flatten();
        policy.is_some_and(|policy| names.any(|name| *name == policy.name))
    };
    [(pair.0, before), (pair.1, after)].into_iter().any(named)
}

/// Where a policy is written.
fn place<'a>(policy: &LoadedPolicy, side: Side<'a>) -> (&'a str, Span) {
    let file = side.sources.get(policy.source);
    (file.map_or("", |file| file.name()), policy.document.span)
}

/// Takes out what is left on one side and is a file that the other side has, too, as where one
/// configuration for both sides names a control policy that lies in one of them: there it is what it is
/// matched with.
fn drop_shared(
    pairs: &mut Vec<(String, Pair<'_, LoadedPolicy>)>,
    before: Side<'_>,
    after: Side<'_>,
) {
    let is_single = |(old, new): &Pair<'_, LoadedPolicy>| old.is_some() != new.is_some();
    if !pairs.iter().any(|(_, pair)| is_single(pair)) {
        return;
    }
    let [then, now] = [before, after].map(|side| {
        let policies = side.inventory.policies_of_people();
        let placed = policies.map(|policy| (place(policy, side), policy));
        placed.collect::<BTreeMap<_, _>>()
    });
    pairs.retain(|(_, pair)| {
        let (policy, other) = match pair {
            (Some(policy), None) => (policy, now.get(&place(policy, before))),
            (None, Some(policy)) => (policy, then.get(&place(policy, after))),
            _ => return true,
        };
        let same = |other: &&LoadedPolicy| {
            Canonical::new(&other.document) == Canonical::new(&policy.document)
        };
        !other.is_some_and(same)
    });
}

/// What the change from `before` to `after` does to these operations, such as [`WATCHED`], which
/// `kmslint diff` asks about, or [`EVERY`].
///
/// Keys are matched by ARN, else by id, else by the path of their policy's file from the roots, else by
/// a policy that says the same; other policies by path and name, else likewise. Only what can have changed is evaluated: keys and
/// policies whose statements differ, and, where users, roles or control policies differ, what
/// these can do to every key.
pub fn between(before: Side<'_>, after: Side<'_>, operations: ActionSet) -> Difference {
    let beside = [before, after].map(|side| beside_keys_without_nonexistent_keys(side.inventory));
    let [old, new] = &beside;
    let surroundings = ComparedAccounts::new(
        old.as_ref().unwrap_or(before.inventory),
        new.as_ref().unwrap_or(after.inventory),
    );
    let keys = pairs(
        before.inventory.keys.iter(),
        after.inventory.keys.iter(),
        (
            |key: &_| key_names(key, before),
            |key: &_| key_names(key, after),
        ),
        |key| Some(Canonical::new(&key.policy.as_ref()?.document)),
    );
    let mut policies = pairs(
        before.inventory.policies_of_people(),
        after.inventory.policies_of_people(),
        (
            |policy: &_| policy_names(policy, before),
            |policy: &_| policy_names(policy, after),
        ),
        |policy| Some(Canonical::new(&policy.document)),
    );
    drop_shared(&mut policies, before, after);
    let keys = keys.into_par_iter();
    let keys = keys.filter_map(|(name, pair)| key::key(name, pair, &surroundings, operations));
    let policies = policies.into_par_iter();
    let has_keys = [before, after]
        .iter()
        .any(|side| !side.inventory.keys.is_empty());
    let policies = policies.filter_map(|(name, pair)| {
        let decided_by_keys = has_keys && is_attached(pair, before, after);
        policy::policy(name, pair, operations, decided_by_keys)
    });
    let mut subjects: Vec<_> = keys.chain(policies).collect();
    subjects.sort_by(|a, b| (a.kind, &a.subject).cmp(&(b.kind, &b.subject)));
    Difference {
        subjects,
        stacks: stack::changes(before, after),
    }
}
