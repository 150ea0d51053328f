//! What several files say of users, groups, roles and policies becomes principals with their
//! policies.
//!
//! Where two files describe one principal, group or managed policy, the later one holds. A policy
//! that is attached and was not loaded is an error: it could hold the permission.

mod part;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::aws::AccountId;
use crate::inventory::{Boundary, IdentityPolicy, Inventory, LoadedPolicy, Located, Principal};
use crate::text::{InputError, Location};

pub(super) use part::{AccountPart, Attachments, GroupPart, Holder, InlinePart, PrincipalPart};

/// How to get what is missing.
const WHOLE_ACCOUNT: &str = "call `aws iam get-account-authorization-details` without `--filter`, or \
     give the whole folder that iam-collect wrote";

/// Something that could hold a permission and was not loaded.
#[derive(Debug)]
pub(super) struct Missing {
    /// Where it is attached.
    pub(super) at: Location,
    /// What is missing.
    pub(super) error: InputError,
}

/// Puts what all files say into the inventory.
pub(super) fn join(parts: AccountPart, inventory: &mut Inventory) -> Vec<Missing> {
    let mut resolver = PolicyResolver::default();
    for (arn, policy) in parts.managed {
        resolver.add_managed(arn, policy);
    }
    for (arn, policy) in parts.declared {
        resolver.add_declared(arn, policy);
    }
    let (declared, listed): (Vec<_>, Vec<_>) =
        parts.principals.into_iter().partition(|of| of.is_declared);
    let mut principals = last_of(listed, |part| part.arn.value.clone());
    let mut groups = last_of(parts.groups, |part| (part.account, part.name.clone()));
    for inline in parts.inline {
        inventory
            .policies
            .extend(attach(inline, &mut principals, &mut groups));
    }
    let groups: BTreeMap<_, _> = groups
        .into_iter()
        .map(|(name, group)| (name, resolver.positions(group.attachments)))
        .collect();
    for part in principals.into_values() {
        let principal = resolver.principal(part, &groups);
        inventory.principals.push(Arc::new(principal));
    }
    for part in all_of_declared(declared) {
        let by_arn = |other: &Arc<Principal>| other.arn.value.cmp(&part.arn.value);
        match inventory.principals.binary_search_by(by_arn) {
            // What AWS lists of it holds, and the others are policies by themselves.
            Ok(_) => inventory.policies.extend(part.attachments.inline),
            Err(place) => {
                let principal = resolver.principal(part, &groups);
                inventory.principals.insert(place, Arc::new(principal));
            }
        }
    }
    inventory.identity_policies = resolver.policies;
    resolver.missing
}

/// Each once, the last that says the same.
fn last_of<T, K: Ord>(parts: Vec<T>, key: impl Fn(&T) -> K) -> BTreeMap<K, T> {
    parts.into_iter().map(|part| (key(&part), part)).collect()
}

/// Each once, with all policies that any plan or state says that it has.
fn all_of_declared(parts: Vec<PrincipalPart>) -> impl Iterator<Item = PrincipalPart> {
    let mut all: BTreeMap<String, PrincipalPart> = BTreeMap::new();
    for part in parts {
        match all.entry(part.arn.value.clone()) {
            Entry::Vacant(entry) => drop(entry.insert(part)),
            Entry::Occupied(entry) => {
                let own = entry.into_mut();
                own.attachments.inline.extend(part.attachments.inline);
                own.attachments.managed.extend(part.attachments.managed);
                own.boundary = own.boundary.take().or(part.boundary);
            }
        }
    }
    all.into_values()
}

/// Attaches an inline policy to the only loaded holder of that name, in place of what is loaded
/// of it; hands it back where there is none or several.
fn attach(
    part: InlinePart,
    principals: &mut BTreeMap<String, PrincipalPart>,
    groups: &mut BTreeMap<(AccountId, String), GroupPart>,
) -> Option<LoadedPolicy> {
    let mut holders: Vec<&mut Attachments> = match part.holder {
        Holder::Principal(kind) => principals
            .values_mut()
            .filter(|principal| principal.kind == kind && principal.name == part.name)
            .map(|principal| &mut principal.attachments)
            .collect(),
        Holder::Group => groups
            .values_mut()
            .filter(|group| group.name == part.name)
            .map(|group| &mut group.attachments)
            .collect(),
    };
    let [holder] = holders.as_mut_slice() else {
        return Some(part.policy);
    };
    holder.inline.retain(|other| other.name != part.policy.name);
    holder.inline.push(part.policy);
    None
}

