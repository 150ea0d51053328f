//! Everyone who was loaded, prepared once for the questions about all keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::{AccountId, Arn, KmsAction, PrincipalKind};
use crate::eval::{Caller, Layer, NamedPolicy, PolicyRef, everything};
use crate::inventory::{Boundary, IdentityPolicy, Inventory, OrganizationPolicy, Principal};
use crate::policy::PolicyKind;
use crate::text::SourceId;

use super::applicable::{Applicable, UnknownBoundary};
use super::control_policies::{ControlPolicies, find};
use super::kms_policies::{Extent, KmsPolicies, KmsPolicyPool};
use super::loaded_principal::LoadedPrincipal;
use super::restriction::{BoundaryLimit, Restriction};
use super::surface::AskedOfKeys;
use super::tested_attributes::TestedAttributes;

/// Users and roles by account, and the control policies above them. Without any, what is said of
/// a key is concluded from its key policy alone.
#[derive(Debug, Default)]
pub struct Identities<'a> {
    policies: &'a [Arc<IdentityPolicy>],
    organization_policies: &'a [OrganizationPolicy],
    kms_policies: Vec<KmsPolicies>,
    accounts: BTreeMap<AccountId, Vec<LoadedPrincipal<'a>>>,
    control: Option<ControlPolicies<'a>>,
}

impl<'a> Identities<'a> {
    /// Prepares what was loaded: policies are reduced to their statements about KMS, and
    /// principals with the same policies share them.
    pub fn new(inventory: &'a Inventory) -> Self {
        Self::of(inventory, Extent::AboutKms, |_| true)
    }

    /// Prepares what was loaded, with its policies as they are written.
    #[cfg(test)]
    pub(super) fn whole(inventory: &'a Inventory) -> Self {
        Self::of(inventory, Extent::Whole, |_| true)
    }

    /// Prepares what was loaded of one caller, with its policies as they are written, so that an
    /// explanation can tell of every statement.
    pub(crate) fn of_caller(inventory: &'a Inventory, caller: &Caller) -> Self {
        Self::of(inventory, Extent::Whole, |principal| {
            is_caller(principal, caller)
        })
    }

    fn of(inventory: &'a Inventory, extent: Extent, wanted: impl Fn(&Principal) -> bool) -> Self {
        let policies = &inventory.identity_policies;
        let mut pool = KmsPolicyPool::new(policies, extent);
        let mut accounts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for principal in inventory.principals.iter().filter(|of| wanted(of)) {
            let Ok(caller) = Caller::parse(&principal.arn.value) else {
                continue;
            };
            let boundary = match principal.boundary {
                Boundary::Policy(position) => Some(pool.of(&[position])),
                Boundary::None | Boundary::NotLoaded => None,
            };
            let of_account = accounts.entry(principal.account).or_default();
            of_account.push(LoadedPrincipal {
                principal,
                caller,
                policies: pool.of(&principal.policies),
                boundary,
            });
        }
        Self {
            policies,
            organization_policies: &inventory.organization_policies,
            kms_policies: pool.into_all(),
            accounts,
            control: ControlPolicies::new(inventory),
        }
    }

    /// The loaded users and roles of the account, sorted by ARN, those that only a plan or a state declares
    /// included.
    pub(crate) fn of_account(&self, account: AccountId) -> &[LoadedPrincipal<'a>] {
        self.accounts.get(&account).map_or(&[], Vec::as_slice)
    }

