//! Which waiting periods each key of a multi-Region set can be scheduled with.

use std::collections::BTreeMap;

use crate::access::{Caller, Identities};
use crate::aws::PendingWindowInDays;
use crate::facts::FactMaker;
use crate::inventory::Inventory;

use super::Question;
use super::asked_principal::AskedPrincipal;
use super::key::TargetKey;
use super::related::Family;

/// The waiting periods of a plan.
#[derive(Debug)]
pub(super) struct Windows {
    /// What the question asks for, or else the configured minimum.
    wanted: PendingWindowInDays,
    /// The shortest that the configuration has nothing against, or that was asked for.
    least: PendingWindowInDays,
    /// What the policies of each key do not surely deny the principal, ascending; by ARN. Left out
    /// where that is not known.
    possible: BTreeMap<String, Vec<PendingWindowInDays>>,
}

impl Windows {
    /// The waiting periods of the key and of those of its replicas that are not pending deletion.
    pub(super) fn of(
        subject: &TargetKey,
        family: &Family,
        question: &Question,
        facts: &FactMaker<'_>,
    ) -> Self {
        let (inventory, minimum) = (facts.inventory(), facts.minimum_waiting_period());
        let mut possible = BTreeMap::new();
        if let (Some(caller), false) = (&question.principal, family.replicas.is_empty()) {
            let open = family.replicas.iter().filter(|key| !key.is_pending());
            let open = open.filter_map(|key| described(&key.arn, inventory));
            for key in std::iter::once(subject.clone()).chain(open) {
                possible.insert(key.name().to_owned(), days(&key, caller, inventory));
            }
        }
        let asked = question.days.and(question.window());
        let wanted = asked.unwrap_or(minimum);
        Self {
            wanted,
            // Whoever asks for less than is configured is told so, and has asked for it.
            least: minimum.min(wanted),
            possible,
        }
    }

    /// What the key is scheduled with: as wanted, or else the next longer that its policies do not
    /// deny, or else the longest.
    pub(super) fn wanted(&self, arn: &str) -> PendingWindowInDays {
        self.at_least(self.wanted, arn)
    }

    /// The shortest that neither the key's policies nor the configuration speaks against.
    pub(super) fn shortest(&self, arn: &str) -> PendingWindowInDays {
        self.at_least(self.least, arn)
    }

    /// Whether the key's policies deny what is wanted.
    pub(super) fn denies_wanted(&self, arn: &str) -> bool {
        self.wanted(arn) != self.wanted
    }

    fn at_least(&self, least: PendingWindowInDays, arn: &str) -> PendingWindowInDays {
        let possible = self.possible.get(arn).map_or(&[][..], Vec::as_slice);
        let longer = possible.iter().find(|days| **days >= least);
        longer.or(possible.last()).copied().unwrap_or(least)
    }
}

fn days(key: &TargetKey, caller: &Caller, inventory: &Inventory) -> Vec<PendingWindowInDays> {
    let identities = Identities::of_caller(inventory, caller);
    let asked = key.asked();
    let principal = AskedPrincipal::new(key, caller, &asked, (&identities, inventory));
    principal.possible_days()
}

/// The key with this ARN and its key policy; none where several are said to be in force.
pub(super) fn described(arn: &str, inventory: &Inventory) -> Option<TargetKey> {
    let with_policy = inventory.keys.iter().filter(|key| key.policy.is_some());
    let mut found = with_policy
        .filter(|key| key.metadata.related.is_some() || key.name == arn)
        .map(|key| TargetKey::new(key, None))
        .filter(|key| key.name() == arn);
    found.next().filter(|_| found.next().is_none())
}
