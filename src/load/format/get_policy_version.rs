//! The answer of `aws iam get-policy-version`: `{"PolicyVersion": {"Document": …}}`.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html>

use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::policy::read_policy;
use crate::policy::PolicyKind;
use crate::text::InputError;

use super::Answer;

/// Reads the document. The answer does not say which policy it is of, so it is attached to
/// nothing.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let Some(version) = document.root.get("PolicyVersion") else {
        return Answer::NotThis;
    };
    let mut contents = Contents::default();
    if let Some(node) = version.get("Document") {
        let policy = read_policy(document, node, PolicyKind::Identity, &mut contents);
        contents.policies.extend(policy);
    } else {
        let error = InputError::new(version.span, "the policy version has no `Document`")
            .label("this version")
            .help("write the whole answer of `aws iam get-policy-version` into the file");
        contents.errors.push(error);
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::contents;
    use crate::tree::Encoding;

    const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}"#;

    #[test]
    fn the_document_is_read_however_it_is_written() {
        let object: serde_json::Value = serde_json::from_str(POLICY).unwrap();
        let encoded = POLICY.replace('{', "%7B").replace('"', "%22");
        for (written, encoding) in [
            (json!(object), None),
            (json!(POLICY), Some(Encoding::String)),
            (json!(encoded), Some(Encoding::PercentEncoded)),
        ] {
            let answer = json!({"PolicyVersion": {"Document": written, "VersionId": "v2"}});
            let found = contents(&answer.to_string());
            assert!(found.errors.is_empty());
            assert_eq!(found.policies[0].encoding, encoding);
        }
        let found = contents(r#"{"PolicyVersion":{"VersionId":"v2"}}"#);
        assert_eq!((found.policies.len(), found.errors.len()), (0, 1));
    }
}
