//! What becomes of a key when its resource leaves the stack, and what the template keeps beside it.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>

use std::collections::BTreeSet;

use crate::inventory::{Located, RemovalOutcome, RetainedDependent, StackRemoval};
use crate::tree::{Content, Node};

use super::Reader;
use super::function::{intrinsic, scalar};
use super::resolve::{Resolver, attribute};
use super::substitution::{Piece, pieces};
use super::template::Resource;

/// The waiting period of a key that sets none, days.
const DEFAULT_DAYS: i64 = 30;

/// Types of resources that name a key and hold nothing that is encrypted under it.
const WITHOUT_DATA: [&str; 5] = [
    "AWS::IAM::",
    "AWS::KMS::",
    "AWS::Organizations::",
    "AWS::SSO::",
    "AWS::CloudFormation::",
];

impl<'t, 'a> Reader<'_, 't, 'a> {
    /// What becomes of this key.
    pub(super) fn removal(
        &self,
        resource: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
    ) -> StackRemoval {
        let written = resource.attribute("DeletionPolicy");
        let outcome = match written.map(|node| resolver.text(node)) {
            None => RemovalOutcome::DeletedByDefault,
            Some(None) => RemovalOutcome::Unknown,
            Some(Some(policy)) if keeps(&policy) => RemovalOutcome::Kept,
            Some(Some(policy)) => RemovalOutcome::Deleted(policy),
        };
        let window = resource.property("PendingWindowInDays");
        let waiting_period = match window.map(|node| resolver.text(node)) {
            None => Some(DEFAULT_DAYS),
            Some(text) => text.and_then(|text| text.parse().ok()),
        };
        let at = written.map_or(resource.id_span, |node| node.span);
        StackRemoval {
            logical_id: resource.id.to_owned(),
            outcome,
            waiting_period,
            condition: resource
                .attribute("Condition")
                .and_then(Node::as_str)
                .map(str::to_owned),
            is_replica: resource.kind == "AWS::KMS::ReplicaKey",
            dependents: self.dependents(resource, resolver),
            at: self.document.at(at),
        }
    }

    /// The resources that the template keeps and that name the key or an alias of it.
    fn dependents(
        &self,
        key: Resource<'t, 'a>,
        resolver: &Resolver<'_, 't, 'a>,
    ) -> Vec<RetainedDependent> {
        let mut names = BTreeSet::from([key.id]);
        let all = || self.template.resources();
        let aliases = all().filter(|of| of.kind == "AWS::KMS::Alias");
        let own: Vec<_> = aliases
            .filter(|of| {
                of.property("TargetKeyId")
                    .is_some_and(|node| names_any(node, &names))
            })
            .map(|of| of.id)
            .collect();
        names.extend(own);
        let is_dependent = |of: &Resource<'t, 'a>| {
            let holds_data = !WITHOUT_DATA.iter().any(|begin| of.kind.starts_with(begin))
                && !of.kind.ends_with("Policy");
            holds_data
                && of.properties().is_some_and(|node| names_any(node, &names))
                && stays(*of, resolver)
        };
        let dependent = |of: Resource<'t, 'a>| RetainedDependent {
            logical_id: Located {
                value: of.id.to_owned(),
                at: self.document.at(of.id_span),
            },
            resource_type: of.kind.to_owned(),
        };
        all().filter(is_dependent).map(dependent).collect()
    }
}

/// Whether a `DeletionPolicy` keeps a key.
fn keeps(policy: &str) -> bool {
    matches!(policy, "Retain" | "RetainExceptOnCreate")
}

/// Whether a resource, or a snapshot of it, is there after the stack. A snapshot is the default of database
/// clusters, and of database instances that are in none.
fn stays<'a>(of: Resource<'_, 'a>, resolver: &Resolver<'_, '_, 'a>) -> bool {
    let written = of.attribute("DeletionPolicy");
    let policy = written.map(|node| resolver.text(node));
    match policy {
        Some(Some(policy)) => keeps(&policy) || policy == "Snapshot",
        Some(None) => false,
        None => match of.kind {
            "AWS::RDS::DBCluster" => true,
            "AWS::RDS::DBInstance" => of.property("DBClusterIdentifier").is_none(),
            _ => false,
        },
    }
}

/// Whether a value refers to one of these resources, by whatever function.
fn names_any(node: &Node<'_>, names: &BTreeSet<&str>) -> bool {
    if let Some(of) = intrinsic(node) {
        let is_named = match of.name {
            "Ref" => of
                .argument
                .as_str()
                .is_some_and(|name| names.contains(name)),
            "GetAtt" => attribute(of.argument).is_some_and(|(name, _)| names.contains(name)),
            "Sub" => {
                let text = of.argument.items().map_or(Some(of.argument), <[_]>::first);
                let text = text.and_then(scalar).unwrap_or_default();
                pieces(text).iter().any(|piece| match piece {
                    Piece::Variable(name) => {
                        let name = name.split_once('.').map_or(*name, |(name, _)| name);
                        names.contains(name)
                    }
                    Piece::Text(_) => false,
                })
            }
            _ => false,
        };
        return is_named || names_any(of.argument, names);
    }
    match &node.value {
        Content::Array(items) => items.iter().any(|item| names_any(item, names)),
        Content::Object(members) => members.iter().any(|of| names_any(&of.value, names)),
        _ => false,
    }
}
