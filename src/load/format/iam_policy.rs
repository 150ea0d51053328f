//! An IAM policy or a resource control policy that stands in a file as itself.

use crate::inventory::OrganizationPolicy;
use crate::load::contents::Contents;
use crate::load::document::Document;
use crate::load::policy::read_policy;
use crate::load::policy_shape::{PolicyShape, policy_shape};
use crate::policy::PolicyKind;

use super::Answer;

/// Reads a policy that names no principal, or that only denies to everyone, as a resource control
/// policy does. A service control policy or a permissions boundary looks like an identity-based
/// policy, and only what it is attached to would tell: it counts as one.
pub(super) fn read(document: &Document<'_>) -> Answer {
    let kind = match policy_shape(&document.root) {
        Some(PolicyShape::WithoutPrincipal) => PolicyKind::Identity,
        Some(PolicyShape::ResourceControl) => PolicyKind::ResourceControl,
        _ => return Answer::NotThis,
    };
    let mut contents = Contents::default();
    let policy = read_policy(document, &document.root, kind, &mut contents);
    if kind == PolicyKind::Identity {
        contents.policies.extend(policy);
    } else {
        let of_file = |policy| OrganizationPolicy {
            id: None,
            arn: None,
            policy,
        };
        contents.holds.get_or_insert("control policy");
        contents.organization_policies.extend(policy.map(of_file));
    }
    contents.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::contents;
    use super::*;

    #[test]
    fn a_policy_without_principals_is_identity_based() {
        let found = contents(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"kms:DisableKey","Resource":"*"}}"#,
        );
        assert_eq!(found.policies[0].document.kind, PolicyKind::Identity);
        assert!(found.keys.is_empty() && found.errors.is_empty());
    }

    #[test]
    fn a_policy_that_only_denies_to_everyone_is_a_resource_control_policy() {
        let found = contents(
            r#"{"Statement":[{"Effect":"Deny","Principal":"*","Action":"kms:CreateKey","Resource":"*"}]}"#,
        );
        let kind = found.organization_policies[0].policy.document.kind;
        assert_eq!(kind, PolicyKind::ResourceControl);
        assert!(found.keys.is_empty() && found.errors.is_empty());
    }

    #[test]
    fn what_aws_refuses_is_told_although_the_policy_is_loaded() {
        let found = contents(
            r#"{"Statement":[{"Sid":"a b","Effect":"Deny","Action":"kms:*","Resource":"*"}]}"#,
        );
        assert_eq!((found.policies.len(), found.errors.len()), (1, 1));
    }

    #[test]
    fn a_broken_statement_is_an_error() {
        for text in [
            r#"{"Statement":[]}"#,
            r#"{"Statement":5}"#,
            r#"{"Version":"2012-10-17","Statement":["x"]}"#,
        ] {
            let found = contents(text);
            assert!(
                found.policies.is_empty() && !found.errors.is_empty(),
                "{text}"
            );
        }
    }
}
