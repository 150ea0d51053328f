//! What each rule must find and must not, with the page of AWS that says so, in the ways in which people
//! write it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use kmslint::finding::Severity;
use kmslint::project::{CheckOptions, Options, check, today};

const ROOT: &str = r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

/// A directory of these files.
fn directory(files: &[(&str, String)]) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("row{number}"));
    let _ = std::fs::remove_dir_all(&directory);
    for (name, text) in files {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

fn run(files: &[(&str, String)]) -> Vec<(String, Severity)> {
    let options = CheckOptions::on(today());
    let inputs = Options::for_paths([directory(files)]);
    let checked = check(&inputs, &options).unwrap();
    let failures: Vec<_> = checked
        .project
        .failures
        .iter()
        .map(|of| of.error.to_string())
        .collect();
    assert_eq!(failures, [] as [String; 0], "{files:?}");
    let findings = checked.findings.iter();
    findings
        .map(|found| (found.rule.to_string(), found.severity))
        .collect()
}

/// A policy of these statements.
fn policy(statements: &[&str]) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn of(statements: &[&str]) -> Vec<(String, Severity)> {
    run(&[("policy.json", policy(statements))])
}

/// Of a `Deny` of these actions to everyone, beside the account's own statement.
fn of_deny(actions: &str) -> Vec<(String, Severity)> {
    let statement =
        format!(r#"{{"Effect":"Deny","Principal":"*","Action":{actions},"Resource":"*"}}"#);
    of(&[ROOT, &statement])
}

#[track_caller]
fn has(found: &[(String, Severity)], rule: &str, severity: Severity) {
    assert!(
        found.contains(&(rule.to_owned(), severity)),
        "{rule}: {found:?}"
    );
}

#[track_caller]
fn has_not(found: &[(String, Severity)], rule: &str) {
    assert!(
        found.iter().all(|(other, _)| other != rule),
        "{rule}: {found:?}"
    );
}

fn count(found: &[(String, Severity)], rule: &str) -> usize {
    found.iter().filter(|(other, _)| other == rule).count()
}

/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html>
#[test]
fn everyone_who_may_put_the_key_policy_is_an_error() {
    const RULE: &str = "policy-change-open-to-anyone";
    for open in [
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["KMS:put*"],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":{"AWS":"*"},"NotAction":["kms:ScheduleKeyDeletion"],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:PutKeyPolicy","Resource":"*",
            "Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#,
    ] {
        has(&of(&[ROOT, open]), RULE, Severity::Error);
    }
    for narrowed in [
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*",
            "Condition":{"StringEquals":{"aws:PrincipalTag/team":"security"}}}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":["kms:GetKeyPolicy","kms:Decrypt"],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Principal":"*","Action":"kms:PutKeyPolicy"}"#,
    ] {
        has_not(&of(&[ROOT, narrowed]), RULE);
    }
    let account = r#"{"Effect":"Allow","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}"#;
    let found = of(&[ROOT, account]);
    has(&found, "policy-change-open-to-account", Severity::Warning);
    has_not(&found, RULE);
}

