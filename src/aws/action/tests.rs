//! Checks of the action table.

use std::collections::BTreeSet;

use super::*;
use crate::aws::condition_key;

#[test]
fn there_are_fifty_eight_in_order() {
    let names: Vec<&str> = KmsAction::ALL.iter().map(|action| action.name()).collect();
    assert_eq!(names.len(), 58);
    assert!(names.is_sorted());
    for name in &names {
        assert!(name.starts_with(|c: char| c.is_ascii_uppercase()));
    }
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 58);
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
    // 15 cryptographic actions (all but `GenerateRandom`) and seven others.
    assert_eq!(count(KmsAction::uses_key), 15);
    assert_eq!(count(KmsAction::cross_account_possible), 22);
    assert_eq!(count(KmsAction::grantable), 19);
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

/// API reference, `Encapsulate` and `Decapsulate`, and the enumerations `GrantOperation` and
/// `KeyLastUsageTrackingOperation`.
#[test]
fn operations_of_ml_kem_keys_are_uses_across_accounts_and_by_grants() {
    for name in ["kms:Encapsulate", "kms:Decapsulate"] {
        let action = KmsAction::from_name(name).unwrap();
        assert!(action.uses_key() && action.grantable() && action.cross_account_possible());
        assert_eq!(action.resource_level(), ResourceLevel::Key);
        assert_eq!(action.qualified(), name);
    }
}

#[test]
fn events_are_uses_unless_they_are_known_to_be_none() {
    for name in [
        "Decrypt",
        "ReEncrypt",
        "Decapsulate",
        "VerifyMac",
        "NextYearsOperation",
    ] {
        assert!(event_may_be_use(name), "{name}");
    }
    for name in [
        "DeleteKey",
        "RotateKey",
        "GetPublicKey",
        "GenerateRandom",
        "CreateGrant",
    ] {
        assert!(!event_may_be_use(name), "{name}");
        assert!(is_known_event(name), "{name}");
    }
    assert!(is_known_event("ReEncrypt") && !is_known_event("NextYearsOperation"));
}
