//! What AWS refuses is refused, at its place; what it takes is kept.

use crate::policy::{PolicyDocument, PolicyKind, PolicyReading};
use crate::text::InputError;

fn read(text: &str, kind: PolicyKind) -> Result<PolicyDocument, Vec<InputError>> {
    PolicyReading::of_text(text, kind).document
}

/// The first complaint and what it underlines.
fn refused(text: &str, kind: PolicyKind) -> (String, String) {
    let errors = read(text, kind).unwrap_err();
    (
        errors[0].message.clone(),
        errors[0].span.of(text).to_owned(),
    )
}

/// A key policy with this one statement.
fn key(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#)
}

#[test]
fn a_policy_keeps_its_places() {
    let text = key(
        r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}"#,
    );
    let policy = read(&text, PolicyKind::Key).unwrap();
    let statement = &policy.statements[0];
    assert!(policy.replaces_variables() && policy.refusals.is_empty());
    assert_eq!(
        statement.action.as_ref().unwrap().patterns()[0]
            .text()
            .span
            .of(&text),
        r#""kms:*""#
    );
    assert_eq!(
        statement.principal.as_ref().unwrap().span.of(&text),
        r#"{"AWS":"111122223333"}"#
    );
}

/// The messages of what AWS refuses although it decides nothing.
fn refusals(statement: &str, kind: PolicyKind) -> Vec<String> {
    let policy = read(&key(statement), kind).unwrap();
    let messages = policy.refusals.into_iter().map(|refusal| refusal.message);
    messages.collect()
}

#[test]
fn resource_arn_with_a_part_missing_is_refused_with_what_is_missing() {
    let resource = |arn: &str| {
        let statement =
            format!(r#"{{"Effect":"Allow","Action":"kms:Decrypt","Resource":"{arn}"}}"#);
        refusals(&statement, PolicyKind::Identity).pop()
    };
    for (arn, message) in [
        ("arn", "the resource `arn` is neither an ARN nor `*`"),
        ("arn:aws:kms", "the ARN `arn:aws:kms` has 3 of its 6 parts"),
        (
            "arn:aws:kms:111122223333:key/a",
            "the ARN `arn:aws:kms:111122223333:key/a` has 5 of its 6 parts",
        ),
    ] {
        assert_eq!(resource(arn).as_deref(), Some(message));
    }
    for arn in [
        "*",
        "arn:*",
        "ar*",
        "arn:aws:kms:*",
        "arn:aws:kms:*:111122223333:key/a",
    ] {
        assert_eq!(resource(arn), None, "{arn}");
    }
}

#[test]
fn principal_that_can_be_nobody_is_an_error_with_what_is_missing() {
    let principal = |text: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{text}"}},"Action":"kms:*","Resource":"*"}}"#
        );
        let read = read(&key(&statement), PolicyKind::Key);
        read.err().map(|errors| errors[0].message.clone())
    };
    for (text, message) in [
        (
            "arn:aws:iam:111122223333:root",
            "the ARN `arn:aws:iam:111122223333:root` has 5 of its 6 parts",
        ),
        (
            "arn:aws:iam::11112222333:root",
            "the account id `11112222333` has 11 digits",
        ),
        (
            "1111222233334",
            "the account id `1111222233334` has 13 digits",
        ),
        (
            "1111-2222-3333",
            "the account id `1111-2222-3333` has other than digits",
        ),
        ("arn:aws:iam:::role/a", "the ARN has no account"),
        ("alice", "`alice` is no principal"),
    ] {
        assert_eq!(principal(text).as_deref(), Some(message));
    }
    for text in [
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/app-*",
        "AROAEXAMPLEEXAMPLE12",
        "arn:aws:iam::${account}:root",
    ] {
        assert_eq!(principal(text), None, "{text}");
    }
}

