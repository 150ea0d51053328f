//! Puts the account in place of everyone, so that IAM policies decide; where the account is not
//! known, lets only the organization through.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>

use serde_json::{Value as Json, json};

use crate::aws::{ActionSet, KmsAction};
use crate::finding::Finding;
use crate::tree::edit::Draft;

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, Written, key, then};

/// The condition key of the caller's organization.
const ORGANIZATION_KEY: &str = "aws:PrincipalOrgID";

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let scheduler = target
        .schedulers(finding)
        .into_iter()
        .find_map(Target::grants_deletion);
    let statement = match scheduler {
        Some(index) => target.statement(index)?,
        None => target.statement_of(finding)?,
    };
    if statement.record.not_principal {
        return Err(Refusal::decide(format!(
            "decide whom {} is for, and name them: it says so by exception",
            statement.name()
        )));
    }
    let mut draft = target.draft();
    let title = match (target.account, target.organization) {
        (Some(account), _) => {
            let partition = target
                .facts
                .key
                .arn
                .as_deref()
                .and_then(|arn| arn.split(':').nth(1));
            let root = format!("arn:{}:iam::{account}:root", partition.unwrap_or("aws"));
            replace_everyone(&mut draft, &statement, &root)?;
            format!(
                "name the account `{account}` in place of `*` in {}",
                statement.name()
            )
        }
        (None, Some(organization)) if !asks_for_organization(&statement) => {
            demand_organization(&mut draft, &statement, organization)?;
            format!(
                "let only the organization `{organization}` through {}",
                statement.name()
            )
        }
        (None, _) => {
            return Err(Refusal::decide(
                "decide whom `*` stands for: neither the key's account nor an organization is \
                 known here",
            ));
        }
    };
    Ok(Plan {
        draft,
        title,
        meant: match scheduler {
            Some(_) => Meant::loses_deletion(),
            None => Meant::loses(ActionSet::only(KmsAction::PutKeyPolicy)),
        },
        caution: None,
    })
}

fn replace_everyone(draft: &mut Draft, statement: &Written<'_>, root: &str) -> Result<(), Refusal> {
    let principal = then(&statement.path, key("Principal"));
    let value = statement.element("Principal");
    if value.is_some_and(Json::is_string) {
        draft.replace(&principal, &json!({ "AWS": root }))?;
        return Ok(());
    }
    let path = then(&principal, key("AWS"));
    match value.and_then(|value| value.get("AWS")) {
        Some(Json::Array(items)) => {
            let position = items.iter().position(|item| item == "*");
            let path = then(
                &path,
                crate::tree::Step::Index(position.unwrap_or(usize::MAX)),
            );
            if items.iter().any(|item| item == root) {
                draft.remove(&path)?;
            } else {
                draft.replace(&path, &Json::from(root))?;
            }
        }
        _ => draft.replace(&path, &Json::from(root))?,
    }
    Ok(())
}

fn asks_for_organization(statement: &Written<'_>) -> bool {
    let conditions = statement.conditions();
    conditions
        .iter()
        .any(|condition| condition.key.eq_ignore_ascii_case(ORGANIZATION_KEY))
}

fn demand_organization(
    draft: &mut Draft,
    statement: &Written<'_>,
    organization: &str,
) -> Result<(), Refusal> {
    let block = then(&statement.path, key("Condition"));
    let keys = json!({ ORGANIZATION_KEY: organization });
    if draft.get(&block).is_none() {
        let condition = json!({ "StringEquals": keys });
        draft.insert_member(&statement.path, &[], "Condition", &condition)?;
    } else if draft.get(&then(&block, key("StringEquals"))).is_none() {
        draft.insert_member(&block, &[], "StringEquals", &keys)?;
    } else {
        let operator = then(&block, key("StringEquals"));
        draft.insert_member(&operator, &[], ORGANIZATION_KEY, &Json::from(organization))?;
    }
    Ok(())
}
