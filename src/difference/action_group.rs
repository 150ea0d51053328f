//! The questions that operations belong to.

use crate::aws::{KmsAction, USE};

/// What a whole column of the answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionGroup {
    /// Who can schedule deletion.
    Schedule,
    /// Who can cancel it.
    Cancel,
    /// Who can put another key policy.
    PutKeyPolicy,
    /// Who can delete imported key material.
    DeleteMaterial,
    /// Who can disable the key.
    Disable,
    /// Who can create grants.
    CreateGrant,
    /// Who can use the key.
    Use,
    /// Who can do something else to the key.
    Other,
}

impl ActionGroup {
    /// To which question the operation belongs.
    pub fn of(action: KmsAction) -> Self {
        match action {
            KmsAction::ScheduleKeyDeletion => Self::Schedule,
            KmsAction::CancelKeyDeletion => Self::Cancel,
            KmsAction::PutKeyPolicy => Self::PutKeyPolicy,
            KmsAction::DeleteImportedKeyMaterial => Self::DeleteMaterial,
            KmsAction::DisableKey => Self::Disable,
            KmsAction::CreateGrant => Self::CreateGrant,
            action if USE.contains(action) => Self::Use,
            _ => Self::Other,
        }
    }
}
