//! What kind of policy a document looks like, before it is read as one.
//!
//! A policy does not say what it is attached to. It counts as a key's where it names AWS KMS, by an
//! action, a resource, a condition key or the `Id` that AWS writes; `*` alone is what every kind of
//! policy can say. What only denies, and to everyone, is no key's: such a key would have no user.

use std::collections::BTreeSet;

use crate::policy::glob_ignore_case;
use crate::tree::{Content, Member, Node, json};

const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

/// What a policy looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PolicyShape {
    /// A key policy: some statement names a principal, and something names KMS.
    Key,
    /// Statements name principals, and nothing says of what service: the default policy of a VPC
    /// endpoint, or a key policy that only stands beside its key.
    Open,
    /// A resource control policy: it only denies, and to everyone.
    ResourceControl,
    /// A policy of something else than a key, with the reason to pass it over.
    OtherResource(&'static str),
    /// No statement names a principal.
    WithoutPrincipal,
    /// Its statements stand under another name than `Statement`.
    Misspelt,
}

/// What `node` looks like; nothing where it is no policy at all. An object with other elements
/// than a policy's still is one if a statement has an effect: what AWS refuses must be told, not
/// passed over.
pub(super) fn policy_shape(node: &Node<'_>) -> Option<PolicyShape> {
    let members = node.members()?;
    let only_elements = members.iter().all(|m| ELEMENTS.contains(&&*m.key));
    let Some(statements) = node.get("Statement") else {
        return misspelt(node).map(|_| PolicyShape::Misspelt);
    };
    let statements = items(statements);
    if !only_elements && !statements.iter().any(has_effect) {
        return None;
    }
    Some(if statements.iter().any(has_principal) {
        resource_based(node, statements)
    } else {
        PolicyShape::WithoutPrincipal
    })
}

/// Whether two texts look like policies of one kind, each by itself; two that are none do.
pub fn same_policy_shape(one: &str, other: &str) -> bool {
    let shape = |text: &str| {
        let node = json::parse_first(text).ok()?;
        policy_shape(&node)
    };
    shape(one) == shape(other)
}

/// The member that holds a policy's statements under a name that is nearly `Statement`.
pub(super) fn misspelt<'n, 'a>(node: &'n Node<'a>) -> Option<&'n Member<'a>> {
    let mut members = node.members()?.iter();
    members.find(|member| {
        is_nearly_statement(&member.key) && items(&member.value).iter().any(has_effect)
    })
}

/// `statement`, `Statements`, `Statment`: all but at most two letters stand in the same order.
fn is_nearly_statement(key: &str) -> bool {
    let wanted = "statement";
    if key.len().abs_diff(wanted.len()) > 2 {
        return false;
    }
    let mut rest = wanted.chars();
    let kept = key.chars().filter(|c| {
        let mut ahead = rest.clone();
        let found = ahead.any(|wanted| c.eq_ignore_ascii_case(&wanted));
        if found {
            rest = ahead;
        }
        found
    });
    kept.count() >= wanted.len().saturating_sub(2)
}

/// Of a policy with principals.
fn resource_based(policy: &Node<'_>, statements: &[Node<'_>]) -> PolicyShape {
    let names_kms = statements.iter().any(mentions_kms) || has_id_of_key(policy);
    let only_denies = statements.iter().all(denies_everyone);
    if names_kms && !only_denies {
        return PolicyShape::Key;
    }
    let services = services(statements);
    if only_denies && (names_kms || services.len() > 1) {
        return PolicyShape::ResourceControl;
    }
    let mut services = services.into_iter();
    match (services.next(), services.next()) {
        (Some(only), None) => PolicyShape::OtherResource(of_service(only)),
        (Some(_), Some(_)) => PolicyShape::OtherResource(OTHER),
        (None, _) => PolicyShape::Open,
    }
}

