//! The control policies of the organization, ready to decide with.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::AccountId;
use crate::eval::{NamedPolicy, assume_full_access, full_access};
use crate::inventory::{FULL_AWS_ACCESS, Inventory, Organization, OrganizationPolicy};
use crate::policy::PolicyKind;

use super::tested_attributes::TestedAttributes;

/// The policies of each level above an account, the organization's root first.
#[derive(Debug)]
struct Levels {
    scps: Vec<Vec<NamedPolicy>>,
    rcps: Vec<Vec<NamedPolicy>>,
}

/// Service and resource control policies by level.
#[derive(Debug)]
pub(super) struct ControlPolicies<'a> {
    pub(super) organization: &'a Organization,
    /// The levels above an account that some level is not above of.
    of_account: BTreeMap<AccountId, Levels>,
    /// The levels above every other account.
    of_others: Levels,
    pub(super) tested: TestedAttributes,
}

impl<'a> ControlPolicies<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Option<Self> {
        let organization = inventory.organization.as_ref()?;
        let scps = levels(inventory, &organization.scps, PolicyKind::ServiceControl);
        let rcps = levels(inventory, &organization.rcps, PolicyKind::ResourceControl);
        let mut tested = TestedAttributes::default();
        for policy in scps.iter().chain(&rcps).flatten() {
            tested.add(&policy.document);
        }
        let above = |account: Option<AccountId>| {
            let of = |all: &[Vec<NamedPolicy>]| {
                let numbered = all.iter().enumerate();
                let above = numbered.filter(|(level, _)| match account {
                    Some(account) => organization.is_above(*level, account),
                    None => organization
                        .below
                        .get(*level)
                        .is_none_or(BTreeSet::is_empty),
                });
                above.map(|(_, policies)| policies.clone()).collect()
            };
            Levels {
                scps: of(&scps),
                rcps: of(&rcps),
            }
        };
        let named = organization.below.iter().flatten();
        Some(Self {
            organization,
            of_account: named
                .map(|account| (*account, above(Some(*account))))
                .collect(),
            of_others: above(None),
            tested,
        })
    }

    /// Service and resource control policies of every level above the account.
    pub(super) fn above(&self, account: AccountId) -> (&[Vec<NamedPolicy>], &[Vec<NamedPolicy>]) {
        if !self.organization.limits(account) {
            return (&[], &[]);
        }
        let levels = self.of_account.get(&account).unwrap_or(&self.of_others);
        (&levels.scps, &levels.rcps)
    }
}

fn levels(
    inventory: &Inventory,
    levels: &[Vec<String>],
    kind: PolicyKind,
) -> Vec<Vec<NamedPolicy>> {
    let level = |names: &Vec<String>| {
        let mut level: Vec<_> = names
            .iter()
            .filter_map(|name| named(inventory, name, kind))
            .collect();
        if kind == PolicyKind::ServiceControl {
            assume_full_access(&mut level);
        }
        level
    };
    levels.iter().map(level).collect()
}

fn named(inventory: &Inventory, name: &str, kind: PolicyKind) -> Option<NamedPolicy> {
    match find(&inventory.organization_policies, name, kind) {
        Some(found) => Some(NamedPolicy {
            name: name.into(),
            document: found.policy.document.clone(),
        }),
        None if kind == PolicyKind::ServiceControl && name == FULL_AWS_ACCESS => full_access(),
        None => None,
    }
}

/// The loaded control policy of this kind and id, ARN or name.
pub(super) fn find<'a>(
    loaded: &'a [OrganizationPolicy],
    name: &str,
    kind: PolicyKind,
) -> Option<&'a OrganizationPolicy> {
    let mut loaded = loaded.iter();
    loaded.find(|policy| policy.policy.document.kind == kind && policy.is_called(name))
}
