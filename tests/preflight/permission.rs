//! What the principal may do: unknown is never allowed.

use kmslint::eval::Caller;
use kmslint::inventory::{Inventory, Organization, OrganizationPolicy};
use kmslint::load::{load, policy_file};
use kmslint::policy::PolicyKind;
use kmslint::preflight::{Preflight, Question, Severity, Verdict};
use kmslint::text::{Filter, discover};
use serde_json::{Value, json};

use super::{ADMIN, ALL, ARN, account, answer, ask, files, has, key, policy, unused};

fn asked(name: &str, policy: Value, question: &Question, now: bool) -> Preflight {
    let all = [
        ("key.json", key(&json!({}))),
        ("policy.json", policy),
        ("account.json", account()),
        ("usage.json", unused()),
    ];
    let question = Question {
        now: question.now.filter(|_| now),
        ..question.clone()
    };
    answer(&question, &files(name, &all))
}

/// The administrator's policy with a statement more.
fn with(statement: Value) -> Value {
    let mut policy = policy(&ALL);
    let statements = policy["Statement"].as_array_mut().unwrap();
    statements.push(statement);
    policy
}

fn deny(action: &str, condition: &Value) -> Value {
    json!({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*",
        "Condition": condition})
}

#[test]
fn an_omitted_day_count_is_decided_under_both_readings() {
    let not_thirty = deny(
        "kms:ScheduleKeyDeletion",
        &json!({"NumericNotEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}}),
    );
    let omitted = asked("omitted", with(not_thirty.clone()), &ask(ARN), true);
    has(&omitted, "permission-hangs-on-context", Severity::Caution);
    assert!(omitted.permissions[0].undocumented);
    let thirty = Question {
        days: Some(30),
        ..ask(ARN)
    };
    let given = asked("omitted", with(not_thirty), &thirty, true);
    assert_eq!(given.verdict, Verdict::Go, "{:#?}", given.reasons);
    assert_eq!(given.permissions[0].days, [(30, 30)]);
    // AWS's own example denies nothing of 30 days under either reading.
    let short = deny(
        "kms:ScheduleKeyDeletion",
        &json!({"NumericLessThanEquals": {"kms:ScheduleKeyDeletionPendingWindowInDays": "21"}}),
    );
    let omitted = asked("omitted", with(short), &ask(ARN), true);
    assert_eq!(omitted.permissions[0].answer.word(), "allowed");
    assert_eq!(omitted.permissions[0].days, [(22, 30)]);
}

#[test]
fn days_without_use_are_judged_as_far_as_files_bear_it() {
    let trailing = |days: &str| {
        let condition = json!({"NumericLessThanEquals": {"kms:TrailingDaysWithoutKeyUsage": days}});
        with(deny("kms:ScheduleKeyDeletion", &condition))
    };
    // Created on 2026-02-01 and tracked from before: 150 days at most.
    let firm = asked("trailing", trailing("200"), &ask(ARN), true);
    has(&firm, "permission", Severity::Stop);
    has(&firm, "trailing-days-without-use", Severity::Info);
    let open = asked("trailing", trailing("90"), &ask(ARN), true);
    has(&open, "permission-hangs-on-context", Severity::Caution);
    has(&open, "trailing-days-without-use", Severity::Caution);
    let trailing_days = open.permissions[0].trailing_days.unwrap();
    assert_eq!(
        (trailing_days.at_most, trailing_days.then.word()),
        (150, "allowed")
    );
    let dateless = asked("trailing", trailing("200"), &ask(ARN), false);
    has(&dateless, "permission-hangs-on-context", Severity::Caution);
    // Only the two actions have the condition key.
    let condition = json!({"NumericLessThanEquals": {"kms:TrailingDaysWithoutKeyUsage": "200"}});
    let cancel = with(deny("kms:CancelKeyDeletion", &condition));
    let found = asked("trailing", cancel, &ask(ARN), true);
    assert_eq!(found.verdict, Verdict::Go, "{:#?}", found.reasons);
}

#[test]
fn what_is_not_loaded_is_never_allowed() {
    let parts = [
        ("key.json", key(&json!({}))),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
        ("usage.json", unused()),
    ];
    for left_out in ["policy.json", "account.json"] {
        let rest: Vec<_> = parts
            .iter()
            .filter(|(name, _)| *name != left_out)
            .cloned()
            .collect();
        let found = answer(&ask(ARN), &files("not-loaded", &rest));
        assert_eq!(
            found.verdict,
            Verdict::Caution,
            "{left_out}: {:#?}",
            found.reasons
        );
        let answers: Vec<_> = found
            .permissions
            .iter()
            .map(|of| of.answer.word())
            .collect();
        assert_eq!(answers, ["unknown"; 5], "{left_out}");
    }
    // A denial is one whatever is missing.
    let denied = with(deny("kms:ScheduleKeyDeletion", &json!({})));
    let all = [("key.json", key(&json!({}))), ("policy.json", denied)];
    has(
        &answer(&ask(ARN), &files("denied", &all)),
        "permission",
        Severity::Stop,
    );
}

#[test]
fn a_boundary_that_is_not_loaded_is_a_doubt() {
    let mut account = account();
    account["RoleDetailList"][0]["PermissionsBoundary"] = json!({
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limits"});
    let all = [
        ("key.json", key(&json!({}))),
        ("policy.json", policy(&ALL)),
        ("account.json", account),
        ("usage.json", unused()),
    ];
    let found = answer(&ask(ARN), &files("boundary", &all));
    has(&found, "boundary-not-loaded", Severity::Caution);
    assert_eq!(found.permissions[0].answer.word(), "unknown");
}

#[test]
fn a_session_has_the_policies_of_its_role() {
    let session = "arn:aws:sts::111122223333:assumed-role/KeyAdmin/deploy";
    let question = Question {
        principal: Caller::parse(session).ok(),
        ..ask(ARN)
    };
    let found = asked("session", policy(&ALL), &question, true);
    has(&found, "permission", Severity::Info);
    // Its own role is nobody else.
    has(&found, "nobody-else-can-cancel", Severity::Info);
    let root = Question {
        principal: Caller::parse("arn:aws:iam::111122223333:root").ok(),
        ..ask(ARN)
    };
    let found = asked("session", policy(&ALL), &root, true);
    has(&found, "permission", Severity::Stop);
}

/// The organization's policy that denies both actions, above the account or missing.
#[test]
fn control_policies_take_part() {
    let scp = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny",
        "Action": "kms:CancelKeyDeletion", "Resource": "*"}]});
    let all = [
        ("key.json", key(&json!({}))),
        ("policy.json", policy(&ALL)),
        ("account.json", account()),
        ("usage.json", unused()),
    ];
    let mut loaded = files("organization", &all);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("preflight-scp.json");
    std::fs::write(&path, scp.to_string()).unwrap();
    let kind = PolicyKind::ServiceControl;
    let (policy, _) = policy_file(&path, kind, &mut loaded.sources).unwrap();
    let above = |names: &[&str]| Organization {
        scps: vec![names.iter().map(|name| (*name).to_owned()).collect()],
        ..Organization::default()
    };
    let name = policy.name.clone();
    let inventory: &mut Inventory = &mut loaded.inventory;
    inventory.organization_policies.push(OrganizationPolicy {
        id: None,
        arn: None,
        policy,
    });
    has(
        &answer(&ask(ARN), &loaded),
        "control-policies-not-known",
        Severity::Caution,
    );
    loaded.inventory.organization = Some(above(&[name.as_str()]));
    let found = answer(&ask(ARN), &loaded);
    assert_eq!(found.permissions[0].answer.word(), "allowed");
    assert_eq!(found.permissions[1].answer.word(), "denied");
    has(&found, "nobody-can-cancel", Severity::Stop);
    loaded.inventory.organization = Some(above(&["p-missing"]));
    let found = answer(&ask(ARN), &loaded);
    has(&found, "control-policy-not-loaded", Severity::Caution);
    assert_eq!(found.permissions[0].answer.word(), "unknown");
    assert_eq!(found.principal.as_deref(), Some(ADMIN));
}

