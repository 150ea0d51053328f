//! A key as Thales CipherTrust Cloud Key Manager records it: `{"id": …, "aws_param": {…}}`, or a
//! list of such records under `resources`.
//! Shape: CipherTrust API documentation, "Scheduling Key Deletion", example response.

use std::sync::Arc;

use crate::inventory::{Key, Located};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::tree::Node;

use super::{Answer, describe_key};

/// Reads the part that AWS said. The record's own `id` is CipherTrust's and not the key's.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let list = root.get("resources").and_then(Node::items);
    let records = list.unwrap_or(std::slice::from_ref(root));
    let of_aws = |record: &Node<'_>| {
        let aws = record.get("aws_param");
        aws.is_some_and(|aws| aws.members().is_some())
    };
    if records.is_empty() || !records.iter().all(of_aws) {
        return Answer::NotThis;
    }
    let mut contents = Contents::default();
    for node in records.iter().filter_map(|record| record.get("aws_param")) {
        let key = key(document, node, &mut contents);
        contents.keys.extend(key);
    }
    contents.into()
}

fn key(document: &Document<'_>, node: &Node<'_>, contents: &mut Contents) -> Option<Key> {
    let mut key = describe_key::key(document, node, "KeyID", &mut contents.errors)?;
    let metadata = Arc::make_mut(&mut key.metadata);
    let mut fields = Fields::new(document, node);
    let at = |name: &str| document.at(fields_span(node, name));
    if let Some(value) = fields.tags("Tags", ("TagKey", "TagValue")) {
        metadata.tags = Some(Located {
            value,
            at: at("Tags"),
        });
    }
    if let Some(items) = node.get("Alias").and_then(Node::items) {
        let value = items.iter().filter_map(Node::as_str);
        metadata.aliases = Some(Located {
            value: value.map(with_prefix).collect(),
            at: at("Alias"),
        });
    }
    contents.errors.append(&mut fields.errors);
    if let Some(policy) = fields.node("Policy") {
        key.policy = read_policy(document, policy, PolicyKind::Key, contents);
    }
    Some(key)
}

fn fields_span(node: &Node<'_>, name: &str) -> crate::text::Span {
    node.get(name).map_or(node.span, |field| field.span)
}

/// An alias begins with `alias/`; whether the record leaves that out is not documented.
fn with_prefix(alias: &str) -> String {
    if alias.starts_with("alias/") {
        alias.to_owned()
    } else {
        format!("alias/{alias}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::contents;

    #[test]
    fn the_record_of_a_key_is_read() {
        let record = json!({"id": "5d8a7b9c", "cloud_name": "aws", "gone": false, "aws_param": {
            "AWSAccountId": "111122223333",
            "Arn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "KeyID": "1234abcd-12ab-34cd-56ef-1234567890ab",
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeyState": "PendingDeletion",
            "DeletionDate": "2020-11-12T06:48:43.123456789Z",
            "Alias": ["alias/a", "b"], "Tags": [{"TagKey": "t", "TagValue": "v"}],
            "Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}]}}});
        for text in [
            record.to_string(),
            json!({"skip": 0, "resources": [record]}).to_string(),
        ] {
            let found = contents(&text);
            assert!(found.errors.is_empty(), "{:?}", found.errors);
            let key = &found.keys[0];
            let metadata = &key.metadata;
            assert!(key.policy.is_some() && key.arn.is_some());
            assert_eq!(
                metadata.key_id.as_ref().unwrap().value,
                "1234abcd-12ab-34cd-56ef-1234567890ab"
            );
            assert_eq!(
                metadata.aliases.as_ref().unwrap().value,
                ["alias/a", "alias/b"]
            );
            assert_eq!(
                metadata.tags.as_ref().unwrap().value,
                [("t".to_owned(), "v".to_owned())]
            );
        }
    }
}
