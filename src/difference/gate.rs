//! What of a change a gate fails on.

use crate::access::Decision;
use crate::aws::{ActionSet, KmsAction};

use super::StackChange;
use super::{ChangedSubject, Difference};

impl ChangedSubject {
    /// Those of `actions` that somebody gains, also under conditions or for one more day count. Of a key
    /// whose material AWS made, nobody can delete material.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html>
    pub fn gained(&self, actions: ActionSet) -> ActionSet {
        let gaining = self
            .changes
            .iter()
            .filter(|change| !change.gains.is_empty());
        let gained: ActionSet = gaining.map(|change| change.action).collect();
        let mut gained = gained.intersection(actions);
        if !self.may_have_imported_material {
            gained = gained.difference(ActionSet::only(KmsAction::DeleteImportedKeyMaterial));
        }
        gained
    }

    /// Whether somebody gains `ScheduleKeyDeletion` of this key or by this policy.
    pub fn gains_deletion(&self) -> bool {
        !self
            .gained(ActionSet::only(KmsAction::ScheduleKeyDeletion))
            .is_empty()
    }

    /// Whether somebody could cancel this key's deletion and nobody can any more.
    pub fn loses_last_canceller(&self) -> bool {
        self.lost().contains(KmsAction::CancelKeyDeletion)
    }

    /// Whether somebody could put another key policy and nobody can any more: only AWS Support can
    /// help then.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    pub fn loses_policy_control(&self) -> bool {
        self.lost().contains(KmsAction::PutKeyPolicy)
    }

    /// Operations that somebody could do, surely or perhaps, and nobody can any more.
    pub fn lost(&self) -> ActionSet {
        let lost = self.standings.iter();
        lost.filter(|standing| !standing.after.is_possible())
            .map(|standing| standing.action)
            .collect()
    }

    /// Operations that somebody surely could do, and that now at most perhaps somebody can.
    pub fn no_longer_sure(&self) -> ActionSet {
        let standings = self.standings.iter();
        standings
            .filter(|standing| standing.before == Decision::Allowed)
            .map(|standing| standing.action)
            .collect()
    }

    /// Whether a gate that fails on the gain of these actions fails on it.
    pub fn fails(&self, fail_on_gain: ActionSet) -> bool {
        !self.gained(fail_on_gain).is_empty()
            || self.loses_last_canceller()
            || self.loses_policy_control()
    }
}

impl Difference {
    /// Whether somebody gains `ScheduleKeyDeletion`: more day counts, or fewer conditions.
    pub fn gains_deletion(&self) -> bool {
        self.subjects.iter().any(ChangedSubject::gains_deletion)
    }

    /// Whether a key had somebody who could cancel its deletion and has nobody any more.
    pub fn loses_last_canceller(&self) -> bool {
        let mut subjects = self.subjects.iter();
        subjects.any(ChangedSubject::loses_last_canceller)
    }

    /// Whether a key had somebody who could put another key policy and has nobody any more.
    pub fn loses_policy_control(&self) -> bool {
        let mut subjects = self.subjects.iter();
        subjects.any(ChangedSubject::loses_policy_control)
    }

    /// Whether a gate that fails on the gain of these actions, and on keys that a template removes, fails.
    pub fn fails(&self, fail_on_gain: ActionSet) -> bool {
        let mut subjects = self.subjects.iter();
        subjects.any(|subject| subject.fails(fail_on_gain))
            || self.stacks.iter().any(StackChange::fails)
    }
}
