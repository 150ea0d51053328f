//! Checks of the key state table.

use super::*;

/// The states of the guide's columns, in its order.
const COLUMNS: [KeyState; 7] = [
    KeyState::Enabled,
    KeyState::Disabled,
    KeyState::PendingDeletion,
    KeyState::PendingImport,
    KeyState::Unavailable,
    KeyState::Creating,
    KeyState::Updating,
];

/// The guide's page row by row, written down separately from the code: `ok`, `n` for an error with
/// that footnote, `?n` for "depends", `okn` for success with a footnote, `na`.
const PAGE: &[(&str, &str)] = &[
    ("CancelKeyDeletion", "4 4 ok 4 4,13 4 4"),
    ("CreateAlias", "ok ok 3 ok ok ok ok"),
    ("CreateGrant", "ok 1 2,3 5 ok 14 ok"),
    ("Decapsulate", "ok 1 2,3 5 na 14 ok"),
    ("Decrypt", "ok 1 2,3 5 11 14 ok"),
    ("DeleteAlias", "ok ok ok ok ok ok ok"),
    ("DeleteImportedKeyMaterial", "ok9 ok9 ok9 ok na 14 15"),
    ("DeriveSharedSecret", "ok 1 2,3 5 na 14 ok"),
    ("DescribeKey", "ok ok ok ok ok ok ok"),
    ("DisableKey", "ok ok 3 5 ok12 14 15"),
    ("DisableKeyRotation", "?7 1,7 3,7 6 7 14 ?7"),
    ("EnableKey", "ok ok 3 5 ok12 14 15"),
    ("EnableKeyRotation", "?7 1,7 3,7 6 7 14 ?7"),
    ("Encapsulate", "ok 1 2,3 5 na 14 ok"),
    ("Encrypt", "ok 1 2,3 5 11 14 ok"),
    ("GenerateDataKey", "ok 1 2,3 5 11 14 ok"),
    ("GenerateDataKeyPair", "ok 1 2,3 5 7 14 ok"),
    ("GenerateDataKeyPairWithoutPlaintext", "ok 1 2,3 5 7 14 ok"),
    ("GenerateDataKeyWithoutPlaintext", "ok 1 2,3 5 11 14 ok"),
    ("GenerateMac", "ok 1 2,3 5 na 14 ok"),
    ("GetKeyPolicy", "ok ok ok ok ok ok ok"),
    ("GetKeyRotationStatus", "?7 ?7 ?7 6 7 ?7 ?7"),
    ("GetParametersForImport", "?9 ?9 8,9 ok 9 14 15"),
    ("GetPublicKey", "ok ok 2,3 ok na 14 ok"),
    ("ImportKeyMaterial", "?9 ?9 9 ok 9 14 ok"),
    ("ListAliases", "ok ok ok ok ok ok ok"),
    ("ListGrants", "ok ok ok ok ok ok ok"),
    ("ListKeyPolicies", "ok ok ok ok ok ok ok"),
    ("ListKeyRotations", "?7 ?7 ?7 ok 7 ?7 ?7"),
    ("ListResourceTags", "ok ok ok ok ok ok ok"),
    ("PutKeyPolicy", "ok ok ok ok ok ok ok"),
    ("ReEncryptFrom", "ok 1 2,3 5 11 14 ok"),
    ("ReEncryptTo", "ok 1 2,3 5 11 14 ok"),
    ("ReplicateKey", "ok 1 2,3 5 na 14 15"),
    ("RetireGrant", "ok ok ok ok ok ok ok"),
    ("RevokeGrant", "ok ok ok ok ok ok ok"),
    ("RotateKeyOnDemand", "?7 1,7 3,7 5 7 14 ?7"),
    ("ScheduleKeyDeletion", "ok ok 3 ok ok ok 15"),
    ("Sign", "ok 1 2,3 5 na 14 ok"),
    ("TagResource", "ok ok 3 ok ok ok ok"),
    ("UntagResource", "ok ok 3 ok ok ok ok"),
    ("UpdateAlias", "ok ok ?10 ok ok ok ok"),
    ("UpdateKeyDescription", "ok ok 3 ok ok ok ok"),
    ("UpdatePrimaryRegion", "ok 1 2,3 5 na 14 ok"),
    ("Verify", "ok 1 2,3 5 na 14 ok"),
    ("VerifyMac", "ok 1 2,3 5 na 14 ok"),
];

fn shorthand(compatibility: Compatibility) -> String {
    match compatibility {
        Compatibility::Ok { note: None } => "ok".to_owned(),
        Compatibility::Ok { note: Some(note) } => format!("ok{}", note.number()),
        Compatibility::Error { footnotes } => {
            let numbers: Vec<String> = footnotes
                .iter()
                .map(|footnote| footnote.number().to_string())
                .collect();
            numbers.join(",")
        }
        Compatibility::DependsOn { footnote } => format!("?{}", footnote.number()),
        Compatibility::NotApplicable => "na".to_owned(),
        Compatibility::NotListed => "-".to_owned(),
    }
}

#[test]
fn the_table_is_that_of_the_page() {
    for action in KmsAction::ALL {
        let ours: Vec<String> = COLUMNS
            .iter()
            .map(|state| shorthand(compatibility(*action, *state)))
            .collect();
        let theirs = PAGE
            .iter()
            .find(|(name, _)| *name == action.name())
            .map_or("- - - - - - -", |(_, row)| row);
        assert_eq!(ours.join(" "), theirs, "{action}");
        assert_eq!(
            compatibility(*action, KeyState::PendingReplicaDeletion),
            compatibility(*action, KeyState::PendingDeletion),
        );
    }
}

#[test]
fn every_row_of_the_page_is_an_action() {
    for (name, _) in PAGE {
        assert!(KmsAction::from_name(name).is_some(), "{name}");
    }
}

/// The watched operations once more, as the project's reference of AWS semantics has them.
#[test]
fn watched_operations_agree_with_the_reference() {
    let json: serde_json::Value = serde_json::from_str(include_str!("reference.json")).unwrap();
    for (name, states) in json.as_object().unwrap() {
        let action = KmsAction::from_name(name).unwrap();
        assert_eq!(states.as_object().unwrap().len(), KeyState::ALL.len());
        for (state, expected) in states.as_object().unwrap() {
            let state = KeyState::parse(state).unwrap();
            let ours = match compatibility(action, state) {
                Compatibility::Ok { .. } => "ok".to_owned(),
                Compatibility::NotApplicable => "na".to_owned(),
                Compatibility::Error { footnotes } => {
                    let numbers: Vec<String> = footnotes
                        .iter()
                        .filter(|footnote| footnote.exception().is_some())
                        .map(|footnote| footnote.number().to_string())
                        .collect();
                    format!("err:{}", numbers.join("|"))
                }
                other => format!("{other:?}"),
            };
            assert_eq!(ours, expected.as_str().unwrap(), "{name} {state}");
        }
    }
}

#[test]
fn meanings_follow_the_style() {
    for (_, row) in PAGE {
        assert_eq!(row.split(' ').count(), COLUMNS.len());
    }
    let footnote = Footnote::NotPendingDeletion;
    assert_eq!(footnote.exception(), Some("KMSInvalidStateException"));
    assert_eq!(
        footnote.meaning(),
        "the key is not pending deletion (or pending replica deletion)"
    );
}
