//! Policies of users, groups and roles as resources declare them.

use crate::inventory::LoadedPolicy;
use crate::load::contents::Contents;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::tree::{Content, Node};

use super::attributes::Attribute;
use super::key::{called, read_policy_of, read_sensitive};
use super::{Attributes, ResourceName};

/// The types of resources with such policies, or with what says who has them.
pub(super) const KINDS: [&str; 20] = [
    "aws_iam_group",
    "aws_iam_group_membership",
    "aws_iam_group_policy",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy",
    "aws_iam_policy_attachment",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_user",
    "aws_iam_user_group_membership",
    "aws_iam_user_policy",
    "aws_iam_user_policy_attachment",
    "awscc_iam_group_policy",
    "awscc_iam_managed_policy",
    "awscc_iam_role",
    "awscc_iam_role_policy",
    "awscc_iam_user",
    "awscc_iam_user_policy",
    "awscc_iam_group",
];

/// The policies of a resource that may be shown; the others are kept apart.
pub(super) fn read(
    name: &ResourceName<'_>,
    attributes: &Attributes<'_, '_>,
    contents: &mut Contents,
) -> Vec<LoadedPolicy> {
    let mut policies = Vec::new();
    for attribute in ["policy", "policy_document"] {
        let what = (attribute, PolicyKind::Identity);
        let read = read_policy_of(attributes, what, name.address, contents);
        policies.extend(read.policy);
        let sensitive = read.sensitive.map(|of| *of);
        contents.sensitive_policies.extend(sensitive);
    }
    for (list, document) in [("inline_policy", "policy"), ("policies", "policy_document")] {
        let (node, is_sensitive) = match attributes.get(list) {
            Attribute::Known(node) => (node, false),
            Attribute::Sensitive(node) => (node, true),
            Attribute::Absent | Attribute::Unknown => continue,
        };
        let items = node.items().unwrap_or_default().iter().zip(0_usize..);
        for (item, position) in items {
            let policy = item.get(document).filter(|policy| {
                policy.as_str().is_none_or(|text| !text.is_empty()) && policy.value != Content::Null
            });
            let Some(policy) = policy else { continue };
            let what = (policy, PolicyKind::Identity);
            if is_sensitive {
                let resource = format!("{}.{list}[{position}]", name.address);
                let read = read_sensitive(attributes, what, &resource, contents);
                contents.sensitive_policies.extend(read);
                continue;
            }
            let file = attributes.document();
            let own = item.get("name").or_else(|| item.get("policy_name"));
            let own = own.and_then(Node::as_str).unwrap_or_default();
            let read = read_policy(file, policy, PolicyKind::Identity, contents);
            policies.extend(read.map(|policy| LoadedPolicy {
                name: called(file.name, &format!("{}/{own}", name.address)),
                ..policy
            }));
        }
    }
    policies
}
