//! Checks of differences, on policies as text.

use super::*;
use crate::access::{Case, CaseSet, day_ranges};
use crate::aws::{KeyArn, KmsAction, PendingWindowInDays, PrincipalKind};
use crate::inventory::{Key, KeyMetadata, LoadedPolicy};
use crate::policy::{PolicyKind, PolicyReading};
use crate::text::SourceFile;

const ARN: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// The first statement of AWS's default key policy.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
const DEFAULT: &str = r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

fn inventory(statements: &str) -> (Inventory, Sources) {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let mut sources = Sources::default();
    let source = sources.add(SourceFile::new("policy.json", text.as_str()));
    let policy = LoadedPolicy {
        name: "policy.json".into(),
        source,
        encoding: None,
        size: None,
        document: PolicyReading::of_text(&text, PolicyKind::Key)
            .document
            .unwrap(),
    };
    let arn = KeyArn::parse(ARN).unwrap();
    let key = Key {
        name: ARN.into(),
        account: Some(arn.account()),
        arn: Some(arn),
        metadata: KeyMetadata::nothing(),
        policy: Some(policy),
        ..Key::default()
    };
    let inventory = Inventory {
        keys: vec![key],
        ..Inventory::default()
    };
    (inventory, sources)
}

fn of(before: &str, after: &str) -> Difference {
    let (before, after) = (inventory(before), inventory(after));
    let before_side = Side {
        inventory: &before.0,
        sources: &before.1,
        roots: &[],
    };
    let after_side = Side {
        inventory: &after.0,
        sources: &after.1,
        roots: &[],
    };
    let found = between(before_side, after_side, EVERY);
    assert_eq!(between(after_side, before_side, EVERY), found.reversed());
    assert!(between(before_side, before_side, EVERY).is_empty());
    found
}

fn allow(principal: &str, actions: &str, condition: &str) -> String {
    statement("Allow", principal, actions, condition)
}

