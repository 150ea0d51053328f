//! The kinds of fixes that a rule's page can name.

use crate::finding::Finding;

use super::plan::{Plan, Refusal};
use super::target::Target;
use super::{
    add_cancellation, add_recovery, add_resource, deny_deletion, deny_deletion_without_mfa,
    deny_short_waiting_period, mfa_for_access_keys, name_denied_action, narrow_principal,
    remove_deletion, remove_orphan, waiting_period_condition,
};

/// A kind of fix; each is a file of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixKind {
    /// Adds the permissions without which nobody can undo a scheduled deletion.
    AddCancellation,
    /// Adds what goes with deletion to those who can schedule it.
    AddRecovery,
    /// Adds the `Resource` without which a statement of a key policy has no effect.
    AddResource,
    /// Adds deletion to a `Deny` that is taken for one.
    DenyDeletion,
    /// Adds a guardrail that asks for a second factor.
    DenyDeletionWithoutMfa,
    /// Adds a guardrail against short waiting periods.
    DenyShortWaitingPeriod,
    /// Asks for a second factor in the form that long-term access keys do not pass.
    MfaForAccessKeys,
    /// Puts the action that was meant in place of a name that does not exist.
    NameDeniedAction,
    /// Puts the account in place of everyone.
    NarrowPrincipal,
    /// Takes deletion out of what a statement allows.
    RemoveDeletion,
    /// Removes the id of a user or role that was deleted.
    RemoveOrphan,
    /// Puts a condition on the waiting period right.
    WaitingPeriodCondition,
}

impl FixKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::AddCancellation,
        Self::AddRecovery,
        Self::AddResource,
        Self::DenyDeletion,
        Self::DenyDeletionWithoutMfa,
        Self::DenyShortWaitingPeriod,
        Self::MfaForAccessKeys,
        Self::NameDeniedAction,
        Self::NarrowPrincipal,
        Self::RemoveDeletion,
        Self::RemoveOrphan,
        Self::WaitingPeriodCondition,
    ];

    /// The name by which a rule's page has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddCancellation => "add-cancellation",
            Self::AddRecovery => "add-recovery",
            Self::AddResource => "add-resource",
            Self::DenyDeletion => "deny-deletion",
            Self::DenyDeletionWithoutMfa => "deny-deletion-without-mfa",
            Self::DenyShortWaitingPeriod => "deny-short-waiting-period",
            Self::MfaForAccessKeys => "mfa-for-access-keys",
            Self::NameDeniedAction => "name-denied-action",
            Self::NarrowPrincipal => "narrow-principal",
            Self::RemoveDeletion => "remove-deletion",
            Self::RemoveOrphan => "remove-orphan",
            Self::WaitingPeriodCondition => "waiting-period-condition",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(super) fn plan(self, target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
        match self {
            Self::AddCancellation => add_cancellation::plan(target, finding),
            Self::AddRecovery => add_recovery::plan(target, finding),
            Self::AddResource => add_resource::plan(target, finding),
            Self::DenyDeletion => deny_deletion::plan(target, finding),
            Self::DenyDeletionWithoutMfa => deny_deletion_without_mfa::plan(target),
            Self::DenyShortWaitingPeriod => deny_short_waiting_period::plan(target),
            Self::MfaForAccessKeys => mfa_for_access_keys::plan(target, finding),
            Self::NameDeniedAction => name_denied_action::plan(target, finding),
            Self::NarrowPrincipal => narrow_principal::plan(target, finding),
            Self::RemoveDeletion => remove_deletion::plan(target, finding),
            Self::RemoveOrphan => remove_orphan::plan(target, finding),
            Self::WaitingPeriodCondition => waiting_period_condition::plan(target, finding),
        }
    }
}
