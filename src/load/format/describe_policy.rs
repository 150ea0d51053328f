//! The answer of `aws organizations describe-policy`:
//! `{"Policy": {"PolicySummary": {…}, "Content": "…"}}`.
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribePolicy.html>

use crate::inventory::OrganizationPolicy;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::text::InputError;

use super::Answer;

/// Reads a service control policy or a resource control policy.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let policy = document.root.get("Policy");
    let Some((policy, summary)) = policy.and_then(|p| Some((p, p.get("PolicySummary")?))) else {
        return Answer::NotThis;
    };
    let mut fields = Fields::new(document, summary);
    let kind = match fields.text("Type") {
        Some(kind) if kind.value == "SERVICE_CONTROL_POLICY" => PolicyKind::ServiceControl,
        Some(kind) if kind.value == "RESOURCE_CONTROL_POLICY" => PolicyKind::ResourceControl,
        Some(_) => return Answer::PassOver("it is an organization's policy that grants nothing"),
        None => return Answer::NotThis,
    };
    let id = fields.text("Id").map(|id| id.value);
    let arn = fields.text("Arn").map(|arn| arn.value);
    let name = fields.text("Name").map(|name| name.value);
    let mut contents = Contents {
        errors: fields.errors,
        ..Contents::default()
    };
    let Some(node) = policy.get("Content") else {
        let error = InputError::new(policy.span, "the policy has no `Content`")
            .label("this policy")
            .help("write the whole answer of `aws organizations describe-policy` into the file");
        contents.errors.push(error);
        return contents.into();
    };
    if let Some(mut policy) = read_policy(document, node, kind, &mut contents) {
        if let Some(name) = name {
            policy.name = name;
        }
        let found = OrganizationPolicy { id, arn, policy };
        contents.organization_policies.push(found);
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{answer, contents};
    use super::*;

    fn policy(kind: &str, content: &str) -> String {
        json!({"Policy": {"PolicySummary": {"Id": "p-1", "Name": "Guard", "Type": kind},
            "Content": content}})
        .to_string()
    }

    #[test]
    fn control_policies_are_read() {
        let found = contents(&policy(
            "SERVICE_CONTROL_POLICY",
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}}"#,
        ));
        let guard = &found.organization_policies[0];
        assert_eq!(guard.policy.document.kind, PolicyKind::ServiceControl);
        assert!(guard.is_called("p-1") && guard.is_called("Guard"));
        let tags = answer(&policy("TAG_POLICY", "{}"));
        assert!(matches!(tags, Answer::PassOver(_)));
    }
}
