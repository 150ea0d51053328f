//! Which users, roles and control policies are not the same in two inventories.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::inventory::{Boundary, Inventory, Principal, Tag};
use crate::policy::PolicyDocument;

/// What decides what a user or role can do.
#[derive(Debug, PartialEq, Eq)]
struct Deciding<'a> {
    id: Option<&'a str>,
    tags: Option<BTreeSet<&'a Tag>>,
    policies: BTreeSet<usize>,
    boundary: Limit,
}

/// A permissions boundary, as one number in both inventories.
#[derive(Debug, PartialEq, Eq)]
enum Limit {
    None,
    NotLoaded,
    Policy(Option<usize>),
}

/// ARNs of users and roles that are not the same in both; policies are the same where what
/// `meaning` makes of them is.
pub(crate) fn changed_principals<'a, M: Ord>(
    before: &'a Inventory,
    after: &'a Inventory,
    meaning: impl Fn(&PolicyDocument) -> M,
) -> BTreeSet<&'a str> {
    if are_shared(&before.principals, &after.principals)
        && are_shared(&before.identity_policies, &after.identity_policies)
    {
        return BTreeSet::new();
    }
    let mut numbers: BTreeMap<M, usize> = BTreeMap::new();
    let mut numbered = |inventory: &Inventory| -> Vec<usize> {
        let policies = inventory.identity_policies.iter();
        let number = |policy: &Arc<crate::inventory::IdentityPolicy>| {
            let next = numbers.len();
            *numbers
                .entry(meaning(&policy.policy.document))
                .or_insert(next)
        };
        policies.map(number).collect()
    };
    let old = deciding(before, &numbered(before));
    let new = deciding(after, &numbered(after));
    let differs = |(arn, own): &(&&'a str, &Deciding<'a>), other: &BTreeMap<&str, Deciding<'_>>| {
        other.get(**arn) != Some(*own)
    };
    let gone = old.iter().filter(|entry| differs(entry, &new));
    let came = new.iter().filter(|entry| differs(entry, &old));
    gone.chain(came).map(|(arn, _)| *arn).collect()
}

/// Whether both have not only equal things, but the same ones.
fn are_shared<T>(before: &[Arc<T>], after: &[Arc<T>]) -> bool {
    let mut both = before.iter().zip(after);
    before.len() == after.len() && both.all(|(one, other)| Arc::ptr_eq(one, other))
}

fn deciding<'a>(inventory: &'a Inventory, numbers: &[usize]) -> BTreeMap<&'a str, Deciding<'a>> {
    let number = |position: &usize| numbers.get(*position).copied();
    let of = |principal: &'a Arc<Principal>| {
        let tags = principal.tags.as_ref();
        let deciding = Deciding {
            id: principal.id.as_deref(),
            tags: tags.map(|tags| tags.iter().collect()),
            policies: principal.policies.iter().filter_map(number).collect(),
            boundary: match &principal.boundary {
                Boundary::None => Limit::None,
                Boundary::NotLoaded => Limit::NotLoaded,
                Boundary::Policy(position) => Limit::Policy(number(position)),
            },
        };
        (principal.arn.value.as_str(), deciding)
    };
    inventory.principals.iter().map(of).collect()
}

/// Whether control policies or the organization are not the same in both.
pub(crate) fn control_policies_differ<M: PartialEq>(
    before: &Inventory,
    after: &Inventory,
    meaning: impl Fn(&PolicyDocument) -> M,
) -> bool {
    if before.organization.is_none() && after.organization.is_none() {
        return false;
    }
    let policies = |inventory: &Inventory| {
        let all = inventory.organization_policies.iter();
        let meanings = all.map(|of| {
            let names = (of.id.clone(), of.arn.clone(), of.policy.name.clone());
            (names, meaning(&of.policy.document))
        });
        meanings.collect::<Vec<_>>()
    };
    before.organization != after.organization || policies(before) != policies(after)
}