/// Asked of a principal whose account was listed: three roles and a user, one role with a path.
fn among_listed(test: &str, principal: &str) -> Preflight {
    let person = |kind: &str, arn: &str| {
        let (_, name) = arn.rsplit_once('/').unwrap();
        json!({format!("{kind}Name"): name, format!("{kind}Id"): format!("AID{name}"),
            "Arn": format!("arn:aws:iam::111122223333:{arn}"), "AttachedManagedPolicies": []})
    };
    let listing = json!({"GroupDetailList": [], "Policies": [],
        "UserDetailList": [person("User", "user/alice")],
        "RoleDetailList": [person("Role", "role/KeyAdmin"), person("Role", "role/ops/Breakglass"),
            person("Role", "role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport")]});
    let all = [
        ("key.json", key(&json!({}))),
        ("policy.json", policy(&ALL)),
        ("account.json", listing),
        ("usage.json", unused()),
    ];
    let question = Question {
        principal: Caller::parse(principal).ok(),
        ..ask(ARN)
    };
    answer(&question, &files(test, &all))
}

#[test]
fn misspelt_principal_is_told_the_nearest_of_a_complete_listing() {
    let iam = "arn:aws:iam::111122223333:";
    for (wrong, right) in [
        ("role/KeyAdmn", "arn:aws:iam::111122223333:role/KeyAdmin"),
        ("role/keyadmin", "arn:aws:iam::111122223333:role/KeyAdmin"),
        ("role/KeyAdmni", "arn:aws:iam::111122223333:role/KeyAdmin"),
        ("user/KeyAdmin", "arn:aws:iam::111122223333:role/KeyAdmin"),
        (
            "role/Breakglass",
            "arn:aws:iam::111122223333:role/ops/Breakglass",
        ),
        ("user/alcie", "arn:aws:iam::111122223333:user/alice"),
    ] {
        let found = among_listed("misspelt", &format!("{iam}{wrong}"));
        let reason = super::find(&found, "principal-not-listed");
        assert_eq!(reason.severity, Severity::Caution);
        let help = reason.help.as_deref().unwrap();
        assert!(
            help.starts_with(&format!("did you mean `{right}`?")),
            "{wrong}: {help}"
        );
        super::has_not(&found, "principal-not-loaded");
        // Unknown is never allowed, whatever the listing has.
        assert!(found.permissions.iter().all(|of| !of.answer.is_allowed()));
    }
    let session = among_listed(
        "misspelt",
        "arn:aws:sts::111122223333:assumed-role/KeyAdmn/alice",
    );
    let help = super::find(&session, "principal-not-listed").help.clone();
    let right = "`arn:aws:sts::111122223333:assumed-role/KeyAdmin/alice`";
    assert!(help.unwrap().contains(right));
    let unlike = among_listed("misspelt", &format!("{iam}role/deploy"));
    let reason = super::find(&unlike, "principal-not-listed");
    assert!(!reason.help.as_deref().unwrap().contains("did you mean"));
    assert!(
        reason.sentence.contains("has no role `deploy`"),
        "{}",
        reason.sentence
    );
    // Near misses: a listed principal, one whom no listing has, and another account's.
    super::has_not(&among_listed("misspelt", ADMIN), "principal-not-listed");
    let federated = among_listed("misspelt", "arn:aws:sts::111122223333:federated-user/alcie");
    has(&federated, "principal-not-loaded", Severity::Caution);
    let foreign = among_listed("misspelt", "arn:aws:iam::444455556666:role/KeyAdmn");
    super::has_not(&foreign, "principal-not-listed");
}

