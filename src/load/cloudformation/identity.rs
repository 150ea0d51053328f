//! Policies of users, groups, roles and of the organization in a template.

use crate::inventory::{LoadedPolicy, OrganizationPolicy};
use crate::policy::PolicyKind;
use crate::tree::Node;

use super::Reader;
use super::condition::Case;
use super::function::intrinsic;
use super::resolve::Resolver;
use super::template::Resource;

/// Whether a type of resources has identity-based policies.
pub(super) fn has_policies(kind: &str) -> bool {
    matches!(
        kind,
        "AWS::IAM::Role"
            | "AWS::IAM::User"
            | "AWS::IAM::Group"
            | "AWS::IAM::Policy"
            | "AWS::IAM::ManagedPolicy"
            | "AWS::IAM::RolePolicy"
            | "AWS::IAM::UserPolicy"
            | "AWS::IAM::GroupPolicy"
            | "AWS::SSO::PermissionSet"
            | "AWS::Serverless::Function"
            | "AWS::Serverless::StateMachine"
    )
}

impl<'t, 'a> Reader<'_, 't, 'a> {
    /// Reads every policy that a resource has.
    pub(super) fn identity_policies(
        &mut self,
        resource: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
        _: &Case,
    ) {
        let said = self.identity.entry(resource.id).or_default();
        said.cases = said.cases.saturating_add(1);
        let own = match resource.kind {
            "AWS::SSO::PermissionSet" => Some("InlinePolicy"),
            "AWS::IAM::Role"
            | "AWS::IAM::User"
            | "AWS::IAM::Group"
            | "AWS::Serverless::Function"
            | "AWS::Serverless::StateMachine" => None,
            _ => Some("PolicyDocument"),
        };
        if let Some(property) = own {
            if let Some(node) = resource.property(property) {
                self.identity_policy(
                    (resource, resolver),
                    node,
                    &self.name(resource, &["Properties", property]),
                );
            }
            return;
        }
        let Some(list) = resource.property("Policies") else {
            return;
        };
        // A condition may decide about the list or an item of it.
        let all = chosen(resolver, list);
        let items = all.and_then(Node::items);
        let several = items.unwrap_or(all.map_or(&[], std::slice::from_ref));
        for (position, item) in several.iter().enumerate() {
            let Some(item) = chosen(resolver, item) else {
                continue;
            };
            let name = self.name(resource, &["Properties", "Policies", &position.to_string()]);
            if let Some(document) = item.get("PolicyDocument") {
                self.identity_policy((resource, resolver), document, &name);
            } else if item.get("Statement").is_some() {
                self.identity_policy((resource, resolver), item, &name);
            }
            // The name of a managed policy, or one of SAM's templates, which allow none of the actions on
            // keys that are looked for:
            // <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html>
        }
    }

    fn identity_policy(
        &mut self,
        (resource, resolver): (Resource<'t, 'a>, &Resolver<'_, 't, 'a>),
        node: &Node<'a>,
        name: &str,
    ) {
        let policy = self.policy(resolver, (node, PolicyKind::Identity), name);
        let Some(policy) = policy else {
            return;
        };
        // Of the cases of a resource most are alike.
        let same = |other: &LoadedPolicy| {
            other.name == policy.name
                && format!("{:?}", other.document) == format!("{:?}", policy.document)
        };
        let said = &mut self.identity.entry(resource.id).or_default().all;
        if !said.iter().any(same) {
            said.push(policy);
        }
    }

    /// Reads a service or resource control policy; others are not about permissions.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html>
    pub(super) fn control_policy(
        &mut self,
        resource: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
        _: &Case,
    ) {
        let kind = resource
            .property("Type")
            .and_then(|node| resolver.text(node));
        let kind = match kind.as_deref() {
            Some("SERVICE_CONTROL_POLICY") => PolicyKind::ServiceControl,
            Some("RESOURCE_CONTROL_POLICY") => PolicyKind::ResourceControl,
            _ => return,
        };
        let Some(node) = resource.property("Content") else {
            return;
        };
        let name = resource
            .property("Name")
            .and_then(|node| resolver.text(node));
        let name = name.unwrap_or_else(|| self.name(resource, &[]));
        if let Some(policy) = self.policy(resolver, (node, kind), &name) {
            self.contents
                .organization_policies
                .push(OrganizationPolicy {
                    id: None,
                    arn: None,
                    policy,
                });
        }
    }
}

/// The outcome of a condition where the case tells it; the node itself where it is none.
fn chosen<'n, 'a>(resolver: &Resolver<'_, '_, 'a>, node: &'n Node<'a>) -> Option<&'n Node<'a>> {
    let Some(of) = intrinsic(node) else {
        return Some(node);
    };
    let ("If", Some([name, one, other])) = (of.name, of.argument.items()) else {
        return Some(node);
    };
    let holds = resolver.holds(name.as_str()?)?;
    chosen(resolver, if holds { one } else { other })
}
