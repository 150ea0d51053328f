//! What files say of an organization becomes the levels of control policies above its accounts.
//!
//! A policy that is attached and was not loaded is an error: it could deny, or fail to allow. So are a
//! unit that is not described, and a second organization: whose policies are above an account is then
//! not known.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::AccountId;
use crate::inventory::{Inventory, Located, Organization};
use crate::text::InputError;

use super::identity::Missing;

/// How to get what is missing.
const WHOLE: &str = "give the whole folder that iam-collect wrote";

/// An organization as one folder describes it.
#[derive(Debug)]
pub(super) struct OrganizationPart {
    /// Its id.
    pub(super) id: Located<String>,
    /// The account that its policies do not reach.
    pub(super) management_account: Option<AccountId>,
    /// The root and the organizational units.
    pub(super) units: Vec<AttachedTo>,
    /// The accounts.
    pub(super) accounts: Vec<AttachedTo>,
}

/// A root, an organizational unit or an account with the policies that are attached to it.
#[derive(Debug)]
pub(super) struct AttachedTo {
    pub(super) id: Located<String>,
    /// The unit or root that it is in; the root is in none.
    pub(super) parent: Option<String>,
    /// ARNs of service control policies.
    pub(super) scps: Vec<Located<String>>,
    /// ARNs of resource control policies.
    pub(super) rcps: Vec<Located<String>>,
}

/// Puts the only organization into the inventory, whose control policies are loaded by now.
pub(super) fn join(parts: Vec<OrganizationPart>, inventory: &mut Inventory) -> Vec<Missing> {
    let mut parts = parts.into_iter();
    let Some(part) = parts.next() else {
        return Vec::new();
    };
    let mut missing = Vec::new();
    for other in parts {
        missing.push(complaint(
            &other.id,
            "is a second organization",
            "look at one at a time: `--exclude` leaves out the folder of another",
        ));
    }
    let mut told = BTreeSet::new();
    for arn in part.policies() {
        let mut loaded = inventory.organization_policies.iter();
        if !loaded.any(|policy| policy.is_called(&arn.value)) && told.insert(&arn.value) {
            missing.push(complaint(
                arn,
                "is attached and not in any file, and could deny",
                WHOLE,
            ));
        }
    }
    inventory.organization = Some(part.levels(&mut missing));
    missing
}

fn complaint(what: &Located<String>, why: &str, help: &str) -> Missing {
    let error = InputError::new(what.at.span, format!("`{}` {why}", what.value));
    Missing {
        at: what.at,
        error: error.label("here").help(help),
    }
}

impl OrganizationPart {
    fn policies(&self) -> impl Iterator<Item = &Located<String>> {
        let all = self.units.iter().chain(&self.accounts);
        all.flat_map(|target| target.scps.iter().chain(&target.rcps))
    }

    /// One level for the root and each unit, those above first, and one for the accounts that have the
    /// same policies attached to themselves.
    fn levels(&self, missing: &mut Vec<Missing>) -> Organization {
        let mut organization = Organization {
            id: Some(self.id.value.clone()),
            management_account: self.management_account,
            ..Organization::default()
        };
        let units = self.units.iter().map(|unit| (unit.id.value.as_str(), unit));
        let units: BTreeMap<_, _> = units.collect();
        let mut below: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut own: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for target in &self.accounts {
            let Some(account) = AccountId::parse(&target.id.value) else {
                continue;
            };
            organization.accounts.insert(account);
            own.entry(target.names()).or_default().insert(account);
            let Some(above) = above(target, &units) else {
                let why = "is in no unit that is described up to the root";
                missing.push(complaint(&target.id, why, WHOLE));
                continue;
            };
            let deepest = above.len();
            for (up, unit) in above.into_iter().enumerate() {
                let level = (deepest.saturating_sub(up), unit);
                below.entry(level).or_default().insert(account);
            }
        }
        // A unit without an account is in no such list: without any, its level would be above all.
        for ((_, unit), accounts) in below {
            if let Some(unit) = units.get(unit) {
                add_level(&mut organization, unit.names(), accounts);
            }
        }
        for (names, accounts) in own {
            add_level(&mut organization, names, accounts);
        }
        organization
    }
}

/// The units that an account is in, from its own to the root, whose id begins with `r-`; nothing where
/// that is not known.
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Root.html>
fn above<'u>(target: &AttachedTo, units: &BTreeMap<&str, &'u AttachedTo>) -> Option<Vec<&'u str>> {
    let mut found = Vec::new();
    let mut parent = target.parent.as_deref();
    while let Some(id) = parent {
        let unit = units.get(id)?;
        // No chain is longer than there are units, but for one that is a ring.
        if found.len() >= units.len() {
            return None;
        }
        found.push(unit.id.value.as_str());
        parent = unit.parent.as_deref();
    }
    found.last()?.starts_with("r-").then_some(found)
}

impl AttachedTo {
    /// The ARNs of its service and resource control policies.
    fn names(&self) -> [Vec<String>; 2] {
        [&self.scps, &self.rcps].map(|all| all.iter().map(|arn| arn.value.clone()).collect())
    }
}

/// Adds a level below those that are there.
fn add_level(
    organization: &mut Organization,
    [scps, rcps]: [Vec<String>; 2],
    below: BTreeSet<AccountId>,
) {
    organization.scps.push(scps);
    organization.rcps.push(rcps);
    organization.below.push(below);
}
