//! What kind of policy a document looks like, before it is read as one.

use crate::policy::glob_ignore_case;
use crate::source::json::{Node, Value};

const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// What a policy looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PolicyShape {
    /// A key policy: some statement names a principal and could be about KMS.
    Key,
    /// A policy of something else than a key, with the reason to pass it over.
    OtherResource(&'static str),
    /// No statement names a principal.
    WithoutPrincipal,
    /// It would be a policy if its `statement` were spelled `Statement`.
    WrongCase,
}

/// What `node` looks like; nothing where it is no policy at all. An object with other elements
/// than a policy's still is one if a statement has an effect: what AWS refuses must be told, not
/// passed over.
pub(super) fn policy_shape(node: &Node<'_>) -> Option<PolicyShape> {
    let members = node.members()?;
    let only_elements = members.iter().all(|m| ELEMENTS.contains(&&*m.key));
    let Some(statements) = node.get("Statement") else {
        let wrong = members
            .iter()
            .find(|m| m.key.eq_ignore_ascii_case("Statement"))?;
        return any_effect(items(&wrong.value)).then_some(PolicyShape::WrongCase);
    };
    let statements = items(statements);
    if !only_elements && !any_effect(statements) {
        return None;
    }
    let mut of_resource = statements.iter().filter(|s| has_principal(s)).peekable();
    if of_resource.peek().is_none() {
        return Some(PolicyShape::WithoutPrincipal);
    }
    Some(if !of_resource.any(could_be_about_kms) {
        PolicyShape::OtherResource(other_resource(statements))
    } else if statements.iter().all(denies_everyone) && statements.iter().any(names_other_service) {
        PolicyShape::OtherResource("it is a resource control policy, which is no key's own")
    } else {
        PolicyShape::Key
    })
}

/// The items of an array, or the one value that stands without brackets.
fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Value::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn any_effect(statements: &[Node<'_>]) -> bool {
    statements.iter().any(|s| s.get("Effect").is_some())
}

fn has_principal(statement: &Node<'_>) -> bool {
    statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some()
}

/// The strings of an element, or nothing where it is absent.
fn texts<'n>(statement: &'n Node<'_>, name: &str) -> Option<impl Iterator<Item = &'n str>> {
    let node = statement.get(name)?;
    Some(items(node).iter().filter_map(Node::as_str))
}

/// Whether its actions and its resources could be those of KMS. One of the two may be missing:
/// KMS takes such a statement, although it has no effect.
fn could_be_about_kms(statement: &Node<'_>) -> bool {
    let negated = statement.get("NotAction").is_some() || statement.get("NotResource").is_some();
    let action = texts(statement, "Action").map(|mut all| all.any(action_could_be_of_kms));
    let resource = texts(statement, "Resource").map(|mut all| all.any(resource_could_be_a_key));
    match (action, resource) {
        (None, None) => negated,
        (action, resource) => action.unwrap_or(true) && resource.unwrap_or(true),
    }
}

fn action_could_be_of_kms(pattern: &str) -> bool {
    let vendor = pattern.split(':').next().unwrap_or_default().trim();
    glob_ignore_case(vendor, "kms")
}

/// Anything but the ARN of another service's: what is no ARN at all may be a slip in a key policy.
fn resource_could_be_a_key(pattern: &str) -> bool {
    let mut parts = pattern.split(':');
    match (parts.next(), parts.nth(1)) {
        (Some("arn"), Some(service)) => glob_ignore_case(service, "kms"),
        _ => true,
    }
}

fn denies_everyone(statement: &Node<'_>) -> bool {
    let everyone = |node: &Node<'_>| match node.as_str() {
        Some(text) => text == "*",
        None => texts(node, "AWS").is_some_and(|mut all| all.all(|text| text == "*")),
    };
    statement.get("Effect").and_then(Node::as_str) == Some("Deny")
        && statement.get("Principal").is_some_and(everyone)
}

fn names_other_service(statement: &Node<'_>) -> bool {
    texts(statement, "Action").is_some_and(|mut all| all.any(|a| !action_could_be_of_kms(a)))
}

fn other_resource(statements: &[Node<'_>]) -> &'static str {
    let actions = statements.iter().filter_map(|s| texts(s, "Action"));
    let mut actions = actions.flatten().peekable();
    if actions.peek().is_some() && actions.all(|action| action.starts_with("sts:")) {
        return "it is a trust policy, which is no key's";
    }
    "it is the policy of another resource than a key"
}
