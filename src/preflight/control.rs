//! The organization's control policies, as they take part in a decision.

use crate::aws::AccountId;
use crate::eval::{Layer, NamedPolicy, assume_full_access, full_access};
use crate::inventory::{FULL_AWS_ACCESS, Inventory};
use crate::policy::PolicyKind;

use super::desk::{Desk, reference};
use super::reference::CONTROL_POLICIES;

impl Desk<'_> {
    /// Adds the control policies above the caller and above the key.
    pub(super) fn add_organization(&mut self, inventory: &Inventory) {
        let Some(organization) = &inventory.organization else {
            return;
        };
        let account = self.caller.account();
        let id = account.filter(|account| organization.has_member(*account));
        if let Some(id) = id.and(organization.id.as_ref()) {
            self.context.set("aws:PrincipalOrgID", [id.as_str()]);
        }
        let missing = organization.missing(&inventory.organization_policies);
        if !missing.is_empty() {
            let sentence = format!(
                "the organization's polic{} `{}` {} in no file, and may deny it",
                if missing.len() == 1 { "y" } else { "ies" },
                missing.join("`, `"),
                if missing.len() == 1 { "is" } else { "are" },
            );
            let help = "add the output of `aws organizations describe-policy`";
            self.doubt(
                "control-policy-not-loaded",
                &sentence,
                help,
                CONTROL_POLICIES,
            );
        }
        // An SCP follows the caller's account, an RCP the key's:
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        self.scps = account.map_or_else(Vec::new, |account| {
            self.levels(inventory, account, PolicyKind::ServiceControl)
        });
        self.rcps = self.subject.account.map_or_else(Vec::new, |account| {
            self.levels(inventory, account, PolicyKind::ResourceControl)
        });
    }

    /// The control policies of each level above the account.
    fn levels(
        &mut self,
        inventory: &Inventory,
        account: AccountId,
        kind: PolicyKind,
    ) -> Vec<Vec<NamedPolicy>> {
        let Some(organization) = inventory
            .organization
            .as_ref()
            .filter(|organization| organization.limits(account))
        else {
            return Vec::new();
        };
        let (names, layer) = if kind == PolicyKind::ServiceControl {
            (&organization.scps, Layer::Scp)
        } else {
            (&organization.rcps, Layer::Rcp)
        };
        let mut levels = Vec::new();
        let above = names
            .iter()
            .enumerate()
            .filter(|(level, _)| organization.is_above(*level, account));
        for (_, names) in above {
            let mut level = Vec::new();
            for name in names {
                let loaded = inventory
                    .organization_policies
                    .iter()
                    .find(|of| of.policy.document.kind == kind && of.is_called(name));
                if let Some(found) = loaded {
                    let reference = reference(layer, levels.len(), level.len());
                    self.files.push((reference, found.policy.source));
                    level.push(NamedPolicy {
                        name: name.as_str().into(),
                        document: found.policy.document.clone(),
                    });
                } else if kind == PolicyKind::ServiceControl && name == FULL_AWS_ACCESS {
                    level.extend(full_access());
                }
            }
            if kind == PolicyKind::ServiceControl {
                assume_full_access(&mut level);
            }
            levels.push(level);
        }
        levels
    }
}
