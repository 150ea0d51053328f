//! Adds a guardrail: no deletion without a second factor, long-term access keys included.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use serde_json::json;

use super::plan::{Meant, Plan, Refusal};
use super::target::Target;

pub(super) fn plan(target: &Target<'_>) -> Result<Plan, Refusal> {
    let statement = target.new_statement(
        "Deny key deletion without MFA",
        &[
            ("Effect", json!("Deny")),
            ("Principal", json!({"AWS": "*"})),
            ("Action", json!("kms:ScheduleKeyDeletion")),
            ("Resource", json!("*")),
            (
                "Condition",
                json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
            ),
        ],
    );
    let mut draft = target.draft();
    draft.add_values(&target.statements_path(), usize::MAX, &[statement])?;
    let caution = "roles that programs assume have no second factor: decide who has to delete \
                   this key, and how they sign in";
    Ok(Plan {
        draft,
        title: "deny deletion without a second factor to everyone".to_owned(),
        meant: Meant::loses_deletion(),
        caution: Some(caution.to_owned()),
    })
}
