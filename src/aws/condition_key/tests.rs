//! Checks of the condition key table.

use std::collections::BTreeSet;

use super::*;
use KmsAction::{CancelKeyDeletion, CreateKey, Decrypt, DisableKey, ListKeys, ScheduleKeyDeletion};
use PrincipalKind::{Anonymous, FederatedUser, Role, Root, Service, User};

const CALLERS: [PrincipalKind; 6] = [User, Role, FederatedUser, Root, Service, Anonymous];

/// `never_keys`, with an example for each beginning, written down separately from the table.
const NEVER_FOR_DELETION: [&str; 29] = [
    "kms:BypassPolicyLockoutSafetyCheck",
    "kms:DataKeyPairSpec",
    "kms:EncryptionAlgorithm",
    "kms:EncryptionContext:department",
    "kms:EncryptionContextKeys",
    "kms:ExpirationModel",
    "kms:GrantConstraintSourceArn",
    "kms:GrantConstraintType",
    "kms:GrantIsForAWSResource",
    "kms:GrantOperations",
    "kms:GranteePrincipal",
    "kms:GranteeServicePrincipal",
    "kms:KeyAgreementAlgorithm",
    "kms:MacAlgorithm",
    "kms:MessageType",
    "kms:PrimaryRegion",
    "kms:ReEncryptOnSameKey",
    "kms:RecipientAttestation:PCR0",
    "kms:ReplicaRegion",
    "kms:RequestAlias",
    "kms:RetiringPrincipal",
    "kms:RetiringServicePrincipal",
    "kms:RotationPeriodInDays",
    "kms:SigningAlgorithm",
    "kms:ValidTo",
    "kms:WrappingAlgorithm",
    "kms:WrappingKeySpec",
    "aws:RequestTag/team",
    "aws:TagKeys",
];

fn of_deletion(name: &str, caller: PrincipalKind) -> Presence {
    presence(name, ScheduleKeyDeletion, caller)
}

#[test]
fn names_are_unique_and_findable() {
    let names: BTreeSet<String> = all().map(|key| key.name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), all().count());
    for key in all() {
        let name = match key.form {
            NameForm::Whole => key.name.to_ascii_uppercase(),
            NameForm::Prefix => format!("{}0", key.name),
        };
        assert_eq!(find(&name), Some(key), "{name}");
    }
}

#[test]
fn a_beginning_alone_is_no_key() {
    for name in [
        "aws:ResourceTag/",
        "aws:ResourceTag",
        "kms:EncryptionContext:",
        "kms:",
        "",
    ] {
        assert_eq!(find(name), None, "{name}");
    }
    // Encryption context keys may hold colons, tag keys any letters.
    assert!(find("KMS:encryptioncontext:aws:s3:arn").is_some());
    assert!(find("aws:PrincipalTag/\u{fc}ber").is_some());
    assert_eq!(find("aws:ResourceTa\u{fc}/x"), None);
}

#[test]
fn never_keys_are_never_there_for_deletion() {
    for name in NEVER_FOR_DELETION {
        for caller in CALLERS {
            for action in [ScheduleKeyDeletion, CancelKeyDeletion, DisableKey] {
                assert_eq!(
                    presence(name, action, caller),
                    Presence::Never,
                    "{name} {action}"
                );
            }
        }
        let somewhere = KmsAction::ALL
            .iter()
            .any(|action| presence(name, *action, User) == Presence::Sometimes);
        assert!(somewhere, "{name} applies to no action");
    }
}

#[test]
fn the_waiting_period_is_known_to_schedule_only() {
    for action in KmsAction::ALL {
        let window = presence("kms:ScheduleKeyDeletionPendingWindowInDays", *action, Role);
        let expected = match action {
            ScheduleKeyDeletion => Presence::Sometimes,
            _ => Presence::Never,
        };
        assert_eq!(window, expected, "{action}");
        let unused = presence("kms:TrailingDaysWithoutKeyUsage", *action, Role);
        let expected = match action {
            ScheduleKeyDeletion | DisableKey => Presence::Sometimes,
            _ => Presence::Never,
        };
        assert_eq!(unused, expected, "{action}");
    }
}

