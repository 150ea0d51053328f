//! From JSON to a policy: everything that AWS refuses becomes a complaint at its place.
//!
//! Two weights: what leaves no meaning is an error and there is no policy; what AWS refuses but
//! decides nothing (two equal `Sid`s) is kept beside the policy as a refusal.

mod character;
mod complaints;
mod condition;
mod element;
mod principal;
mod statement;
mod storable;

use std::collections::BTreeMap;

use crate::text::InputError;
use crate::tree::{Content, Node};

use super::placeholder::value;
use super::size::refuse_exceptions;
use super::{PolicyDocument, PolicyKind, StatementIndex, Version, refuse_bulk};
use complaints::Complaints;

pub(super) use character::unstorable_character;

const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// Reads a policy of the given kind.
///
/// # Errors
/// Everything for which AWS would refuse to store it and which leaves open what it would mean.
pub(super) fn parse(node: &Node<'_>, kind: PolicyKind) -> Result<PolicyDocument, Vec<InputError>> {
    refuse_bulk(node.span.len(), node.span).map_err(|error| vec![error])?;
    let mut complaints = Complaints::new(kind);
    let document = document(node, &mut complaints);
    match document {
        Some(document) if complaints.errors.is_empty() => {
            refuse_exceptions(&document).map_err(|error| vec![error])?;
            Ok(PolicyDocument {
                refusals: complaints.refusals,
                open_values: document.placeholders().count(),
                ..document
            })
        }
        _ => Err(complaints.errors),
    }
}

fn document(node: &Node<'_>, complaints: &mut Complaints) -> Option<PolicyDocument> {
    let members = complaints.object(node, "a policy")?;
    complaints.known_keys(members, &ELEMENTS, "a policy");
    let mut policy = PolicyDocument {
        kind: complaints.kind,
        version: node
            .get("Version")
            .and_then(|version| read_version(version, complaints)),
        id: None,
        statements: Vec::new(),
        span: node.span,
        refusals: Vec::new(),
        by_principal: StatementIndex::default(),
        open_values: 0,
    };
    if let Some(id) = node.get("Id") {
        policy.id = complaints.text(id, "`Id`", value);
    }
    let Some(statements) = node.get("Statement") else {
        complaints.error(
            InputError::new(node.span, "the policy has no `Statement`")
                .label("this policy")
                .help("add a `Statement`: without one a policy says nothing and AWS refuses it"),
        );
        return None;
    };
    let nodes = element::one_or_many(statements);
    if nodes.is_empty() {
        complaints.error(
            InputError::new(statements.span, "`Statement` is empty")
                .label("no statement")
                .help("a policy needs at least one statement"),
        );
    }
    policy.statements = element::each(nodes, |node| statement::read(node, complaints));
    equal_sids(&policy, complaints);
    Some(policy)
}

fn read_version(
    node: &Node<'_>,
    complaints: &mut Complaints,
) -> Option<(Version, crate::text::Span)> {
    let version = match &node.value {
        Content::String(text) if text == "2012-10-17" => Version::V2012,
        Content::String(text) if text == "2008-10-17" && complaints.kind.is_control_policy() => {
            let name = complaints.kind.name();
            let message = format!("the `Version` of {name} must be `2012-10-17`");
            complaints.error(
                InputError::new(node.span, message)
                    .label("AWS refuses this")
                    .help("write `\"2012-10-17\"`"),
            );
            return None;
        }
        Content::String(text) if text == "2008-10-17" => Version::V2008,
        _ => {
            complaints.error(
                InputError::new(
                    node.span,
                    "`Version` is not a version of the policy language",
                )
                .label("unknown version")
                .help("write `\"2012-10-17\"`: it is the language's version, not the policy's"),
            );
            return None;
        }
    };
    Some((version, node.span))
}

/// IAM: a `Sid` stands once in a policy. KMS does not say so, so there it is left to a rule.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
fn equal_sids(policy: &PolicyDocument, complaints: &mut Complaints) {
    if policy.kind == PolicyKind::Key {
        return;
    }
    let mut seen = BTreeMap::new();
    for sid in policy
        .statements
        .iter()
        .filter_map(|statement| statement.sid.as_ref())
    {
        if !sid.value.is_empty() && seen.insert(&*sid.value, sid.span).is_some() {
            complaints.refuse(
                InputError::new(
                    sid.span,
                    format!("`Sid` `{}` stands twice in the policy", sid.value),
                )
                .label("again")
                .help("give every statement a `Sid` of its own"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