/// Gives every policy its position.
#[derive(Default)]
struct PolicyResolver {
    policies: Vec<Arc<IdentityPolicy>>,
    managed: BTreeMap<String, usize>,
    /// Managed policies as plans and states declare them.
    declared: BTreeMap<String, usize>,
    missing: Vec<Missing>,
    /// What was complained of already: one complaint for each policy and group.
    told: BTreeSet<String>,
}

impl PolicyResolver {
    fn add_managed(&mut self, arn: String, policy: LoadedPolicy) {
        let next = self.policies.len();
        let position = *self.managed.entry(arn.clone()).or_insert(next);
        let policy = Arc::new(IdentityPolicy {
            arn: Some(arn),
            policy,
        });
        match self.policies.get_mut(position) {
            Some(old) => *old = policy,
            None => self.policies.push(policy),
        }
    }

    fn add_declared(&mut self, arn: String, policy: LoadedPolicy) {
        self.declared.insert(arn.clone(), self.policies.len());
        let arn = Some(arn);
        self.policies.push(Arc::new(IdentityPolicy { arn, policy }));
    }

    /// The positions of what a plan or a state attaches, as far as that was loaded: of the rest nothing is known.
    fn declared_positions(&mut self, attachments: Attachments) -> Vec<usize> {
        let Attachments { inline, managed } = attachments;
        let known = managed.iter().filter_map(|arn| {
            let position = self.declared.get(&arn.value);
            position.or_else(|| self.managed.get(&arn.value)).copied()
        });
        let known: Vec<_> = known.collect();
        let managed = Vec::new();
        let own = self.positions(Attachments { inline, managed });
        known.into_iter().chain(own).collect()
    }

    fn positions(&mut self, attachments: Attachments) -> Vec<usize> {
        let mut positions = Vec::new();
        for policy in attachments.inline {
            positions.push(self.policies.len());
            self.policies
                .push(Arc::new(IdentityPolicy { arn: None, policy }));
        }
        for arn in attachments.managed {
            match self.managed.get(&arn.value) {
                Some(position) => positions.push(*position),
                None => self.complain(
                    &arn,
                    "is attached and not in any file, and could hold a permission",
                    WHOLE_ACCOUNT,
                ),
            }
        }
        positions
    }

    fn principal(
        &mut self,
        part: PrincipalPart,
        groups: &BTreeMap<(AccountId, String), Vec<usize>>,
    ) -> Principal {
        let mut policies = if part.is_declared {
            self.declared_positions(part.attachments)
        } else {
            self.positions(part.attachments)
        };
        let mut of_groups = Vec::new();
        for group in &part.groups {
            match groups.get(&(part.account, group.value.clone())) {
                Some(positions) => {
                    let name: Arc<str> = group.value.as_str().into();
                    let others = positions.iter().filter(|at| !policies.contains(at));
                    of_groups.extend(others.map(|at| (*at, Arc::clone(&name))));
                    policies.extend(positions);
                }
                None => self.complain(
                    group,
                    "is a group that is not in any file, and could hold a permission",
                    WHOLE_ACCOUNT,
                ),
            }
        }
        policies.sort_unstable();
        policies.dedup();
        of_groups.sort_unstable_by_key(|of| of.0);
        let boundary = part.boundary.map_or(Boundary::None, |arn| {
            let declared = self.declared.get(&arn).filter(|_| part.is_declared);
            let position = declared.or_else(|| self.managed.get(&arn)).copied();
            position.map_or(Boundary::NotLoaded, Boundary::Policy)
        });
        Principal {
            kind: part.kind,
            arn: part.arn,
            account: part.account,
            name: part.name,
            id: part.id,
            tags: part.tags,
            policies,
            of_groups,
            boundary,
            is_declared: part.is_declared,
        }
    }

    fn complain(&mut self, what: &Located<String>, why: &str, help: &str) {
        let name = &what.value;
        if self.told.insert(name.clone()) {
            let error = InputError::new(what.at.span, format!("`{name}` {why}"))
                .label("attached here")
                .help(help);
            self.missing.push(Missing { at: what.at, error });
        }
    }
}
