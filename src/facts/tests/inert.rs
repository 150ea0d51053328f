//! Statements without effect, and those that have one.

use super::*;

fn reason(facts: &Facts) -> Option<&str> {
    let inert = facts.statements[0].inert.as_ref()?;
    assert_eq!(inert.at.file, 0);
    Some(&inert.reason)
}

fn statement(actions: &str, resource: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":{actions},
        "Resource":{resource}}}"#
    )
}

#[test]
fn of_key_policies() {
    let alias = r#""arn:aws:kms:us-east-1:111122223333:alias/a""#;
    let other = r#""arn:aws:kms:us-east-1:111122223333:key/other""#;
    for (actions, resource, wanted) in [
        ("[]", r#""*""#, "its list of actions is empty"),
        (r#""kms:*""#, "[]", "its list of resources is empty"),
        (r#""kms:*""#, alias, "is an alias"),
        (r#""kms:*""#, other, "is another key"),
        (r#""kms:*""#, r#""1234abcd""#, "is no ARN"),
        (r#""kms:*""#, r#""arn:aws:s3:::b""#, "is not this key"),
        (
            r#""kms:DeleteKey""#,
            r#""*""#,
            "the action is `kms:ScheduleKeyDeletion`",
        ),
        (
            r#"["s3:*","kms:ScheduleKeyDelete"]"#,
            r#""*""#,
            "nearest that is known is `kms:ScheduleKeyDeletion`",
        ),
        (
            r#""kms:Foo Bar*""#,
            r#""*""#,
            "`kms:Foo Bar*` has white space in it",
        ),
        (
            r#""kms:""#,
            r#""*""#,
            "`kms:` is an action not known to kmslint",
        ),
        (r#""kms: Decrypt""#, r#""*""#, "white space"),
        (r#"["s3:*","ec2:Run*"]"#, r#""*""#, "it names no KMS action"),
        (
            r#"["kms:ListKeys","s3:*"]"#,
            r#""*""#,
            "`kms:ListKeys` is not about a key",
        ),
    ] {
        let facts = facts(&statement(actions, resource));
        let found = reason(&facts).unwrap_or_default();
        assert!(found.contains(wanted), "{actions} {resource}: {found}");
        assert!(facts.access.schedule.is_empty());
    }
    let own = format!(r#"["{ARN}",{alias}]"#);
    for (actions, resource) in [
        (r#"["kms:DeleteKey","kms:*"]"#, r#""*""#),
        (r#""kms:*""#, &*own),
        (r#""kms:*""#, r#""arn:aws:kms:*""#),
        // AWS may have added actions since.
        (r#""kms:Foo*""#, r#""*""#),
        (r#"["kms:Frobnicate","kms:DeleteKey"]"#, r#""*""#),
    ] {
        assert_eq!(reason(&facts(&statement(actions, resource))), None);
    }
    // Where the key's ARN is not known, any key may be the one.
    assert_eq!(
        reason(&facts_without_arn(&statement(r#""kms:*""#, other))),
        None
    );
    let short = statement(r#""kms:*""#, r#""arn:aws:kms:*""#);
    assert_eq!(reason(&facts_without_arn(&short)), None);
    assert!(reason(&facts_without_arn(&statement(r#""kms:*""#, alias))).is_some());
}

#[test]
fn of_missing_elements_and_principals() {
    for (rest, wanted) in [
        (r#""Principal":"*","Resource":"*""#, "it has no `Action`"),
        (
            r#""Principal":"*","Action":"kms:*""#,
            "it has no `Resource`",
        ),
        (
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/app-*"},"Action":"kms:*","Resource":"*""#,
            "`arn:aws:iam::111122223333:role/app-*` is nobody who can call KMS",
        ),
        (
            r#""NotPrincipal":"*","Action":"kms:*","Resource":"*""#,
            "`NotPrincipal` leaves out everyone",
        ),
        (
            r#""Principal":"*","NotAction":"kms:*","Resource":"*""#,
            "its `NotAction` leaves no KMS action",
        ),
        (
            r#""Principal":"*","Action":"kms:*","NotResource":"*""#,
            "its `NotResource` leaves out this key",
        ),
    ] {
        let facts = facts(&format!(r#"{{"Effect":"Allow",{rest}}}"#));
        assert_eq!(reason(&facts), Some(wanted));
        assert!(facts.access.schedule.is_empty());
    }
}

#[test]
fn of_identity_policies() {
    let of = |actions: &str, resource: &str| {
        let text = format!(r#"{{"Effect":"Allow","Action":{actions},"Resource":{resource}}}"#);
        let facts = facts_of_identity(&text);
        reason(&facts).map(str::to_owned)
    };
    let alias = r#""arn:aws:kms:*:111122223333:alias/a""#;
    let keys = r#""arn:aws:kms:*:111122223333:key/*""#;
    assert_eq!(
        of(r#""kms:ScheduleKeyDeletion""#, alias).as_deref(),
        Some(
            "`arn:aws:kms:*:111122223333:alias/a` is an alias, and `kms:ScheduleKeyDeletion` needs a key's ARN"
        )
    );
    assert!(of(r#""kms:Decrypt""#, r#""arn:aws:s3:::b/*""#).is_some());
    assert!(of(r#""kms:ListKeys""#, keys).unwrap().contains("needs `*`"));
    assert!(of(r#"["kms:DeleteKey"]"#, r#""*""#).is_some());
    assert_eq!(of(r#"["kms:Frobnicate"]"#, r#""*""#), None);
    for (actions, resource) in [
        (r#""kms:*""#, alias),
        (r#""kms:DeleteAlias""#, alias),
        (r#"["kms:Decrypt","s3:GetObject"]"#, r#""arn:aws:s3:::b/*""#),
        (r#"["kms:DeleteKey","s3:*"]"#, r#""*""#),
        (r#""s3:*""#, r#""*""#),
        (r#""kms:Decrypt""#, keys),
        (r#""kms:ListKeys""#, r#""*""#),
    ] {
        assert_eq!(of(actions, resource), None, "{actions} {resource}");
    }
}

#[test]
fn patterns_and_what_they_match() {
    let actions = r#"["KMS:schedulekeydeletion","k*:Put*","kms:ReEncrypt","s3:Get*","kms:Delet"]"#;
    let facts = facts(&statement(actions, r#""*""#));
    let found: Vec<_> = facts.statements[0]
        .actions
        .iter()
        .map(|action| (action.form, action.matches.len(), action.nearest.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            (ActionForm::Exact, 1, None),
            (ActionForm::Wildcard, 1, None),
            (ActionForm::Unknown, 0, Some("kms:ReEncryptFrom")),
            (ActionForm::OtherService, 0, None),
            (ActionForm::Unknown, 0, None),
        ]
    );
    assert_eq!(facts.statements[0].covers.len(), 2);
}

/// What this version does not know is told from what nobody can mean.
#[test]
fn unknown_names_may_be_newer_unless_they_are_like_known_ones() {
    let actions = r#"["kms:Frobnicate","kms:Foo*","kms:DeleteKey","kms:ReEncrypt","kms:Decrypts",
        "kms: Sign","kms:Sign-All","kms:","KMS:*Nothing","kms:Encapsulate"]"#;
    let facts = facts(&statement(actions, r#""*""#));
    let newer: Vec<_> = facts.statements[0]
        .actions
        .iter()
        .filter(|action| action.may_be_newer)
        .map(|action| &*action.text)
        .collect();
    assert_eq!(newer, ["kms:Frobnicate", "kms:Foo*", "KMS:*Nothing"]);
    for action in &facts.statements[0].actions {
        let says_so = |mistake: &String| mistake.contains(crate::aws::data::NOT_KNOWN);
        assert!(!action.may_be_newer || action.mistake.as_ref().is_some_and(says_so));
        assert_eq!(action.mistake.is_some(), action.matches.is_empty());
    }
}
