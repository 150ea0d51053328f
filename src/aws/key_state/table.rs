//! The rows of the key state table.
//!
//! Source: KMS developer guide, `key-state` (2026). Operations on custom key stores, `CreateKey`,
//! `GenerateRandom`, `GetKeyLastUsage`, `ListKeys`, `ListRetirableGrants` and
//! `SynchronizeMultiRegionKey` have no row there.

use super::{Compatibility, Footnote};
use crate::aws::action::KmsAction;

/// A row of the table; the guide has one column for both pending deletions.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) enabled: Compatibility,
    pub(super) disabled: Compatibility,
    pub(super) pending_deletion: Compatibility,
    pub(super) pending_import: Compatibility,
    pub(super) unavailable: Compatibility,
    pub(super) creating: Compatibility,
    pub(super) updating: Compatibility,
}

const OK: Compatibility = Compatibility::Ok { note: None };
const NA: Compatibility = Compatibility::NotApplicable;
const DISABLED: Compatibility = fails(&[Footnote::Disabled]);
const PENDING: Compatibility = fails(&[Footnote::PendingDeletion]);
const PENDING_EITHER: Compatibility =
    fails(&[Footnote::DisabledPendingDeletion, Footnote::PendingDeletion]);
const NOT_PENDING: Compatibility = fails(&[Footnote::NotPendingDeletion]);
const IMPORT: Compatibility = fails(&[Footnote::PendingImport]);
const EXTERNAL: Compatibility = fails(&[Footnote::OriginExternal]);
const STORE: Compatibility = fails(&[Footnote::CustomKeyStore]);
const NOT_IMPORTED: Compatibility = fails(&[Footnote::NoImportedKeyMaterial]);
const CREATING: Compatibility = fails(&[Footnote::Creating]);
const UPDATING: Compatibility = fails(&[Footnote::Updating]);
const UNLESS_STORE: Compatibility = Compatibility::DependsOn {
    footnote: Footnote::CustomKeyStore,
};
const IF_IMPORTED: Compatibility = Compatibility::DependsOn {
    footnote: Footnote::NoImportedKeyMaterial,
};
const OK_IF_IMPORTED: Compatibility = Compatibility::Ok {
    note: Some(Footnote::NoImportedKeyMaterial),
};
const OK_LATER: Compatibility = Compatibility::Ok {
    note: Some(Footnote::AfterAvailable),
};

const SOURCE_ONLY: Compatibility = Compatibility::DependsOn {
    footnote: Footnote::AliasDestination,
};

const fn fails(footnotes: &'static [Footnote]) -> Compatibility {
    Compatibility::Error { footnotes }
}

/// Always possible.
const ALWAYS: Row = Row {
    enabled: OK,
    disabled: OK,
    pending_deletion: OK,
    pending_import: OK,
    unavailable: OK,
    creating: OK,
    updating: OK,
};

/// Possible unless the key is pending deletion.
const UNLESS_PENDING: Row = Row {
    pending_deletion: PENDING,
    ..ALWAYS
};

/// Uses of the key, for keys that can be in a custom key store.
const USE: Row = Row {
    enabled: OK,
    disabled: DISABLED,
    pending_deletion: PENDING_EITHER,
    pending_import: IMPORT,
    unavailable: fails(&[Footnote::Unavailable]),
    creating: CREATING,
    updating: OK,
};

/// Uses of the key, for keys that can never be in a custom key store.
const USE_OUTSIDE_STORES: Row = Row {
    unavailable: NA,
    ..USE
};

/// `EnableKeyRotation` and `DisableKeyRotation`.
const ROTATION: Row = Row {
    enabled: UNLESS_STORE,
    disabled: fails(&[Footnote::Disabled, Footnote::CustomKeyStore]),
    pending_deletion: fails(&[Footnote::PendingDeletion, Footnote::CustomKeyStore]),
    pending_import: EXTERNAL,
    unavailable: STORE,
    creating: CREATING,
    updating: UNLESS_STORE,
};

/// `GetKeyRotationStatus` and, but for pending import, `ListKeyRotations`.
const ROTATION_STATUS: Row = Row {
    enabled: UNLESS_STORE,
    disabled: UNLESS_STORE,
    pending_deletion: UNLESS_STORE,
    pending_import: EXTERNAL,
    unavailable: STORE,
    creating: UNLESS_STORE,
    updating: UNLESS_STORE,
};

