//! What one file holds.

use std::collections::BTreeSet;

use crate::inventory::{
    Evidence, Key, LoadedPolicy, OrganizationPolicy, PlannedDeletion, SensitivePolicy,
};
use crate::text::{InputError, SourceFile, Span};
use crate::tree::{Node, duplicate_keys};

use super::cloudformation::{self, ChangeSetPart};
use super::folder::Owner;
use super::identity::AccountPart;
use super::join::{Addition, is_described};
use super::organization::OrganizationPart;
use super::trail::TrailPart;

/// So many keys that stand twice are complained of in one file.
const MOST_REPEATED: usize = 100;

/// What one file holds, before it is joined with what others hold.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// What kind of document it holds, in the singular; of several the first.
    pub(super) holds: Option<&'static str>,
    /// Whether no format knows the document, and only parts of it were read.
    pub(super) is_wrapped: bool,
    /// Keys, or parts of them; a key policy is a key of which nothing else is known.
    pub(super) keys: Vec<Key>,
    /// Keys that a request makes: no other file says anything of them.
    pub(super) new_keys: Vec<Key>,
    /// What is said of keys that other files are about.
    pub(super) additions: Vec<Addition>,
    /// Deletions that are planned.
    pub(super) planned: Vec<PlannedDeletion>,
    /// Policies that are no key's.
    pub(super) policies: Vec<LoadedPolicy>,
    /// The same of those that are marked as sensitive.
    pub(super) sensitive_policies: Vec<SensitivePolicy>,
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
    /// That it is a change set of AWS CloudFormation.
    pub(super) change_set: Option<Box<ChangeSetPart>>,
    /// The bytes of the file that no output may show.
    pub(super) concealed: Vec<Span>,
    /// What is wrong with the file.
    pub(super) errors: Vec<InputError>,
}

impl Contents {
    /// The file as it is kept: without what must not be shown.
    pub(super) fn kept(&mut self, file: SourceFile) -> SourceFile {
        let file = file.concealed(&std::mem::take(&mut self.concealed));
        match self.holds.and_then(cloudformation::why_not_edited) {
            Some(reason) => file.not_edited(reason),
            None => file,
        }
    }

    /// Adds what another document of the same file holds. No file has several that others of its
    /// directory are about.
    pub(super) fn extend(&mut self, other: Self) {
        self.holds = self.holds.or(other.holds);
        self.is_wrapped |= other.is_wrapped;
        self.keys.extend(other.keys);
        self.new_keys.extend(other.new_keys);
        self.additions.extend(other.additions);
        self.planned.extend(other.planned);
        self.policies.extend(other.policies);
        self.sensitive_policies.extend(other.sensitive_policies);
        if let Some(account) = other.account {
            self.account().extend(*account);
        }
        self.owner = self.owner.take().or(other.owner);
        self.organization_policies
            .extend(other.organization_policies);
        self.organizations.extend(other.organizations);
        self.trail = self.trail.take().or(other.trail);
        self.evidence = self.evidence.or(other.evidence);
        self.change_set = self.change_set.take().or(other.change_set);
        self.concealed.extend(other.concealed);
        self.errors.extend(other.errors);
    }

    /// Names each key by its place in the file where others are called after the file too.
    pub(super) fn name_apart(&mut self, file: &str) {
        let all = self.keys.iter_mut().chain(&mut self.new_keys);
        let mut alike: Vec<_> = all
            .filter(|key| key.name == file && !is_described(key))
            .collect();
        if alike.len() < 2 {
            return;
        }
        for key in &mut alike {
            let name = format!("{file}#{}", key.address);
            if let Some(policy) = &mut key.policy {
                policy.name.clone_from(&name);
            }
            key.name = name;
        }
    }

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