/// Everyone but those whom a `Deny` leaves is not everyone:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
#[test]
fn everyone_whom_a_deny_narrows_is_not_everyone() {
    let open = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#;
    let deny = |condition: &str| {
        format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{condition}}}"#
        )
    };
    let admin = r#""arn:aws:iam::111122223333:role/KeyAdmin""#;
    let found = of(&[
        open,
        &deny(&format!(
            r#"{{"ArnNotLike":{{"aws:PrincipalArn":{admin}}}}}"#
        )),
    ]);
    has_not(&found, "deletion-open-to-anyone");
    has_not(&found, "deletion-open-to-account");
    let found = of(&[
        open,
        &deny(r#"{"StringNotEquals":{"kms:CallerAccount":"111122223333"}}"#),
    ]);
    has_not(&found, "deletion-open-to-anyone");
    has(&found, "deletion-open-to-account", Severity::Warning);
    // One that is denied, and a second factor that is asked for, leave everyone else.
    for condition in [
        format!(r#"{{"ArnLike":{{"aws:PrincipalArn":{admin}}}}}"#),
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#.to_owned(),
    ] {
        has(
            &of(&[open, &deny(&condition)]),
            "deletion-open-to-anyone",
            Severity::Error,
        );
    }
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>: the account
/// statement leaves decisions to IAM policies.
#[test]
fn iam_policies_that_delete_any_key_are_told() {
    const RULE: &str = "deletion-of-any-key-by-iam-policy";
    for wide in [
        r#"{"Effect":"Allow","Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":["s3:*","KMS:*"],"Resource":["*"]}"#,
        r#"{"Effect":"Allow","Action":"kms:Sched*","Resource":"arn:aws:kms:*:*:key/*"}"#,
        r#"{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws-cn:kms:cn-north-1:111122223333:*"}"#,
        r#"{"Effect":"Allow","Action":"kms:*","NotResource":"arn:aws:kms:*:*:key/1234abcd-12ab-34cd-56ef-1234567890ab"}"#,
        r#"{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#,
    ] {
        has(&of(&[wide]), RULE, Severity::Warning);
    }
    for narrow in [
        r#"{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}"#,
        r#"{"Effect":"Allow","Action":"kms:*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/test-*"}}}"#,
        r#"{"Effect":"Allow","Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#,
    ] {
        has_not(&of(&[narrow]), RULE);
    }
    for everything in [
        r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}"#,
    ] {
        let found = of(&[everything]);
        has_not(&found, RULE);
        has(&found, "deletion-of-any-key-by-full-access", Severity::Info);
    }
    let denied = r#"{"Effect":"Deny","Action":"kms:Schedule*","Resource":"*"}"#;
    let wide = r#"{"Effect":"Allow","Action":"kms:*","Resource":"*"}"#;
    has_not(&of(&[wide, denied]), RULE);
    let but_for = |operator: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":"kms:*Deletion","Resource":"*","Condition":{{"{operator}":{{"aws:ResourceTag/stage":"test"}}}}}}"#
        )
    };
    has_not(&of(&[wide, &but_for("StringNotEquals")]), RULE);
    has(
        &of(&[wide, &but_for("StringEquals")]),
        RULE,
        Severity::Warning,
    );
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>
#[test]
fn iam_policies_that_delete_and_cannot_cancel_are_told() {
    const RULE: &str = "deletion-of-any-key-without-cancellation";
    let schedule =
        r#"{"Effect":"Allow","Action":["kms:CreateKey","kms:ScheduleKeyDeletion"],"Resource":"*"}"#;
    has(&of(&[schedule]), RULE, Severity::Warning);
    let cancel = r#"{"Effect":"Allow","Action":"kms:Cancel*","Resource":"*"}"#;
    has_not(&of(&[schedule, cancel]), RULE);
}

