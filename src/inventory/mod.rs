//! All that was loaded: keys, principals, policies, and where each stands in a file.

mod address;
mod coverage;
mod declared_resource;
mod deletion;
mod evidence;
mod key;
mod life;
mod lookup;
mod moments;
mod organization;
mod outcome;
mod planned_change;
mod policy;
mod principal;
mod stack_removal;
mod trail;

use std::sync::Arc;

pub use address::{Address, Provenance};
pub use coverage::{Coverage, MissingLogs, OpenSpan, RegionEvents, TrailSelectors, TrailStatus};
pub use declared_resource::{DeclaredPolicy, DeclaredResource, DeclaringTool};
pub use deletion::{DestroyedResource, PlannedDeletion, ScheduledDeletion};
pub use evidence::{Evidence, EvidenceType};
pub use key::{Grant, Grants, Key, KeyMetadata, LastUsage, Located, RelatedKeys};
pub use life::{DeletionStep, RecordedDeletion, RecordedLife};
pub use lookup::{Lookup, LookupFilter, LookupProblem};
pub use moments::Moments;
pub use organization::{FULL_AWS_ACCESS, Organization, OrganizationPolicy};
pub use outcome::CallOutcome;
pub use planned_change::{
    AliasChange, GateAttributes, KeyDependent, PlannedChange, PlannedDestruction, VanishedKey,
};
pub use policy::{LoadedPolicy, SensitivePolicy};
pub use principal::{Boundary, IdentityPolicy, Principal, Tag};
pub use stack_removal::{RemovalOutcome, RetainedDependent, StackRemoval};
pub use trail::{RecordedCaller, RecordedChange, RecordedEvents, Trail, TrailIndex};

/// Everything that the given paths hold. What a changed inventory shares with the one that it came
/// from, as the proof of a fix does, is not read again.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Keys, sorted by where they were first found. A key policy that came without its key is a
    /// key of its own.
    pub keys: Vec<Key>,
    /// Deletions that are planned, sorted by place.
    pub planned: Vec<PlannedDeletion>,
    /// Policies that are attached to nothing that was loaded, sorted by place.
    pub policies: Vec<LoadedPolicy>,
    /// Those that are no key's and are marked as sensitive, sorted by place.
    pub sensitive_policies: Vec<SensitivePolicy>,
    /// Users and roles, sorted by ARN.
    pub principals: Vec<Arc<Principal>>,
    /// The policies of users, groups and roles, each once however often it is attached.
    pub identity_policies: Vec<Arc<IdentityPolicy>>,
    /// Control policies of the organization, sorted by place.
    pub organization_policies: Vec<OrganizationPolicy>,
    /// Where those are attached, as the configuration says, or else a collection of files.
    pub organization: Option<Organization>,
    /// Files of records, sorted by place.
    pub evidence: Vec<Evidence>,
    /// What the CloudTrail files among them say of keys.
    pub trail: Trail,
}

impl Inventory {
    /// Every policy that is marked as sensitive, with its key; but for those of keys that a plan deletes.
    pub fn sensitive(&self) -> impl Iterator<Item = (Option<&Key>, &SensitivePolicy)> {
        let of_keys = self.keys.iter().filter(|key| !key.is_going());
        let of_keys = of_keys.filter_map(|key| Some((Some(key), key.sensitive_policy.as_deref()?)));
        of_keys.chain(self.sensitive_policies.iter().map(|of| (None, of)))
    }

    /// How many values of policies a template has yet to fill in.
    pub fn placeholders(&self) -> usize {
        let of_keys = self.keys.iter().filter_map(|key| key.policy.as_ref());
        let all = of_keys.chain(self.policies_of_people());
        all.map(|policy| policy.document.open_values).sum()
    }

    /// Every policy that somebody of these accounts can change, but for key policies.
    pub fn policies_of_people(&self) -> impl Iterator<Item = &LoadedPolicy> {
        let own = |policy: &&Arc<IdentityPolicy>| !policy.is_aws_managed();
        let attached = self.identity_policies.iter().filter(own);
        self.policies
            .iter()
            .chain(attached.map(|attached| &attached.policy))
            .chain(self.organization_policies.iter().map(|of| &of.policy))
    }
}
