//! Which operations a key's state lets through: the key state table of the KMS developer guide.
//!
//! Source of every row and footnote: KMS developer guide, `key-state` (2026).

mod table;

use super::action::KmsAction;
use super::key::KeyState;

/// What the key state table says about one operation in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compatibility {
    /// The operation goes through, if need be with a remark.
    Ok {
        /// What to know about it, such as that it takes effect later.
        note: Option<Footnote>,
    },
    /// The operation fails.
    Error {
        /// The error; where there are several, which one comes depends on the request or the key.
        footnotes: &'static [Footnote],
    },
    /// The operation goes through or fails, as the footnote says.
    DependsOn {
        /// What it depends on.
        footnote: Footnote,
    },
    /// A key for which the operation makes sense cannot be in this state.
    NotApplicable,
    /// The table has no row for the operation; nothing may be concluded.
    NotListed,
}

impl Compatibility {
    /// Says whether the operation fails in this state, whatever the key.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Error { .. })
    }
}

/// A footnote of the key state table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Footnote {
    /// The key is disabled.
    Disabled = 1,
    /// The key is pending deletion, told as `DisabledException`.
    DisabledPendingDeletion = 2,
    /// The key is pending deletion, told as `KMSInvalidStateException`.
    PendingDeletion = 3,
    /// The key is not pending deletion, so there is nothing to cancel.
    NotPendingDeletion = 4,
    /// Key material is missing.
    PendingImport = 5,
    /// Imported key material is not valid for the operation.
    OriginExternal = 6,
    /// Keys of custom key stores are refused.
    CustomKeyStore = 7,
    /// Keys with imported key material are refused.
    ImportedKeyMaterial = 8,
    /// Keys that cannot have imported key material are refused.
    NoImportedKeyMaterial = 9,
    /// Only the key that the alias leaves may be pending deletion.
    AliasDestination = 10,
    /// The custom key store is disconnected.
    Unavailable = 11,
    /// The new state shows once the key is available.
    AfterAvailable = 12,
    /// A key pending deletion keeps that state though it becomes unavailable.
    StaysPendingDeletion = 13,
    /// The replica is still being made.
    Creating = 14,
    /// The primary Region is being changed.
    Updating = 15,
}

impl Footnote {
    /// Returns the footnote's number in the table, 1 to 15.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Returns the exception that KMS answers with, where the footnote is an error.
    pub const fn exception(self) -> Option<&'static str> {
        match self {
            Self::Disabled | Self::DisabledPendingDeletion => Some("DisabledException"),
            Self::PendingDeletion
            | Self::NotPendingDeletion
            | Self::PendingImport
            | Self::ImportedKeyMaterial
            | Self::AliasDestination
            | Self::Unavailable
            | Self::Creating
            | Self::Updating => Some("KMSInvalidStateException"),
            Self::OriginExternal | Self::CustomKeyStore | Self::NoImportedKeyMaterial => {
                Some("UnsupportedOperationException")
            }
            Self::AfterAvailable | Self::StaysPendingDeletion => None,
        }
    }

    /// Returns what the footnote means, as a clause in lower case without a final stop.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Disabled => "the key is disabled",
            Self::DisabledPendingDeletion | Self::PendingDeletion => {
                "the key is pending deletion (or pending replica deletion)"
            }
            Self::NotPendingDeletion => {
                "the key is not pending deletion (or pending replica deletion)"
            }
            Self::PendingImport => "the key is pending import: key material is missing or expired",
            Self::OriginExternal => "the key's origin is `EXTERNAL`, not valid for this operation",
            Self::CustomKeyStore => "the operation is not supported in a custom key store",
            Self::ImportedKeyMaterial => "the key has imported key material",
            Self::NoImportedKeyMaterial => "the key cannot have imported key material",
            Self::AliasDestination => "an alias cannot be moved to a key that is pending deletion",
            Self::Unavailable => "the key is unavailable: its custom key store is disconnected",
            Self::AfterAvailable => "the new key state shows once the key is available again",
            Self::StaysPendingDeletion => {
                "a key pending deletion keeps that state even if it becomes unavailable"
            }
            Self::Creating => "the key is being created: replication is not finished",
            Self::Updating => "the key is being updated: its primary Region is changing",
        }
    }
}

/// Returns whether a key in this state lets the operation through.
pub const fn compatibility(action: KmsAction, state: KeyState) -> Compatibility {
    let Some(row) = table::row(action) else {
        return Compatibility::NotListed;
    };
    match state {
        KeyState::Enabled => row.enabled,
        KeyState::Disabled => row.disabled,
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion => row.pending_deletion,
        KeyState::PendingImport => row.pending_import,
        KeyState::Unavailable => row.unavailable,
        KeyState::Creating => row.creating,
        KeyState::Updating => row.updating,
    }
}

#[cfg(test)]
mod tests;
