//! Requests that give a key its policy: of `aws kms put-key-policy`, `create-key` and `replicate-key`; and
//! answers of `get-key-policy` into which somebody wrote more.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html>

use std::sync::Arc;

use crate::aws::KeyArn;
use crate::aws::key::{MultiRegionKeyType, Reported};
use crate::inventory::{Key, KeyMetadata, Located, Provenance};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::policy::{read_policy, shape_at};
use crate::load::policy_shape::PolicyShape;
use crate::policy::PolicyKind;
use crate::tree::Node;

use super::Answer;

/// Members that only requests about keys have beside a `Policy`.
const OF_KMS: [&str; 9] = [
    "BypassPolicyLockoutSafetyCheck",
    "CustomKeyStoreId",
    "CustomerMasterKeySpec",
    "KeyId",
    "KeySpec",
    "KeyUsage",
    "MultiRegion",
    "ReplicaRegion",
    "XksKeyId",
];

/// Members of a request that makes a key.
const OF_CREATION: [&str; 9] = [
    "CustomKeyStoreId",
    "CustomerMasterKeySpec",
    "Description",
    "KeySpec",
    "KeyUsage",
    "MultiRegion",
    "Origin",
    "Tags",
    "XksKeyId",
];

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Put,
    Create,
    Replicate,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::Put => "PutKeyPolicy",
            Self::Create => "CreateKey",
            Self::Replicate => "ReplicateKey",
        }
    }
}

/// Reads the policy and what the request says of its key. Without a policy KMS attaches its default one,
/// and there is nothing to check.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let Some(node) = root
        .get("Policy")
        .filter(|_| root.get("KeyMetadata").is_none())
    else {
        return Answer::NotThis;
    };
    let is_default = root.get("PolicyName").and_then(Node::as_str) == Some("default");
    let says_kms = is_default || has_any(root, &OF_KMS);
    match shape_at(document, node) {
        _ if says_kms => {}
        Some(PolicyShape::Key) => {}
        Some(PolicyShape::OtherResource(reason)) => return Answer::PassOver(reason),
        _ => return Answer::NotThis,
    }
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, root);
    let operation = if root.get("ReplicaRegion").is_some() {
        Operation::Replicate
    } else if root.get("KeyId").is_none() && has_any(root, &OF_CREATION) {
        Operation::Create
    } else {
        Operation::Put
    };
    let mut key = key(document, operation, &mut fields);
    contents.errors.append(&mut fields.errors);
    key.policy = read_policy(document, node, PolicyKind::Key, &mut contents);
    if operation == Operation::Put {
        contents.keys.push(key);
    } else {
        contents.new_keys.push(key);
    }
    contents.into()
}

fn has_any(root: &Node<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| root.get(name).is_some())
}

/// The key that the request is about. An alias does not say which that is.
fn key(document: &Document<'_>, operation: Operation, fields: &mut Fields<'_, '_>) -> Key {
    let id = fields.text("KeyId").filter(|id| !id.value.is_empty());
    let region = fields.text("ReplicaRegion");
    let arn = id.as_ref().and_then(|id| KeyArn::parse(&id.value).ok());
    let arn = match operation {
        Operation::Put => arn,
        Operation::Replicate => arn
            .zip(region)
            .and_then(|(arn, region)| in_region(&arn, &region.value)),
        Operation::Create => None,
    };
    let is_alias = |id: &str| id.starts_with("alias/") || id.contains(":alias/");
    let own_id = id.as_ref().filter(|id| {
        operation == Operation::Put && !is_alias(&id.value) && KeyArn::parse(&id.value).is_err()
    });
    let key_id = own_id.cloned().or_else(|| {
        let at = id.as_ref()?.at;
        let value = arn.as_ref()?.key_id().to_owned();
        Some(Located { value, at })
    });
    let bypass = fields.boolean("BypassPolicyLockoutSafetyCheck");
    let spec = fields.reported("KeySpec");
    let metadata = KeyMetadata {
        key_id,
        spec: spec.or_else(|| fields.reported("CustomerMasterKeySpec")),
        usage: fields.reported("KeyUsage"),
        origin: fields.reported("Origin"),
        multi_region: fields.boolean("MultiRegion"),
        multi_region_type: (operation == Operation::Replicate).then(|| Located {
            value: Reported::Known(MultiRegionKeyType::Replica),
            at: document.at(document.root.span),
        }),
        tags: fields.node("Tags").and_then(|node| {
            Some(Located {
                value: fields.tags("Tags", ("TagKey", "TagValue"))?,
                at: document.at(node.span),
            })
        }),
        lockout_check_bypassed: bypass.filter(|bypass| bypass.value).map(|bypass| Located {
            value: operation.name(),
            at: bypass.at,
        }),
        ..KeyMetadata::default()
    };
    let at = id.map_or_else(|| document.at(document.root.span), |id| id.at);
    Key {
        account: arn.as_ref().map(KeyArn::account),
        arn,
        provenance: match operation {
            Operation::Put => Provenance::Observed,
            Operation::Create | Operation::Replicate => Provenance::Declared,
        },
        metadata: Arc::new(metadata),
        ..document.key(at)
    }
}