#[test]
fn what_kms_takes_without_effect_is_kept() {
    for statement in [
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:*"}"#,
        r#"{"Effect":"Deny","Principal":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:DeleteKey","Resource":"arn:aws:s3:::x"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{}}"#,
    ] {
        assert!(
            read(&key(statement), PolicyKind::Key).is_ok(),
            "{statement}"
        );
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_aws_refuses_is_named_and_underlined() {
    let cases = [
        (
            r#"{"effect":"Allow","Principal":"*"}"#,
            "unknown element `effect` in a statement",
            r#""effect""#,
        ),
        (
            r#"{"Effect":"allow","Principal":"*"}"#,
            "`Effect` must be `Allow` or `Deny`",
            r#""allow""#,
        ),
        (
            r#"{"Effect":"Deny","Effect":"Allow","Principal":"*"}"#,
            "`Effect` stands twice in a statement",
            r#""Effect""#,
        ),
        (
            r#"{"Effect":"Deny","Action":"kms:*"}"#,
            "the statement has no `Principal`",
            r#"{"Effect":"Deny","Action":"kms:*"}"#,
        ),
        (
            r#"{"Effect":"Deny","Principal":{"Aws":"*"}}"#,
            "`Aws` is not a type of principal",
            r#""Aws""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":{"AWS":[]}}"#,
            "the statement names no principal",
            r#"{"AWS":[]}"#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Action":1}"#,
            "an entry of `Action` must be a string",
            "1",
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Action":"kms"}"#,
            "the action `kms` has no service prefix",
            r#""kms""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Action":"kms:*","NotAction":"x:y"}"#,
            "`Action` and `NotAction` exclude each other",
            r#""x:y""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Condition":{"StringMatch":{}}}"#,
            "`StringMatch` is not a condition operator",
            r#""StringMatch""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Condition":{"NullIfExists":{}}}"#,
            "`NullIfExists` is not a condition operator",
            r#""NullIfExists""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Condition":{"Bool":{"aws:x":"a","AWS:X":"b"}}}"#,
            "the condition key `AWS:X` stands twice under `Bool`",
            r#""AWS:X""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}}"#,
            "`soon` is not a date",
            r#""soon""#,
        ),
        (
            r#"{"Effect":"Deny","Principal":"*","Condition":{"ForAllValues:StringEquals":{"kms:EncryptionContext:a":"b"}}}"#,
            "KMS refuses `ForAllValues` with `kms:EncryptionContext:a`",
            r#""kms:EncryptionContext:a""#,
        ),
    ];
    for (statement, message, underlined) in cases {
        let found = refused(&key(statement), PolicyKind::Key);
        assert_eq!(found, (message.to_owned(), underlined.to_owned()));
    }
}

#[test]
fn each_kind_has_its_grammar() {
    let plain = r#"{"Effect":"Deny","Action":"kms:*","Resource":"*"}"#;
    let named = r#"{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}"#;
    for kind in [
        PolicyKind::Identity,
        PolicyKind::PermissionsBoundary,
        PolicyKind::Session,
        PolicyKind::ServiceControl,
    ] {
        assert!(read(&key(plain), kind).is_ok());
        assert!(
            refused(&key(named), kind)
                .0
                .starts_with("`Principal` does not belong in")
        );
    }
    let rcp = PolicyKind::ResourceControl;
    assert!(read(&key(named), rcp).is_ok());
    assert_eq!(
        refused(&key(plain), rcp).0,
        "the statement has no `Principal`"
    );
    for (from, to) in [
        ("Deny", "Allow"),
        ("kms:*", "*"),
        (r#""*","Action"#, r#"{"AWS":"1"},"Action"#),
        ("Action", "NotAction"),
    ] {
        assert!(
            read(&key(&named.replacen(from, to, 1)), rcp).is_err(),
            "{to}"
        );
    }
    let full = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
    assert!(read(&key(full), rcp).is_ok());
}

#[test]
fn a_refusal_that_decides_nothing_stands_beside_the_policy() {
    let twice = r#"{"Sid":"A","Effect":"Deny","Action":"kms:*","Resource":"*"}"#;
    let policy = read(&key(&format!("{twice},{twice}")), PolicyKind::Identity).unwrap();
    assert_eq!(
        policy.refusals[0].message,
        "`Sid` `A` stands twice in the policy"
    );
    let blank = twice.replace("\"A\"", "\"A b\"");
    assert_eq!(
        read(&key(&blank), PolicyKind::Identity)
            .unwrap()
            .refusals
            .len(),
        1
    );
}

#[test]
fn versions_and_statements() {
    let refused = |text| refused(text, PolicyKind::Identity).0;
    assert_eq!(refused("[]"), "a policy must be an object");
    assert_eq!(refused("{}"), "the policy has no `Statement`");
    assert_eq!(refused(r#"{"Statement":[]}"#), "`Statement` is empty");
    assert_eq!(
        refused(r#"{"Version":"2021-01-01","Statement":[]}"#),
        "`Version` is not a version of the policy language"
    );
    assert_eq!(
        refused(r#"{"Statement":[1]}"#),
        "a statement must be an object"
    );
    assert_eq!(
        refused(r#"{"Statement":{"Effect":"Allow","Resource":"*"}}"#),
        "the statement has no `Action`"
    );
    let single = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    assert!(
        !read(single, PolicyKind::Identity)
            .unwrap()
            .replaces_variables()
    );
}

#[test]
fn of_a_policy_a_hundred_complaints_are_kept() {
    let keys: Vec<_> = (0..1_000).map(|key| format!("\"k{key}\":1")).collect();
    let policy = format!("{{{}}}", keys.join(","));
    let errors = read(&policy, PolicyKind::Key).unwrap_err();
    assert_eq!(errors.len(), 101);
    assert_eq!(
        errors[100].message,
        "more is wrong with the policy than is shown"
    );
}
