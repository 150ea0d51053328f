//! A request of `aws kms create-grant`: `{"KeyId": …, "GranteePrincipal": …, "Operations": […]}`.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html>
//!
//! No grant can hold a deletion action, and one that was not made shows no use of the key: the request
//! is understood and changes nothing.

use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::fields::Fields;
use crate::tree::Node;

use super::Answer;

/// Takes note of the request.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    let has = |name: &str| root.get(name).is_some();
    if !has("KeyId") || !has("GranteePrincipal") || has("GrantId") {
        return Answer::NotThis;
    }
    let mut contents = Contents::default();
    let mut fields = Fields::new(document, root);
    let _ = (fields.text("KeyId"), fields.text("GranteePrincipal"));
    let operations = fields.node("Operations").and_then(Node::items);
    if operations.is_none_or(<[_]>::is_empty) {
        let error = crate::text::InputError::new(root.span, "the grant has no `Operations`")
            .label("this request")
            .help(
                "name at least one operation, for example `Decrypt`: KMS refuses a grant without",
            );
        fields.errors.push(error);
    }
    contents.errors.append(&mut fields.errors);
    contents.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    #[test]
    fn request_for_a_grant_is_understood_and_changes_nothing() {
        let found = contents(
            r#"{"KeyId":"k","GranteePrincipal":"arn:aws:iam::111122223333:role/r","Operations":["Decrypt"]}"#,
        );
        assert!(found.errors.is_empty() && found.keys.is_empty() && found.additions.is_empty());
        let without = contents(r#"{"KeyId":"k","GranteePrincipal":"x"}"#);
        assert_eq!(without.errors[0].message, "the grant has no `Operations`");
        let answered = r#"{"KeyId":"k","GranteePrincipal":"x","GrantId":"g"}"#;
        assert!(matches!(answer(answered), Answer::NotThis));
    }
}
