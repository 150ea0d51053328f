//! What CloudTrail recorded of a key's life: its deletion, its imported material, its policy.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html>

use jiff::{SignedDuration, Timestamp};

use crate::aws::key::{KeyState, Reported};
use crate::aws::key_state::{Compatibility, Footnote, compatibility};
use crate::aws::{KeyArn, KmsAction, PendingWindowInDays};

use super::{Key, Located, RecordedChange, RecordedEvents};

/// Seconds after which a call that a key's state refuses shows that the state has changed: KMS is
/// eventually consistent, and AWS speaks of minutes.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html#programming-eventual-consistency>
const SETTLED: i64 = 60 * 60;

/// Seconds of a day as KMS counts waiting periods.
const DAY: i64 = 24 * 60 * 60;

/// What was recorded last of the deletion of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedDeletion {
    /// What that is.
    pub step: DeletionStep,
    /// The call, or what KMS did by itself.
    pub call: RecordedEvents,
    /// The last time up to which the files hold calls to KMS of the key's account and Region; of
    /// what came later nothing is known.
    pub reaches: Timestamp,
    /// The key state that another file says and that cannot be at the same time. Neither file says
    /// when it was written, so the key's state is not known then.
    pub contradicts: Option<Located<Reported<KeyState>>>,
}

/// A step in the deletion of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeletionStep {
    /// `ScheduleKeyDeletion` succeeded.
    Scheduled,
    /// `CancelKeyDeletion` succeeded, or a call that KMS refuses for a key that is pending deletion.
    Cancelled,
    /// KMS deleted the key.
    Deleted,
}

impl RecordedDeletion {
    /// The state that the key is in after it was scheduled; none for the other steps.
    pub fn state(&self) -> Option<Reported<KeyState>> {
        let said = self.call.change.as_ref()?.key_state.as_deref();
        let said = said.map_or(Reported::Known(KeyState::PendingDeletion), Reported::parse);
        (self.step == DeletionStep::Scheduled).then_some(said)
    }

    /// The waiting period that was asked for, days; 30 where the event names none.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
    pub fn window(&self) -> u16 {
        let default = PendingWindowInDays::DEFAULT.days().into();
        self.call.pending_window.unwrap_or(default)
    }

    /// When the waiting period ends; none for a primary key that waits for its replicas, and past
    /// the year 9999. The event writes the date as text of some locale, which is not read.
    pub fn date(&self) -> Option<Timestamp> {
        let state = self.state()?.known();
        if state == Some(KeyState::PendingReplicaDeletion) {
            return None;
        }
        let seconds = i64::from(self.window()).checked_mul(DAY)?;
        let after = SignedDuration::from_secs(seconds);
        self.call.last.checked_add(after).ok()
    }
}

/// What was recorded last of each part of a key's life; only calls that succeeded.
#[derive(Clone, Debug, Default)]
pub struct RecordedLife<'a> {
    /// Of its deletion.
    pub deletion: Option<(DeletionStep, &'a RecordedEvents)>,
    /// The deletion of imported key material that was not imported again.
    pub material_deleted: Option<&'a RecordedEvents>,
    /// The call that put its key policy, where that bypassed the check against a lock-out.
    pub lockout_check_bypassed: Option<&'a RecordedEvents>,
}

