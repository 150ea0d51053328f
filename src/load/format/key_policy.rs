//! A key policy that stands in a file as itself.

use crate::inventory::{Key, LoadedPolicy};
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::policy::read_policy;
use crate::load::policy_shape::{PolicyShape, misspelt, policy_shape};
use crate::policy::PolicyKind;
use crate::text::InputError;
use crate::tree::Node;

use super::Answer;

/// Reads a resource-based policy that is a key's. One of another service is passed over.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let mut contents = Contents::default();
    match policy_shape(&document.root) {
        Some(PolicyShape::Key) => {}
        Some(PolicyShape::Open) => return Answer::OpenPolicy,
        Some(PolicyShape::OtherResource(reason)) => return Answer::PassOver(reason),
        Some(PolicyShape::Misspelt) => {
            contents.errors.extend(no_element(&document.root));
            return contents.into();
        }
        Some(PolicyShape::WithoutPrincipal | PolicyShape::ResourceControl) | None => {
            return Answer::NotThis;
        }
    }
    let policy = read_policy(document, &document.root, PolicyKind::Key, &mut contents);
    // Room for no more than one: there may be ten thousand such files.
    contents.keys = policy
        .map(|p| vec![key_of(document, p)])
        .unwrap_or_default();
    contents.into()
}

/// That a policy's statements stand under a name that AWS does not know: it would refuse the policy.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
fn no_element(policy: &Node<'_>) -> Option<InputError> {
    let member = misspelt(policy)?;
    let message = format!("`{}` is no element of a policy", member.key);
    let error = InputError::new(member.key_span, message).label("AWS refuses this");
    Some(error.help("did you mean `Statement`? The names of elements are case-sensitive"))
}

/// A key of which only its policy is known.
pub(in crate::load) fn key_of(document: &Document<'_>, policy: LoadedPolicy) -> Key {
    let at = document.at(policy.document.span);
    Key {
        policy: Some(policy),
        ..document.key(at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, contents};
    use super::*;

    fn policy(statement: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
    }

    #[test]
    fn a_statement_about_kms_with_a_principal_makes_a_key_policy() {
        for statement in [
            r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["s3:*","K?S:Describe*"]}"#,
            r#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"NotAction":"kms:Get*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*","Resource":"arn:aws:kms:*:111122223333:key/*"}"#,
        ] {
            let found = contents(&policy(statement));
            assert_eq!(
                (found.keys.len(), found.errors.len()),
                (1, 0),
                "{statement}"
            );
        }
    }

    #[test]
    fn policies_of_other_resources_are_passed_over() {
        for statement in [
            r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#,
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":["arn:aws:s3:::b/*"]}"#,
        ] {
            let found = answer(&policy(statement));
            assert!(
                matches!(found, Answer::PassOver(_)),
                "{statement}: {found:?}"
            );
        }
    }

    #[test]
    fn a_policy_that_could_be_anything_s_is_left_open() {
        for statement in [
            r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            r#"{"Effect":"Allow","Principal":"*"}"#,
        ] {
            let found = answer(&policy(statement));
            assert!(
                matches!(found, Answer::OpenPolicy),
                "{statement}: {found:?}"
            );
        }
    }

    #[test]
    fn statements_under_a_wrong_name_are_an_error_at_that_name() {
        let text = r#"{"Version":"2012-10-17","statement":[{"Effect":"Allow"}]}"#;
        let found = contents(text);
        assert_eq!(found.errors[0].span.of(text), r#""statement""#);
        assert!(
            found.errors[0]
                .help
                .as_ref()
                .unwrap()
                .contains("`Statement`")
        );
    }

    #[test]
    fn a_statement_without_a_principal_among_others_is_an_error() {
        let found = contents(&policy(
            r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"},
               {"Effect":"Allow","Action":"kms:*","Resource":"*"}"#,
        ));
        assert!(found.keys.is_empty());
        assert_eq!(found.errors[0].message, "the statement has no `Principal`");
    }

    #[test]
    fn an_unknown_element_is_an_error_where_a_statement_has_an_effect() {
        let found = contents(
            r#"{"Comment":"x","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#,
        );
        assert_eq!(
            found.errors[0].message,
            "unknown element `Comment` in a policy"
        );
    }

    #[test]
    fn a_policy_that_is_too_long_is_loaded_and_measured() {
        let sid = "x".repeat(33_000);
        let found = contents(&policy(&format!(
            r#"{{"Sid":"{sid}","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#
        )));
        assert_eq!((found.keys.len(), found.errors.len()), (1, 0));
        let size = found.keys[0].policy.as_ref().unwrap().size.unwrap();
        assert!(size.length > 33_000);
        assert_eq!((size.limit, size.unit), (32_768, "bytes"));
    }
}
