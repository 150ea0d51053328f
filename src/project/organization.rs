//! The organization of the configuration: its policy files, read into the inventory.

use std::path::{Path, PathBuf};

use crate::config;
use crate::inventory::{Organization, OrganizationPolicy};
use crate::load::{Loaded, policy_file_over};
use crate::policy::PolicyKind;
use crate::source::{Filter, Overlay, at_revision};

/// Reads the control policies that the configuration names, of the bytes that stand in for the
/// files, where any do; what cannot be read is an error like any other input's.
pub(super) fn read_over(
    organization: &config::Organization,
    overlay: &Overlay,
    loaded: &mut Loaded,
) {
    let mut found = Organization {
        id: organization.id.clone(),
        management_account: organization.management_account,
        accounts: organization.accounts.iter().copied().collect(),
        ..Organization::default()
    };
    for level in &organization.levels {
        found.below.push(level.accounts.iter().copied().collect());
        let scps = &level.service_control_policies;
        found
            .scps
            .push(policies(scps, PolicyKind::ServiceControl, overlay, loaded));
        let rcps = &level.resource_control_policies;
        found
            .rcps
            .push(policies(rcps, PolicyKind::ResourceControl, overlay, loaded));
    }
    loaded.inventory.organization = Some(found);
}

/// Adds the policies of these files and returns their names among the organization's policies.
fn policies(
    paths: &[PathBuf],
    kind: PolicyKind,
    overlay: &Overlay,
    loaded: &mut Loaded,
) -> Vec<String> {
    let mut names = Vec::new();
    for path in paths {
        let path = &shown(path);
        let name = path.to_string_lossy().into_owned();
        match policy_file_over(path, kind, overlay, &mut loaded.sources) {
            Ok((mut policy, refusals)) => {
                policy.name.clone_from(&name);
                loaded.errors.extend(refusals);
                let policies = &mut loaded.inventory.organization_policies;
                policies.push(OrganizationPolicy {
                    id: None,
                    arn: None,
                    policy,
                });
                names.push(name);
            }
            Err(errors) => loaded.errors.extend(errors),
        }
    }
    names
}

/// Adds the organization's policies as they were at the revision. What the repository does not
/// have, or had not, is read from the disk.
pub(super) fn add_files_at(
    revision: &str,
    organization: &config::Organization,
    overlay: &mut Overlay,
) {
    for path in files(organization) {
        let found = at_revision(revision, std::slice::from_ref(&path), &Filter::default());
        if let Ok(found) = found
            && let Some(bytes) = found.overlay.get(&path)
        {
            overlay.put(path, bytes);
        }
    }
}

/// The files that the configuration names.
fn files(organization: &config::Organization) -> Vec<PathBuf> {
    let levels = organization.levels.iter();
    let files = levels.flat_map(|level| {
        let scps = level.service_control_policies.iter();
        scps.chain(&level.resource_control_policies)
    });
    files.map(|path| shown(path)).collect()
}

/// As a person in this directory would write it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_path_buf()
}
