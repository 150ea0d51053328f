//! Who can do what.

use super::*;
use crate::access::Decision;
use crate::aws::PrincipalKind;

fn deny_window(comparison: &str, value: &str) -> String {
    format!(
        r#"{{"Effect":"Deny","Principal":"*","Action":"kms:ScheduleKeyDeletion","Resource":"*",
        "Condition":{{"{comparison}":{{"kms:ScheduleKeyDeletionPendingWindowInDays":"{value}"}}}}}}"#
    )
}

fn allow(principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{principal},"Action":"{action}","Resource":"*",
        "Condition":{{{condition}}}}}"#
    )
}

/// Principal, decision and days of everyone who can schedule.
fn schedulers(facts: &Facts) -> Vec<(&str, Decision, &str)> {
    let all = facts.access.schedule.iter();
    all.map(|access| (&*access.principal, access.decision, &*access.days_text))
        .collect()
}

#[test]
fn the_default_policy_leaves_all_to_the_account() {
    let facts = facts(DEFAULT);
    let [account] = &*facts.access.schedule else {
        panic!("{:?}", facts.access.schedule)
    };
    assert_eq!(account.kind, PrincipalKind::Account);
    assert_eq!(account.decision, Decision::Allowed);
    assert_eq!(account.days_text, "7 to 30 days");
    assert_eq!(account.shortest, Some(PendingWindowInDays::MIN));
    assert!(account.without_mfa && !account.narrowed && account.depends_on.is_empty());
    assert_eq!(account.via[0].pattern, "kms:*");
    assert!(!account.via[0].by_name);
    assert_eq!(account.at, facts.statements[0].principals[0].at);
    assert!(facts.access.someone_can_cancel);
    assert_eq!(facts.access.put_key_policy.len(), 1);
    assert!(facts.access.cancel[0].days.is_empty());
    assert_eq!(facts.access.cancel[0].days_text, "");
}

#[test]
fn administrators_can_by_name() {
    let facts = facts(&format!("{DEFAULT},{ADMINISTRATORS}"));
    let role = &facts.access.schedule[1];
    assert_eq!(role.kind, PrincipalKind::Role);
    assert_eq!((role.via.len(), role.via[0].statement), (1, 1));
    assert!(role.via[0].by_name);
    assert_eq!(facts.access.put_key_policy[1].via[0].pattern, "kms:Put*");
    assert_eq!(role.account.unwrap().as_str(), "111122223333");
}

#[test]
fn a_denied_window_leaves_the_longer_ones() {
    let facts = facts(&format!(
        "{DEFAULT},{}",
        deny_window("NumericLessThanEquals", "21")
    ));
    assert_eq!(
        schedulers(&facts),
        [(
            "arn:aws:iam::111122223333:root",
            Decision::Allowed,
            "22 to 30 days"
        )]
    );
    // AWS does not say whether a request without a day count is compared as 30.
    let never = super::facts(&format!(
        "{DEFAULT},{}",
        deny_window("NumericLessThan", "31")
    ));
    let left = schedulers(&never);
    assert_eq!(left[0].1, Decision::Conditional);
    assert_eq!(left[0].2, "30 days by default");
}

