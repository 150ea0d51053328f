//! What stands around a policy that is no key's: who has it, and what applies beside it.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Caller, KeyIdentity};
use crate::aws::AccountId;
use crate::inventory::{Boundary, Inventory, LoadedPolicy, OrganizationPolicy, Principal};
use crate::policy::{PolicyDocument, PolicyKind};
use crate::text::SourceId;

use super::policy_context::PolicyContext;

/// The first byte of a policy in its file: an edit of the policy leaves it where it is.
type At = (SourceId, u32);

/// Who has which policy, and the organization.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    inventory: &'a Inventory,
    /// By policy, the users and roles that have it.
    holders: BTreeMap<At, Vec<PolicyHolder<'a>>>,
    /// Policies that somebody has, or has as a permissions boundary.
    in_use: BTreeSet<At>,
}

/// A user or role that has a policy.
#[derive(Clone, Debug)]
pub(super) struct PolicyHolder<'a> {
    /// The end of its ARN.
    pub(super) name: &'a str,
    pub(super) caller: Caller,
    pub(super) account: AccountId,
}

impl<'a> Surroundings<'a> {
    pub(super) fn new(inventory: &'a Inventory) -> Self {
        let mut around = Self {
            inventory,
            holders: BTreeMap::new(),
            in_use: BTreeSet::new(),
        };
        let at = |position: &usize| {
            let policy = inventory.identity_policies.get(*position)?;
            Some(place(&policy.policy))
        };
        // Of one that a plan or a state declares it is not known which keys its account has.
        let listed = inventory.principals.iter().filter(|of| !of.is_declared);
        for principal in listed {
            if let Boundary::Policy(position) = principal.boundary {
                around.in_use.extend(at(&position));
            }
            let Some(holder) = PolicyHolder::of(principal) else {
                continue;
            };
            for at in principal.policies.iter().filter_map(at) {
                around.in_use.insert(at);
                around.holders.entry(at).or_default().push(holder.clone());
            }
        }
        around
    }

    /// Whether somebody has the policy, or has it as a permissions boundary.
    pub(super) fn is_in_use(&self, policy: &LoadedPolicy) -> bool {
        self.in_use.contains(&place(policy))
    }

    /// Who has the policy.
    pub(super) fn holders(&self, subject: &PolicyContext<'_>) -> &[PolicyHolder<'a>] {
        let at = (subject.source, subject.document.span.start);
        self.holders.get(&at).map_or(&[], Vec::as_slice)
    }

    /// The keys of the account whose policies were loaded.
    pub(super) fn keys_of(
        &self,
        account: AccountId,
    ) -> impl Iterator<Item = (&'a PolicyDocument, KeyIdentity)> {
        let keys = self.inventory.keys.iter();
        let own = keys.filter(move |key| key.account == Some(account));
        own.filter_map(|key| {
            let identity = KeyIdentity {
                arn: key.arn.clone(),
                account: key.account,
                partition: None,
            };
            Some((&key.policy.as_ref()?.document, identity))
        })
    }

    /// The control policies of the same kind that limit at least all accounts that this one limits.
    pub(super) fn beside(&self, subject: &PolicyContext<'_>) -> Vec<&'a PolicyDocument> {
        let kind = subject.document.kind;
        let all = self.inventory.organization_policies.iter();
        let is_self = |of: &OrganizationPolicy| {
            subject.source == of.policy.source
                && of.policy.document.span.start == subject.document.span.start
        };
        let Some(own) = all.clone().find(|of| is_self(of)) else {
            return Vec::new();
        };
        let others = all.filter(|of| !is_self(of) && of.policy.document.kind == kind);
        let wide = others.filter(|of| self.is_above_all_of(of, own, kind));
        wide.map(|of| &of.policy.document).collect()
    }

    fn is_above_all_of(
        &self,
        other: &OrganizationPolicy,
        own: &OrganizationPolicy,
        kind: PolicyKind,
    ) -> bool {
        let Some(organization) = &self.inventory.organization else {
            return false;
        };
        let levels = if kind == PolicyKind::ServiceControl {
            &organization.scps
        } else {
            &organization.rcps
        };
        let of = |policy: &OrganizationPolicy| -> Vec<BTreeSet<AccountId>> {
            let named = levels.iter().enumerate();
            let named = named.filter(|(_, names)| names.iter().any(|name| policy.is_called(name)));
            let below = |(level, _): (usize, _)| organization.below.get(level).cloned();
            named
                .map(|level| below(level).unwrap_or_default())
                .collect()
        };
        let others = of(other);
        let covers = |accounts: &BTreeSet<AccountId>| {
            others
                .iter()
                .any(|all| all.is_empty() || (!accounts.is_empty() && accounts.is_subset(all)))
        };
        let own = of(own);
        !own.is_empty() && own.iter().all(covers)
    }
}

impl<'a> PolicyHolder<'a> {
    fn of(principal: &'a Principal) -> Option<Self> {
        let arn = principal.arn.value.as_str();
        Some(Self {
            name: arn.splitn(6, ':').last()?,
            caller: Caller::parse(arn).ok()?,
            account: principal.account,
        })
    }
}

fn place(policy: &LoadedPolicy) -> At {
    (policy.source, policy.document.span.start)
}
