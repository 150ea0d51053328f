//! The control policies of the organization, ready to decide with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::aws::AccountId;
use crate::eval::NamedPolicy;
use crate::inventory::{FULL_AWS_ACCESS, Inventory, Organization};
use crate::policy::{self, Effect, PolicyDocument, PolicyKind};
use crate::source::json;

use super::mentions::Mentions;

/// What AWS attaches to every level where service control policies are switched on.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
static FULL_ACCESS: LazyLock<Option<PolicyDocument>> = LazyLock::new(|| {
    let text =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let parsed = json::parse(text).ok()?;
    policy::parse(&parsed, PolicyKind::ServiceControl).ok()
});

/// The policies of each level above an account, the organization's root first.
#[derive(Debug)]
struct Levels {
    scps: Vec<Vec<NamedPolicy>>,
    rcps: Vec<Vec<NamedPolicy>>,
}

/// Service and resource control policies by level.
#[derive(Debug)]
pub(in crate::facts) struct Control<'a> {
    pub(super) organization: &'a Organization,
    /// The levels above an account that some level is not above of.
    of_account: BTreeMap<AccountId, Levels>,
    /// The levels above every other account.
    of_others: Levels,
    pub(super) mentions: Mentions,
}

impl<'a> Control<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Option<Self> {
        let organization = inventory.organization.as_ref()?;
        let scps = levels(inventory, &organization.scps, PolicyKind::ServiceControl);
        let rcps = levels(inventory, &organization.rcps, PolicyKind::ResourceControl);
        let mut mentions = Mentions::default();
        for policy in scps.iter().chain(&rcps).flatten() {
            mentions.add(&policy.document);
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
            mentions,
        })
    }

    /// Service and resource control policies of every level above the account.
    pub(in crate::facts) fn above(
        &self,
        account: AccountId,
    ) -> (&[Vec<NamedPolicy>], &[Vec<NamedPolicy>]) {
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
            .filter_map(|name| find(inventory, name, kind))
            .collect();
        // AWS has one policy on every level: who lists only denials left out what allows.
        if kind == PolicyKind::ServiceControl && !level.iter().any(|p| allows(&p.document)) {
            level.extend(full_access());
        }
        level
    };
    levels.iter().map(level).collect()
}

fn allows(document: &PolicyDocument) -> bool {
    let mut statements = document.statements.iter();
    statements.any(|statement| statement.effect.value == Effect::Allow)
}

fn full_access() -> Option<NamedPolicy> {
    let document = FULL_ACCESS.clone()?;
    Some(NamedPolicy {
        name: FULL_AWS_ACCESS.into(),
        document,
    })
}

fn find(inventory: &Inventory, name: &str, kind: PolicyKind) -> Option<NamedPolicy> {
    let loaded = inventory
        .organization_policies
        .iter()
        .find(|policy| policy.policy.document.kind == kind && policy.is_called(name));
    match loaded {
        Some(found) => Some(NamedPolicy {
            name: name.into(),
            document: found.policy.document.clone(),
        }),
        None if kind == PolicyKind::ServiceControl && name == FULL_AWS_ACCESS => full_access(),
        None => None,
    }
}
