//! Adds deletion to a `Deny` of `kms:Delete*`, which does not cover it.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>

use crate::aws::KmsAction;
use crate::finding::Finding;

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, at_finding, key, names, then};

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let statement = target.statement_of(finding)?;
    if statement.record.not_action {
        return Err(Refusal::decide(format!(
            "decide which actions {} is to deny, and list them by `Action`",
            statement.name()
        )));
    }
    let actions = &statement.record.actions;
    let found = at_finding(finding, actions, |action| action.at);
    let position = found.and_then(|found| actions.iter().position(|a| a.at == found.at));
    let mut draft = target.draft();
    draft.add_values(
        &then(&statement.path, key("Action")),
        position.unwrap_or(usize::MAX),
        &names([KmsAction::ScheduleKeyDeletion]),
    )?;
    Ok(Plan {
        draft,
        title: format!("add `kms:ScheduleKeyDeletion` to {}", statement.name()),
        meant: Meant::loses_deletion(),
        caution: None,
    })
}
