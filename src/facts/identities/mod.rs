//! Everyone who was loaded, prepared once for the questions about all keys.

mod bundle;
mod control;
mod member;
mod mentions;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::{AccountId, KmsAction};
use crate::eval::Caller;
use crate::inventory::{Boundary, IdentityPolicy, IdentityType, Inventory};

use bundle::{Bundle, Reduced};
use control::Control;
pub(crate) use member::{Fingerprint, Member, MemberPolicies};
pub(crate) use mentions::Mentions;

/// Users and roles by account, and the control policies above them. Without any, what is said of
/// a key is concluded from its key policy alone.
#[derive(Debug, Default)]
pub struct Identities<'a> {
    policies: &'a [Arc<IdentityPolicy>],
    bundles: Vec<Bundle>,
    accounts: BTreeMap<AccountId, Vec<Member<'a>>>,
    control: Option<Control<'a>>,
}

impl<'a> Identities<'a> {
    /// Prepares what was loaded: policies are reduced to their statements about KMS, and
    /// principals with the same policies share them.
    pub fn new(inventory: &'a Inventory) -> Self {
        let policies = &inventory.identity_policies;
        let mut shelf = Shelf::new(policies);
        let mut accounts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for principal in &inventory.principals {
            let Ok(caller) = Caller::parse(&principal.arn.value) else {
                continue;
            };
            let bundle = shelf.bundle(&principal.policies);
            let boundary = match principal.boundary {
                Boundary::Policy(position) => Some(shelf.bundle(&[position])),
                Boundary::None | Boundary::NotLoaded => None,
            };
            accounts.entry(principal.account).or_default().push(Member {
                principal,
                caller,
                bundle,
                boundary,
            });
        }
        Self {
            policies,
            bundles: shelf.bundles,
            accounts,
            control: Control::new(inventory),
        }
    }

    /// The users and roles of the account, sorted by ARN.
    pub(crate) fn members(&self, account: AccountId) -> &[Member<'a>] {
        self.accounts.get(&account).map_or(&[], Vec::as_slice)
    }

    /// Whether no user or role was loaded.
    pub(crate) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The loaded user or role that the caller is, or whose session it is: the policies, the
    /// permissions boundary and the tags of a role apply to its sessions.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
    pub(crate) fn principal_of(&self, caller: &Caller) -> Option<&Member<'a>> {
        let members = self.members(caller.account()?);
        if let Some((role, _)) = caller.session() {
            // A session's ARN leaves out its role's path; role names are unique in an account.
            let mut members = members.iter().map(|member| (member, member.principal));
            let found = members.find(|(_, principal)| {
                principal.kind == IdentityType::Role && principal.name == role
            });
            return found.map(|(member, _)| member);
        }
        let arn = caller.as_str();
        let found = members.binary_search_by(|member| member.principal.arn.value.as_str().cmp(arn));
        members.get(found.ok()?)
    }

    /// Whether everyone of the account was loaded. Every account has roles that AWS made, so
    /// one without any was loaded in part.
    pub(crate) fn is_whole(&self, account: AccountId) -> bool {
        let mut members = self.members(account).iter();
        members.any(|member| member.principal.kind == IdentityType::Role)
    }

    pub(crate) fn control(&self) -> Option<&Control<'a>> {
        self.control.as_ref()
    }

    /// The organization's id, where the account is a member.
    pub(crate) fn organization_id(&self, account: AccountId) -> Option<&str> {
        let organization = self.control.as_ref()?.organization;
        let id = organization.id.as_deref();
        id.filter(|_| organization.has_member(account))
    }

    /// The policies of a member.
    pub(crate) fn policies_of(&self, member: &Member<'_>) -> Option<MemberPolicies<'_>> {
        let bundle = self.bundles.get(member.bundle)?;
        let boundary = member.boundary.and_then(|index| self.bundles.get(index));
        Some(MemberPolicies {
            bundle,
            boundary: boundary.map(|bundle| bundle.policies.as_slice()),
        })
    }

    /// Whether some statement of the member's policies allows the action.
    pub(crate) fn may_allow(&self, member: &Member<'_>, action: KmsAction) -> bool {
        let bundle = self.bundles.get(member.bundle);
        bundle.is_some_and(|bundle| bundle.allows.contains(action))
    }

    /// All that decides about the member and can hang on who it is.
    pub(crate) fn mentions<'i>(
        &'i self,
        member: &Member<'_>,
        of_key_policy: &'i Mentions,
    ) -> Vec<&'i Mentions> {
        let boundary = member.boundary.and_then(|index| self.bundles.get(index));
        let bundles = self.bundles.get(member.bundle).into_iter().chain(boundary);
        let control = self.control.as_ref().map(|control| &control.mentions);
        std::iter::once(of_key_policy)
            .chain(bundles.map(|bundle| &bundle.mentions))
            .chain(control)
            .collect()
    }

    /// A policy of the member and a position in it, as loaded.
    pub(super) fn origin(
        &self,
        member: &Member<'_>,
        (policy, statement): (usize, usize),
    ) -> Option<(&'a IdentityPolicy, usize)> {
        let bundle = self.bundles.get(member.bundle)?;
        let (policy, statement) = bundle.origin(policy, statement)?;
        Some((self.policies.get(policy)?, statement))
    }
}

/// Bundles, each once.
struct Shelf {
    reduced: Vec<Option<Reduced>>,
    bundles: Vec<Bundle>,
    known: BTreeMap<Vec<usize>, usize>,
}

impl Shelf {
    fn new(policies: &[Arc<IdentityPolicy>]) -> Self {
        let policies = policies.iter().enumerate();
        Self {
            reduced: policies
                .map(|(position, policy)| Reduced::new(position, policy))
                .collect(),
            bundles: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    /// The bundle of these policies; those that are not about KMS make no difference.
    fn bundle(&mut self, positions: &[usize]) -> usize {
        let reduced = |position: &usize| self.reduced.get(*position)?.as_ref();
        let kept: Vec<_> = positions
            .iter()
            .copied()
            .filter(|position| reduced(position).is_some())
            .collect();
        if let Some(index) = self.known.get(&kept) {
            return *index;
        }
        let bundle = Bundle::new(kept.iter().filter_map(reduced));
        let index = self.bundles.len();
        self.bundles.push(bundle);
        self.known.insert(kept, index);
        index
    }
}