fn statement(effect: &str, principal: &str, actions: &str, condition: &str) -> String {
    let principal = if principal == "*" {
        r#""*""#.to_owned()
    } else {
        format!(r#"{{"AWS":{principal}}}"#)
    };
    let condition = if condition.is_empty() {
        String::new()
    } else {
        format!(r#","Condition":{{{condition}}}"#)
    };
    format!(
        r#"{{"Effect":"{effect}","Principal":{principal},"Action":[{actions}],"Resource":"*"{condition}}}"#
    )
}

const ADMIN: &str = r#""arn:aws:iam::111122223333:role/admin""#;
const APP: &str = r#""arn:aws:iam::111122223333:role/app""#;
const SCHEDULE: &str = r#""kms:ScheduleKeyDeletion""#;
const MFA: &str = r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#;

/// `WHO ACTION: BEFORE -> AFTER` of each change.
fn lines(difference: &Difference) -> Vec<String> {
    let side = |permission: &EffectivePermission| {
        let ranges = |cases: CaseSet| {
            let days = day_ranges(cases.days());
            let days: Vec<_> = days.iter().map(|(a, b)| format!("{a}-{b}")).collect();
            days.join(",")
        };
        let allowed = ranges(permission.decisions.allowed);
        if permission.decisions.conditional.is_empty() {
            return allowed;
        }
        let perhaps = ranges(permission.decisions.conditional);
        format!("{allowed}?{perhaps} {}", permission.depends_on.join(","))
    };
    let changes = difference.subjects.iter().flat_map(|s| &s.changes);
    changes
        .map(|change| {
            format!(
                "{:?} {} {}: {} -> {}",
                change.who.kind,
                change.who.name.rsplit('/').next().unwrap(),
                change.action.name(),
                side(&change.before),
                side(&change.after),
            )
        })
        .collect()
}

#[test]
fn a_new_permission_is_a_gain() {
    let found = of(DEFAULT, &format!("{DEFAULT},{}", allow(APP, SCHEDULE, "")));
    assert_eq!(lines(&found), ["Role app ScheduleKeyDeletion:  -> 7-30"]);
    assert!(found.gains_deletion() && !found.loses_last_canceller());
    assert!(!found.reversed().gains_deletion());
}

#[test]
fn what_means_the_same_is_no_difference() {
    let actions = r#""kms:ScheduleKeyDeletion","kms:CancelKeyDeletion","kms:Decrypt""#;
    let before = format!("{DEFAULT},{}", allow(APP, actions, MFA));
    for after in [
        // Reordered.
        format!("{},{DEFAULT}", allow(APP, actions, MFA)),
        // Split by action.
        format!(
            "{},{DEFAULT},{}",
            allow(APP, r#""KMS:schedulekeydeletion""#, MFA),
            allow(APP, r#""kms:Cancel*","kms:Decryp?""#, MFA)
        ),
        // Said twice.
        format!("{DEFAULT},{0},{0}", allow(APP, actions, MFA)),
        // Another spelling of the condition.
        format!(
            "{DEFAULT},{}",
            allow(
                APP,
                actions,
                r#""Bool":{"AWS:multifactorauthpresent":["TRUE"]}"#
            )
        ),
        // A stronger condition beside the same.
        format!(
            "{DEFAULT},{},{}",
            allow(APP, actions, MFA),
            allow(
                APP,
                actions,
                &format!(r#"{MFA},"IpAddress":{{"aws:SourceIp":"10.0.0.0/8"}}"#)
            )
        ),
    ] {
        assert_eq!(lines(&of(&before, &after)), [""; 0], "{after}");
    }
    // One condition with two values, or two statements with one each.
    let net = |value: &str| format!(r#""IpAddress":{{"aws:SourceIp":[{value}]}}"#);
    let both = allow(APP, actions, &net(r#""10.0.0.0/8","192.168.0.0/16""#));
    let one = allow(APP, actions, &net(r#""10.0.0.0/8""#));
    let two = allow(APP, actions, &net(r#""192.168.0.0/16""#));
    assert!(of(&both, &format!("{two},{one}")).is_empty());
    let net = |values: &str| format!(r#""NotIpAddress":{{"aws:SourceIp":[{values}]}}"#);
    let deny = |values: &str| statement("Deny", "*", actions, &net(values));
    let in_order = format!("{DEFAULT},{}", deny(r#""10.0.0.0/8","192.168.0.0/16""#));
    let other = format!("{},{DEFAULT}", deny(r#""192.168.0.0/16","10.0.0.0/8""#));
    assert!(of(&in_order, &other).is_empty());
    // Principals apart.
    let pair = allow(&format!("[{APP},{ADMIN}]"), actions, MFA);
    let apart = format!(
        "{},{}",
        allow(ADMIN, actions, MFA),
        allow(APP, actions, MFA)
    );
    assert!(of(&pair, &apart).is_empty());
}

#[test]
fn another_condition_is_a_difference_both_ways() {
    let net = r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#;
    let found = of(&allow(APP, SCHEDULE, MFA), &allow(APP, SCHEDULE, net));
    assert_eq!(
        lines(&found),
        ["Role app ScheduleKeyDeletion: ?7-30 aws:MultiFactorAuthPresent -> ?7-30 aws:SourceIp"]
    );
    let change = &found.subjects[0].changes[0];
    assert_eq!((change.gains, change.loses), (CaseSet::ALL, CaseSet::ALL));
    let said = |permission: &EffectivePermission| permission.hangs_on[0].in_words().join(";");
    assert_eq!(said(&change.before), "Bool aws:MultiFactorAuthPresent true");
    assert_eq!(said(&change.after), "IpAddress aws:SourceIp 10.0.0.0/8");
    // A condition more, or a narrower one, only loses.
    let more = format!("{MFA},{net}");
    let found = of(&allow(APP, SCHEDULE, MFA), &allow(APP, SCHEDULE, &more));
    let change = &found.subjects[0].changes[0];
    assert_eq!((change.gains, change.loses), (CaseSet::NONE, CaseSet::ALL));
    let narrow = r#""IpAddress":{"aws:SourceIp":"10.1.0.0/16"}"#;
    let found = of(&allow(APP, SCHEDULE, net), &allow(APP, SCHEDULE, narrow));
    assert!(!found.gains_deletion() && found.reversed().gains_deletion());
    // A condition less, by which it no longer is one.
    let found = of(&allow(APP, SCHEDULE, MFA), &allow(APP, SCHEDULE, ""));
    assert!(found.gains_deletion() && !found.reversed().gains_deletion());
}

#[test]
fn day_counts_are_compared_one_by_one() {
    let at_least = |days: u8| {
        format!(
            r#""NumericGreaterThanEquals":{{"kms:ScheduleKeyDeletionPendingWindowInDays":"{days}"}}"#
        )
    };
    let found = of(
        &allow(APP, SCHEDULE, &at_least(14)),
        &allow(APP, SCHEDULE, &at_least(10)),
    );
    assert_eq!(
        lines(&found),
        ["Role app ScheduleKeyDeletion: 14-30 -> 10-30"]
    );
    let change = &found.subjects[0].changes[0];
    assert_eq!(day_ranges(change.gains.days()), [(10, 13)]);
    assert!(change.loses.is_empty());
    assert!(found.gains_deletion() && !found.reversed().gains_deletion());
    // A guardrail for all takes days away from the account, too.
    let deny = statement(
        "Deny",
        "*",
        SCHEDULE,
        r#""NumericLessThan":{"kms:ScheduleKeyDeletionPendingWindowInDays":"14"}"#,
    );
    let found = of(DEFAULT, &format!("{DEFAULT},{deny}"));
    assert_eq!(
        lines(&found),
        [
            "Account 111122223333 ScheduleKeyDeletion: 7-30 -> 14-30",
            "Root 111122223333 ScheduleKeyDeletion: 7-30 -> 14-30",
        ]
    );
    assert!(!found.gains_deletion());
    let fourteen = Case::Days(PendingWindowInDays::new(14).unwrap());
    assert!(!found.subjects[0].changes[0].loses.contains(fourteen));
}

#[test]
fn a_deny_that_goes_is_a_gain_of_whom_it_named() {
    let deny = statement("Deny", APP, SCHEDULE, "");
    let found = of(&format!("{DEFAULT},{deny}"), DEFAULT);
    assert!(found.gains_deletion(), "{:?}", lines(&found));
    assert_eq!(found.subjects[0].changes[0].who.way, Way::OwnPolicies);
    assert_eq!(lines(&found), ["Role app ScheduleKeyDeletion:  -> 7-30"]);
    assert!(!found.reversed().gains_deletion());
}

/// An account's principals have ARNs of the account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
#[test]
fn nobody_of_an_account_has_an_arn_of_another() {
    const ROOT: &str = r#""arn:aws:iam::111122223333:root""#;
    const OTHER: &str = r#""arn:aws:iam::444455556666:root""#;
    let gains = |principal: &str, operator: &str, arn: &str| {
        let condition = format!(r#""{operator}":{{"aws:PrincipalArn":"{arn}"}}"#);
        let granted = allow(principal, r#""kms:PutKeyPolicy","kms:Decrypt""#, &condition);
        let other = allow(APP, r#""kms:GetKeyPolicy""#, "");
        !lines(&of(&other, &format!("{other},{granted}"))).is_empty()
    };
    for (operator, arn) in [
        ("ArnLike", "arn:aws:iam::777788889999:role/*"),
        ("ArnEquals", "arn:aws:iam::7777*:root"),
        ("StringLike", "arn:aws:iam::777788889999:*"),
        ("StringEquals", "arn:aws:iam::777788889999:user/al"),
    ] {
        assert!(!gains(ROOT, operator, arn), "{operator} {arn}");
        assert!(!gains(OTHER, operator, arn), "{operator} {arn}");
    }
    for (operator, arn) in [
        ("ArnLike", "arn:aws:iam::111122223333:role/*"),
        ("ArnLike", "arn:aws:iam::1111*:role/*"),
        ("StringLike", "arn:aws:iam::*:777788889999:role/x"),
        ("StringLike", "*777788889999:role/x"),
        ("StringEquals", "arn:aws:iam::111122223333:user/al"),
        ("ArnNotLike", "arn:aws:iam::777788889999:role/*"),
        ("ArnLikeIfExists", "arn:aws:iam::${account}:role/*"),
    ] {
        assert!(gains(ROOT, operator, arn), "{operator} {arn}");
    }
    assert!(gains(OTHER, "ArnLike", "arn:aws:iam::*:role/x"));
}

/// Of all principals of an account, its root user alone has its ARN, and that is also where everyone is named.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
#[test]
fn only_the_root_user_has_its_arn() {
    let who = |operator: &str, arn: &str| {
        let condition = format!(r#""{operator}":{{"aws:PrincipalArn":"{arn}"}}"#);
        let other = allow(APP, r#""kms:GetKeyPolicy""#, "");
        let granted = allow("*", r#""kms:PutKeyPolicy""#, &condition);
        let found = of(&format!("{other},{granted}"), &other);
        let changes = found.subjects.iter().flat_map(|of| &of.changes);
        let mut kinds: Vec<_> = changes.map(|of| of.who.kind).collect();
        // What a service principal has as this key is not documented.
        kinds.retain(|kind| *kind != PrincipalKind::AnyService);
        kinds.dedup();
        kinds
    };
    for (operator, arn) in [
        ("ArnEquals", "arn:aws:iam::111122223333:root"),
        ("ArnLike", "arn:aws:iam::111122223333:root"),
        ("ArnLike", "arn:*:iam::111122223333:roo?"),
        ("StringEquals", "arn:aws:iam::111122223333:root"),
        ("StringLike", "*:root"),
    ] {
        assert_eq!(
            who(operator, arn),
            [PrincipalKind::Root],
            "{operator} {arn}"
        );
    }
    for (operator, arn) in [
        ("ArnNotEquals", "arn:aws:iam::111122223333:root"),
        ("ArnNotLike", "arn:aws:iam::*:root"),
        ("StringNotEquals", "arn:aws:iam::111122223333:root"),
    ] {
        let found = who(operator, arn);
        assert!(!found.contains(&PrincipalKind::Root), "{found:?}");
        assert!(found.contains(&PrincipalKind::Everyone), "{found:?}");
    }
    assert!(who("ArnEquals", "arn:aws-cn:iam::111122223333:root").is_empty());
    assert!(who("StringLike", "*root").contains(&PrincipalKind::Everyone));
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
#[test]
fn what_a_permissions_boundary_limits_is_less() {
    const SESSION: &str = r#""arn:aws:sts::111122223333:assumed-role/app/ci""#;
    const USER: &str = r#""arn:aws:iam::111122223333:user/bob""#;
    const ACCOUNT: &str = r#""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#;
    let under_boundaries = |found: &Difference| {
        let changes = found.subjects.iter().flat_map(|of| &of.changes);
        let bounded = changes.filter(|change| change.who.way == Way::Boundary);
        let names = bounded.map(|change| (change.who.name.clone(), change.gains.is_empty()));
        names.collect::<Vec<_>>()
    };
    let role = allow(APP, SCHEDULE, "");
    let (session, everyone) = (allow(SESSION, SCHEDULE, ""), allow("*", SCHEDULE, ACCOUNT));
    // What names the session or everyone is not limited by a boundary, what names the role is.
    let found = of(&format!("{session},{role}"), &role);
    // The role stands for the session, too.
    let [app, ci] = [APP, SESSION].map(|name| (name.trim_matches('"').to_owned(), true));
    assert_eq!(under_boundaries(&found), [app, ci]);
    let line = "Session ci ScheduleKeyDeletion: 7-30 -> ?7-30 ".to_owned();
    assert!(lines(&found).contains(&line), "{:?}", lines(&found));
    assert!(found.reversed().gains_deletion());
    let found = of(&format!("{role},{everyone}"), &role);
    let named = APP.trim_matches('"').to_owned();
    assert_eq!(under_boundaries(&found), [(named, true)]);
    // A Deny with NotPrincipal reaches whoever has a boundary, though it lists it.
    let spared = |name: &str| {
        let listed = format!(r#"["arn:aws:iam::111122223333:root",{name}]"#);
        statement("Deny", "*", SCHEDULE, "").replace(
            r#""Principal":"*""#,
            &format!(r#""NotPrincipal":{{"AWS":{listed}}}"#),
        )
    };
    let user = allow(USER, SCHEDULE, "");
    let found = of(&format!("{user},{}", spared(USER)), &user);
    let named = USER.trim_matches('"').to_owned();
    assert_eq!(under_boundaries(&found), [(named, false)]);
    // Nor does it spare each session of a role that it lists.
    let found = of(&format!("{role},{}", spared(APP)), &role);
    assert_eq!(under_boundaries(&found), []);
    assert_eq!(
        lines(&found),
        ["Role app ScheduleKeyDeletion: ?7-30  -> 7-30"]
    );
    // What is named of another role's sessions, or only denied, makes no difference to this one.
    let other = allow(&SESSION.replace("app/ci", "web/ci"), SCHEDULE, "");
    let denied = statement("Deny", "*", SCHEDULE, ACCOUNT);
    let found = of(&format!("{role},{other},{denied}"), &role);
    assert!(
        !under_boundaries(&found)
            .iter()
            .any(|(name, _)| name == APP.trim_matches('"'))
    );
    // The same grant before and after, and one that goes for everybody, say nothing of boundaries.
    for (before, after) in [
        (format!("{role},{session}"), format!("{session},{role}")),
        (format!("{session},{role}"), DEFAULT.to_owned()),
        (format!("{user},{everyone}"), user),
        (role, DEFAULT.to_owned()),
    ] {
        assert_eq!(under_boundaries(&of(&before, &after)), []);
    }
}

#[test]
fn the_last_canceller_is_missed() {
    let lifecycle = r#""kms:ScheduleKeyDeletion","kms:CancelKeyDeletion","kms:PutKeyPolicy""#;
    let found = of(
        &allow(ADMIN, lifecycle, ""),
        &allow(ADMIN, r#""kms:ScheduleKeyDeletion","kms:PutKeyPolicy""#, ""),
    );
    assert!(found.loses_last_canceller() && !found.gains_deletion());
    let lost: Vec<_> = found.subjects[0].lost().iter().collect();
    assert_eq!(lost, [KmsAction::CancelKeyDeletion]);
    // Somebody else is left.
    let both = format!(
        "{},{}",
        allow(ADMIN, lifecycle, ""),
        allow(APP, lifecycle, "")
    );
    let found = of(&both, &allow(ADMIN, lifecycle, ""));
    assert!(!found.loses_last_canceller() && found.subjects[0].standings.is_empty());
    // Only perhaps.
    let found = of(&allow(ADMIN, lifecycle, ""), &allow(ADMIN, lifecycle, MFA));
    assert!(!found.loses_last_canceller());
    let unsure = found.subjects[0].no_longer_sure();
    assert!(unsure.contains(KmsAction::CancelKeyDeletion));
}

/// Beside another account a placeholder may be that of the key, that one, or a third.
#[test]
fn placeholder_of_an_account_beside_another_gains_by_either_reading() {
    let template = "\"arn:aws:iam::${account_id}:root\"";
    let other = allow(
        "\"arn:aws:iam::444455556666:role/App\"",
        r#""kms:Encrypt""#,
        "",
    );
    let beside = format!("{DEFAULT},{other}");
    let found = of(
        &beside,
        &format!("{beside},{}", allow(template, r#""kms:Decrypt""#, "")),
    );
    let gained = lines(&found);
    assert!(
        gained
            .iter()
            .any(|line| line.starts_with("Account <other-acct> Decrypt")),
        "{gained:?}"
    );
}

#[test]
fn placeholders_and_everyone_gain_too() {
    let found = of(
        DEFAULT,
        &format!("{DEFAULT},{}", allow(r#""${AdminRole}""#, SCHEDULE, "")),
    );
    assert_eq!(
        lines(&found),
        ["Placeholder ${AdminRole} ScheduleKeyDeletion:  -> 7-30"]
    );
    // The account that a placeholder names is the key's, and not one of its roles.
    let template = "\"arn:aws:iam::${account_id}:root\"";
    let found = of(
        &allow(template, r#""kms:*""#, ""),
        &allow(r#""arn:aws:iam::111122223333:root""#, r#""kms:*""#, ""),
    );
    assert_eq!(lines(&found), [""; 0]);
    let found = of(
        &allow(template, r#""kms:Decrypt""#, ""),
        &allow(template, r#""kms:*""#, ""),
    );
    let gained = lines(&found);
    assert!(
        gained
            .iter()
            .any(|line| line.starts_with("Account 111122223333 ScheduleKeyDeletion")),
        "{gained:?}"
    );
    assert!(
        !gained.iter().any(|line| line.contains("Placeholder")),
        "{gained:?}"
    );
    // A role of that account is the role of the rendered policy.
    let role = |account: &str| format!(r#""arn:aws:iam::{account}:role/KeyAdmin""#);
    let found = of(
        &format!("{DEFAULT},{}", allow(&role("${account_id}"), SCHEDULE, "")),
        &format!("{DEFAULT},{}", allow(&role("111122223333"), SCHEDULE, "")),
    );
    assert_eq!(lines(&found), [""; 0]);
    let found = of(DEFAULT, &format!("{DEFAULT},{}", allow("*", SCHEDULE, "")));
    assert_eq!(
        lines(&found),
        [
            "Everyone  ScheduleKeyDeletion:  -> 7-30",
            "AnyService  ScheduleKeyDeletion:  -> 7-30"
        ]
    );
    let service = r#"{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},
        "Action":"kms:Decrypt","Resource":"*"}"#;
    let found = of(DEFAULT, &format!("{DEFAULT},{service}"));
    assert_eq!(lines(&found).len(), 1, "{:?}", lines(&found));
    let foreign = allow(r#""444455556666""#, r#""kms:Decrypt""#, "");
    let found = of(DEFAULT, &format!("{DEFAULT},{foreign}"));
    assert!(lines(&found)[0].starts_with("Account 444455556666 Decrypt"));
}

#[test]
fn a_key_on_one_side_only_is_stated() {
    let (before, after) = (
        (Inventory::default(), Sources::default()),
        inventory(DEFAULT),
    );
    let side = Side {
        inventory: &before.0,
        sources: &before.1,
        roots: &[],
    };
    let other = Side {
        inventory: &after.0,
        sources: &after.1,
        roots: &[],
    };
    let found = between(side, other, WATCHED);
    assert_eq!(found.subjects[0].presence, Presence::Added);
    assert!(found.gains_deletion() && found.subjects[0].standings.is_empty());
    assert_eq!(between(other, side, WATCHED), found.reversed());
}

/// ML-KEM: API reference, `Encapsulate` and `Decapsulate`, cross-account use.
#[test]
fn key_encapsulation_for_another_account_is_use() {
    let foreign = allow(
        r#""arn:aws:iam::444455556666:role/app""#,
        r#""kms:Encapsulate","kms:Decapsulate""#,
        "",
    );
    let found = of(DEFAULT, &format!("{DEFAULT},{foreign}"));
    let changes = found.subjects.iter().flat_map(|subject| &subject.changes);
    let actions: std::collections::BTreeSet<_> = changes.map(|change| change.action).collect();
    assert_eq!(
        actions.into_iter().collect::<Vec<_>>(),
        [KmsAction::Decapsulate, KmsAction::Encapsulate]
    );
    assert_eq!(ActionGroup::of(KmsAction::Decapsulate), ActionGroup::Use);
    assert!(WATCHED.contains(KmsAction::Encapsulate));
}

/// An action that AWS adds after this version was written may be one of use, across accounts.
#[test]
fn action_that_is_not_known_is_a_difference_and_no_gain_of_a_known_one() {
    let foreign = r#""arn:aws:iam::444455556666:role/app""#;
    let new = |effect: &str| statement(effect, foreign, r#""kms:TransmuteKey""#, "");
    let found = of(DEFAULT, &format!("{DEFAULT},{}", new("Allow")));
    let subject = &found.subjects[0];
    let change = |gains| UnknownChange {
        action: "kms:transmutekey".to_owned(),
        gains,
        loses: !gains,
    };
    assert_eq!(subject.unknown, [change(true)]);
    assert!(subject.changes.is_empty() && !found.gains_deletion());
    let found = of(DEFAULT, &format!("{DEFAULT},{}", new("Deny")));
    assert_eq!(found.subjects[0].unknown, [change(false)]);
    // Near misses: the same in another case, and names of which it is known that they are no action.
    let upper = new("Allow").replace("kms:TransmuteKey", "KMS:TRANSMUTEKEY");
    assert!(of(&new("Allow"), &upper).is_empty());
    for name in [
        "kms:DeleteKey",
        "kms:Decrypts",
        "kms: Sign",
        "s3:TransmuteKey",
    ] {
        let slip = statement("Allow", foreign, &format!(r#""{name}""#), "");
        assert!(
            of(DEFAULT, &format!("{DEFAULT},{slip}")).is_empty(),
            "{name}"
        );
    }
}