/// The ARN of the same multi-Region key in another Region.
fn in_region(arn: &KeyArn, region: &str) -> Option<KeyArn> {
    let (partition, account, id) = (arn.partition(), arn.account(), arn.key_id());
    KeyArn::parse(&format!("arn:{partition}:kms:{region}:{account}:key/{id}")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{answer, contents};
    use super::*;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}"#;
    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

    #[test]
    fn request_for_a_policy_names_its_key() {
        for (id, arn) in [
            ("1234abcd-12ab-34cd-56ef-1234567890ab", None),
            (ARN, Some(ARN)),
        ] {
            let text = json!({"KeyId": id, "PolicyName": "default", "Policy": POLICY,
                "BypassPolicyLockoutSafetyCheck": true})
            .to_string();
            let found = contents(&text);
            assert!(found.errors.is_empty(), "{:?}", found.errors);
            let key = &found.keys[0];
            assert_eq!(key.arn.as_ref().map(KeyArn::as_str), arn);
            let key_id = &key.metadata.key_id.as_ref().unwrap().value;
            assert!(id.ends_with(&**key_id) && key.policy.is_some());
            let bypass = key.metadata.lockout_check_bypassed.as_ref().unwrap();
            assert_eq!(
                (bypass.value, bypass.at.span.of(&text)),
                ("PutKeyPolicy", "true")
            );
        }
        let alias = json!({"KeyId": "alias/a", "Policy": POLICY}).to_string();
        assert!(contents(&alias).keys[0].metadata.key_id.is_none());
    }

    #[test]
    fn requests_make_keys_of_their_own() {
        let create = json!({"Policy": POLICY, "Description": "x", "KeySpec": "RSA_2048",
            "KeyUsage": "SIGN_VERIFY", "Tags": [{"TagKey": "a", "TagValue": "b"}]});
        let found = contents(&create.to_string());
        let key = &found.new_keys[0];
        assert_eq!(
            key.metadata.spec.as_ref().unwrap().value.as_str(),
            "RSA_2048"
        );
        assert!(found.keys.is_empty() && key.metadata.tags.is_some());
        let replicate = json!({"KeyId": ARN, "ReplicaRegion": "eu-west-1", "Policy": POLICY});
        let found = contents(&replicate.to_string());
        let arn = found.new_keys[0].arn.as_ref().unwrap();
        assert_eq!(
            (arn.region(), arn.is_multi_region_id()),
            ("eu-west-1", true)
        );
        let by_id = json!({"KeyId": "mrk-1", "ReplicaRegion": "eu-west-1", "Policy": POLICY});
        let found = contents(&by_id.to_string());
        assert!(found.new_keys[0].metadata.key_id.is_none());
    }

    #[test]
    fn other_members_do_not_hide_a_key_policy() {
        let extra = json!({"Policy": POLICY, "PolicyName": "default", "KeyId": "k", "x": 1});
        assert_eq!(contents(&extra.to_string()).keys.len(), 1);
        let revision = json!({"Policy": POLICY, "RevisionId": "a"});
        assert_eq!(contents(&revision.to_string()).keys.len(), 1);
        let lambda = POLICY.replace("kms:*", "lambda:InvokeFunction");
        let lambda = json!({"Policy": lambda, "RevisionId": "a"}).to_string();
        assert!(matches!(answer(&lambda), Answer::PassOver(_)));
    }
}
