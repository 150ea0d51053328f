//! The answer of `aws kms describe-key` or `create-key`: `{"KeyMetadata": {…}}`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>

use std::sync::Arc;

use crate::aws::key::{MultiRegionKeyType, Reported};
use crate::aws::{AccountId, KeyArn};
use crate::inventory::{Key, KeyMetadata, Located, RelatedKeys};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::text::InputError;
use crate::tree::Node;

use super::Answer;

/// Reads the metadata of one key.
pub(in crate::load) fn read(document: &Document<'_>) -> Answer {
    let Some(node) = document.root.get("KeyMetadata") else {
        return Answer::NotThis;
    };
    let mut contents = Contents::default();
    if node.members().is_some() {
        let key = key(document, node, "KeyId", &mut contents.errors);
        contents.keys.extend(key);
        // Some write the answer of `get-key-policy` into the same object.
        if let Some(policy) = document.root.get("Policy") {
            let policy = read_policy(document, policy, PolicyKind::Key, &mut contents);
            if let Some(key) = contents.keys.first_mut() {
                key.policy = policy;
            }
        }
    } else {
        contents.errors.push(not_an_object("KeyMetadata", node));
    }
    contents.into()
}

/// Reads a key's metadata, in which the key's id stands under the name `id`.
pub(super) fn key(
    document: &Document<'_>,
    node: &Node<'_>,
    id: &str,
    errors: &mut Vec<InputError>,
) -> Option<Key> {
    let mut fields = Fields::new(document, node);
    let arn = arn(&mut fields);
    let account = fields.text("AWSAccountId");
    let metadata = metadata(document, id, &mut fields);
    if arn.is_none() && metadata.key_id.is_none() && fields.errors.is_empty() {
        fields.errors.push(
            InputError::new(node.span, "the key metadata has neither `KeyId` nor `Arn`")
                .label("which key is this?")
                .help("write the whole answer of `aws kms describe-key` into the file"),
        );
    }
    let complete = fields.errors.is_empty();
    errors.append(&mut fields.errors);
    let at = match (&arn, &metadata.key_id) {
        (Some(arn), _) => arn.at,
        (None, Some(key_id)) => key_id.at,
        (None, None) => document.at(node.span),
    };
    complete.then(|| Key {
        account: account.and_then(|text| AccountId::parse(&text.value)),
        arn: arn.map(|arn| arn.value),
        metadata: Arc::new(metadata),
        ..document.key(at)
    })
}

/// `Arn` may be empty: KMS answers so for a primary key whose replicas are gone.
fn arn(fields: &mut Fields<'_, '_>) -> Option<Located<KeyArn>> {
    let text = fields.text("Arn").filter(|arn| !arn.value.is_empty())?;
    match KeyArn::parse(&text.value) {
        Ok(value) => Some(Located { value, at: text.at }),
        Err(error) => {
            fields.errors.push(
                InputError::new(text.at.span, error.to_string())
                    .label("this ARN")
                    .help(error.help()),
            );
            None
        }
    }
}

fn metadata(document: &Document<'_>, id: &str, fields: &mut Fields<'_, '_>) -> KeyMetadata {
    let spec = fields.reported("KeySpec");
    // Answers from before 2021 have only the older name.
    let older_spec = fields.reported("CustomerMasterKeySpec");
    let (multi_region_type, related) = fields
        .node("MultiRegionConfiguration")
        .map(|node| multi_region(document, node, &mut fields.errors))
        .unwrap_or_default();
    KeyMetadata {
        key_id: fields.text(id).filter(|id| !id.value.is_empty()),
        spec: spec.or(older_spec),
        usage: fields.reported("KeyUsage"),
        state: fields.reported("KeyState"),
        origin: fields.reported("Origin"),
        manager: fields.reported("KeyManager"),
        multi_region: fields.boolean("MultiRegion"),
        multi_region_type,
        related,
        created: fields.moment("CreationDate"),
        deletion_date: fields.moment("DeletionDate"),
        expiration: fields.reported("ExpirationModel"),
        valid_to: fields.moment("ValidTo"),
        pending_window: fields.days("PendingDeletionWindowInDays"),
        ..KeyMetadata::default()
    }
}

