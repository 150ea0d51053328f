//! Policies of users, groups and roles as resources declare them.

use crate::inventory::LoadedPolicy;
use crate::load::contents::Contents;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::tree::{Content, Node};

use super::key::{called, read_policy_of};
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

/// Reads the policies of a resource.
pub(super) fn read(
    name: &ResourceName<'_>,
    attributes: &Attributes<'_, '_>,
    contents: &mut Contents,
) {
    if !KINDS.contains(&name.kind) || !attributes.are_there() {
        return;
    }
    for attribute in ["policy", "policy_document"] {
        let what = (attribute, PolicyKind::Identity);
        let (policy, _) = read_policy_of(attributes, what, name.address, contents);
        contents.policies.extend(policy);
    }
    for (list, document) in [("inline_policy", "policy"), ("policies", "policy_document")] {
        let items = attributes.node(list).and_then(Node::items);
        for item in items.unwrap_or_default() {
            let policy = item.get(document).filter(|policy| {
                policy.as_str().is_none_or(|text| !text.is_empty()) && policy.value != Content::Null
            });
            let Some(policy) = policy else { continue };
            let file = attributes.document();
            let own = item.get("name").or_else(|| item.get("policy_name"));
            let own = own.and_then(Node::as_str).unwrap_or_default();
            let read = read_policy(file, policy, PolicyKind::Identity, contents);
            contents.policies.extend(read.map(|policy| LoadedPolicy {
                name: called(file.name, &format!("{}/{own}", name.address)),
                ..policy
            }));
        }
    }
}
