//! Adds the `Resource` without which a statement of a key policy has no effect; `*` means the key.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>

use serde_json::Value as Json;

use crate::facts::InertCause;
use crate::finding::Finding;
use crate::policy::{Effect, PolicyKind};

use super::plan::{Meant, Plan, Refusal};
use super::target::Target;

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let statement = target.statement_of(finding)?;
    let record = statement.record;
    let cause = record.inert.as_ref().map(|inert| inert.cause);
    let has = |name: &str| statement.element(name).is_some();
    if cause != Some(InertCause::Missing) || target.policy.kind != PolicyKind::Key {
        return Err(Refusal::decide(format!(
            "decide what {} is meant to do, and put it right or delete it",
            statement.name()
        )));
    }
    if record.actions.is_empty() || has("Resource") || has("NotResource") {
        return Err(Refusal::decide(format!(
            "decide what {} is about: one of its elements is empty or has no `Action` beside it",
            statement.name()
        )));
    }
    let mut draft = target.draft();
    let before = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
    ];
    draft.insert_member(&statement.path, &before, "Resource", &Json::from("*"))?;
    let (meant, caution) = match record.effect {
        Effect::Deny => (Meant::loses(record.covers), None),
        Effect::Allow => {
            let caution = "the statement gives nothing today: make sure that it is still wanted";
            (Meant::gains(record.covers), Some(caution.to_owned()))
        }
    };
    Ok(Plan {
        draft,
        title: format!("add `\"Resource\": \"*\"` to {}", statement.name()),
        meant,
        caution,
    })
}
