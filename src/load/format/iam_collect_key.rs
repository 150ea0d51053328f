//! What iam-collect writes as `metadata.json` beside a key's `policy.json`: `{"arn": …, "id": …}`.
//!
//! Its folder of a key is `aws/PARTITION/accounts/ACCOUNT/kms/REGION/key/ID/`; the policy there is a
//! bare one. <https://github.com/cloud-copilot/iam-collect>

use std::sync::Arc;

use crate::aws::KeyArn;
use crate::inventory::{Key, KeyMetadata};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::load::folder::Owner;

use super::Answer;

/// Reads which key the files beside are about. Other resources have the same members and other
/// ARNs.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let names = |name: &str| matches!(name, "arn" | "id");
    let members = document.root.members().unwrap_or_default();
    if members.len() != 2 || !members.iter().all(|member| names(&member.key)) {
        return Answer::NotThis;
    }
    let mut fields = Fields::new(document, &document.root);
    let (Some(arn), key_id) = (fields.text("arn"), fields.text("id")) else {
        return Answer::NotThis;
    };
    let Ok(key) = KeyArn::parse(&arn.value) else {
        return Answer::NotThis;
    };
    Answer::from(Contents {
        owner: Some(Box::new(Owner::Key(key.clone()))),
        keys: vec![Key {
            account: Some(key.account()),
            arn: Some(key),
            metadata: Arc::new(KeyMetadata {
                key_id,
                ..KeyMetadata::default()
            }),
            ..document.key(arn.at)
        }],
        errors: fields.errors,
        ..Contents::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn a_key_is_told_by_its_arn() {
        let text = format!(r#"{{"arn":"{ARN}","id":"1234abcd-12ab-34cd-56ef-1234567890ab"}}"#);
        let found = contents(&text);
        assert_eq!(found.keys[0].arn.as_ref().unwrap().as_str(), ARN);
        for other in [
            r#"{"arn":"arn:aws:sqs:us-east-1:111122223333:jobs","id":"jobs"}"#,
            r#"{"arn":"x"}"#,
            r#"{"arn":5,"id":"x"}"#,
        ] {
            assert!(matches!(answer(other), Answer::NotThis), "{other}");
        }
    }
}
