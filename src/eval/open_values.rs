//! What is decided where not all is known of a policy: what may match may apply, one of several is decided
//! case by case, nothing unknown surely allows, and nothing unknown surely denies.

use super::{Caller, CaseSet, Decision, KeyIdentity, PolicySet, Request, RequestContext, evaluate};
use crate::aws::{KeyArn, KmsAction};
use crate::policy::{PolicyDocument, PolicyKind, PolicyReading, StoredText};
use crate::tree::hcl;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const A: &str = "arn:aws:iam::111122223333:role/A";
const C: &str = "arn:aws:iam::111122223333:role/C";
const ALLOW: &str = r#"{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*" }"#;

/// A policy as Terraform's `jsonencode` takes it.
fn policy(statements: &str) -> PolicyDocument {
    let text = format!("x = {{ Version = \"2012-10-17\", Statement = [{statements}] }}\n");
    let root = hcl::read(&text).unwrap();
    let node = root.get("x").unwrap();
    PolicyReading::of_node(node, PolicyKind::Key, StoredText::Unknown)
        .document
        .unwrap()
}

fn decided(request: &Request, statements: &str) -> Decision {
    let policy = policy(statements);
    let policies = PolicySet {
        key_policy: Some(&policy),
        ..PolicySet::default()
    };
    let evaluation = evaluate(request, &policies);
    evaluation.decisions.over(CaseSet::ALL)
}

fn open(caller: &str) -> Request {
    let caller = Caller::parse(caller).unwrap();
    let key = KeyIdentity::of(KeyArn::parse(KEY).unwrap());
    let action = KmsAction::CancelKeyDeletion;
    Request::open(caller, action, key, RequestContext::open(), None)
}

fn statement(effect: &str, principal: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{ Effect = "{effect}", Principal = {{ AWS = {principal} }}, Action = {action}, Resource = {resource} }}"#
    )
}

fn under(condition: &str) -> String {
    format!(
        r#"{{ Effect = "Allow", Principal = "*", Action = "kms:*", Resource = "*", Condition = {{ {condition} }} }}"#
    )
}

/// What no value of a key that is known in part can be does not match, whatever the placeholder is.
#[test]
fn conditions_on_keys_that_are_known_in_part_are_decided_by_what_may_match() {
    use Decision::{Conditional, ExplicitDeny};
    let session = "arn:aws:sts::111122223333:assumed-role/A/s";
    for (operator, wanted, decision) in [
        (
            "StringNotEquals",
            "arn:aws:iam::${var.a}:role/B",
            ExplicitDeny,
        ),
        (
            "StringNotEquals",
            "arn:aws:iam::${var.a}:role/x/A",
            Conditional,
        ),
        // The session's role may have a path, but no name with a star in it.
        (
            "StringNotEquals",
            "arn:aws:iam::${var.a}:role/*A",
            ExplicitDeny,
        ),
        (
            "StringNotLike",
            "arn:aws:iam::${var.a}:role/*A",
            Conditional,
        ),
        ("ArnNotLike", "arn:aws:iam::${var.a}:role/*B", ExplicitDeny),
        ("ArnNotLike", "arn:aws:iam::${var.a}:role/*", Conditional),
        (
            "StringNotEqualsIgnoreCase",
            "arn:aws:iam::${var.a}:role/a",
            Conditional,
        ),
        ("StringNotEquals", "${var.any}", Conditional),
    ] {
        let deny = format!(
            r#"{{ Effect = "Deny", Principal = "*", Action = "kms:*", Resource = "*", Condition = {{ {operator} = {{ "aws:PrincipalArn" = "{wanted}" }} }} }}"#
        );
        let statements = [ALLOW, &deny].join(", ");
        assert_eq!(
            decided(&open(session), &statements),
            decision,
            "{operator} {wanted}"
        );
    }
}

