//! The organization of the configuration: its policy files, read into the inventory.

use std::path::{Path, PathBuf};

use crate::config;
use crate::inventory::{Organization, OrganizationPolicy};
use crate::load::{Loaded, policy_file_over};
use crate::policy::PolicyKind;
use crate::source::{Base, Filter, InputError, InputFailure, Overlay, SourceId, Span, at_revision};

use super::team_files::{TeamFiles, shown};

/// Where control policies are read.
pub(super) struct ControlPolicies<'a> {
    pub(super) organization: &'a config::Organization,
    /// The working tree or the trusted revision.
    pub(super) team: &'a TeamFiles,
    /// Bytes that stand in for files of the working tree.
    pub(super) overlay: &'a Overlay,
}

/// Reads the control policies that the configuration names; what cannot be read is an error like any
/// other input's. Returns those that are read at the trusted revision and are others in the working
/// tree.
pub(super) fn read(files: &ControlPolicies<'_>, loaded: &mut Loaded) -> Vec<SourceId> {
    let organization = files.organization;
    let mut differing = Vec::new();
    let mut found = Organization {
        id: organization.id.clone(),
        management_account: organization.management_account,
        accounts: organization.accounts.iter().copied().collect(),
        ..Organization::default()
    };
    for level in &organization.levels {
        found.below.push(level.accounts.iter().copied().collect());
        let mut policies = |paths: &[PathBuf], kind| -> Vec<String> {
            let read = paths.iter().filter_map(|path| {
                let policy = files.read(&shown(path), kind, loaded)?;
                differing.extend(policy.differs.then_some(policy.source));
                Some(policy.name)
            });
            read.collect()
        };
        let scps = policies(&level.service_control_policies, PolicyKind::ServiceControl);
        let rcps = policies(
            &level.resource_control_policies,
            PolicyKind::ResourceControl,
        );
        found.scps.push(scps);
        found.rcps.push(rcps);
    }
    loaded.inventory.organization = Some(found);
    differing
}

/// A policy that was added to the organization's.
struct Added {
    name: String,
    source: SourceId,
    differs: bool,
}

impl ControlPolicies<'_> {
    /// Adds the policy of a file.
    fn read(&self, path: &Path, kind: PolicyKind, loaded: &mut Loaded) -> Option<Added> {
        let mut at_revision = Overlay::default();
        let (mut path, mut overlay) = (path.to_path_buf(), self.overlay);
        let mut differs = false;
        if self.team.revision.is_some() {
            match self.team.read(&path) {
                Ok(file) if self.team.differs(&file) => {
                    differs = true;
                    path = PathBuf::from(file.name());
                    at_revision.put(&path, file.text());
                    overlay = &at_revision;
                }
                // The working tree has the same.
                Ok(_) => {}
                Err(error) => {
                    let error = InputError::new(Span::default(), error.reason());
                    let file = path.to_string_lossy();
                    loaded.errors.push(InputFailure::of_file(file, error));
                    return None;
                }
            }
        }
        let name = path.to_string_lossy().into_owned();
        match policy_file_over(&path, kind, overlay, &mut loaded.sources) {
            Ok((mut policy, refusals)) => {
                policy.name.clone_from(&name);
                let source = policy.source;
                loaded.errors.extend(refusals);
                let policies = &mut loaded.inventory.organization_policies;
                policies.push(OrganizationPolicy {
                    id: None,
                    arn: None,
                    policy,
                });
                Some(Added {
                    name,
                    source,
                    differs,
                })
            }
            Err(errors) => {
                loaded.errors.extend(errors);
                None
            }
        }
    }
}

/// Adds the organization's policies as they were at the revision. What the repository does not
/// have, or had not, is read from the disk.
pub(super) fn add_files_at(
    base: &Base,
    organization: &config::Organization,
    overlay: &mut Overlay,
) {
    for path in files(organization) {
        let paths = std::slice::from_ref(&path);
        let found = at_revision(base, paths, &Filter::default(), |_, _| true);
        if let Ok(found) = found
            && let Some(bytes) = found.overlay.get(&path)
        {
            overlay.put(path, bytes);
        }
    }
}

/// The files that the configuration names.
pub(super) fn files(organization: &config::Organization) -> Vec<PathBuf> {
    let levels = organization.levels.iter();
    let files = levels.flat_map(|level| {
        let scps = level.service_control_policies.iter();
        scps.chain(&level.resource_control_policies)
    });
    files.map(|path| shown(path)).collect()
}
