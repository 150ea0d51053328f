//! Puts the action that was meant in place of a name that does not exist, in a `Deny`.

use serde_json::Value as Json;

use crate::aws::{ActionSet, KmsAction};
use crate::finding::Finding;

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, at_finding};

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
    let found = found.ok_or_else(|| Refusal::input("the action cannot be found again"))?;
    let position = actions.iter().position(|action| action.at == found.at);
    let meant = found.nearest.as_deref().and_then(KmsAction::from_name);
    let meant = meant
        .filter(|_| !found.text.contains(['*', '?']))
        .ok_or_else(|| {
            Refusal::decide(format!("decide which actions `{}` stands for", found.text))
        })?;
    let path = statement.value_path("Action", position.unwrap_or(usize::MAX));
    let mut draft = target.draft();
    let title = if statement.record.covers.contains(meant) {
        // The name is not all that the statement denies, so it stands in an array.
        draft.remove(&path)?;
        format!("remove `{}`, beside which `{meant}` is denied", found.text)
    } else {
        draft.replace(&path, &Json::from(meant.qualified()))?;
        format!("write `{meant}` in place of `{}`", found.text)
    };
    Ok(Plan {
        draft,
        title,
        meant: Meant::loses(ActionSet::only(meant)),
        caution: None,
    })
}