/// The items of an array, or the one value that stands without brackets.
pub(super) fn items<'n, 'a>(node: &'n Node<'a>) -> &'n [Node<'a>] {
    match &node.value {
        Content::Array(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// The value under `key`, however its letters are written.
fn get_ignoring_case<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Node<'a>> {
    let mut members = node.members()?.iter();
    members
        .find(|member| member.key.eq_ignore_ascii_case(key))
        .map(|member| &member.value)
}

fn has_effect(statement: &Node<'_>) -> bool {
    get_ignoring_case(statement, "Effect").is_some()
}

/// Whether this is a statement, whatever is wrong with it.
pub(super) fn is_statement(node: &Node<'_>) -> bool {
    let says = |name: &&str| get_ignoring_case(node, name).is_some();
    has_effect(node) && ["Action", "NotAction"].iter().any(says)
}

fn has_principal(statement: &Node<'_>) -> bool {
    statement.get("Principal").is_some() || statement.get("NotPrincipal").is_some()
}

/// The strings of an element and its opposite.
fn texts<'n>(statement: &'n Node<'_>, names: [&str; 2]) -> impl Iterator<Item = &'n str> {
    let nodes = names.into_iter().filter_map(|name| statement.get(name));
    nodes.flat_map(items).filter_map(Node::as_str)
}

fn actions<'n>(statement: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    texts(statement, ["Action", "NotAction"])
}

fn resources<'n>(statement: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    texts(statement, ["Resource", "NotResource"])
}

/// Whether an action, a resource or a condition key is one of KMS. `*` alone is everybody's.
fn mentions_kms(statement: &Node<'_>) -> bool {
    let of_kms = |text: &str| {
        text.get(..4)
            .is_some_and(|t| t.eq_ignore_ascii_case("kms:"))
    };
    let operators = statement.get("Condition").and_then(Node::members);
    let mut keys = operators
        .into_iter()
        .flatten()
        .filter_map(|operator| operator.value.members())
        .flatten();
    actions(statement).any(|text| service_of_action(text).is_some_and(is_kms))
        || resources(statement).any(|text| service_of_resource(text).is_some_and(is_kms))
        || keys.any(|member| of_kms(&member.key))
}

fn is_kms(service: &str) -> bool {
    glob_ignore_case(service, "kms")
}

/// The service that an action pattern names; none where it names all.
fn service_of_action(pattern: &str) -> Option<&str> {
    let (service, _) = pattern.split_once(':')?;
    let service = service.trim();
    (!service.trim_matches('*').is_empty()).then_some(service)
}

/// The service in the ARN; none where it names all, or is no ARN.
fn service_of_resource(pattern: &str) -> Option<&str> {
    let mut parts = pattern.split(':');
    let service = (parts.next()? == "arn").then(|| parts.nth(1)).flatten()?;
    (!service.trim_matches('*').is_empty()).then_some(service)
}

/// The services other than KMS that are named: by actions, or else by resources.
fn services<'n>(statements: &'n [Node<'_>]) -> BTreeSet<&'n str> {
    let others = |service: &&str| !is_kms(service);
    let by_action = statements.iter().flat_map(actions);
    let by_action: BTreeSet<_> = by_action
        .filter_map(service_of_action)
        .filter(others)
        .collect();
    if !by_action.is_empty() {
        return by_action;
    }
    let by_resource = statements.iter().flat_map(resources);
    by_resource
        .filter_map(service_of_resource)
        .filter(others)
        .collect()
}

/// `key-default-1`, `key-consolepolicy-3` and the like are the `Id`s of AWS's own key policies.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn has_id_of_key(policy: &Node<'_>) -> bool {
    let id = policy.get("Id").and_then(Node::as_str);
    id.is_some_and(|id| id.starts_with("key-default-") || id.starts_with("key-consolepolicy-"))
}

fn denies_everyone(statement: &Node<'_>) -> bool {
    let everyone = |node: &Node<'_>| match node.members() {
        Some(members) => members.iter().all(|member| {
            let mut all = items(&member.value).iter();
            member.key == "AWS" && all.all(|item| item.as_str() == Some("*"))
        }),
        None => items(node).iter().all(|item| item.as_str() == Some("*")),
    };
    statement.get("Effect").and_then(Node::as_str) == Some("Deny")
        && statement.get("Principal").is_some_and(everyone)
}

/// What is said of a policy that names several services, or one without a better word.
const OTHER: &str = "it is the policy of another resource than a key";

