//! What the rows of a table come to.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Decision, Grant, Restriction, StoppedBy};
use crate::aws::{KmsAction, PendingWindowInDays};

use super::row::KeyAccess;

/// How many can do one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionTotal {
    /// The action.
    pub action: KmsAction,
    /// How many surely can.
    pub allowed: usize,
    /// For how many it is conditional.
    pub conditional: usize,
    /// For `ScheduleKeyDeletion`: how many of those who surely can choose the shortest waiting period, 7 days.
    pub shortest: usize,
}

impl ActionTotal {
    /// So many more, who have this grant.
    fn add(&mut self, grant: &Grant, count: usize) {
        let shortest = grant.decisions.allowed.days().next();
        if grant.decision() != Decision::Allowed {
            self.conditional = self.conditional.saturating_add(count);
            return;
        }
        self.allowed = self.allowed.saturating_add(count);
        if grant.takes_days() && shortest == Some(PendingWindowInDays::MIN) {
            self.shortest = self.shortest.saturating_add(count);
        }
    }
}

/// What the rows of a table come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// For each action that somebody can do, in the order in which they were asked about.
    pub actions: Vec<ActionTotal>,
    /// How many loaded users and roles each limit alone stops from the first action.
    pub stopped: BTreeMap<StoppedBy, usize>,
    /// What became of service control policies, for those who can.
    pub service_control: BTreeSet<Restriction>,
    /// What became of resource control policies.
    pub resource_control: BTreeSet<Restriction>,
}

impl Totals {
    pub(super) fn of(access: &KeyAccess<'_>) -> Self {
        let mut by_slot: BTreeMap<usize, ActionTotal> = BTreeMap::new();
        let (mut service_control, mut resource_control) = (BTreeSet::new(), BTreeSet::new());
        for row in &access.rows {
            let count = row.count();
            for (slot, grant) in row.grants().iter().enumerate() {
                let Some(grant) = grant else {
                    continue;
                };
                service_control.insert(grant.limits.service_control);
                resource_control.insert(grant.limits.resource_control);
                let total = by_slot.entry(slot).or_insert(ActionTotal {
                    action: grant.action,
                    allowed: 0,
                    conditional: 0,
                    shortest: 0,
                });
                total.add(grant, count);
            }
        }
        let actions = by_slot.into_values().collect();
        Self {
            actions,
            stopped: access.stopped.clone(),
            service_control,
            resource_control,
        }
    }
}
