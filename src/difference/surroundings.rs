//! Users, roles and control policies of both sides, and which of them differ.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::access::Identities;
use crate::eval::Caller;
use crate::inventory::{Boundary, Inventory, Principal, Tag};
use crate::policy::PolicyDocument;

use super::canonical::Canonical;

/// What both sides have beside the keys.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) before: Identities<'a>,
    pub(super) after: Identities<'a>,
    /// ARNs of users and roles that are not the same on both sides.
    pub(super) changed: BTreeSet<&'a str>,
    /// Whether control policies or the organization differ.
    pub(super) control_differs: bool,
}

/// What decides what a user or role can do.
#[derive(Debug, PartialEq, Eq)]
struct Print<'a> {
    id: Option<&'a str>,
    tags: Option<BTreeSet<&'a Tag>>,
    policies: BTreeSet<usize>,
    boundary: Limit,
}

/// A permissions boundary, as one number on both sides.
#[derive(Debug, PartialEq, Eq)]
enum Limit {
    None,
    NotLoaded,
    Policy(Option<usize>),
}

/// Policies that say the same, by one number on both sides.
#[derive(Default)]
struct Numbers(BTreeMap<Canonical, usize>);

impl Numbers {
    fn of(&mut self, document: &PolicyDocument) -> usize {
        let next = self.0.len();
        *self.0.entry(Canonical::new(document)).or_insert(next)
    }

    fn of_inventory(&mut self, inventory: &Inventory) -> Vec<usize> {
        let policies = inventory.identity_policies.iter();
        policies
            .map(|policy| self.of(&policy.policy.document))
            .collect()
    }
}

/// ARNs of users and roles that are not the same on both sides.
fn changed<'a>(before: &'a Inventory, after: &'a Inventory) -> BTreeSet<&'a str> {
    if are_shared(&before.principals, &after.principals)
        && are_shared(&before.identity_policies, &after.identity_policies)
    {
        return BTreeSet::new();
    }
    let mut numbers = Numbers::default();
    let old = prints(before, &numbers.of_inventory(before));
    let new = prints(after, &numbers.of_inventory(after));
    let differs = |(arn, print): &(&&'a str, &Print<'a>), other: &BTreeMap<&str, Print<'_>>| {
        other.get(**arn) != Some(*print)
    };
    let gone = old.iter().filter(|entry| differs(entry, &new));
    let came = new.iter().filter(|entry| differs(entry, &old));
    gone.chain(came).map(|(arn, _)| *arn).collect()
}

/// Whether both sides have not only equal things, but the same ones.
fn are_shared<T>(before: &[Arc<T>], after: &[Arc<T>]) -> bool {
    let mut both = before.iter().zip(after);
    before.len() == after.len() && both.all(|(one, other)| Arc::ptr_eq(one, other))
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(before: &'a Inventory, after: &'a Inventory) -> Self {
        Self {
            before: Identities::new(before),
            after: Identities::new(after),
            changed: changed(before, after),
            control_differs: control_differs(before, after),
        }
    }

    /// Whether the principal of this name, or the role of a session of this name, is not the same
    /// on both sides.
    pub(super) fn has_changed(&self, name: &str) -> bool {
        if self.changed.is_empty() || self.changed.contains(name) {
            return !self.changed.is_empty();
        }
        let Some(caller) = Caller::parse(name).ok().filter(|of| of.session().is_some()) else {
            return false;
        };
        let sides = [&self.before, &self.after].into_iter();
        let mut roles = sides.filter_map(|side| side.principal_of(&caller));
        roles.any(|role| self.changed.contains(role.principal.arn.value.as_str()))
    }
}

fn prints<'a>(inventory: &'a Inventory, numbers: &[usize]) -> BTreeMap<&'a str, Print<'a>> {
    let number = |position: &usize| numbers.get(*position).copied();
    let print = |principal: &'a Arc<Principal>| {
        let tags = principal.tags.as_ref();
        let print = Print {
            id: principal.id.as_deref(),
            tags: tags.map(|tags| tags.iter().collect()),
            policies: principal.policies.iter().filter_map(number).collect(),
            boundary: match &principal.boundary {
                Boundary::None => Limit::None,
                Boundary::NotLoaded => Limit::NotLoaded,
                Boundary::Policy(position) => Limit::Policy(number(position)),
            },
        };
        (principal.arn.value.as_str(), print)
    };
    inventory.principals.iter().map(print).collect()
}

fn control_differs(before: &Inventory, after: &Inventory) -> bool {
    if before.organization.is_none() && after.organization.is_none() {
        return false;
    }
    let policies = |inventory: &Inventory| {
        let all = inventory.organization_policies.iter();
        let canonical = all.map(|of| {
            let names = (of.id.clone(), of.arn.clone(), of.policy.name.clone());
            (names, Canonical::new(&of.policy.document))
        });
        canonical.collect::<Vec<_>>()
    };
    before.organization != after.organization || policies(before) != policies(after)
}
