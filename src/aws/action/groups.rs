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

/// The same in the order in which somebody who scheduled deletion needs it.
pub const RECOMMENDED_BY_NEED: [KmsAction; 4] = [
    KmsAction::CancelKeyDeletion,
    KmsAction::EnableKey,
    KmsAction::DisableKey,
    KmsAction::DescribeKey,
];

/// What somebody who is denied deletion can do instead: stop every use of the key, or take its
/// imported material away.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html>
pub const SAME_HARM_AS_DELETION: ActionSet = ActionSet::only(KmsAction::DisableKey)
    .union(ActionSet::only(KmsAction::DeleteImportedKeyMaterial));

/// By which a key is lost, made useless, brought back or put under another policy.
pub const CRITICAL: ActionSet = ActionSet::only(KmsAction::ScheduleKeyDeletion)
    .union(ActionSet::only(KmsAction::CancelKeyDeletion))
    .union(ActionSet::only(KmsAction::PutKeyPolicy))
    .union(SAME_HARM_AS_DELETION);

/// The cryptographic operations on a key, by which it is used.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html>
pub const USE: ActionSet = uses();

/// The operations by which a key is used, those first that tell most about it; of the ones that use
/// two keys, and that are named for the same use, one stands for all.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html>
pub const TELLING_USE: [KmsAction; 8] = [
    KmsAction::Decrypt,
    KmsAction::GenerateDataKey,
    KmsAction::Sign,
    KmsAction::GenerateMac,
    KmsAction::DeriveSharedSecret,
    KmsAction::Decapsulate,
    KmsAction::Encrypt,
    KmsAction::Encapsulate,
];

/// The operations that end a key, undo that, or change who may: deletion and `DisableKey`, which take
/// it from those who use it, `CancelKeyDeletion` and `PutKeyPolicy`.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
pub const CONTROL: ActionSet = ActionSet::only(KmsAction::ScheduleKeyDeletion)
    .union(ActionSet::only(KmsAction::CancelKeyDeletion))
    .union(ActionSet::only(KmsAction::PutKeyPolicy))
    .union(ActionSet::only(KmsAction::DisableKey));

/// What must not be lost with the last who can do it: use, and what brings a key back.
pub const VITAL: ActionSet = USE
    .union(ActionSet::only(KmsAction::CancelKeyDeletion))
    .union(ActionSet::only(KmsAction::EnableKey))
    .union(ActionSet::only(KmsAction::PutKeyPolicy));

/// What changes of permissions are told of: deletion, its cancellation, the key policy, the deletion of
/// imported key material, `DisableKey`, `CreateGrant`, and use.
pub const WATCHED: ActionSet = USE
    .union(CONTROL)
    .union(ActionSet::only(KmsAction::DeleteImportedKeyMaterial))
    .union(ActionSet::only(KmsAction::CreateGrant));

/// Every operation that is about one key.
pub const EVERY: ActionSet = every();

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_hold_the_same_operations() {
        let set = |all: [KmsAction; 4]| all.into_iter().collect::<ActionSet>();
        assert_eq!(set(RECOMMENDED_BY_NEED), set(RECOMMENDED_BESIDE_DELETION));
        let telling: ActionSet = TELLING_USE.into_iter().collect();
        assert!(telling.difference(USE).is_empty());
        assert!(CONTROL.difference(WATCHED).is_empty());
    }
}