type MultiRegion = (
    Option<Located<Reported<MultiRegionKeyType>>>,
    Option<Located<RelatedKeys>>,
);

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_MultiRegionConfiguration.html>
fn multi_region(
    document: &Document<'_>,
    node: &Node<'_>,
    errors: &mut Vec<InputError>,
) -> MultiRegion {
    if node.members().is_none() {
        errors.push(not_an_object("MultiRegionConfiguration", node));
    }
    let mut fields = Fields::new(document, node);
    let kind = fields.reported("MultiRegionKeyType");
    let mut related = RelatedKeys::default();
    if let Some(primary) = fields.node("PrimaryKey") {
        related.primary = key_of(document, primary, &mut fields.errors);
    }
    for replica in fields.list("ReplicaKeys") {
        let replica = key_of(document, replica, &mut fields.errors);
        related.replicas.extend(replica);
    }
    // Without the list nothing is known of replicas; an empty one says that there are none.
    let related = fields.node("ReplicaKeys").map(|list| Located {
        value: related,
        at: document.at(list.span),
    });
    errors.append(&mut fields.errors);
    (kind, related)
}

/// The key of `{"Arn": …, "Region": …}`.
fn key_of(
    document: &Document<'_>,
    node: &Node<'_>,
    errors: &mut Vec<InputError>,
) -> Option<KeyArn> {
    if node.members().is_none() {
        errors.push(not_an_object("MultiRegionKey", node));
    }
    let mut fields = Fields::new(document, node);
    let arn = arn(&mut fields).map(|arn| arn.value);
    errors.append(&mut fields.errors);
    arn
}

