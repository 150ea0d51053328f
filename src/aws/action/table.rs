//! One row for each of the 58 KMS actions.
//!
//! Sources: access level, resource types and condition keys are from the Service Authorization
//! Reference, `list_kms` (September 2026); cross-account use is from the API
//! reference, the paragraph of that name on each operation's page; grantable is its
//! `GrantOperation` enumeration. `Encapsulate` and `Decapsulate` are newer than the reference: their
//! condition keys are those that follow from the parameters of the API. The purposes are ours. Keys of the resource type `key` are not
//! repeated here, they apply to every action on a key. A name that ends in `/`, `:` or `PCR` stands
//! for all that begin with it.

use super::{AccessLevel, AccountScope, ActionRecord, Grantability, Purpose, ResourceLevel};

kms_actions! {
    /// Stops a scheduled deletion; the key is then disabled.
    CancelKeyDeletion: Write, Key, Recover, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Connects a custom key store to its cluster or external key manager.
    ConnectCustomKeyStore: Write, None, Recover, SameAccount, NotGrantable, [
        "kms:CallerAccount",
    ];
    /// Makes an alias for a key.
    CreateAlias: Write, KeyAndAlias, Create, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Makes a custom key store.
    CreateCustomKeyStore: Write, None, Create, SameAccount, NotGrantable, [
        "kms:CallerAccount",
    ];
    /// Lets a principal use a key; a grant never lets it delete one.
    CreateGrant: PermissionsManagement, Key, PermissionsManagement, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionContext:", "kms:EncryptionContextKeys",
        "kms:GrantConstraintSourceArn", "kms:GrantConstraintType", "kms:GranteePrincipal",
        "kms:GranteeServicePrincipal", "kms:GrantIsForAWSResource", "kms:GrantOperations",
        "kms:RetiringPrincipal", "kms:RetiringServicePrincipal", "kms:ViaService",
    ];
    /// Makes a key, with a key policy of the caller's choice.
    CreateKey: Write, None, Create, SameAccount, NotGrantable, [
        "aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys",
        "kms:BypassPolicyLockoutSafetyCheck", "kms:CallerAccount", "kms:KeyOrigin", "kms:KeySpec",
        "kms:KeyUsage", "kms:MultiRegion", "kms:MultiRegionKeyType", "kms:ViaService",
    ];
    /// Recovers a shared secret that was encapsulated under the public key; not in China Regions.
    Decapsulate: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Decrypts ciphertext.
    Decrypt: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
        "kms:EncryptionContextKeys", "kms:RecipientAttestation:ImageSha384",
        "kms:RecipientAttestation:NitroTPMPCR", "kms:RecipientAttestation:PCR",
        "kms:RequestAlias", "kms:ViaService",
    ];
    /// Deletes an alias; the key stays.
    DeleteAlias: Write, KeyAndAlias, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Deletes a custom key store that holds no keys.
    DeleteCustomKeyStore: Write, None, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount",
    ];
    /// Makes a key with imported material unusable at once, without a waiting period.
    DeleteImportedKeyMaterial: Write, Key, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Derives a shared secret from a key agreement key.
    DeriveSharedSecret: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:KeyAgreementAlgorithm", "kms:RecipientAttestation:ImageSha384",
        "kms:RecipientAttestation:NitroTPMPCR", "kms:RecipientAttestation:PCR",
        "kms:RequestAlias", "kms:ViaService",
    ];
    /// Shows custom key stores.
    DescribeCustomKeyStores: Read, None, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount",
    ];
    /// Shows a key's metadata.
    DescribeKey: Read, Key, Read, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Stops all use of a key at once; `EnableKey` undoes it.
    DisableKey: Write, Key, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:TrailingDaysWithoutKeyUsage", "kms:ViaService",
    ];
    /// Stops automatic rotation.
    DisableKeyRotation: Write, Key, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Makes all keys of a custom key store unavailable.
    DisconnectCustomKeyStore: Write, None, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount",
    ];
    /// Makes a disabled key usable.
    EnableKey: Write, Key, Recover, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Starts automatic rotation.
    EnableKeyRotation: Write, Key, Create, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:RotationPeriodInDays", "kms:ViaService",
    ];
    /// Makes a shared secret and encapsulates it under the public key; not in China Regions.
    Encapsulate: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Encrypts plaintext.
    Encrypt: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
        "kms:EncryptionContextKeys", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Makes a data key, plain and encrypted.
    GenerateDataKey: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
        "kms:EncryptionContextKeys", "kms:RecipientAttestation:ImageSha384",
        "kms:RecipientAttestation:NitroTPMPCR", "kms:RecipientAttestation:PCR",
        "kms:RequestAlias", "kms:ViaService",
    ];
    /// Makes a data key pair, its private key plain and encrypted.
    GenerateDataKeyPair: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:DataKeyPairSpec", "kms:EncryptionAlgorithm",
        "kms:EncryptionContext:", "kms:EncryptionContextKeys",
        "kms:RecipientAttestation:ImageSha384", "kms:RecipientAttestation:NitroTPMPCR",
        "kms:RecipientAttestation:PCR", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Makes a data key pair, its private key encrypted only.
    GenerateDataKeyPairWithoutPlaintext: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:DataKeyPairSpec", "kms:EncryptionAlgorithm",
        "kms:EncryptionContext:", "kms:EncryptionContextKeys", "kms:RequestAlias",
        "kms:ViaService",
    ];
    /// Makes a data key, encrypted only.
    GenerateDataKeyWithoutPlaintext: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
        "kms:EncryptionContextKeys", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Makes a message authentication code.
    GenerateMac: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:MacAlgorithm", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Makes random bytes; uses no key.
    GenerateRandom: Write, None, Crypto, SameAccount, NotGrantable, [
        "kms:RecipientAttestation:ImageSha384", "kms:RecipientAttestation:NitroTPMPCR",
        "kms:RecipientAttestation:PCR",
    ];
    /// Shows when a key was last used.
    GetKeyLastUsage: Read, Key, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Shows the key policy.
    GetKeyPolicy: Read, Key, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Shows whether a key rotates.
    GetKeyRotationStatus: Read, Key, Read, CrossAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Gives the wrapping key and token for an import of key material.
    GetParametersForImport: Read, Key, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService", "kms:WrappingAlgorithm", "kms:WrappingKeySpec",
    ];
    /// Hands out the public key, which works on outside KMS after deletion.
    GetPublicKey: Read, Key, Read, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:RequestAlias", "kms:ViaService",
    ];
    /// Imports key material; the same material revives the key.
    ImportKeyMaterial: Write, Key, Recover, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ExpirationModel", "kms:ValidTo", "kms:ViaService",
    ];
    /// Lists aliases.
    ListAliases: List, None, Read, SameAccount, NotGrantable, [
    ];
    /// Lists the grants of a key.
    ListGrants: List, Key, Read, CrossAccount, NotGrantable, [
        "kms:CallerAccount", "kms:GrantIsForAWSResource", "kms:ViaService",
    ];
    /// Lists the names of key policies, always `default`.
    ListKeyPolicies: List, Key, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Lists completed rotations.
    ListKeyRotations: List, Key, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Lists keys.
    ListKeys: List, None, Read, SameAccount, NotGrantable, [
    ];
    /// Lists the tags of a key.
    ListResourceTags: List, Key, Read, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Lists the grants that a principal may retire.
    ListRetirableGrants: List, None, Read, SameAccount, NotGrantable, [
    ];
    /// Replaces the key policy: whoever may do this can give itself every other action.
    PutKeyPolicy: PermissionsManagement, Key, PermissionsManagement, SameAccount, NotGrantable, [
        "kms:BypassPolicyLockoutSafetyCheck", "kms:CallerAccount", "kms:ViaService",
    ];
    /// Re-encryption, on the key that decrypts.
    ReEncryptFrom: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
        "kms:EncryptionContextKeys", "kms:ReEncryptOnSameKey", "kms:RequestAlias",
        "kms:ViaService",
    ];
    /// Re-encryption, on the key that encrypts.
    ReEncryptTo: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionAlgorithm", "kms:EncryptionContext:",
        "kms:EncryptionContextKeys", "kms:ReEncryptOnSameKey", "kms:RequestAlias",
        "kms:ViaService",
    ];
    /// Makes a multi-Region replica, with a key policy of the caller's choice.
    ReplicateKey: Write, Key, Create, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ReplicaRegion", "kms:ViaService",
    ];
    /// Ends a grant, by the principal that it names.
    RetireGrant: PermissionsManagement, Key, PermissionsManagement, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:EncryptionContext:", "kms:EncryptionContextKeys",
        "kms:GrantConstraintType", "kms:ViaService",
    ];
    /// Ends a grant, by whoever manages the key.
    RevokeGrant: PermissionsManagement, Key, PermissionsManagement, CrossAccount, NotGrantable, [
        "kms:CallerAccount", "kms:GrantIsForAWSResource", "kms:ViaService",
    ];
    /// Rotates key material now.
    RotateKeyOnDemand: Write, Key, Create, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Starts the waiting period after which the key is gone for good.
    ScheduleKeyDeletion: Write, Key, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ScheduleKeyDeletionPendingWindowInDays",
        "kms:TrailingDaysWithoutKeyUsage", "kms:ViaService",
    ];
    /// Signs a message.
    Sign: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:MessageType", "kms:RequestAlias", "kms:SigningAlgorithm",
        "kms:ViaService",
    ];
    /// Keeps multi-Region keys alike; KMS itself calls it.
    SynchronizeMultiRegionKey: Write, Key, Create, SameAccount, NotGrantable, [
    ];
    /// Sets tags, which may decide conditions on `aws:ResourceTag`.
    TagResource: Tagging, Key, Tagging, SameAccount, NotGrantable, [
        "aws:RequestTag/", "aws:TagKeys", "kms:CallerAccount", "kms:ViaService",
    ];
    /// Removes tags, which may decide conditions on `aws:ResourceTag`.
    UntagResource: Tagging, Key, Tagging, SameAccount, NotGrantable, [
        "aws:TagKeys", "kms:CallerAccount", "kms:ViaService",
    ];
    /// Points an alias to another key.
    UpdateAlias: Write, KeyAndAlias, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Changes how a custom key store is reached.
    UpdateCustomKeyStore: Write, None, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount",
    ];
    /// Changes a key's description.
    UpdateKeyDescription: Write, Key, Create, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:ViaService",
    ];
    /// Makes a replica the primary, so that the former primary can be deleted.
    UpdatePrimaryRegion: Write, Key, Destroy, SameAccount, NotGrantable, [
        "kms:CallerAccount", "kms:PrimaryRegion", "kms:ViaService",
    ];
    /// Verifies a signature.
    Verify: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:MessageType", "kms:RequestAlias", "kms:SigningAlgorithm",
        "kms:ViaService",
    ];
    /// Verifies a message authentication code.
    VerifyMac: Write, Key, Crypto, CrossAccount, Grantable, [
        "kms:CallerAccount", "kms:MacAlgorithm", "kms:RequestAlias", "kms:ViaService",
    ];
}
