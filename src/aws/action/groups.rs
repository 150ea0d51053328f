//! Actions that AWS's documentation puts together, or that have much the same outcome.

use super::{ActionSet, KmsAction};

/// What AWS recommends to allow beside `kms:ScheduleKeyDeletion`.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>
pub const RECOMMENDED_BESIDE_DELETION: [KmsAction; 4] = [
    KmsAction::CancelKeyDeletion,
    KmsAction::DescribeKey,
    KmsAction::DisableKey,
    KmsAction::EnableKey,
];

/// What somebody who is denied deletion can do instead: stop every use of the key, take its imported
/// material away, or write another key policy.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html>
pub const WAYS_ROUND_DELETION: ActionSet = ActionSet::only(KmsAction::DisableKey)
    .union(ActionSet::only(KmsAction::DeleteImportedKeyMaterial))
    .union(ActionSet::only(KmsAction::PutKeyPolicy));

/// The same for somebody whom a guardrail of the account or the organization denies deletion: what
/// finds the key by its alias does not find it without.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html>
pub const WAYS_ROUND_GUARDRAIL: ActionSet =
    WAYS_ROUND_DELETION.union(ActionSet::only(KmsAction::DeleteAlias));

/// By which a key is lost, made useless, brought back or put under another policy.
pub const CRITICAL: ActionSet = ActionSet::only(KmsAction::ScheduleKeyDeletion)
    .union(ActionSet::only(KmsAction::CancelKeyDeletion))
    .union(WAYS_ROUND_DELETION);

/// The cryptographic operations on a key, by which it is used.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html>
pub const USE: ActionSet = uses();

/// What changes of permissions are told of: deletion, its cancellation, the key policy, the deletion of
/// imported key material, `DisableKey`, `CreateGrant`, and use.
pub const WATCHED: ActionSet = watched();

/// Every operation that is about one key.
pub const EVERY: ActionSet = every();

const fn watched() -> ActionSet {
    let mut set = USE;
    set.insert(KmsAction::ScheduleKeyDeletion);
    set.insert(KmsAction::CancelKeyDeletion);
    set.insert(KmsAction::PutKeyPolicy);
    set.insert(KmsAction::DeleteImportedKeyMaterial);
    set.insert(KmsAction::DisableKey);
    set.insert(KmsAction::CreateGrant);
    set
}

const fn uses() -> ActionSet {
    let mut set = ActionSet::EMPTY;
    let mut rest = KmsAction::ALL;
    while let [action, tail @ ..] = rest {
        if action.uses_key() {
            set.insert(*action);
        }
        rest = tail;
    }
    set
}

const fn every() -> ActionSet {
    let mut set = ActionSet::EMPTY;
    let mut rest = KmsAction::ALL;
    while let [action, tail @ ..] = rest {
        if action.resource_level().has_key() {
            set.insert(*action);
        }
        rest = tail;
    }
    set
}