/// `resource_keys`, written down separately from the table.
#[test]
fn properties_of_the_key_are_there_for_actions_on_keys() {
    let always = [
        "kms:KeyOrigin",
        "kms:KeySpec",
        "kms:KeyUsage",
        "kms:MultiRegion",
        "kms:CustomerMasterKeySpec",
        "kms:CustomerMasterKeyUsage",
    ];
    for name in always {
        assert_eq!(of_deletion(name, User), Presence::Always, "{name}");
        assert_eq!(presence(name, ListKeys, User), Presence::Never, "{name}");
        assert_eq!(
            presence(name, KmsAction::DeleteAlias, User),
            Presence::Sometimes,
            "{name}"
        );
    }
    for name in [
        "kms:MultiRegionKeyType",
        "kms:ResourceAliases",
        "aws:ResourceTag/team",
    ] {
        assert_eq!(of_deletion(name, User), Presence::Sometimes, "{name}");
        assert_eq!(presence(name, ListKeys, User), Presence::Never, "{name}");
    }
    assert_eq!(presence("kms:KeySpec", CreateKey, User), Presence::Always);
    assert_eq!(
        presence("kms:ResourceAliases", CreateKey, User),
        Presence::Never
    );
    let bools: Vec<&str> = kms_key::KEYS
        .iter()
        .filter(|key| key.value_type == ValueType::Bool)
        .map(|key| key.name)
        .collect();
    assert_eq!(bools, ["kms:MultiRegion"]);
}

#[test]
fn keys_for_iam_policies_only() {
    let names: Vec<&str> = all()
        .filter(|key| key.iam_policy_only)
        .map(|key| key.name)
        .collect();
    assert_eq!(names, ["kms:ResourceAliases", "aws:ResourceTag/"]);
    assert!(iam_policy_only("AWS:resourcetag/Team"));
    assert!(!iam_policy_only("kms:KeySpec"));
    assert!(!iam_policy_only("nothing"));
}

#[test]
fn presence_by_caller() {
    let expected = [
        // In the order of `CALLERS`: a always, s sometimes, n never.
        ("aws:username", "annnnn"),
        ("aws:SourceArn", "nnnnsn"),
        ("aws:SourceOrgPaths", "nnnnsn"),
        ("aws:PrincipalServiceName", "nnnnan"),
        ("aws:PrincipalArn", "aaaasn"),
        ("aws:PrincipalOrgID", "sssssn"),
        ("aws:PrincipalTag/team", "sssssn"),
        ("aws:TokenIssueTime", "saassn"),
        ("aws:MultiFactorAuthPresent", "sssssn"),
        ("aws:SourceIdentity", "nssssn"),
        ("aws:AssumedRoot", "nnnsnn"),
        ("ec2:SourceInstanceArn", "nssnsn"),
        ("aws:SecureTransport", "aaaaaa"),
        ("aws:SourceIp", "ssssss"),
        ("aws:ResourceAccount", "aaaaaa"),
        ("kms:CallerAccount", "aaaass"),
        ("kms:ViaService", "ssssss"),
        ("s3:prefix", "ssssss"),
        ("aws:InventedTomorrow", "ssssss"),
    ];
    for (name, letters) in expected {
        let ours: String = CALLERS
            .iter()
            .map(|caller| match of_deletion(name, *caller) {
                Presence::Always => 'a',
                Presence::Sometimes => 's',
                Presence::Never => 'n',
            })
            .collect();
        assert_eq!(ours, letters, "{name}");
    }
}

#[test]
fn request_tags_belong_to_tagging() {
    let with: Vec<&str> = KmsAction::ALL
        .iter()
        .filter(|action| presence("aws:TagKeys", **action, Role) != Presence::Never)
        .map(|action| action.name())
        .collect();
    assert_eq!(
        with,
        ["CreateKey", "ReplicateKey", "TagResource", "UntagResource"]
    );
    assert_eq!(
        presence("kms:EncryptionContext:a", Decrypt, Role),
        Presence::Sometimes
    );
}

#[test]
fn multi_valued_keys() {
    let names: BTreeSet<&str> = all()
        .filter(|key| key.multi_valued)
        .map(|key| key.name)
        .collect();
    let expected = [
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
        "kms:EncryptionContextKeys",
        "kms:GrantOperations",
        "kms:ResourceAliases",
    ];
    assert_eq!(names, expected.into_iter().collect());
}

#[test]
fn suggests_the_likely_key() {
    let cases = [
        (
            "kms:ScheduleKeyDeletionPendingWindowInDay",
            Some("kms:ScheduleKeyDeletionPendingWindowInDays"),
        ),
        ("aws:PrincipalARNs", Some("aws:PrincipalArn")),
        ("aws:ResourceTags/Team", Some("aws:ResourceTag/Team")),
        (
            "kms:EncryptionContex:a:b",
            Some("kms:EncryptionContext:a:b"),
        ),
        ("aws:ResourceTags/", None),
        ("completely:different", None),
        ("", None),
        (":", None),
        ("\u{1F511}:/", None),
    ];
    for (name, expected) in cases {
        assert_eq!(nearest(name).as_deref(), expected, "{name}");
    }
}
