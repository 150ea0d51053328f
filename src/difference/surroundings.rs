//! Users, roles and control policies of both sides, and which of them differ.

use std::collections::BTreeSet;

use crate::access::{Caller, Identities, changed_principals, control_policies_differ};
use crate::inventory::Inventory;

use super::action_classes::ActionClasses;
use super::canonical::Canonical;

/// What both sides have beside the keys.
#[derive(Debug)]
pub(super) struct ComparedAccounts<'a> {
    pub(super) before: Identities<'a>,
    pub(super) after: Identities<'a>,
    /// ARNs of users and roles that are not the same on both sides.
    pub(super) changed: BTreeSet<&'a str>,
    /// Whether control policies or the organization differ.
    pub(super) control_differs: bool,
    /// The actions of which no policy beside the key policies tells one from another.
    pub(super) actions: ActionClasses,
}

impl<'a> ComparedAccounts<'a> {
    pub(super) fn new(before: &'a Inventory, after: &'a Inventory) -> Self {
        Self {
            before: Identities::new(before),
            after: Identities::new(after),
            changed: changed_principals(before, after, Canonical::new),
            control_differs: control_policies_differ(before, after, Canonical::new),
            actions: action_classes([before, after]),
        }
    }

    /// Whether the principal of this name, or the role of a session of this name, is not the same
    /// on both sides.
    pub(super) fn has_changed(&self, name: &str) -> bool {
        if self.changed.is_empty() || self.changed.contains(name) {
            return !self.changed.is_empty();
        }
        let Some(caller) = Caller::parse(name).ok().filter(|of| of.session().is_some()) else {
            return false;
        };
        let sides = [&self.before, &self.after].into_iter();
        let mut roles = sides.filter_map(|side| side.principal_of(&caller));
        roles.any(|role| self.changed.contains(role.principal.arn.value.as_str()))
    }
}

fn action_classes(sides: [&Inventory; 2]) -> ActionClasses {
    let mut classes = ActionClasses::default();
    for side in sides {
        let attached = side.identity_policies.iter().map(|of| &of.policy);
        let control = side.organization_policies.iter().map(|of| &of.policy);
        for policy in attached.chain(control) {
            classes.add(&policy.document);
        }
    }
    classes
}
