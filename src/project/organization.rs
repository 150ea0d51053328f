//! The organization of the configuration: its policy files, read into the inventory.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::config;
use crate::inventory::{Organization, OrganizationPolicy};
use crate::load::{Loaded, policy_file_over};
use crate::policy::PolicyKind;
use crate::text::{Base, Filter, InputError, InputFailure, Overlay, SourceId, Span, at_revision};

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
    keep_once(loaded, &self::files(organization), &differing);
    differing
}

/// Takes out what was read of these files a second time, as one lies in a directory that is checked,
/// or is attached to two levels: what is wrong with a policy is said once. What is another in the
/// working tree is another policy.
fn keep_once(loaded: &mut Loaded, named: &[PathBuf], differing: &[SourceId]) {
    let whole: Vec<_> = named
        .iter()
        .map(|path| (path, path.canonicalize().ok()))
        .collect();
    let sources = &loaded.sources;
    let is_named = |source: SourceId| {
        let name = sources.get(source).map(|file| PathBuf::from(file.name()));
        name.is_some_and(|name| {
            let own = name.canonicalize().ok();
            whole
                .iter()
                .any(|(path, whole)| **path == name || (own.is_some() && *whole == own))
        })
    };
    let all = &mut loaded.inventory;
    let policies = all.organization_policies.iter().map(|of| &of.policy);
    let read: BTreeSet<_> = policies
        .filter(|policy| !differing.contains(&policy.source))
        .filter(|policy| {
            named
                .iter()
                .any(|path| path.as_os_str() == policy.name.as_str())
        })
        .map(|policy| policy.source)
        .collect();
    if read.is_empty() {
        return;
    }
    all.policies.retain(|policy| !is_named(policy.source));
    let mut seen = BTreeSet::new();
    all.organization_policies.retain(|of| {
        let by_configuration = named
            .iter()
            .any(|path| path.as_os_str() == of.policy.name.as_str());
        if by_configuration {
            seen.insert((of.policy.name.clone(), of.policy.document.kind))
        } else {
            !is_named(of.policy.source)
        }
    });
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
