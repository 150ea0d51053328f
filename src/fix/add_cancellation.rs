//! Adds the permissions without which nobody can undo a scheduled deletion: cancel it, and enable
//! the key, which KMS leaves disabled.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html>

use crate::aws::{ActionSet, KmsAction};
use crate::finding::Finding;

use super::add_recovery::add_beside_deletion;
use super::plan::{Plan, Refusal};
use super::target::Target;

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let access = &target.facts.access;
    if !access.someone_can_schedule {
        return Err(Refusal::decide(
            "decide who has to be able to cancel the deletion that is under way",
        ));
    }
    let statement = target.statement_of(finding)?;
    let mut missing = ActionSet::EMPTY;
    if !access.someone_can_cancel {
        missing.insert(KmsAction::CancelKeyDeletion);
    }
    if !access.someone_can_enable {
        missing.insert(KmsAction::EnableKey);
    }
    add_beside_deletion(target, &statement, missing)
}
