//! What became of calls to KMS, and which of them use key material.

use crate::aws::action;

use super::RecordedEvents;

/// What became of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOutcome {
    /// They succeeded.
    Succeeded,
    /// The key's state let none through: it was disabled, pending deletion or without its material.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>
    RefusedByState,
    /// They failed otherwise: they were throttled, KMS or what it depends on failed, or what they
    /// asked for was not valid.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html>
    Failed,
    /// The caller had no permission, and so has used the key neither now nor with the same
    /// permissions before.
    Denied,
    /// They only asked whether they would succeed.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/programming-dryrun.html>
    DryRun,
}

impl RecordedEvents {
    /// What became of them.
    pub fn outcome(&self) -> CallOutcome {
        let Some(error) = self.error.as_deref() else {
            return CallOutcome::Succeeded;
        };
        match error {
            "KMSInvalidStateException" | "DisabledException" => CallOutcome::RefusedByState,
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                CallOutcome::Denied
            }
            "DryRunOperationException" | "DryRunOperation" => CallOutcome::DryRun,
            _ => CallOutcome::Failed,
        }
    }

    /// Whether KMS refused them because the key was pending deletion: the one error is for nothing
    /// else that stops a use of most keys, the other is also that of a disabled key.
    pub fn is_refused_as_pending(&self) -> bool {
        self.outcome() == CallOutcome::RefusedByState && self.refused_as_pending
    }

    /// Whether the operation uses key material, or may: this version does not know it.
    pub fn is_use(&self) -> bool {
        action::event_may_be_use(&self.operation)
    }

    /// Whether this version knows what the operation does. One that AWS added since may use key
    /// material.
    pub fn is_known_operation(&self) -> bool {
        action::is_known_event(&self.operation)
    }
}
