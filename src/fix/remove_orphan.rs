//! Removes the id of a user or role that was deleted.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::aws::ActionSet;
use crate::finding::Finding;
use crate::tree::Step;
use crate::tree::edit::Draft;

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, Written, at_finding, key, then};

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let statement = target.statement_of(finding)?;
    let found = at_finding(finding, &statement.record.principals, |p| p.at);
    let found = found.ok_or_else(|| Refusal::input("the principal cannot be found again"))?;
    if statement.record.not_principal {
        return Err(Refusal::decide(format!(
            "decide whom {} is to spare, and name them: it says so by exception",
            statement.name()
        )));
    }
    let mut draft = target.draft();
    let title = remove(target, &mut draft, &statement, &found.text)?;
    // Taken out of a Deny, it would gain what `diff` fails on: that nobody has it is not for this to say.
    let meant = Meant::loses(ActionSet::ALL);
    Ok(Plan {
        draft,
        title,
        meant: meant.by(BTreeSet::from([found.text.clone()])),
        caution: None,
    })
}

fn remove(
    target: &Target<'_>,
    draft: &mut Draft,
    statement: &Written<'_>,
    id: &str,
) -> Result<String, Refusal> {
    let of_type = then(&then(&statement.path, key("Principal")), key("AWS"));
    let principal = statement.element("Principal");
    let listed = principal.and_then(|principal| principal.get("AWS"));
    if let Some(items) = listed
        .and_then(Json::as_array)
        .filter(|items| items.len() > 1)
    {
        let position = items.iter().position(|item| item == id);
        draft.remove(&then(&of_type, Step::Index(position.unwrap_or(usize::MAX))))?;
        return Ok(format!("remove `{id}` from {}", statement.name()));
    }
    let types = principal
        .and_then(Json::as_object)
        .map_or(0, serde_json::Map::len);
    if types > 1 {
        draft.remove(&of_type)?;
        return Ok(format!("remove `{id}` from {}", statement.name()));
    }
    if target.facts.statements.len() < 2 {
        return Err(Refusal::decide(format!(
            "decide who takes the place of `{id}`: the policy has no other statement"
        )));
    }
    draft.remove(&statement.path)?;
    Ok(format!(
        "remove {}, which names nobody but `{id}`",
        statement.name()
    ))
}
