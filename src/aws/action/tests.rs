//! Checks of the action table.

use std::collections::BTreeSet;

use super::*;
use crate::aws::condition_key;

#[test]
fn there_are_fifty_six_in_order() {
    let names: Vec<&str> = KmsAction::ALL.iter().map(|action| action.name()).collect();
    assert_eq!(names.len(), 56);
    assert!(names.is_sorted());
    for name in &names {
        assert!(name.starts_with(|c: char| c.is_ascii_uppercase()));
    }
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 56);
}

#[test]
fn every_condition_key_of_a_row_is_in_the_key_table() {
    let known: BTreeSet<&str> = condition_key::all().map(|key| key.name).collect();
    for action in KmsAction::ALL {
        for key in action.condition_keys() {
            assert!(known.contains(key), "{action}: {key}");
        }
        assert!(
            action
                .condition_keys()
                .is_sorted_by_key(|key| key.to_ascii_lowercase())
        );
    }
}

#[test]
fn names_ignore_case_and_service() {
    for text in [
        "ScheduleKeyDeletion",
        "kms:schedulekeydeletion",
        "KMS:SCHEDULEKEYDELETION",
    ] {
        assert_eq!(
            KmsAction::from_name(text),
            Some(KmsAction::ScheduleKeyDeletion)
        );
    }
    // `DeleteKey` is a CloudTrail event and `ReEncrypt` an API operation, neither is an IAM action.
    for text in [
        "",
        "kms:",
        "kms:DeleteKey",
        "ReEncrypt",
        "s3:Decrypt",
        " kms:Decrypt",
        "kms:*",
        "ключ",
    ] {
        assert_eq!(KmsAction::from_name(text), None, "{text}");
    }
    for action in KmsAction::ALL {
        assert_eq!(KmsAction::from_name(action.qualified()), Some(*action));
    }
}

#[test]
fn suggests_the_likely_action() {
    assert_eq!(
        nearest("kms:ScheduleKeyDelete"),
        Some(KmsAction::ScheduleKeyDeletion)
    );
    assert_eq!(
        nearest("kms:CancelKeyDeletions"),
        Some(KmsAction::CancelKeyDeletion)
    );
    assert_eq!(nearest("kms:Frobnicate"), None);
    assert_eq!(nearest("kms:"), None);
}

/// `action_keys`, written down separately from the table.
#[test]
fn watched_actions_have_the_keys_of_the_reference() {
    let expected = [
        (
            KmsAction::ScheduleKeyDeletion,
            vec![
                "kms:CallerAccount",
                "kms:ScheduleKeyDeletionPendingWindowInDays",
                "kms:TrailingDaysWithoutKeyUsage",
                "kms:ViaService",
            ],
        ),
        (
            KmsAction::CancelKeyDeletion,
            vec!["kms:CallerAccount", "kms:ViaService"],
        ),
        (
            KmsAction::DisableKey,
            vec![
                "kms:CallerAccount",
                "kms:TrailingDaysWithoutKeyUsage",
                "kms:ViaService",
            ],
        ),
        (
            KmsAction::PutKeyPolicy,
            vec![
                "kms:BypassPolicyLockoutSafetyCheck",
                "kms:CallerAccount",
                "kms:ViaService",
            ],
        ),
    ];
    for (action, keys) in expected {
        assert_eq!(action.condition_keys(), keys, "{action}");
    }
}

#[test]
fn deletion_is_neither_cross_account_nor_grantable() {
    for action in [
        KmsAction::ScheduleKeyDeletion,
        KmsAction::CancelKeyDeletion,
        KmsAction::DisableKey,
        KmsAction::PutKeyPolicy,
    ] {
        assert!(!action.cross_account_possible());
        assert!(!action.grantable());
        assert_eq!(action.resource_level(), ResourceLevel::Key);
    }
    let count = |claim: fn(KmsAction) -> bool| {
        KmsAction::ALL
            .iter()
            .filter(|action| claim(**action))
            .count()
    };
    // 13 cryptographic actions (all but `GenerateRandom`) and seven others.
    assert_eq!(count(KmsAction::cross_account_possible), 20);
    assert_eq!(count(KmsAction::grantable), 17);
}

#[test]
fn account_wide_actions_have_no_resource() {
    let names: Vec<&str> = KmsAction::ALL
        .iter()
        .filter(|action| action.resource_level() == ResourceLevel::None)
        .map(|action| action.name())
        .collect();
    let expected = [
        "ConnectCustomKeyStore",
        "CreateCustomKeyStore",
        "CreateKey",
        "DeleteCustomKeyStore",
        "DescribeCustomKeyStores",
        "DisconnectCustomKeyStore",
        "GenerateRandom",
        "ListAliases",
        "ListKeys",
        "ListRetirableGrants",
        "UpdateCustomKeyStore",
    ];
    assert_eq!(names, expected);
}
