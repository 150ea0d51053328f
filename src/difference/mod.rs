//! What a change does to permissions: both sides are evaluated, for everyone whom either of them
//! names, for every class of callers, and for every day count.
//!
//! Two answers that both hang on the request are compared by the statements that they hang on. An
//! answer counts as the same only where that can be shown; where it cannot, a difference is
//! reported: a change that gives somebody deletion must never pass for none.

mod action_classes;
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
mod operation;
mod people;
mod policy;
mod surroundings;
mod term;
mod text;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use rayon::prelude::*;

use crate::aws::ActionSet;
use crate::inventory::Inventory;
use crate::source::Sources;

pub use crate::aws::{EVERY, USE, WATCHED};
pub use change::{
    Change, ChangedSubject, Difference, Hanging, Permission, Presence, Requirement, Standing,
    StandingChange, SubjectKind, UnknownChange, Way, Who,
};
pub use operation::Question;

use canonical::Canonical;
use matching::{key_names, pairs, policy_names};
use surroundings::Surroundings;

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

/// What the change from `before` to `after` does to these operations, such as [`WATCHED`], which
/// `kmslint diff` asks about, or [`EVERY`].
///
/// Keys are matched by ARN, else by id, else by the path of their policy's file from the roots, else by
/// a policy that says the same; other policies by path and name, else likewise. Only what can have changed is evaluated: keys and
/// policies whose statements differ, and, where users, roles or control policies differ, what
/// these can do to every key.
pub fn between(before: Side<'_>, after: Side<'_>, operations: ActionSet) -> Difference {
    let surroundings = Surroundings::new(before.inventory, after.inventory);
    let keys = pairs(
        before.inventory.keys.iter(),
        after.inventory.keys.iter(),
        (
            |key: &_| key_names(key, before),
            |key: &_| key_names(key, after),
        ),
        |key| Some(Canonical::new(&key.policy.as_ref()?.document)),
    );
    let policies = pairs(
        before.inventory.policies_of_people(),
        after.inventory.policies_of_people(),
        (
            |policy: &_| policy_names(policy, before),
            |policy: &_| policy_names(policy, after),
        ),
        |policy| Some(Canonical::new(&policy.document)),
    );
    let keys = keys.into_par_iter();
    let keys = keys.filter_map(|(name, pair)| key::key(name, pair, &surroundings, operations));
    let policies = policies.into_par_iter();
    let policies = policies.filter_map(|(name, pair)| policy::policy(name, pair, operations));
    let mut subjects: Vec<_> = keys.chain(policies).collect();
    subjects.sort_by(|a, b| (a.kind, &a.subject).cmp(&(b.kind, &b.subject)));
    Difference { subjects }
}
