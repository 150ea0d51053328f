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
        let lists = outcomes(resolver, list);
        let mut is_open = lists.len() > 1;
        let mut items: Vec<(usize, &Node<'_>)> = Vec::new();
        for list in lists {
            let of_list = list.items().unwrap_or(std::slice::from_ref(list));
            for (position, item) in of_list.iter().enumerate() {
                let of_item = outcomes(resolver, item);
                is_open |= of_item.len() > 1;
                items.extend(of_item.into_iter().map(|of| (position, of)));
            }
        }
        if is_open {
            let said = self.identity.entry(resource.id).or_default();
            said.cases = said.cases.saturating_add(1);
        }
        for (position, item) in items {
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

/// What the case makes of a node: of `Fn::If` one outcome, or both where the case leaves the condition open; of
/// anything else the node.
fn outcomes<'n, 'a>(resolver: &Resolver<'_, '_, 'a>, node: &'n Node<'a>) -> Vec<&'n Node<'a>> {
    let argument = intrinsic(node).filter(|of| of.name == "If");
    let argument = argument.and_then(|of| of.argument.items());
    let Some([name, one, other]) = argument else {
        return vec![node];
    };
    let holds = name.as_str().and_then(|name| resolver.holds(name));
    let each = [(one, true), (other, false)].into_iter();
    each.filter(|(_, outcome)| holds.is_none_or(|holds| holds == *outcome))
        .flat_map(|(of, _)| outcomes(resolver, of))
        .collect()
}
