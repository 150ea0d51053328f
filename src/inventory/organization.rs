//! The organization: its control policies, and on which level each is attached.

use std::collections::BTreeSet;

use crate::aws::AccountId;
use crate::policy::PolicyKind;

use super::LoadedPolicy;

/// The name under which AWS attaches its own service control policy that allows all.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
pub const FULL_AWS_ACCESS: &str = "FullAWSAccess";

/// A service control policy or resource control policy as AWS Organizations answers.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicySummary.html>
#[derive(Clone, Debug)]
pub struct OrganizationPolicy {
    /// `Id`, for example `p-examplepolicyid111`.
    pub id: Option<String>,
    /// `Arn`.
    pub arn: Option<String>,
    /// The policy, named by its `Name`; its kind tells the two types apart.
    pub policy: LoadedPolicy,
}

impl OrganizationPolicy {
    /// Whether this is the policy of that id, ARN, name, or file.
    pub fn is_called(&self, text: &str) -> bool {
        self.policy.name == text
            || self.id.as_deref() == Some(text)
            || self.arn.as_deref() == Some(text)
    }
}

/// What the configuration or a collection of files says of the organization.
///
/// Policies are given by id, ARN or name, one list for each level above the accounts, the
/// organization's root first. `FullAWSAccess` need not be loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// The organization's id (`o-…`), for `aws:PrincipalOrgID`.
    pub id: Option<String>,
    /// The management account, which no control policy limits.
    pub management_account: Option<AccountId>,
    /// The accounts that the levels are above; empty: every account that is loaded.
    pub accounts: BTreeSet<AccountId>,
    /// For each level the accounts at or below it; empty, or no entry: all of them.
    pub below: Vec<BTreeSet<AccountId>>,
    /// Service control policies of each level.
    pub scps: Vec<Vec<String>>,
    /// Resource control policies of each level.
    pub rcps: Vec<Vec<String>>,
}

impl Organization {
    /// Whether the account is a member, the management account included.
    pub fn has_member(&self, account: AccountId) -> bool {
        self.accounts.is_empty()
            || self.accounts.contains(&account)
            || self.management_account == Some(account)
    }

    /// Whether the control policies are above the account.
    pub fn limits(&self, account: AccountId) -> bool {
        self.has_member(account) && self.management_account != Some(account)
    }

    /// Whether the level of that index, from the root's 0, is above the account.
    pub fn is_above(&self, level: usize, account: AccountId) -> bool {
        let below = self.below.get(level);
        below.is_none_or(|accounts| accounts.is_empty() || accounts.contains(&account))
    }

    /// The policies that are given by a name that nothing loaded has. They may deny or fail to
    /// allow, so with any of these no answer is sure.
    pub fn missing<'a>(&'a self, loaded: &[OrganizationPolicy]) -> Vec<&'a str> {
        let is_known = |name: &str, kind| {
            (kind == PolicyKind::ServiceControl && name == FULL_AWS_ACCESS)
                || (kind == PolicyKind::ResourceControl && name == "RCPFullAWSAccess")
                || loaded
                    .iter()
                    .any(|policy| policy.policy.document.kind == kind && policy.is_called(name))
        };
        let of = |levels: &'a [Vec<String>], kind| {
            let names = levels.iter().flatten().map(String::as_str);
            names.filter(move |name| !is_known(name, kind))
        };
        of(&self.scps, PolicyKind::ServiceControl)
            .chain(of(&self.rcps, PolicyKind::ResourceControl))
            .collect()
    }
}