impl<'a> RecordedLife<'a> {
    /// Reads it from the events that [`super::TrailIndex::of_key`] finds for the key.
    pub fn of(key: &Key, events: &[&'a RecordedEvents]) -> Self {
        let is_change = |of: &&RecordedEvents| {
            let operation = of.operation.as_str();
            RecordedChange::OPERATIONS.contains(&operation)
        };
        if !events.iter().any(is_change) {
            return Self::default();
        }
        let succeeded = events.iter().copied().filter(|of| of.error.is_none());
        let succeeded: Vec<_> = succeeded.collect();
        // A replica that is made again in the same Region has the id and ARN of the old one.
        let made = |of: &&&RecordedEvents| of.makes(key) || of.operation == "CreateKey";
        let begins = succeeded.iter().filter(made).map(|of| of.last).max();
        let of_life = |of: &&&RecordedEvents| {
            begins.is_none_or(|begins| seconds_between(of, begins) <= SETTLED)
        };
        let history = History {
            key,
            events: succeeded.iter().filter(of_life).copied().collect(),
        };
        let deletion = history.deletion();
        let is_deleted = deletion.is_some_and(|(step, _)| step == DeletionStep::Deleted);
        Self {
            deletion,
            material_deleted: history.material_deleted().filter(|_| !is_deleted),
            lockout_check_bypassed: history.bypass().filter(|_| !is_deleted),
        }
    }

    /// Whether there is anything to be told of.
    pub fn is_eventful(&self) -> bool {
        let step = self.deletion.map(|(step, _)| step);
        matches!(step, Some(DeletionStep::Scheduled | DeletionStep::Deleted))
            || self.material_deleted.is_some()
            || self.lockout_check_bypassed.is_some()
    }
}

/// The calls of one key that succeeded.
struct History<'a, 'k> {
    key: &'k Key,
    events: Vec<&'a RecordedEvents>,
}

impl<'a> History<'a, '_> {
    fn last(&self, operation: &str) -> Option<&'a RecordedEvents> {
        let of = self.events.iter().copied();
        of.filter(|of| of.operation == operation)
            .max_by_key(|of| of.last)
    }

    /// The last call after that one which KMS refuses for a key in this state.
    fn refused_in(&self, state: KeyState, since: &RecordedEvents) -> Option<&'a RecordedEvents> {
        let later = |of: &&RecordedEvents| seconds_between(since, of.last) > SETTLED;
        let of = self.events.iter().copied().filter(later);
        of.filter(|of| of.is_refused_in(state))
            .max_by_key(|of| of.last)
    }

    fn deletion(&self) -> Option<(DeletionStep, &'a RecordedEvents)> {
        if let Some(deleted) = self.last("DeleteKey") {
            return Some((DeletionStep::Deleted, deleted));
        }
        let cancelled = self.last("CancelKeyDeletion");
        let Some(scheduled) = self.last("ScheduleKeyDeletion") else {
            return cancelled.map(|call| (DeletionStep::Cancelled, call));
        };
        // In one second either may be the later one; that it is scheduled is the worse.
        let after = cancelled.filter(|cancelled| cancelled.last > scheduled.last);
        let after = after.or_else(|| self.refused_in(KeyState::PendingDeletion, scheduled));
        Some(match after {
            Some(call) => (DeletionStep::Cancelled, call),
            None => (DeletionStep::Scheduled, scheduled),
        })
    }

    /// Material is imported again as the same material: each has its own id, which older events do
    /// not have.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-delete-key-material.html>
    fn material_deleted(&self) -> Option<&'a RecordedEvents> {
        let of = |operation: &'static str| {
            let events = self.events.iter().copied();
            events.filter(move |of| of.operation == operation)
        };
        let restores = |deleted: &RecordedEvents, imported: &RecordedEvents| {
            let (one, other) = (deleted.material(), imported.material());
            imported.last >= deleted.last && (one.is_none() || other.is_none() || one == other)
        };
        let is_gone = |deleted: &&RecordedEvents| {
            !of("ImportKeyMaterial").any(|imported| restores(deleted, imported))
                && self.refused_in(KeyState::PendingImport, deleted).is_none()
        };
        of("DeleteImportedKeyMaterial")
            .chain(of("DeleteExpiredKeyMaterial"))
            .filter(is_gone)
            .max_by_key(|of| of.last)
    }

    /// The call that put the key's policy last: `PutKeyPolicy`, or else what made the key.
    /// `ReplicateKey` is recorded as `CreateKey`, too.
    fn bypass(&self) -> Option<&'a RecordedEvents> {
        let bypasses = |of: &RecordedEvents| {
            let change = of.change.as_ref();
            change.is_some_and(|change| change.bypasses_lockout_check)
        };
        let puts = self.events.iter().copied();
        let puts = puts.filter(|of| of.operation == "PutKeyPolicy");
        if let Some(put) = puts.max_by_key(|of| (of.last, bypasses(of))) {
            return Some(put).filter(|put| bypasses(put));
        }
        let made = self.events.iter().copied();
        made.filter(|of| of.makes(self.key) || of.operation == "CreateKey")
            .filter(|of| bypasses(of))
            .max_by_key(|of| of.last)
    }
}

/// Seconds from the last of these calls to that moment; negative where it is earlier.
fn seconds_between(call: &RecordedEvents, at: Timestamp) -> i64 {
    at.as_second().saturating_sub(call.last.as_second())
}

impl RecordedEvents {
    /// Whether KMS refuses the operation for every key in this state.
    fn is_refused_in(&self, state: KeyState) -> bool {
        let name = match self.operation.as_str() {
            "ReEncrypt" => "ReEncryptFrom",
            other => other,
        };
        let Some(action) = KmsAction::from_bare_name(name) else {
            return false;
        };
        let is_of_state = |footnote: &Footnote| {
            matches!(
                footnote,
                Footnote::DisabledPendingDeletion
                    | Footnote::PendingDeletion
                    | Footnote::PendingImport
            )
        };
        match compatibility(action, state) {
            Compatibility::Error { footnotes } => footnotes.iter().any(is_of_state),
            _ => false,
        }
    }

    fn material(&self) -> Option<&str> {
        self.change.as_ref()?.material.as_deref()
    }

    /// Whether they made this key, as a replica of another.
    pub(super) fn makes(&self, key: &Key) -> bool {
        let made = self.change.as_ref().and_then(|of| of.replica.as_deref());
        made.is_some() && made == key.arn.as_ref().map(KeyArn::as_str)
    }
}