#[test]
fn principals_are_decided_by_what_they_may_name() {
    use Decision::{Allowed, Conditional, ExplicitDeny, ImplicitDeny};
    let one = r#"var.p ? "arn:aws:iam::111122223333:role/A" : "arn:aws:iam::111122223333:role/B""#;
    let same = r#"var.p ? "arn:aws:iam::111122223333:role/A" : "arn:aws:iam::111122223333:role/A""#;
    let part = r#""arn:aws:iam::${var.a}:role/A""#;
    let several = r#"["arn:aws:iam::111122223333:role/${var.p ? "A" : "B"}"]"#;
    for (principal, allowed, denied) in [
        (one, [Conditional, ImplicitDeny], [Conditional, Allowed]),
        (same, [Allowed, ImplicitDeny], [ExplicitDeny, Allowed]),
        (part, [Conditional, ImplicitDeny], [Conditional, Allowed]),
        (several, [Conditional, ImplicitDeny], [Conditional, Allowed]),
        (
            "var.p",
            [Conditional, Conditional],
            [Conditional, Conditional],
        ),
    ] {
        let allow = statement("Allow", principal, r#""kms:*""#, r#""*""#);
        let deny = statement("Deny", principal, r#""kms:*""#, r#""*""#);
        let deny = format!("{ALLOW}, {deny}");
        assert_eq!(
            [A, C].map(|of| decided(&open(of), &allow)),
            allowed,
            "{principal}"
        );
        assert_eq!(
            [A, C].map(|of| decided(&open(of), &deny)),
            denied,
            "{principal}"
        );
    }
}

#[test]
fn actions_and_resources_are_decided_by_what_they_may_match() {
    use Decision::{Allowed, Conditional, ExplicitDeny, ImplicitDeny};
    let key = format!("\"{KEY}\"");
    let either = format!("var.p ? \"{KEY}\" : \"*\"");
    let maybe = format!("var.p ? \"{KEY}\" : \"arn:aws:s3:::b\"");
    let kms = r#""kms:*""#;
    for (action, resource, allowed, denied) in [
        (kms, &*key, Allowed, ExplicitDeny),
        (kms, "var.k", Conditional, Conditional),
        (
            kms,
            r#""arn:aws:kms:eu-west-1:${var.a}:key/*""#,
            Conditional,
            Conditional,
        ),
        (kms, r#""arn:aws:s3:::${var.b}""#, ImplicitDeny, Allowed),
        (kms, &*either, Allowed, ExplicitDeny),
        (kms, &*maybe, Conditional, Conditional),
        (r#""kms:${var.x}""#, r#""*""#, Conditional, Conditional),
        (r#""kms:Describe${var.x}""#, r#""*""#, ImplicitDeny, Allowed),
        (
            r#"var.p ? "kms:*" : "kms:Cancel*""#,
            r#""*""#,
            Allowed,
            ExplicitDeny,
        ),
        (
            r#"var.p ? "kms:*" : "kms:List*""#,
            r#""*""#,
            Conditional,
            Conditional,
        ),
    ] {
        let allow = statement("Allow", r#""*""#, action, resource);
        let deny = statement("Deny", r#""*""#, action, resource);
        let deny = format!("{ALLOW}, {deny}");
        assert_eq!(decided(&open(A), &allow), allowed, "{action} {resource}");
        assert_eq!(decided(&open(A), &deny), denied, "{action} {resource}");
    }
}

#[test]
fn conditions_are_decided_by_what_their_values_may_match() {
    use Decision::{Allowed, Conditional, ImplicitDeny};
    for (condition, wanted) in [
        (
            r#"StringEquals = { "aws:PrincipalAccount" = "111122223333" }"#,
            Allowed,
        ),
        (
            r#"StringEquals = { "aws:PrincipalAccount" = var.a }"#,
            Conditional,
        ),
        (
            r#"StringEquals = { "aws:PrincipalAccount" = var.p ? "111122223333" : "444455556666" }"#,
            Conditional,
        ),
        (
            r#"StringEquals = { "aws:PrincipalAccount" = var.p ? "777788889999" : "444455556666" }"#,
            ImplicitDeny,
        ),
        (
            r#"ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::${var.a}:role/A" }"#,
            Conditional,
        ),
        (
            r#"ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::${var.a}:role/B" }"#,
            ImplicitDeny,
        ),
        (
            r#"ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::${var.a}:role/B" }"#,
            Allowed,
        ),
        (r#"Null = { "aws:PrincipalArn" = "false" }"#, Allowed),
        (r#"Null = { "aws:PrincipalArn" = var.n }"#, Conditional),
    ] {
        assert_eq!(decided(&open(A), &under(condition)), wanted, "{condition}");
    }
}

/// A placeholder may close its string and open others.
#[test]
fn placeholders_that_may_be_several_strings_may_match_anything() {
    let pattern = r#"arn:aws:iam::111122223333:role/x$${join(\"\\\", \\\"\", admins)}"#;
    let condition = format!(r#"ArnLike = {{ "aws:PrincipalArn" = "{pattern}" }}"#);
    assert_eq!(decided(&open(A), &under(&condition)), Decision::Conditional);
}

/// A text counts as AWS would take it where the context is complete. A function has no text.
#[test]
fn functions_are_unknown_where_the_context_is_complete() {
    let caller = Caller::parse(A).unwrap();
    let key = KeyIdentity::of(KeyArn::parse(KEY).unwrap());
    let action = KmsAction::CancelKeyDeletion;
    let request = Request::complete(caller, action, key, RequestContext::complete());
    let (all, any) = (r#""kms:*""#, r#""*""#);
    for (principal, action, resource, wanted) in [
        (any, all, any, Decision::Allowed),
        (r#""<admin>""#, all, any, Decision::ImplicitDeny),
        ("var.p", all, any, Decision::Conditional),
        (any, "var.a", any, Decision::Conditional),
        (any, r#""{{ action }}""#, any, Decision::ImplicitDeny),
        (any, all, "var.r", Decision::Conditional),
    ] {
        let allow = statement("Allow", principal, action, resource);
        assert_eq!(decided(&request, &allow), wanted, "{allow}");
    }
}