    /// Whether no user or role was loaded.
    pub(crate) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The listed user or role that the caller is, or whose session it is: the policies, the
    /// permissions boundary and the tags of a role apply to its sessions.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    /// Of one that only a plan or a state declares it is not known what it may not do.
    pub(crate) fn principal_of(&self, caller: &Caller) -> Option<&LoadedPrincipal<'a>> {
        let loaded = self.of_account(caller.account()?);
        let is_listed = |of: &&LoadedPrincipal<'_>| !of.principal.is_declared;
        if caller.session().is_some() {
            let mut listed = loaded.iter().filter(is_listed);
            return listed.find(|of| is_caller(of.principal, caller));
        }
        let arn = caller.as_str();
        let found = loaded.binary_search_by(|of| of.principal.arn.value.as_str().cmp(arn));
        loaded.get(found.ok()?).filter(is_listed)
    }

    /// The policies and limits that apply to a caller of this account, who is this loaded user or
    /// role or a session of it, and to a key of that account. A service control policy follows the
    /// caller's account, a resource control policy the key's:
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
    pub(crate) fn applicable(
        &self,
        account: Option<AccountId>,
        principal: Option<&LoadedPrincipal<'_>>,
        key_account: Option<AccountId>,
    ) -> Applicable<'_> {
        let above = |account: Option<AccountId>| {
            let pair = account.zip(self.control.as_ref());
            pair.map_or((&[][..], &[][..]), |(account, control)| {
                control.above(account)
            })
        };
        let of = |position: usize| self.kms_policies.get(position);
        let own = principal.and_then(|principal| of(principal.policies));
        let boundary = principal.and_then(|principal| of(principal.boundary?));
        let is_not_loaded =
            principal.is_some_and(|of| of.principal.boundary == Boundary::NotLoaded);
        Applicable {
            identity: own.map_or(&[], |own| &own.policies),
            boundary: if is_not_loaded {
                Some(everything())
            } else {
                boundary.map(|boundary| boundary.policies.as_slice())
            },
            unknown_boundary: if is_not_loaded {
                UnknownBoundary::NotLoaded
            } else {
                UnknownBoundary::No
            },
            session: None,
            scps: above(account).0,
            rcps: above(key_account).1,
        }
    }

    /// Whether everyone of the account was loaded. Every account has roles that AWS made, so
    /// one without any was loaded in part; a plan or a state never lists all.
    pub(crate) fn is_whole(&self, account: AccountId) -> bool {
        let mut loaded = self.of_account(account).iter();
        loaded.any(|of| of.principal.kind == PrincipalKind::Role && !of.principal.is_declared)
    }

    /// The organization's id, where the account is a member.
    pub(crate) fn organization_id(&self, account: AccountId) -> Option<&str> {
        let organization = self.control.as_ref()?.organization;
        let id = organization.id.as_deref();
        id.filter(|_| organization.has_member(account))
    }

    /// Whether service control policies limit callers of the one account, or resource control policies
    /// keys of the other.
    pub(super) fn has_control_policies(
        &self,
        caller: Option<AccountId>,
        key: Option<AccountId>,
    ) -> bool {
        let limits = self.applicable(caller, None, key);
        !limits.scps.is_empty() || !limits.rcps.is_empty()
    }

    /// Whether some statement of the principal's policies allows the action.
    pub(crate) fn may_allow(&self, principal: &LoadedPrincipal<'_>, action: KmsAction) -> bool {
        let policies = self.kms_policies.get(principal.policies);
        policies.is_some_and(|policies| policies.allows.contains(action))
    }

    /// The attributes of principals that the policies test by which this one is decided.
    pub(crate) fn tested_attributes<'i>(
        &'i self,
        principal: &LoadedPrincipal<'_>,
        of_key_policy: &'i TestedAttributes,
    ) -> Vec<&'i TestedAttributes> {
        let positions = std::iter::once(principal.policies).chain(principal.boundary);
        let own = positions.filter_map(|position| self.kms_policies.get(position));
        let control = self.control.as_ref().map(|control| &control.tested);
        std::iter::once(of_key_policy)
            .chain(own.map(|policies| &policies.tested))
            .chain(control)
            .collect()
    }

    /// A policy of the principal and a position in it, as loaded.
    pub(crate) fn origin(
        &self,
        principal: &LoadedPrincipal<'_>,
        (policy, statement): (usize, usize),
    ) -> Option<(&'a IdentityPolicy, usize)> {
        let policies = self.kms_policies.get(principal.policies)?;
        let (policy, statement) = policies.origin(policy, statement)?;
        Some((self.policies.get(policy)?, statement))
    }

    /// A policy of the principal, by its position in the inventory, and the position of a statement in it.
    pub(super) fn attached(
        &self,
        principal: &LoadedPrincipal<'_>,
        (policy, statement): (usize, usize),
    ) -> Option<(usize, &'a IdentityPolicy, usize)> {
        let policies = self.kms_policies.get(principal.policies)?;
        let (position, statement) = policies.origin(policy, statement)?;
        Some((position, self.policies.get(position)?, statement))
    }

    /// What the principal's policies and its permissions boundary ask of keys.
    pub(super) fn asked_of_keys(&self, principal: &LoadedPrincipal<'_>) -> AskedOfKeys {
        let mut asked = AskedOfKeys::default();
        let positions = std::iter::once(principal.policies).chain(principal.boundary);
        for policies in positions.filter_map(|position| self.kms_policies.get(position)) {
            for policy in &policies.policies {
                asked.add(&policy.document);
            }
        }
        asked
    }

    /// What control policies ask of keys.
    pub(super) fn control_policies_ask(&self) -> AskedOfKeys {
        let mut asked = AskedOfKeys::default();
        for policy in self.organization_policies {
            asked.add(&policy.policy.document);
        }
        asked
    }

    /// The groups through which alone it has policies about KMS, each with the policy's position.
    pub(super) fn groups_of(&self, principal: &LoadedPrincipal<'_>) -> Vec<(usize, Arc<str>)> {
        let policies = self.kms_policies.get(principal.policies);
        let is_kept = |at: usize| policies.is_some_and(|policies| policies.has(at));
        let all = principal.principal.of_groups.iter();
        all.filter(|(at, _)| is_kept(*at)).cloned().collect()
    }

    /// The permissions boundary of a user or role.
    pub(super) fn boundary_of(&self, principal: &LoadedPrincipal<'_>) -> BoundaryLimit {
        match principal.principal.boundary {
            Boundary::None => BoundaryLimit::None,
            Boundary::NotLoaded => BoundaryLimit::NotLoaded,
            Boundary::Policy(position) => {
                let policy = self.policies.get(position);
                policy.map_or(BoundaryLimit::NotLoaded, |policy| {
                    BoundaryLimit::Applied(policy.policy.name.clone())
                })
            }
        }
    }

    /// The control policies that the organization names and that were not loaded.
    pub(super) fn missing_control_policies(&self) -> Vec<&str> {
        let organization = self.control.as_ref().map(|control| control.organization);
        organization.map_or_else(Vec::new, |of| of.missing(self.organization_policies))
    }

    /// What became of control policies above the account; `has_any`: whether some were evaluated.
    pub(super) fn restriction(&self, account: Option<AccountId>, has_any: bool) -> Restriction {
        let Some(control) = &self.control else {
            return Restriction::NotEvaluated;
        };
        let limits = account.is_some_and(|account| control.organization.limits(account));
        if !limits {
            Restriction::NotApplicable
        } else if !self.missing_control_policies().is_empty() {
            Restriction::Applicable
        } else if has_any {
            Restriction::Applied
        } else {
            Restriction::NotApplicable
        }
    }

    /// Every account of which somebody was loaded, ascending.
    pub(super) fn accounts(&self) -> impl Iterator<Item = AccountId> {
        self.accounts.keys().copied()
    }

    /// The file of one of the policies that apply to a principal; `control` is the policy where it
    /// is a control policy. One that was assumed stands in no file.
    pub(super) fn source_of(
        &self,
        policy: PolicyRef,
        principal: Option<&LoadedPrincipal<'_>>,
        control: Option<&NamedPolicy>,
    ) -> Option<SourceId> {
        let own = |position: Option<usize>| {
            let policies = self.kms_policies.get(position?)?;
            let position = policies.position(policy.index)?;
            Some(self.policies.get(position)?.policy.source)
        };
        let of_kind = |kind| {
            let found = find(self.organization_policies, &control?.name, kind)?;
            Some(found.policy.source)
        };
        match policy.layer {
            Layer::Identity => own(Some(principal?.policies)),
            Layer::Boundary => own(principal?.boundary),
            Layer::Scp => of_kind(PolicyKind::ServiceControl),
            Layer::Rcp => of_kind(PolicyKind::ResourceControl),
            Layer::KeyPolicy | Layer::Session => None,
        }
    }
}

/// Whether the caller is this user or role, or a session of it. A session's ARN leaves out its
/// role's path; role names are unique in an account.
fn is_caller(principal: &Principal, caller: &Caller) -> bool {
    let arn = principal.arn.value.as_str();
    match caller.session() {
        Some((role, _)) => {
            principal.kind == PrincipalKind::Role
                && principal.name == role
                && caller.account() == Some(principal.account)
                && caller.partition() == Arn::partition_of(arn)
        }
        None => arn == caller.as_str(),
    }
}
