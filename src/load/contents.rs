//! What one file holds.

use std::collections::BTreeSet;

use crate::inventory::{Evidence, Key, LoadedPolicy, OrganizationPolicy, PlannedDeletion};
use crate::source::InputError;
use crate::source::json::{Node, duplicate_keys};

use super::folder::Owner;
use super::identity::AccountPart;
use super::join::Addition;
use super::organization::OrganizationPart;
use super::trail::TrailPart;

/// So many keys that stand twice are complained of in one file.
const MOST_REPEATED: usize = 100;

/// What one file holds, before it is joined with what others hold.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Keys, or parts of them; a key policy is a key of which nothing else is known.
    pub(super) keys: Vec<Key>,
    /// What is said of keys that other files are about.
    pub(super) additions: Vec<Addition>,
    /// Deletions that are planned.
    pub(super) planned: Vec<PlannedDeletion>,
    /// Policies that are no key's.
    pub(super) policies: Vec<LoadedPolicy>,
    /// Users, groups, roles and their policies.
    pub(super) account: Option<Box<AccountPart>>,
    /// What the other files of the directory are about.
    pub(super) owner: Option<Box<Owner>>,
    /// Control policies of the organization.
    pub(super) organization_policies: Vec<OrganizationPolicy>,
    /// Organizations, and where the policies are attached.
    pub(super) organizations: Vec<OrganizationPart>,
    /// What it says of how far events can be relied on.
    pub(super) trail: Option<Box<TrailPart>>,
    /// That it is a file of records.
    pub(super) evidence: Option<Evidence>,
    /// What is wrong with the file.
    pub(super) errors: Vec<InputError>,
}

impl Contents {
    /// Users, groups, roles and their policies, to add to.
    pub(super) fn account(&mut self) -> &mut AccountPart {
        self.account.get_or_insert_default()
    }

    /// Complains of keys that stand twice in an object, but for those already complained of.
    pub(super) fn refuse_duplicate_keys(&mut self, root: &Node<'_>) {
        let repeated = duplicate_keys(root);
        if repeated.is_empty() {
            return;
        }
        let known: BTreeSet<_> = self.errors.iter().map(|error| error.span).collect();
        for (key, _, again) in repeated.into_iter().take(MOST_REPEATED) {
            if !known.contains(&again) {
                let error = InputError::new(again, format!("`{key}` stands twice in one object"))
                    .label("again")
                    .help("readers differ in which of the two they take: keep one");
                self.errors.push(error);
            }
        }
    }
}
