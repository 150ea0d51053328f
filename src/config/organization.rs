//! The organization whose policies stand above the keys' accounts.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::aws::AccountId;
use crate::text::{InputError, Root};

use super::complaint::Complaints;
use super::{Presence, paths, span};

/// An organization as far as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id, for example `o-a1b2c3d4e5`.
    pub id: Option<String>,
    /// The account that its policies do not reach.
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    pub management_account: Option<AccountId>,
    /// Its other accounts; where empty, every account but the management account is taken for one.
    pub accounts: Vec<AccountId>,
    /// From the root down; every level that reaches an account must allow what it does.
    pub levels: Vec<Level>,
}

/// The root, an organizational unit or an account, with the policies attached there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// How to speak of it, for example `workloads`; may be empty.
    pub name: String,
    /// The accounts at or below it; all accounts of the organization where empty.
    pub accounts: Vec<AccountId>,
    /// Files of service control policies; each exists below the directory of `kmslint.toml`.
    pub service_control_policies: Vec<PathBuf>,
    /// Files of resource control policies, likewise.
    pub resource_control_policies: Vec<PathBuf>,
}

impl Organization {
    /// Whether the organization's policies reach this account.
    pub fn reaches(&self, account: AccountId) -> bool {
        self.management_account != Some(account)
            && (self.accounts.is_empty() || self.accounts.contains(&account))
    }

    /// The levels above this account, from the root down; none for one that no policy reaches.
    pub fn levels_above(&self, account: AccountId) -> impl Iterator<Item = &Level> {
        let reached = self.reaches(account);
        self.levels.iter().filter(move |level| {
            reached && (level.accounts.is_empty() || level.accounts.contains(&account))
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOrganization {
    id: Option<Spanned<String>>,
    management_account: Option<Spanned<String>>,
    #[serde(default)]
    accounts: Vec<Spanned<String>>,
    #[serde(default)]
    levels: Vec<WrittenLevel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLevel {
    #[serde(default)]
    name: String,
    #[serde(default)]
    accounts: Vec<Spanned<String>>,
    #[serde(default)]
    service_control_policies: Vec<Spanned<String>>,
    #[serde(default)]
    resource_control_policies: Vec<Spanned<String>>,
}

impl WrittenOrganization {
    pub(super) fn check(
        self,
        root: &Root,
        presence: &dyn Fn(&Path) -> Presence,
        complaints: &mut Complaints,
    ) -> Organization {
        let below = Below { root, presence };
        let levels = self.levels.into_iter();
        let organization = Organization {
            id: self.id.and_then(|id| organization_id(id, complaints)),
            management_account: self
                .management_account
                .and_then(|id| account(&id, complaints)),
            accounts: accounts(&self.accounts, complaints),
            levels: levels
                .map(|level| level.check(&below, complaints))
                .collect(),
        };
        refuse_strangers(&organization, &self.accounts, complaints);
        organization
    }
}

impl WrittenLevel {
    fn check(self, below: &Below<'_>, complaints: &mut Complaints) -> Level {
        Level {
            accounts: accounts(&self.accounts, complaints),
            service_control_policies: files(below, &self.service_control_policies, complaints),
            resource_control_policies: files(below, &self.resource_control_policies, complaints),
            name: self.name,
        }
    }
}

/// The management account among the others would have the policies reach it after all.
fn refuse_strangers(
    organization: &Organization,
    written: &[Spanned<String>],
    complaints: &mut Complaints,
) {
    let Some(management) = organization.management_account else {
        return;
    };
    for account in written {
        if account.get_ref() == management.as_str() {
            complaints.add(
                InputError::new(
                    span(account),
                    "the management account stands among the others",
                )
                .help("leave it out: service and resource control policies do not reach it"),
            );
        }
    }
}

/// Where files may be named.
struct Below<'a> {
    root: &'a Root,
    presence: &'a dyn Fn(&Path) -> Presence,
}

fn files(
    below: &Below<'_>,
    written: &[Spanned<String>],
    complaints: &mut Complaints,
) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in written {
        match paths::below(below.root, below.presence, path.get_ref(), span(path)) {
            Ok(path) => found.push(path),
            Err(error) => complaints.add(error),
        }
    }
    found
}

fn accounts(written: &[Spanned<String>], complaints: &mut Complaints) -> Vec<AccountId> {
    let accounts = written.iter();
    accounts.filter_map(|id| account(id, complaints)).collect()
}

fn account(written: &Spanned<String>, complaints: &mut Complaints) -> Option<AccountId> {
    let found = AccountId::parse(written.get_ref());
    if found.is_none() {
        let shown = written.get_ref().escape_default();
        let message = format!("`{shown}` is not the id of an account");
        complaints.add(InputError::new(span(written), message).help("write its twelve digits"));
    }
    found
}

/// `o-` and 10 to 32 lower-case letters or digits.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html>
fn organization_id(written: Spanned<String>, complaints: &mut Complaints) -> Option<String> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let tail = written.get_ref().strip_prefix("o-");
    if tail.is_some_and(|tail| (10..=32).contains(&tail.len()) && tail.bytes().all(is_letter)) {
        return Some(written.into_inner());
    }
    let shown = written.get_ref().escape_default();
    let message = format!("`{shown}` is not the id of an organization");
    complaints.add(
        InputError::new(span(&written), message)
            .help("it is `o-` and 10 to 32 lower-case letters and digits"),
    );
    None
}