/// What has policies that name this service.
fn of_service(service: &str) -> &'static str {
    match service.to_ascii_lowercase().as_str() {
        "backup" => "it is the policy of a backup vault",
        "dynamodb" => "it is the policy of a table",
        "ecr" | "ecr-public" => "it is the policy of a repository",
        "elasticfilesystem" => "it is the policy of a file system",
        "es" | "aoss" => "it is the policy of a search domain",
        "events" => "it is the policy of an event bus",
        "execute-api" => "it is the policy of an API",
        "lambda" => "it is the policy of a function",
        "s3" | "s3express" | "s3-object-lambda" | "s3-outposts" => "it is a bucket policy",
        "secretsmanager" => "it is the policy of a secret",
        "sns" => "it is the policy of a topic",
        "sqs" => "it is a queue policy",
        "sts" => "it is a trust policy, which is no key's",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::json;

    fn shape(statements: &str) -> Option<PolicyShape> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        policy_shape(&json::parse(&text).unwrap())
    }

    #[test]
    fn everyone_and_every_action_is_no_evidence_of_a_key() {
        for statement in [
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":["*:*"],"Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"arn:*"}"#,
            r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*"}"#,
        ] {
            assert_eq!(shape(statement), Some(PolicyShape::Open), "{statement}");
        }
    }

    #[test]
    fn whatever_names_kms_is_evidence_of_a_key() {
        for statement in [
            r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"arn:aws:s3:::b"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":[]}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":["s3:*","K?S:*"],"Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Resource":"arn:aws:kms:*:111122223333:key/*"}"#,
            r#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"NotAction":"kms:Decrypt"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*",
                "Condition":{"StringEquals":{"KMS:CallerAccount":"111122223333"}}}"#,
        ] {
            assert_eq!(shape(statement), Some(PolicyShape::Key), "{statement}");
        }
        let by_id =
            r#"{"Id":"key-default-1","Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}"#;
        let by_id = json::parse(by_id).unwrap();
        assert_eq!(policy_shape(&by_id), Some(PolicyShape::Key));
    }

    #[test]
    fn what_only_denies_to_everyone_is_a_control_policy() {
        for statement in [
            r#"{"Effect":"Deny","Principal":"*","Action":"kms:CreateKey","Resource":"*"}"#,
            r#"{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["kms:*","s3:*"],"Resource":"*"}"#,
            r#"{"Effect":"Deny","Principal":"*","Action":["s3:*","sts:*"],"Resource":"*"}"#,
        ] {
            let found = shape(statement);
            assert_eq!(found, Some(PolicyShape::ResourceControl), "{statement}");
        }
        let with_allow = r#"{"Effect":"Deny","Principal":"*","Action":"kms:DisableKey","Resource":"*"},
            {"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}"#;
        assert_eq!(shape(with_allow), Some(PolicyShape::Key));
    }

    #[test]
    fn policies_of_other_resources_are_told_by_name() {
        for (action, reason) in [
            ("s3:GetObject", "it is a bucket policy"),
            ("SQS:SendMessage", "it is a queue policy"),
            ("execute-api:Invoke", "it is the policy of an API"),
            ("sts:AssumeRole", "it is a trust policy, which is no key's"),
            ("newservice:Do", OTHER),
        ] {
            let statement = format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"{action}","Resource":"*"}}"#
            );
            let wanted = Some(PolicyShape::OtherResource(reason));
            assert_eq!(shape(&statement), wanted, "{action}");
        }
        let insecure =
            r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}"#;
        let bucket = Some(PolicyShape::OtherResource("it is a bucket policy"));
        assert_eq!(shape(insecure), bucket);
        let all =
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:s3:::b/*"}"#;
        assert_eq!(shape(all), bucket);
    }

    #[test]
    fn statements_under_a_wrong_name_are_told_from_other_members() {
        let of = |key: &str, value: &str| {
            let text = format!(r#"{{"Version":"2012-10-17","{key}":{value}}}"#);
            policy_shape(&json::parse(&text).unwrap())
        };
        let statements = r#"[{"effect":"Allow","Action":"kms:*"}]"#;
        for key in [
            "statement",
            "Statements",
            "STATEMENT",
            "Statment",
            "statemnts",
        ] {
            assert_eq!(of(key, statements), Some(PolicyShape::Misspelt), "{key}");
            assert_eq!(of(key, r#"["of account"]"#), None, "{key}");
        }
        assert_eq!(of("Rules", statements), None);
        assert_eq!(of("States", statements), None);
    }
}