/// Each partition has accounts and credentials of its own:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[test]
fn principal_of_another_partition_is_a_stop() {
    for principal in [
        "arn:aws-cn:iam::111122223333:role/KeyAdmin",
        "arn:aws-us-gov:iam::111122223333:root",
        "arn:aws-cn:iam::444455556666:user/alice",
        "arn:aws-cn:sts::111122223333:assumed-role/KeyAdmin/alice",
    ] {
        let found = among_listed("partition", principal);
        assert_eq!(found.verdict, Verdict::Stop, "{principal}");
        has(&found, "principal-of-another-partition", Severity::Stop);
        has(&found, "permission", Severity::Stop);
        super::has_not(&found, "principal-not-listed");
    }
    super::has_not(
        &among_listed("partition", ADMIN),
        "principal-of-another-partition",
    );
}

#[test]
fn root_user_that_alone_can_cancel_is_somebody() {
    let mut loaded = policy(&["kms:ScheduleKeyDeletion", "kms:DescribeKey"]);
    loaded["Statement"]
        .as_array_mut()
        .unwrap()
        .push(json!({"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*",
        "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "Account"}}}));
    let all = [
        ("key.json", key(&json!({}))),
        ("policy.json", loaded),
        ("account.json", account()),
    ];
    let found = answer(&ask(ARN), &files("root-only", &all));
    super::has_not(&found, "nobody-can-cancel");
    let others = super::find(&found, "others-can-cancel");
    assert!(others.sentence.contains("root user"), "{}", others.sentence);
    assert_eq!(found.cancellers.others[0].answer.word(), "allowed");
}

/// A collection of iam-collect has every user and role of its accounts:
/// <https://github.com/cloud-copilot/iam-collect>
#[test]
fn misspelt_principal_is_told_the_nearest_of_a_collection() {
    let loaded = load(&discover(
        &["fixtures/iam-collect".into()],
        &Filter::default(),
    ));
    let key = "arn:aws:kms:eu-west-1:444455556666:key/5f0c2a9e-7b31-4d68-9a0f-2c4e6b8d1a37";
    let asked = |principal: &str| {
        let principal = format!("arn:aws:iam::444455556666:{principal}");
        let question = Question {
            principal: Caller::parse(&principal).ok(),
            ..ask(key)
        };
        answer(&question, &loaded)
    };
    for (wrong, right) in [
        ("role/ledger-ower", "role/ledger-owner"),
        ("role/deploy", "role/ci/deploy"),
        ("role/Developper", "role/"),
        ("user/anna", "user/"),
    ] {
        let found = asked(wrong);
        let help = super::find(&found, "principal-not-listed")
            .help
            .clone()
            .unwrap();
        let meant = format!("did you mean `arn:aws:iam::444455556666:{right}");
        assert!(help.starts_with(&meant), "{wrong}: {help}");
    }
}