#[test]
fn everyone_is_conditional_where_the_caller_is_asked_for() {
    for condition in [
        r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/Admin*"}"#,
        r#""StringLike":{"aws:userid":"AROAEXAMPLEEXAMPLE11:*"}"#,
        r#""StringEquals":{"aws:username":"alice"}"#,
        r#""StringEquals":{"aws:PrincipalTag/admin":"yes"}"#,
    ] {
        for principal in [r#""*""#, r#"{"AWS":"111122223333"}"#] {
            let facts = facts(&allow(principal, "kms:*", condition));
            let access = &facts.access.schedule[0];
            assert_eq!(access.decision, Decision::Conditional, "{condition}");
            assert!(access.narrowed && access.days.is_empty());
            assert_eq!(access.days_text, "7 to 30 days");
            assert_eq!(access.depends_on.len(), 1, "{:?}", access.depends_on);
        }
    }
    let facts = facts(&allow(r#""*""#, "*", ""));
    assert!(!facts.access.schedule[0].narrowed);
    assert_eq!(facts.access.schedule[0].kind, PrincipalKind::Everyone);
}

#[test]
fn an_unknown_account_is_no_other_account() {
    let own = r#""StringEquals":{"kms:CallerAccount":"111122223333"}"#;
    let facts = facts_without_arn(&allow(r#""*""#, "kms:*", own));
    assert_eq!(facts.access.schedule[0].decision, Decision::Conditional);
    assert_eq!(facts.access.schedule[0].depends_on, ["kms:CallerAccount"]);
    let facts = facts_without_arn(DEFAULT);
    assert_eq!(facts.access.schedule[0].decision, Decision::Allowed);
    assert_eq!(facts.statements[0].principals[0].foreign, None);
}

#[test]
fn foreign_accounts_cannot_schedule() {
    let facts = facts(&allow(r#"{"AWS":"444455556666"}"#, "kms:*", ""));
    assert!(facts.access.schedule.is_empty() && !facts.access.someone_can_schedule);
    assert_eq!(facts.statements[0].principals[0].foreign, Some(true));
}

#[test]
fn ids_of_the_deleted_stand_for_themselves_only() {
    let id = r#"{"AWS":["AROAEXAMPLEEXAMPLE11","AIDAEXAMPLEEXAMPLE11"]}"#;
    let facts = facts(&format!("{DEFAULT},{}", allow(id, "kms:*", "")));
    let found: Vec<_> = facts
        .access
        .schedule
        .iter()
        .map(|access| (access.kind, access.decision, access.via.len()))
        .collect();
    assert_eq!(
        found,
        [
            (PrincipalKind::Account, Decision::Allowed, 1),
            (PrincipalKind::UniqueId, Decision::Allowed, 1),
            (PrincipalKind::UniqueId, Decision::Allowed, 1),
        ]
    );
}

#[test]
fn multi_factor_authentication_counts_where_it_is_demanded() {
    let without = |condition: &str| {
        let facts = facts(&allow(
            r#"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#,
            "kms:*",
            condition,
        ));
        facts.access.schedule[0].without_mfa
    };
    assert!(without(""));
    assert!(!without(r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#));
    // Long-term access keys carry no such key: the classic mistake.
    assert!(without(
        r#""BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}"#
    ));
    assert!(!without(
        r#""NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}"#
    ));
}

#[test]
fn not_principal_names_everyone_and_spares_a_few() {
    let facts = facts(
        r#"{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/r"},
        "NotAction":"kms:Decrypt","Resource":"*"}"#,
    );
    let everyone = &facts.access.schedule[0];
    assert_eq!(everyone.kind, PrincipalKind::Everyone);
    assert_eq!(everyone.via[0].pattern, "NotAction");
    let spared = super::facts(&format!(
        r#"{DEFAULT},{{"Effect":"Deny","NotPrincipal":{{"AWS":["arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/Admin"]}},"Action":"kms:*","Resource":"*"}}"#
    ));
    assert_eq!(
        schedulers(&spared),
        [(
            "arn:aws:iam::111122223333:root",
            Decision::Allowed,
            "7 to 30 days"
        )]
    );
}

/// Which sessions of a role a Deny spares depends on whose own ARNs it lists.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[test]
fn not_principal_spares_no_role_as_such() {
    let decided = |principal: &str, listed: &[&str]| {
        let listed = listed.iter().map(|name| format!(r#","{name}""#));
        let listed: String = listed.collect();
        let facts = facts(&format!(
            r#"{},{{"Effect":"Deny","NotPrincipal":{{"AWS":["arn:aws:iam::111122223333:root"{listed}]}},
            "Action":"kms:*","Resource":"*"}}"#,
            allow(
                &format!(r#"{{"AWS":"{principal}"}}"#),
                "kms:ScheduleKeyDeletion",
                ""
            )
        ));
        schedulers(&facts)
            .into_iter()
            .map(|(name, decision, _)| (name.to_owned(), decision))
            .find(|(name, _)| name == principal)
            .map(|(_, decision)| decision)
    };
    let role = "arn:aws:iam::111122223333:role/ops";
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup";
    let center = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef";
    let session = "arn:aws:sts::111122223333:assumed-role/ops/alice";
    let user = "arn:aws:iam::111122223333:user/bob";
    let federated = "arn:aws:sts::111122223333:federated-user/bob";
    let conditional = Some(Decision::Conditional);
    for of_role in [role, linked, center] {
        assert_eq!(decided(of_role, &[of_role]), conditional, "{of_role}");
    }
    assert_eq!(decided(role, &[role, session]), conditional);
    // Some of what must be listed is: AWS says that the caller might be denied.
    assert_eq!(decided(session, &[role]), conditional);
    assert_eq!(decided(role, &[]), conditional);
    assert_eq!(decided(session, &[role, session]), Some(Decision::Allowed));
    assert_eq!(decided(user, &[user]), Some(Decision::Allowed));
    assert_eq!(decided(federated, &[federated]), conditional);
    assert_eq!(decided(federated, &[federated, user]), conditional);
}

#[test]
fn services_and_sessions_are_themselves() {
    let facts = facts(&allow(
        r#"{"Service":"backup.amazonaws.com","AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
        "kms:ScheduleKeyDeletion",
        "",
    ));
    let kinds: Vec<_> = facts.access.schedule.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [PrincipalKind::Service, PrincipalKind::Session]);
    assert!(!facts.access.someone_can_cancel);
}

#[test]
fn what_a_template_has_yet_to_put_in_may_match_or_not() {
    for value in ["${days}", "{{ days }}", "<days>", "[MINIMUM_DAYS]"] {
        for (comparison, statement) in [
            ("NumericLessThan", "Deny"),
            ("NumericNotEquals", "Deny"),
            ("NumericGreaterThanEquals", "Allow"),
        ] {
            let condition = format!(
                r#""{comparison}":{{"kms:ScheduleKeyDeletionPendingWindowInDays":"{value}"}}"#
            );
            let text = if statement == "Deny" {
                format!("{DEFAULT},{}", deny_window(comparison, value))
            } else {
                allow(r#"{"AWS":"111122223333"}"#, "kms:*", &condition)
            };
            let facts = facts(&text);
            let [(_, decision, days)] = schedulers(&facts)[..] else {
                panic!("{text}")
            };
            assert_eq!(
                (decision, days),
                (Decision::Conditional, "7 to 30 days"),
                "{text}"
            );
            let conditions = facts.statements.iter().flat_map(|s| &s.conditions);
            for condition in conditions {
                assert_eq!(condition.effect, Some(ConditionEffect::Depends), "{text}");
            }
        }
    }
    let named = r#""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/<admin>"}"#;
    let facts = facts(&allow(
        r#"{"AWS":"arn:aws:iam::111122223333:role/a"}"#,
        "kms:*",
        named,
    ));
    let [(_, decision, _)] = schedulers(&facts)[..] else {
        panic!("{:?}", facts.access.schedule)
    };
    assert_eq!(decision, Decision::Conditional);
}

/// `aws:PrincipalType` of the root user is `Account`, and no role, user or federated user has its ARN:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltype>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
#[test]
fn root_user_can_where_its_type_or_arn_leaves_no_other() {
    let account = r#"{"AWS":"arn:aws:iam::111122223333:root"}"#;
    let root_only = [
        r#""StringEquals":{"aws:PrincipalType":"Account"}"#,
        r#""StringEqualsIgnoreCase":{"aws:principaltype":"account"}"#,
        r#""StringLike":{"aws:PrincipalType":"Acc*"}"#,
        r#""StringNotEquals":{"aws:PrincipalType":["User","AssumedRole","FederatedUser"]}"#,
        r#""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"},"StringEquals":{"aws:PrincipalType":"Account"}"#,
        r#""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}"#,
        r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}"#,
        r#""StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}"#,
        r#""StringEqualsIgnoreCase":{"aws:PrincipalArn":"arn:aws:iam::111122223333:ROOT"}"#,
        r#""StringLike":{"aws:principalarn":"*:root"}"#,
        r#""ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/*","arn:*:iam::*:user/*","arn:aws:sts::*:*"]}"#,
    ];
    for condition in root_only {
        for principal in [account, r#"{"AWS":"111122223333"}"#, r#""*""#] {
            let facts = facts(&allow(principal, "kms:*", condition));
            let table = &facts.access;
            let [root] = &*table.schedule else {
                panic!("{condition}: {:?}", table.schedule)
            };
            assert!(root.only_root && root.narrowed, "{condition}");
            assert_eq!(root.kind, PrincipalKind::Account);
            assert_eq!(
                (&*root.name, root.decision),
                ("root user", Decision::Allowed)
            );
            assert!(table.someone_can_cancel && table.someone_can_enable);
            assert!(table.someone_can_put_key_policy);
        }
    }
    let others = r#"{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":
        {"StringNotLike":{"aws:PrincipalType":["Account"]}}}"#;
    let denied = facts(&format!("{DEFAULT},{others}"));
    assert!(denied.access.schedule[0].only_root && denied.access.someone_can_put_key_policy);
    // Near misses: other types than the root user's, and all but the root user.
    for condition in [
        r#""StringEquals":{"aws:PrincipalType":["Account","User"]}"#,
        r#""StringNotEquals":{"aws:PrincipalType":"Account"}"#,
        r#""ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}"#,
        r#""StringLike":{"aws:PrincipalArn":"*root"}"#,
        r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:*root"}"#,
    ] {
        let facts = facts(&allow(account, "kms:*", condition));
        assert!(!facts.access.schedule[0].only_root, "{condition}");
    }
    let nobody = r#""StringEquals":{"aws:PrincipalType":"Root"}"#;
    assert!(
        !facts(&allow(account, "kms:*", nobody))
            .access
            .someone_can_cancel
    );
    // A Deny of the root user, too, leaves nobody.
    let of_root = others.replace("StringNotLike", "StringLike");
    let frozen = facts(&format!("{DEFAULT},{others},{of_root}"));
    assert!(!frozen.access.someone_can_put_key_policy);
}

/// A key's partition is its root user's: `aws:PrincipalArn` begins with it.
#[test]
fn root_user_is_of_the_partition_of_the_key() {
    let arn = "arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (own, expected) in [("aws-cn", true), ("aws", false)] {
        let root = format!("arn:{own}:iam::111122223333:root");
        let condition = format!(
            r#""StringEquals":{{"aws:PrincipalType":"Account","aws:PrincipalArn":"{root}"}}"#
        );
        let statement = allow(r#"{"AWS":"111122223333"}"#, "kms:*", &condition);
        let mut sources = Sources::default();
        let key = key(&statement, Some(arn), &mut sources);
        let facts = of_key(&key, &sources);
        assert_eq!(facts.access.someone_can_cancel, expected, "{own}");
        // Of a key policy alone it is that of the principals that it names.
        let condition = format!(r#""ArnEquals":{{"aws:PrincipalArn":"{root}"}}"#);
        let principal = r#"{"AWS":"arn:aws-cn:iam::111122223333:root"}"#;
        let key = super::key(&allow(principal, "kms:*", &condition), None, &mut sources);
        let facts = of_key(&key, &sources);
        assert_eq!(facts.access.someone_can_cancel, expected, "{own}");
    }
}

#[test]
fn principals_of_another_partition_can_do_nothing() {
    for principal in [
        "arn:aws-cn:iam::111122223333:role/KeyAdmin",
        "arn:aws-cn:iam::111122223333:root",
    ] {
        let statement = allow(&format!(r#"{{"AWS":"{principal}"}}"#), "kms:*", "");
        let facts = facts(&statement);
        assert!(facts.access.schedule.is_empty() && !facts.access.someone_can_cancel);
        assert_eq!(facts.statements[0].principals[0].foreign, Some(true));
        // Neither does a Deny that names them protect anything.
        let own = r#"{"AWS":"arn:aws:iam::111122223333:role/KeyAdmin"}"#;
        let deny = statement.replace("Allow", "Deny");
        let facts = super::facts(&format!("{},{deny}", allow(own, "kms:*", "")));
        assert_eq!(facts.access.schedule[0].decision, Decision::Allowed);
    }
}

#[test]
fn what_one_is_given_by_name_is_not_given_to_everyone() {
    let narrow = r#""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/KeyAdmin"}"#;
    let everyone = allow(r#""*""#, "kms:ScheduleKeyDeletion", narrow);
    let of_root = facts(&format!("{DEFAULT},{everyone}"));
    let found = |facts: &Facts| {
        let mut all = facts.access.schedule.iter();
        let everyone = all
            .find(|access| access.kind == PrincipalKind::Everyone)
            .unwrap();
        (everyone.decision, everyone.narrowed, everyone.via.len())
    };
    assert_eq!(found(&of_root), (Decision::Conditional, true, 1));
    // Whom a Deny spares is tried in place of everyone, too.
    let deny = r#"{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/ops"]},"Action":"kms:Sign","Resource":"*"}"#;
    let ops = allow(
        r#"{"AWS":"arn:aws:iam::111122223333:role/ops"}"#,
        "kms:*",
        "",
    );
    let spared = facts(&format!("{everyone},{ops},{deny}"));
    assert_eq!(found(&spared), (Decision::Conditional, true, 1));
}
