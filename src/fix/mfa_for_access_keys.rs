//! Asks for a second factor in the form that long-term access keys do not pass: their requests
//! have no `aws:MultiFactorAuthPresent`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use crate::difference::USE;
use crate::finding::Finding;
use crate::policy::Effect;

use super::plan::{Meant, Plan, Refusal};
use super::target::{Target, at_finding, rewrite_condition};

pub(super) fn plan(target: &Target<'_>, finding: &Finding) -> Result<Plan, Refusal> {
    let statement = target.statement_of(finding)?;
    let record = statement.record;
    let found = at_finding(finding, &record.conditions, |condition| condition.at);
    let index = found.and_then(|found| record.conditions.iter().position(|c| c.at == found.at));
    let conditions = statement.conditions();
    let condition = index.and_then(|index| conditions.get(index));
    let condition =
        condition.ok_or_else(|| Refusal::input("the condition cannot be found again"))?;
    let operator = match record.effect {
        Effect::Allow => "Bool",
        Effect::Deny => "BoolIfExists",
    };
    let mut draft = target.draft();
    rewrite_condition(&mut draft, &statement, condition, operator, condition.key)?;
    let stops_use = record.effect == Effect::Deny && !record.covers.intersection(USE).is_empty();
    let caution = "requests of AWS services and of programs with access keys have no second \
                   factor: decide whether they still need the key";
    Ok(Plan {
        draft,
        title: format!(
            "ask by `{operator}` for the second factor in {}",
            statement.name()
        ),
        meant: Meant::loses(record.covers),
        caution: stops_use.then(|| caution.to_owned()),
    })
}