fn not_an_object(name: &str, node: &Node<'_>) -> InputError {
    InputError::new(node.span, format!("`{name}` must be an object"))
        .label(format!("this is {}", node.kind()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;

    #[test]
    fn date_that_placebo_recorded_is_a_date() {
        let text = r#"{"KeyMetadata":{"KeyId":"a","CreationDate":{"__class__":"datetime","year":2016,
            "month":6,"day":27,"hour":7,"minute":15,"second":48,"microsecond":139000},
            "DeletionDate":{"__class__":"datetime","year":2016,"month":7,"day":1}}}"#;
        let metadata = contents(text).keys.remove(0).metadata;
        let created = metadata.created.as_ref().unwrap();
        assert_eq!(created.value, "2016-06-27T07:15:48.139Z");
        let deleted = metadata.deletion_date.as_ref().unwrap();
        assert_eq!(deleted.value, "2016-07-01T00:00:00Z");
        let other = contents(r#"{"KeyMetadata":{"KeyId":"a","CreationDate":{"year":2016}}}"#);
        assert_eq!(other.errors[0].message, "`CreationDate` must be a date");
    }

    #[test]
    fn metadata_is_read_with_its_places() {
        let text = r#"{"KeyMetadata":{"AWSAccountId":"111122223333","KeyId":"mrk-1","Arn":"arn:aws:kms:eu-west-1:111122223333:key/mrk-1",
            "KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY","KeyState":"PendingDeletion","Origin":"AWS_KMS","KeyManager":"CUSTOMER",
            "MultiRegion":true,"MultiRegionConfiguration":{"MultiRegionKeyType":"PRIMARY"},"DeletionDate":1604904000.5,
            "PendingDeletionWindowInDays":7,"NewField":{"a":[1]},"XksKeyConfiguration":null}}"#;
        let found = contents(text);
        assert!(found.errors.is_empty());
        let key = &found.keys[0];
        let metadata = &key.metadata;
        assert_eq!(
            key.at.span.of(text),
            r#""arn:aws:kms:eu-west-1:111122223333:key/mrk-1""#
        );
        assert_eq!(metadata.spec.as_ref().unwrap().value.as_str(), "RSA_2048");
        assert_eq!(
            metadata.spec.as_ref().unwrap().at.span.of(text),
            r#""RSA_2048""#
        );
        assert_eq!(
            metadata.multi_region_type.as_ref().unwrap().value.as_str(),
            "PRIMARY"
        );
        assert_eq!(
            metadata.deletion_date.as_ref().unwrap().value,
            "2020-11-09T06:40:00.5Z"
        );
        assert_eq!(metadata.pending_window.as_ref().unwrap().value, 7);
    }

    #[test]
    fn an_older_answer_with_an_empty_arn_is_read() {
        let found = contents(
            r#"{"KeyMetadata":{"AWSAccountId":"111122223333","KeyId":"a","Arn":"","CustomerMasterKeySpec":"NEW_SPEC"}}"#,
        );
        let key = &found.keys[0];
        assert_eq!(key.arn, None);
        assert_eq!(key.account.unwrap().as_str(), "111122223333");
        assert_eq!(
            key.metadata.spec.as_ref().unwrap().value.as_str(),
            "NEW_SPEC"
        );
    }

    #[test]
    fn related_keys_are_read_and_none_is_not_unknown() {
        let key = |region: &str| format!("arn:aws:kms:{region}:111122223333:key/mrk-1");
        let text = |configuration: &str| {
            format!(
                r#"{{"KeyMetadata":{{"KeyId":"mrk-1","Arn":"","MultiRegionConfiguration":{configuration}}}}}"#
            )
        };
        let found = contents(&text(&format!(
            r#"{{"PrimaryKey":{{"Arn":"{}","Region":"us-east-1"}},"ReplicaKeys":[{{"Arn":"{}"}}]}}"#,
            key("us-east-1"),
            key("us-west-2"),
        )));
        let related = &found.keys[0].metadata.related.as_ref().unwrap().value;
        assert_eq!(related.primary.as_ref().unwrap().region(), "us-east-1");
        assert_eq!(related.replicas[0].as_str(), key("us-west-2"));
        let none = contents(&text(r#"{"ReplicaKeys":[]}"#));
        let related = none.keys[0].metadata.related.as_ref().unwrap();
        assert!(related.value.replicas.is_empty());
        let unknown = contents(&text(r#"{"MultiRegionKeyType":"PRIMARY"}"#));
        assert!(unknown.keys[0].metadata.related.is_none());
        let wrong = contents(&text(r#"{"ReplicaKeys":[{"Arn":"x"}]}"#));
        assert_eq!(wrong.errors.len(), 1);
    }

    #[test]
    fn wrong_types_are_errors_at_their_place() {
        for (text, place) in [
            (r#"{"KeyMetadata":5}"#, "5"),
            (r#"{"KeyMetadata":{"KeyId":7}}"#, "7"),
            (
                r#"{"KeyMetadata":{"KeyId":"a","MultiRegion":"true"}}"#,
                r#""true""#,
            ),
            (
                r#"{"KeyMetadata":{"KeyId":"a","PendingDeletionWindowInDays":7.5}}"#,
                "7.5",
            ),
            (
                r#"{"KeyMetadata":{"KeyId":"a","MultiRegionConfiguration":[]}}"#,
                "[]",
            ),
            (
                r#"{"KeyMetadata":{"KeyId":"a","Arn":"arn:aws:s3:::b"}}"#,
                r#""arn:aws:s3:::b""#,
            ),
            (
                r#"{"KeyMetadata":{"KeySpec":"RSA_2048"}}"#,
                r#"{"KeySpec":"RSA_2048"}"#,
            ),
        ] {
            let found = contents(text);
            assert_eq!(found.errors[0].span.of(text), place, "{text}");
            assert!(found.keys.is_empty());
        }
    }
}
