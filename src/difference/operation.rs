//! The operations that are asked about.

use crate::aws::{ActionSet, KmsAction};

/// The cryptographic operations on a key, by which it is used.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html>
pub const USE: ActionSet = uses();

/// What `kmslint diff` shows: deletion, its cancellation, the key policy, `DisableKey`, and use.
pub const WATCHED: ActionSet = watched();

/// Every operation that is about one key.
pub const EVERY: ActionSet = every();

const fn watched() -> ActionSet {
    let mut set = USE;
    set.insert(KmsAction::ScheduleKeyDeletion);
    set.insert(KmsAction::CancelKeyDeletion);
    set.insert(KmsAction::PutKeyPolicy);
    set.insert(KmsAction::DisableKey);
    set
}

const fn uses() -> ActionSet {
    let mut set = ActionSet::EMPTY;
    let mut rest = KmsAction::ALL;
    while let [action, tail @ ..] = rest {
        if action.uses_key() {
            set.insert(*action);
        }
        rest = tail;
    }
    set
}

const fn every() -> ActionSet {
    let mut set = ActionSet::EMPTY;
    let mut rest = KmsAction::ALL;
    while let [action, tail @ ..] = rest {
        if action.resource_level().has_key() {
            set.insert(*action);
        }
        rest = tail;
    }
    set
}

/// What a whole column of the answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Who can schedule deletion.
    Schedule,
    /// Who can cancel it.
    Cancel,
    /// Who can put another key policy.
    PutKeyPolicy,
    /// Who can disable the key.
    Disable,
    /// Who can use the key.
    Use,
    /// Who can do something else to the key.
    Other,
}

impl Question {
    /// To which question the operation belongs.
    pub fn of(action: KmsAction) -> Self {
        match action {
            KmsAction::ScheduleKeyDeletion => Self::Schedule,
            KmsAction::CancelKeyDeletion => Self::Cancel,
            KmsAction::PutKeyPolicy => Self::PutKeyPolicy,
            KmsAction::DisableKey => Self::Disable,
            action if USE.contains(action) => Self::Use,
            _ => Self::Other,
        }
    }
}
