//! Requests of `aws organizations create-policy` and `update-policy`:
//! `{"Content": "…", "Name": …, "Type": …}` and `{"PolicyId": …, "Content": "…"}`.
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html>
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_UpdatePolicy.html>

use crate::inventory::OrganizationPolicy;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::policy::{read_policy, shape_at};
use crate::load::policy_shape::PolicyShape;
use crate::policy::PolicyKind;

use super::Answer;

/// Reads a service control policy or a resource control policy.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(node) = root.get("Content") else {
        return Answer::NotThis;
    };
    let mut fields = Fields::new(document, root);
    let (id, name, kind) = (
        fields.text("PolicyId"),
        fields.text("Name"),
        fields.text("Type"),
    );
    let kind = match kind.as_ref().map(|kind| kind.value.as_str()) {
        Some("SERVICE_CONTROL_POLICY") => PolicyKind::ServiceControl,
        Some("RESOURCE_CONTROL_POLICY") => PolicyKind::ResourceControl,
        Some(kind) if kind.ends_with("_POLICY") => {
            return Answer::PassOver("it is an organization's policy that grants nothing");
        }
        // An update does not say the type: only one of the two names principals.
        None if id.is_some() => match shape_at(document, node) {
            Some(PolicyShape::WithoutPrincipal) => PolicyKind::ServiceControl,
            Some(_) => PolicyKind::ResourceControl,
            None => return Answer::NotThis,
        },
        _ => return Answer::NotThis,
    };
    let mut contents = Contents {
        errors: fields.errors,
        ..Contents::default()
    };
    if let Some(mut policy) = read_policy(document, node, kind, &mut contents) {
        if let Some(name) = name {
            policy.name = name.value;
        }
        contents.organization_policies.push(OrganizationPolicy {
            id: id.map(|id| id.value),
            arn: None,
            policy,
        });
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{answer, contents};
    use super::*;

    #[test]
    fn control_policies_of_requests_are_read() {
        let scp =
            r#"{"Statement":{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}}"#;
        let rcp =
            r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
        for (request, kind) in [
            (
                json!({"Content": scp, "Name": "Guard", "Description": "", "Type": "SERVICE_CONTROL_POLICY"}),
                PolicyKind::ServiceControl,
            ),
            (
                json!({"Content": scp, "PolicyId": "p-1"}),
                PolicyKind::ServiceControl,
            ),
            (
                json!({"Content": rcp, "PolicyId": "p-1"}),
                PolicyKind::ResourceControl,
            ),
        ] {
            let found = contents(&request.to_string());
            assert!(found.errors.is_empty(), "{:?}", found.errors);
            let policy = &found.organization_policies[0].policy;
            assert_eq!(policy.document.kind, kind);
        }
        let tags = json!({"Content": "{}", "Name": "Tags", "Type": "TAG_POLICY"}).to_string();
        assert!(matches!(answer(&tags), Answer::PassOver(_)));
        let other = json!({"Content": "text", "Name": "page"}).to_string();
        assert!(matches!(answer(&other), Answer::NotThis));
    }
}