/// `ImportKeyMaterial`.
const MATERIAL_IMPORT: Row = Row {
    enabled: IF_IMPORTED,
    disabled: IF_IMPORTED,
    pending_deletion: NOT_IMPORTED,
    pending_import: OK,
    unavailable: NOT_IMPORTED,
    creating: CREATING,
    updating: OK,
};

/// `GetParametersForImport`.
const IMPORT_PARAMETERS: Row = Row {
    pending_deletion: fails(&[
        Footnote::ImportedKeyMaterial,
        Footnote::NoImportedKeyMaterial,
    ]),
    updating: UPDATING,
    ..MATERIAL_IMPORT
};

/// `DeleteImportedKeyMaterial`.
const MATERIAL_DELETION: Row = Row {
    enabled: OK_IF_IMPORTED,
    disabled: OK_IF_IMPORTED,
    pending_deletion: OK_IF_IMPORTED,
    pending_import: OK,
    unavailable: NA,
    creating: CREATING,
    updating: UPDATING,
};

/// `CancelKeyDeletion`.
const CANCEL: Row = Row {
    enabled: NOT_PENDING,
    disabled: NOT_PENDING,
    pending_deletion: OK,
    pending_import: NOT_PENDING,
    unavailable: fails(&[Footnote::NotPendingDeletion, Footnote::StaysPendingDeletion]),
    creating: NOT_PENDING,
    updating: NOT_PENDING,
};

/// `EnableKey` and `DisableKey`.
const SWITCH: Row = Row {
    enabled: OK,
    disabled: OK,
    pending_deletion: PENDING,
    pending_import: IMPORT,
    unavailable: OK_LATER,
    creating: CREATING,
    updating: UPDATING,
};

/// Returns the row of an operation, if the table has one.
pub(super) const fn row(action: KmsAction) -> Option<Row> {
    use KmsAction as A;
    Some(match action {
        A::ScheduleKeyDeletion => Row {
            updating: UPDATING,
            ..UNLESS_PENDING
        },
        A::CancelKeyDeletion => CANCEL,
        A::DisableKey | A::EnableKey => SWITCH,
        A::CreateAlias | A::TagResource | A::UntagResource | A::UpdateKeyDescription => {
            UNLESS_PENDING
        }
        A::UpdateAlias => Row {
            pending_deletion: SOURCE_ONLY,
            ..ALWAYS
        },
        A::DeleteAlias
        | A::DescribeKey
        | A::GetKeyPolicy
        | A::ListAliases
        | A::ListGrants
        | A::ListKeyPolicies
        | A::ListResourceTags
        | A::PutKeyPolicy
        | A::RetireGrant
        | A::RevokeGrant => ALWAYS,
        A::ReplicateKey => Row {
            updating: UPDATING,
            ..USE_OUTSIDE_STORES
        },
        A::UpdatePrimaryRegion => USE_OUTSIDE_STORES,
        _ => return material_row(action),
    })
}

/// Rows of operations on key material: rotation, import and use.
const fn material_row(action: KmsAction) -> Option<Row> {
    use KmsAction as A;
    Some(match action {
        A::EnableKeyRotation | A::DisableKeyRotation => ROTATION,
        A::RotateKeyOnDemand => Row {
            pending_import: IMPORT,
            ..ROTATION
        },
        A::GetKeyRotationStatus => ROTATION_STATUS,
        A::ListKeyRotations => Row {
            pending_import: OK,
            ..ROTATION_STATUS
        },
        A::ImportKeyMaterial => MATERIAL_IMPORT,
        A::GetParametersForImport => IMPORT_PARAMETERS,
        A::DeleteImportedKeyMaterial => MATERIAL_DELETION,
        // AWS: the table has one row `ReEncrypt` for both permissions.
        A::Decrypt
        | A::Encrypt
        | A::GenerateDataKey
        | A::GenerateDataKeyWithoutPlaintext
        | A::ReEncryptFrom
        | A::ReEncryptTo => USE,
        A::CreateGrant => Row {
            unavailable: OK,
            ..USE
        },
        A::GenerateDataKeyPair | A::GenerateDataKeyPairWithoutPlaintext => Row {
            unavailable: STORE,
            ..USE
        },
        A::GetPublicKey => Row {
            disabled: OK,
            pending_import: OK,
            ..USE_OUTSIDE_STORES
        },
        A::Decapsulate
        | A::DeriveSharedSecret
        | A::Encapsulate
        | A::GenerateMac
        | A::Sign
        | A::Verify
        | A::VerifyMac => USE_OUTSIDE_STORES,
        _ => return None,
    })
}
