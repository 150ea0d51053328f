//! The answer of `aws kms get-key-policy`: `{"Policy": "…", "PolicyName": "default"}`, or what
//! `--query Policy` leaves of it: one string.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>

use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::policy::read_policy;
use crate::load::policy_shape::{PolicyShape, policy_shape};
use crate::policy::{MAX_POLICY, PolicyKind};
use crate::tree::{Content, Embedded, Node};

use super::Answer;
use super::key_policy::key_of;

/// The members of the answer; `ResponseMetadata` is what boto3 adds.
const MEMBERS: [&str; 3] = ["Policy", "PolicyName", "ResponseMetadata"];

/// Reads the policy out of the answer. Older versions of the CLI do not write `PolicyName`, and
/// then the answer looks like that of other services, so the policy itself must tell.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let (node, says_kms) = match &root.value {
        Content::String(_) => (root, false),
        Content::Object(members) if members.iter().all(|m| MEMBERS.contains(&&*m.key)) => {
            let Some(node) = root.get("Policy") else {
                return Answer::NotThis;
            };
            (node, root.get("PolicyName").is_some())
        }
        _ => return Answer::NotThis,
    };
    let is_answer = node.span != root.span;
    match &node.value {
        Content::String(_) if !says_kms => match shape_inside(document, node, is_answer) {
            Inside::Policy(Some(PolicyShape::OtherResource(reason))) => {
                return Answer::PassOver(reason);
            }
            Inside::Policy(Some(PolicyShape::Open)) => return Answer::OpenPolicy,
            Inside::Policy(None) | Inside::Text => return Answer::NotThis,
            Inside::Policy(_) | Inside::Broken => {}
        },
        // `{"Policy": {"PolicySummary": …}}` and its like are answers of other services.
        Content::Object(_) if !says_kms => match policy_shape(node) {
            Some(PolicyShape::OtherResource(reason)) => return Answer::PassOver(reason),
            Some(PolicyShape::Open) => return Answer::OpenPolicy,
            None => return Answer::NotThis,
            Some(_) => {}
        },
        _ => {}
    }
    let mut contents = Contents::default();
    let policy = read_policy(document, node, PolicyKind::Key, &mut contents);
    contents.keys.extend(policy.map(|p| key_of(document, p)));
    contents.into()
}

/// What a string holds.
enum Inside {
    /// JSON, perhaps a policy.
    Policy(Option<PolicyShape>),
    /// What begins like JSON and is none, or nothing where a policy should be.
    Broken,
    /// Any other text.
    Text,
}

fn shape_inside(document: &Document<'_>, node: &Node<'_>, is_answer: bool) -> Inside {
    if node.span.len() > MAX_POLICY {
        // Too long to be taken apart; whether it may be a policy shows in its first character.
        let text = node.span.of(document.text).trim_start_matches(['"', ' ']);
        let may_be_policy = node.as_str().is_some() && text.starts_with(['{', '%', '\\']);
        return if may_be_policy {
            Inside::Broken
        } else {
            Inside::Text
        };
    }
    let Some(embedded) = Embedded::from_string(document.text, node.span) else {
        return Inside::Text;
    };
    let text = embedded.text.trim_start();
    match embedded.parse() {
        Ok(inner) => Inside::Policy(policy_shape(&inner)),
        Err(_) if text.starts_with('{') || (text.is_empty() && is_answer) => Inside::Broken,
        Err(_) => Inside::Text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{answer, contents};
    use super::*;
    use crate::tree::Encoding;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

    #[test]
    fn the_policy_is_found_however_it_is_written() {
        let encoded = POLICY.replace('{', "%7B").replace('"', "%22");
        let object: serde_json::Value = serde_json::from_str(POLICY).unwrap();
        for (document, encoding) in [
            (
                json!({"Policy": POLICY, "PolicyName": "default"}),
                Some(Encoding::String),
            ),
            (json!({"Policy": POLICY}), Some(Encoding::String)),
            (json!({"Policy": encoded}), Some(Encoding::PercentEncoded)),
            (json!({"Policy": object, "ResponseMetadata": {}}), None),
            (json!(POLICY), Some(Encoding::String)),
        ] {
            let found = contents(&document.to_string());
            assert!(found.errors.is_empty(), "{:?}", found.errors);
            let policy = found.keys[0].policy.as_ref().unwrap();
            assert_eq!(policy.encoding, encoding, "{document}");
        }
    }

    #[test]
    fn answers_of_other_services_are_not_taken() {
        let bucket = POLICY
            .replace("kms:*", "s3:*")
            .replace(r#""*"}"#, r#""arn:aws:s3:::b"}"#);
        assert!(matches!(
            answer(&json!({"Policy": bucket}).to_string()),
            Answer::PassOver(_)
        ));
        for document in [
            json!({"Policy": {"PolicySummary": {}, "Content": "{}"}}),
            json!({"Policy": "strict"}),
            json!("any text"),
            json!({}),
        ] {
            let found = answer(&document.to_string());
            assert!(matches!(found, Answer::NotThis), "{document}: {found:?}");
        }
    }

    #[test]
    fn what_is_broken_is_an_error_at_its_place() {
        for (text, place) in [
            (r#"{"Policy":5}"#, "5"),
            (r#"{"Policy":null,"PolicyName":"default"}"#, "null"),
            (r#"{"Policy":"x","PolicyName":"default"}"#, "x"),
            (r#"{"Policy":"{\"Statement\":[,]}"}"#, ","),
            (
                r#"{"Policy":"{\"Statement\":[{\"Effect\":\"allow\",\"Principal\":\"*\"}]}","PolicyName":"default"}"#,
                r#"\"allow\""#,
            ),
            (r#"{"Policy":""}"#, ""),
        ] {
            let found = contents(text);
            assert!(found.keys.is_empty());
            assert_eq!(found.errors[0].span.of(text), place, "{text}");
        }
    }
}
