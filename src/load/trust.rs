//! What a role's trust policy says of the tags of its sessions.

use crate::policy::{MAX_POLICY, glob_ignore_case};
use crate::tree::{Content, Embedded, Node};

use super::document::Document;

/// Whether a session of the role may have tags of its own, which go before the role's: its trust
/// policy allows `sts:TagSession`, or is not there to tell.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
pub(super) fn session_may_tag(document: &Document<'_>, trust: Option<&Node<'_>>) -> bool {
    let Some(trust) = trust else {
        return true;
    };
    if trust.as_str().is_none() {
        return allows_tags(trust);
    }
    if trust.span.len() > MAX_POLICY {
        return true;
    }
    Embedded::from_string(document.text, trust.span)
        .and_then(|embedded| embedded.parse().ok().map(|node| allows_tags(&node)))
        .unwrap_or(true)
}

fn allows_tags(policy: &Node<'_>) -> bool {
    let Some(statements) = policy.get("Statement") else {
        return true;
    };
    items(statements).iter().any(|statement| {
        let denies = statement.get("Effect").and_then(Node::as_str) == Some("Deny");
        let action = statement.get("Action").map(items).unwrap_or_default();
        let tags = |pattern: &Node<'_>| {
            let text = pattern.as_str();
            text.is_none_or(|text| glob_ignore_case(text, "sts:TagSession"))
        };
        !denies && (statement.get("NotAction").is_some() || action.iter().any(tags))
    })
}

/// The items of an array, or the one value that stands without brackets.
fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Content::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}