fn account(roles: &[(&str, &[&str])], boundary: Option<&str>) -> String {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = |(name, policies): &(&str, &[&str])| {
        let inline: Vec<_> = policies
            .iter()
            .enumerate()
            .map(|(n, statements)| {
                format!(
                    r#"{{"PolicyName":"P{n}","PolicyDocument":{}}}"#,
                    policy(&[statements])
                )
            })
            .collect();
        let boundary = boundary.map_or(String::new(), |arn| {
            format!(r#","PermissionsBoundary":{{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"{arn}"}}"#)
        });
        format!(
            r#"{{"Path":"/","RoleName":"{name}","RoleId":"AROAEXAMPLE{name}","Arn":"arn:aws:iam::111122223333:role/{name}",
            "CreateDate":"2024-01-01T00:00:00+00:00","AssumeRolePolicyDocument":{trust},"InstanceProfileList":[],
            "RolePolicyList":[{}],"AttachedManagedPolicies":[],"Tags":[]{boundary}}}"#,
            inline.join(",")
        )
    };
    let roles: Vec<_> = roles.iter().map(role).collect();
    let limits = boundary.map_or(String::new(), |arn| {
        let name = arn.rsplit('/').next().unwrap();
        let document = policy(&[r#"{"Effect":"Allow","Action":["kms:ScheduleKeyDeletion","kms:CancelKeyDeletion"],"Resource":"*"}"#]);
        format!(
            r#"{{"PolicyName":"{name}","PolicyId":"ANPAEXAMPLE","Arn":"{arn}","Path":"/","DefaultVersionId":"v1",
            "AttachmentCount":0,"PermissionsBoundaryUsageCount":1,"IsAttachable":true,
            "CreateDate":"2024-01-01T00:00:00+00:00","UpdateDate":"2024-01-01T00:00:00+00:00",
            "PolicyVersionList":[{{"Document":{document},"VersionId":"v1","IsDefaultVersion":true,"CreateDate":"2024-01-01T00:00:00+00:00"}}]}}"#
        )
    });
    format!(
        r#"{{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[{}],"Policies":[{limits}]}}"#,
        roles.join(",")
    )
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>: a boundary gives
/// nothing.
#[test]
fn boundaries_and_attached_policies_are_no_loose_policies() {
    let boundary = "arn:aws:iam::111122223333:policy/Limits";
    let wide = r#"{"Effect":"Allow","Action":"kms:*","Resource":"*"}"#;
    let found = run(&[("account.json", account(&[("Dev", &[wide])], Some(boundary)))]);
    has_not(&found, "deletion-of-any-key-by-iam-policy");
    has_not(&found, "deletion-of-any-key-without-cancellation");
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
#[test]
fn only_a_deny_as_wide_closes_a_way_round() {
    const RULE: &str = "deletion-deny-with-way-round";
    let judged = r#"{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#;
    for narrow in [
        r#"{"Effect":"Deny","Action":["kms:DisableKey","kms:DeleteImportedKeyMaterial"],"Resource":"arn:aws:kms:us-east-1:*:key/*"}"#,
        r#"{"Effect":"Deny","NotAction":["iam:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}}"#,
        r#"{"Effect":"Deny","Action":["kms:DisableKey","kms:DeleteImportedKeyMaterial"],"NotResource":"arn:aws:kms:us-east-1:*:key/*"}"#,
        r#"{"Effect":"Deny","Action":["kms:DisableKey","kms:DeleteImportedKeyMaterial"],"Resource":"*",
            "Condition":{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"30"}}}"#,
    ] {
        has(&of(&[judged, narrow]), RULE, Severity::Info);
    }
    for wide in [
        r#"{"Effect":"Deny","Action":["kms:disablekey","KMS:Delete*"],"Resource":"*"}"#,
        r#"{"Effect":"Deny","NotAction":["kms:Describe*","kms:List*","kms:Get*"],"Resource":"*"}"#,
    ] {
        has_not(&of(&[judged, wide]), RULE);
    }
    // In a key policy, whoever is denied deletion may still change the policy.
    let role = r#"{"AWS":"arn:aws:iam::111122223333:role/App"}"#;
    let deny = |principal: &str, actions: &str| {
        format!(r#"{{"Effect":"Deny","Principal":{principal},"Action":{actions},"Resource":"*"}}"#)
    };
    let rest = r#"["kms:DisableKey","kms:DeleteImportedKeyMaterial","kms:PutKeyPolicy"]"#;
    let judged = deny(r#""*""#, r#""kms:ScheduleKeyDeletion""#);
    has(
        &of(&[ROOT, &judged, &deny(role, rest)]),
        RULE,
        Severity::Info,
    );
    let judged = deny(role, r#""kms:ScheduleKeyDeletion""#);
    has_not(&of(&[ROOT, &judged, &deny(r#""*""#, rest)]), RULE);
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/tag-permissions.html>
#[test]
fn gates_that_the_same_principals_can_change_are_told() {
    const RULE: &str = "deletion-gate-changeable";
    let guard = |actions: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":[{actions}],"Resource":"*","Condition":{{"StringEquals":{{"aws:ResourceTag/Purpose":"log"}}}}}}"#
        )
    };
    let all = r#""kms:ScheduleKeyDeletion","kms:DisableKey","kms:DeleteImportedKeyMaterial""#;
    has(&of(&[&guard(all)]), RULE, Severity::Warning);
    let tags = r#""kms:ScheduleKeyDeletion","kms:DisableKey","kms:DeleteImportedKeyMaterial","kms:*Resource""#;
    has_not(&of(&[&guard(tags)]), RULE);
    let by_key = r#"{"Effect":"Deny","Action":["kms:TagResource","kms:UntagResource"],"Resource":"*",
        "Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["purpose","owner"]}}}"#;
    has_not(&of(&[&guard(all), by_key]), RULE);
    let other_key = by_key.replace("purpose", "stage");
    has(&of(&[&guard(all), &other_key]), RULE, Severity::Warning);
    let alias = |more: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":["kms:ScheduleKeyDeletion"{more}],"Resource":"*","Condition":{{"ForAnyValue:StringLike":{{"kms:ResourceAliases":"alias/prod-*"}}}}}}"#
        )
    };
    has(&of(&[&alias("")]), RULE, Severity::Warning);
    has_not(
        &of(&[&alias(r#","kms:DeleteAlias","kms:UpdateAlias""#)]),
        RULE,
    );
    // A Deny of changes of aliases closes the gate only where it is for the aliases of the gate.
    let on = |alias: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":["kms:DeleteAlias","kms:UpdateAlias"],"Resource":"{alias}"}}"#
        )
    };
    for (resource, closes) in [
        ("arn:aws:kms:*:*:alias/prod-*", true),
        ("arn:aws:kms:*:*:alias/*", true),
        ("arn:*:kms:*:*:alias/pro*", true),
        ("arn:aws:kms:*:*:alias/test-*", false),
        ("arn:aws:kms:*:*:alias/prod-a*", false),
        ("arn:aws:kms:*:*:alias/PROD-*", false),
        ("arn:aws:kms:eu-west-1:*:alias/prod-*", false),
    ] {
        let found = of(&[&alias(""), &on(resource)]);
        assert_eq!(count(&found, RULE) == 0, closes, "{resource}: {found:?}");
    }
    // Where an alias of another name lifts it, all have to be closed.
    let spared = r#"{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*",
        "Condition":{"ForAllValues:StringLike":{"kms:ResourceAliases":"alias/prod-*"}}}"#;
    let adding = |alias: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":["kms:CreateAlias","kms:UpdateAlias"],"Resource":"{alias}"}}"#
        )
    };
    has(
        &of(&[spared, &adding("arn:aws:kms:*:*:alias/prod-*")]),
        RULE,
        Severity::Warning,
    );
    has_not(&of(&[spared, &adding("arn:aws:kms:*:*:alias/*")]), RULE);
}

/// The same over all policies of one role.
#[test]
fn gates_are_looked_for_over_all_policies_of_a_principal() {
    const RULE: &str = "deletion-gate-changeable";
    let own = r#"{"Effect":"Allow","Action":["kms:ScheduleKeyDeletion","kms:CancelKeyDeletion"],"Resource":"*",
        "Condition":{"StringEquals":{"aws:ResourceTag/stage":"test"}}}"#;
    let tagging = r#"{"Effect":"Allow","Action":"kms:TagResource","Resource":"*"}"#;
    let untagging = r#"{"Effect":"Allow","Action":"kms:UntagResource","Resource":"*"}"#;
    let denied = r#"{"Effect":"Deny","Action":"kms:TagResource","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":"stage"}}}"#;
    let found =
        |roles: &[(&str, &[&str])], boundary| run(&[("account.json", account(roles, boundary))]);
    has(
        &found(&[("Dev", &[own, tagging])], None),
        RULE,
        Severity::Warning,
    );
    has_not(
        &found(&[("Dev", &[own]), ("Tagger", &[tagging])], None),
        RULE,
    );
    has_not(&found(&[("Dev", &[own, tagging, denied])], None), RULE);
    // A tag that is taken away does not allow what its presence allows.
    has_not(&found(&[("Dev", &[own, untagging])], None), RULE);
    let boundary = Some("arn:aws:iam::111122223333:policy/Limits");
    has_not(&found(&[("Dev", &[own, tagging])], boundary), RULE);
    let unless = r#"{"Effect":"Allow","Action":"kms:*KeyDeletion","Resource":"*","Condition":{"StringNotEquals":{"aws:ResourceTag/stage":"production"}}}"#;
    has(
        &found(&[("Dev", &[unless, untagging])], None),
        RULE,
        Severity::Warning,
    );
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
#[test]
fn set_operators_that_miss_keys_are_told() {
    const RULE: &str = "set-operator-misses-keys";
    let deny = |operator: &str, key: &str, action: &str| {
        format!(
            r#"{{"Effect":"Deny","Action":["{action}"],"Resource":"*","Condition":{{"{operator}":{{"{key}":"alias/test-*"}}}}}}"#
        )
    };
    for (operator, key, finds) in [
        ("ForAllValues:StringNotLike", "kms:ResourceAliases", true),
        ("ForAllValues:StringLike", "KMS:resourcealiases", true),
        ("ForAllValues:StringNotEquals", "kms:ResourceAliases", true),
        ("ForAnyValue:StringNotLike", "kms:ResourceAliases", true),
        ("ForAnyValue:StringNotEquals", "aws:ResourceTag/stage", true),
        ("ForAllValues:StringEquals", "aws:ResourceTag/stage", true),
        ("ForAnyValue:StringLike", "kms:ResourceAliases", false),
        ("ForAnyValue:StringEquals", "aws:ResourceTag/stage", false),
        ("StringNotEquals", "aws:ResourceTag/stage", false),
    ] {
        let found = of(&[&deny(operator, key, "kms:ScheduleKeyDeletion")]);
        if finds {
            has(&found, RULE, Severity::Warning);
        } else {
            has_not(&found, RULE);
        }
        has_not(&of(&[&deny(operator, key, "kms:Decrypt")]), RULE);
    }
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>:
/// `kms:TrailingDaysWithoutKeyUsage` is for `ScheduleKeyDeletion` and `DisableKey`.
#[test]
fn a_deny_on_a_key_that_the_request_never_has_protects_nothing() {
    const RULE: &str = "condition-key-never-present";
    let deny = |actions: &str, condition: &str| {
        let text = format!(
            r#"{{"Effect":"Deny","Principal":{{"AWS":"*"}},"Action":{actions},"Resource":"*","Condition":{condition}}}"#
        );
        of(&[ROOT, &text])
    };
    let trailing = r#"{"NumericLessThanEquals":{"kms:TrailingDaysWithoutKeyUsage":"90"}}"#;
    let window = r#"{"NumericLessThan":{"kms:scheduleKeyDeletionPendingWindowInDays":"30"}}"#;
    let found = deny(
        r#"["kms:ScheduleKeyDeletion","kms:DisableKey","kms:Put*"]"#,
        trailing,
    );
    has(&found, RULE, Severity::Warning);
    has(&found, "deletion-deny-with-way-round", Severity::Info);
    has(
        &deny(r#""kms:PutKeyPolicy""#, window),
        RULE,
        Severity::Warning,
    );
    has(
        &deny(
            r#"["kms:ScheduleKeyDeletion","kms:DeleteImportedKeyMaterial"]"#,
            window,
        ),
        RULE,
        Severity::Warning,
    );
    has_not(
        &deny(r#"["kms:ScheduleKeyDeletion","kms:DisableKey"]"#, trailing),
        RULE,
    );
    has_not(
        &deny(
            r#"["kms:ScheduleKeyDeletion","kms:CancelKeyDeletion"]"#,
            window,
        ),
        RULE,
    );
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
#[test]
fn multi_factor_authentication_of_roles_is_doubtful() {
    const RULE: &str = "mfa-asked-of-role";
    let allow = |principal: &str, condition: &str| {
        let text = format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":["kms:CancelKeyDeletion","kms:EnableKey"],"Resource":"*","Condition":{condition}}}"#
        );
        of(&[ROOT, &text])
    };
    let role = "arn:aws:iam::111122223333:role/KeyAdmin";
    let session = "arn:aws:sts::111122223333:assumed-role/KeyAdmin/alice";
    let federated = "arn:aws:sts::111122223333:federated-user/bob";
    let user = "arn:aws:iam::111122223333:user/alice";
    for condition in [
        r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#"{"Bool":{"AWS:multifactorauthpresent":true}}"#,
        r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        r#"{"Null":{"aws:MultiFactorAuthAge":"false"}}"#,
    ] {
        for principal in [role, session, federated] {
            has(&allow(principal, condition), RULE, Severity::Warning);
        }
        has_not(&allow(user, condition), RULE);
        has_not(&allow("111122223333", condition), RULE);
    }
    has_not(
        &allow(
            role,
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
        ),
        RULE,
    );
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
#[test]
fn a_whole_policy_that_nobody_can_change_is_an_error_and_a_piece_a_doubt() {
    let use_only = policy(&[
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/App"},"Action":["kms:Decrypt"],"Resource":"*"}"#,
    ]);
    let found = run(&[("policy.json", use_only.clone())]);
    has(&found, "policy-without-administration", Severity::Warning);
    has_not(&found, "policy-change-by-nobody");
    let quoted = serde_json::to_string(&use_only).unwrap();
    for answer in [
        format!(r#"{{"Policy":{quoted},"PolicyName":"default"}}"#),
        format!(r#"{{"Policy":{quoted}}}"#),
        quoted,
    ] {
        let found = run(&[("policy.json", answer)]);
        has(&found, "policy-change-by-nobody", Severity::Error);
        has_not(&found, "policy-without-administration");
    }
    // The policy of a key that AWS manages, which nobody else changes.
    let managed = use_only.replace(r#""Statement""#, r#""Id":"auto-ebs-2","Statement""#);
    let found = run(&[("policy.json", managed)]);
    has_not(&found, "policy-without-administration");
    has_not(&of(&[ROOT]), "policy-without-administration");
}

/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
#[test]
fn a_key_that_depends_on_one_principal_is_told() {
    const RULE: &str = "key-depends-on-one-principal";
    let allow = |principal: &str, actions: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":{principal}}},"Action":{actions},"Resource":"*"}}"#
        )
    };
    let (alice, role) = (
        r#""arn:aws:iam::111122223333:user/alice""#,
        r#""arn:aws:iam::111122223333:role/KeyAdmin""#,
    );
    let all = r#""kms:*""#;
    has(&of(&[&allow(alice, all)]), RULE, Severity::Warning);
    has(
        &of(&[&allow(role, r#"["kms:Put*","kms:Get*"]"#)]),
        RULE,
        Severity::Warning,
    );
    // The account has the use of the key only.
    let used = allow(r#""111122223333""#, r#"["kms:Decrypt"]"#);
    has(&of(&[&allow(role, all), &used]), RULE, Severity::Warning);
    has_not(&of(&[ROOT, &allow(alice, all)]), RULE);
    has_not(&of(&[&allow(&format!("[{alice},{role}]"), all)]), RULE);
    has_not(
        &of(&[&allow(alice, all), &allow(role, r#""kms:PutKeyPolicy""#)]),
        RULE,
    );
    has_not(&of(&[&allow(r#""*""#, all)]), RULE);
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[test]
fn principals_that_the_account_does_not_have_are_told() {
    const RULE: &str = "principal-not-in-account";
    let with = |principal: &str, effect: &str| {
        let statement = format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":"kms:Decrypt","Resource":"*"}}"#
        );
        run(&[
            ("policy.json", policy(&[ROOT, &statement])),
            ("account.json", account(&[("KeyAdmin", &[])], None)),
        ])
    };
    for missing in [
        "arn:aws:iam::111122223333:role/KeyAdmins",
        "arn:aws:iam::111122223333:role/keyadmin",
        "arn:aws:iam::111122223333:role/ops/KeyAdmin",
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:sts::111122223333:assumed-role/Gone/alice",
    ] {
        has(&with(missing, "Allow"), RULE, Severity::Warning);
        has(&with(missing, "Deny"), RULE, Severity::Warning);
    }
    for there in [
        "arn:aws:iam::111122223333:role/KeyAdmin",
        "arn:aws:sts::111122223333:assumed-role/KeyAdmin/alice",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::444455556666:role/App",
        "arn:aws:iam::${account}:role/${name}",
    ] {
        has_not(&with(there, "Allow"), RULE);
    }
}

/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
#[test]
fn reserved_roles_have_their_path() {
    const RULE: &str = "reserved-role-without-path";
    let with = |arn: &str| {
        let statement = format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":["{arn}"]}},"Action":"kms:Describe*","Resource":"*"}}"#
        );
        of(&[ROOT, &statement])
    };
    for bare in [
        "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef",
        "arn:aws-us-gov:iam::111122223333:role/sso/AWSReservedSSO_Admin_0123456789abcdef",
        "arn:aws:iam::111122223333:role/AWSServiceRoleForAutoScaling",
    ] {
        has(&with(bare), RULE, Severity::Warning);
    }
    for whole in [
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
        "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "arn:aws:iam::111122223333:role/ReservedSSO_Admin",
    ] {
        has_not(&with(whole), RULE);
    }
}

/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_kms.html>: patterns that match
/// only actions named `Delete…`, none of which deletes a key.
#[test]
fn every_pattern_that_means_delete_is_told() {
    const RULE: &str = "delete-wildcard-without-deletion";
    for pattern in [
        "kms:Delete*",
        "KMS:DELETE*",
        "kms:Del*",
        "kms:delete*",
        "kms:?elete*",
        "kms:Delet*",
    ] {
        has(
            &of_deny(&format!(r#""{pattern}""#)),
            RULE,
            Severity::Warning,
        );
        has(
            &of_deny(&format!(r#"["kms:Decrypt","{pattern}"]"#)),
            RULE,
            Severity::Warning,
        );
        has_not(
            &of_deny(&format!(r#"["{pattern}","kms:scheduleKeyDeletion"]"#)),
            RULE,
        );
        has_not(&of_deny(&format!(r#"["{pattern}","kms:Sched*"]"#)), RULE);
    }
    for other in [
        "kms:DeleteAlias",
        "kms:D*",
        "kms:*",
        "kms:*Deletion",
        "s3:Delete*",
    ] {
        has_not(&of_deny(&format!(r#""{other}""#)), RULE);
    }
}

/// Conditions of statements about other services are not judged, and resources of others are no keys.
#[test]
fn statements_about_other_services_are_left_alone() {
    let key = r#"{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalOrgMasterAccountId":"111122223333"}}}"#;
    has_not(&of(&[key]), "condition-key-unknown");
    for resource in [
        r#""arn:aws:s3:::b/*""#,
        r#"["arn:aws:s3:::b","arn:aws:sqs:us-east-1:111122223333:q"]"#,
    ] {
        let statement =
            format!(r#"{{"Effect":"Allow","NotAction":["iam:*"],"Resource":{resource}}}"#);
        has_not(&of(&[&statement]), "allow-with-not-action");
    }
    let statement = r#"{"Effect":"Allow","NotAction":["iam:*"],"Resource":["arn:aws:s3:::b","arn:aws:kms:*:*:key/*"]}"#;
    has(
        &of(&[statement]),
        "allow-with-not-action",
        Severity::Warning,
    );
}

/// A `Deny` that names `ScheduleKeyDeletion` and never applies is as bad as none.
#[test]
fn denies_of_deletion_that_never_apply_are_errors() {
    let deny = |actions: &str, rest: &str| {
        let statement =
            format!(r#"{{"Effect":"Deny","Principal":{{"AWS":"*"}},"Action":{actions}{rest}}}"#);
        of(&[ROOT, &statement])
    };
    let schedule = r#""kms:ScheduleKeyDeletion""#;
    let other = r#""kms:Decrypt""#;
    let on = |condition: &str| format!(r#","Resource":"*","Condition":{condition}"#);
    for (rule, rest) in [
        ("inert-statement", String::new()),
        (
            "inert-statement",
            r#","Resource":"arn:aws:s3:::b""#.to_owned(),
        ),
        (
            "condition-key-never-present",
            on(r#"{"StringEquals":{"kms:EncryptionContext:a":"b"}}"#),
        ),
        (
            "condition-key-never-present",
            on(r#"{"StringLike":{"kms:RequestAlias":"alias/*"}}"#),
        ),
        (
            "condition-key-unknown",
            on(r#"{"StringEquals":{"kms:CallerAccountId":"1"}}"#),
        ),
        (
            "condition-key-unknown",
            on(r#"{"ArnLike":{"aws:PrincpalArn":"arn:aws:iam::*:role/x"}}"#),
        ),
        (
            "waiting-period-condition-without-effect",
            on(r#"{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"7"}}"#),
        ),
        (
            "waiting-period-condition-without-effect",
            on(r#"{"NumericGreaterThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":30}}"#),
        ),
        (
            "waiting-period-condition-without-effect",
            on(r#"{"NumericEquals":{"kms:ScheduleKeyDeletionPendingWindowInDays":["5","60"]}}"#),
        ),
        (
            "waiting-period-condition-without-effect",
            on(r#"{"NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"two weeks"}}"#),
        ),
        (
            "waiting-period-condition-without-effect",
            on(r#"{"NumericLessThan":{"kms:PendingWindowInDays":"14"}}"#),
        ),
    ] {
        has(&deny(schedule, &rest), rule, Severity::Error);
        has(
            &deny(r#"["kms:schedule*","kms:Decrypt"]"#, &rest),
            rule,
            Severity::Error,
        );
    }
    has(&deny(other, ""), "inert-statement", Severity::Warning);
    has(
        &deny(
            other,
            &on(r#"{"StringEquals":{"kms:CallerAccountId":"1"}}"#),
        ),
        "condition-key-unknown",
        Severity::Warning,
    );
    // It always applies: too much is denied, and nothing is open.
    has(
        &deny(
            schedule,
            &on(r#"{"StringNotEquals":{"kms:EncryptionContext:a":"b"}}"#),
        ),
        "condition-key-never-present",
        Severity::Warning,
    );
    let allow = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"kms:ScheduleKeyDeletion"}"#;
    has(&of(&[ROOT, allow]), "inert-statement", Severity::Warning);
}

#[test]
fn denies_of_actions_that_do_not_exist_are_errors() {
    for action in [
        "kms:DeleteKey",
        "KMS:deletekey",
        "kms:ScheduleKeyDeletions",
        "kms:Schedule KeyDeletion",
    ] {
        has(
            &of_deny(&format!(r#"["{action}","kms:Decrypt"]"#)),
            "deny-of-unknown-action",
            Severity::Error,
        );
    }
    // AWS may have added it since.
    has(
        &of_deny(r#""kms:TransmuteKey""#),
        "deny-of-unknown-action",
        Severity::Warning,
    );
    for action in ["kms:schedulekeydeletion", "kms:Schedule*"] {
        has_not(
            &of_deny(&format!(r#""{action}""#)),
            "deny-of-unknown-action",
        );
    }
    // These protect something, and stay warnings.
    has(
        &of_deny(r#""kms:Delete*""#),
        "delete-wildcard-without-deletion",
        Severity::Warning,
    );
    let on_account = r#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#;
    has(
        &of(&[ROOT, on_account]),
        "deny-on-account-principal",
        Severity::Warning,
    );
    let mfa = r#"{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    has(
        &of(&[ROOT, mfa]),
        "mfa-deny-spares-access-keys",
        Severity::Warning,
    );
}

/// A wildcard for everyone is not one for the principals that another statement names.
#[test]
fn a_wildcard_for_everyone_is_not_told_of_a_named_principal() {
    let alice = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#;
    let public = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#;
    let found = of(&[alice, public]);
    has_not(&found, "deletion-by-wildcard-action");
    has(&found, "deletion-open-to-anyone", Severity::Error);
}

/// A policy that the configuration names and that lies in the directory is one policy.
#[test]
fn a_control_policy_in_a_checked_directory_is_reported_once() {
    let scp = policy(&[r#"{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}"#]);
    let configuration = r#"
        [organization]
        management_account = "999988887777"
        [[organization.levels]]
        name = "root"
        service_control_policies = ["scp/deny.json"]
        [[organization.levels]]
        name = "workloads"
        accounts = ["111122223333"]
        service_control_policies = ["scp/deny.json"]
    "#;
    let found = run(&[
        ("kmslint.toml", configuration.to_owned()),
        ("scp/deny.json", scp),
        ("policy.json", policy(&[ROOT])),
    ]);
    let of_scp: Vec<_> = found
        .iter()
        .filter(|(rule, _)| rule == "deletion-deny-with-way-round")
        .collect();
    assert_eq!(of_scp.len(), 1, "{found:?}");
}

/// The configuration's level for a rule is that of everything that it finds.
#[test]
fn a_configured_severity_holds_for_what_is_worse_too() {
    let inert = r#"{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion"}"#;
    let other = r#"{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt"}"#;
    for (level, severity) in [("info", Severity::Info), ("error", Severity::Error)] {
        let found = run(&[
            (
                "kmslint.toml",
                format!("[rules]\ninert-statement = \"{level}\""),
            ),
            ("policy.json", policy(&[ROOT, inert, other])),
        ]);
        let inert: Vec<_> = found
            .iter()
            .filter(|(rule, _)| rule == "inert-statement")
            .collect();
        assert_eq!(inert.len(), 2, "{found:?}");
        assert!(inert.iter().all(|(_, own)| *own == severity), "{found:?}");
    }
}

/// A role of IAM Identity Center and a federated user come by federation, so that their requests never tell of
/// multi-factor authentication: what asks for it, they cannot do.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
#[test]
fn cancellation_that_asks_mfa_of_federated_callers_is_nobodys() {
    let admin = r#"{"Sid":"Administration","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/KeyAdmin"},
        "Action":["kms:ScheduleKeyDeletion","kms:PutKeyPolicy","kms:DescribeKey"],"Resource":"*"}"#;
    let rescue = |principal: &str, condition: &str| {
        format!(
            r#"{{"Sid":"Rescue","Effect":"Allow","Principal":{{"AWS":"{principal}"}},
            "Action":["kms:CancelKeyDeletion","kms:EnableKey"],"Resource":"*"{condition}}}"#
        )
    };
    let center = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef";
    let federated = "arn:aws:sts::111122223333:federated-user/alice";
    let asked = [
        r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
        r#","Condition":{"Bool":{"AWS:multifactorauthpresent":["true"]}}"#,
        r#","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
        r#","Condition":{"Null":{"aws:MultiFactorAuthPresent":"false"}}"#,
    ];
    for principal in [center, federated] {
        for condition in asked {
            let found = of(&[admin, &rescue(principal, condition)]);
            has(&found, "cancel-by-nobody", Severity::Error);
            has_not(&found, "cancel-only-with-mfa-of-role");
        }
        // Near misses: without the key it holds; without a condition; another role, of which AWS documents both.
        let if_exists = r#","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#;
        has_not(
            &of(&[admin, &rescue(principal, if_exists)]),
            "cancel-by-nobody",
        );
        has_not(&of(&[admin, &rescue(principal, "")]), "cancel-by-nobody");
    }
    for other in [
        "arn:aws:iam::111122223333:role/Ops",
        "arn:aws:iam::111122223333:role/my-aws-reserved/sso.amazonaws.com/Ops",
    ] {
        let found = of(&[admin, &rescue(other, asked[0])]);
        has_not(&found, "cancel-by-nobody");
        has(&found, "cancel-only-with-mfa-of-role", Severity::Warning);
    }
    // A Deny without a second factor that the whole account has to pass.
    let guard = r#"{"Sid":"Guard","Effect":"Deny","Principal":"*","Action":"kms:CancelKeyDeletion","Resource":"*",
        "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    has(
        &of(&[admin, &rescue(center, ""), guard]),
        "cancel-by-nobody",
        Severity::Error,
    );
    let user = "arn:aws:iam::111122223333:user/alice";
    has_not(&of(&[admin, &rescue(user, ""), guard]), "cancel-by-nobody");
}

/// What is given to a placeholder and denied to everyone is given to nobody.
#[test]
fn denials_count_for_placeholders() {
    let given = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/${admin}"},"Action":"kms:*","Resource":"*"}"#;
    let deny = |principal: &str, action: &str, more: &str| {
        format!(r#"{{"Effect":"Deny",{principal},"Action":"{action}","Resource":"*"{more}}}"#)
    };
    let everyone = r#""Principal":"*""#;
    let same = r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/${admin}"}"#;
    let other = r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/${other}"}"#;
    let but_it = r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/${admin}"}"#;
    let mfa = r#","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#;
    for (principal, more, nobody) in [
        (everyone, "", true),
        (same, "", true),
        (other, "", false),
        (but_it, "", false),
        (everyone, mfa, false),
    ] {
        for (action, rule) in [
            ("kms:CancelKeyDeletion", "cancel-by-nobody"),
            ("kms:PutKeyPolicy", "policy-change-by-nobody"),
        ] {
            let found = of(&[given, &deny(principal, action, more)]);
            assert_eq!(
                count(&found, rule) > 0,
                nobody,
                "{principal} {more}: {found:?}"
            );
        }
    }
}
