//! What a KMS key is: spec, usage, state, origin, manager, multi-Region type, as the API says it.

pub use super::reported::{ApiEnum, Reported};

use super::reported::api_enum;

api_enum! {
    /// The kind of key material; fixed when the key is created.
    ///
    /// Source: API reference, `KeyMetadata$KeySpec`. Metadata keeps a [`Reported`] of it, because
    /// AWS adds specs.
    pub enum KeySpec {
        /// AES-256 (SM4 in China Regions); the default.
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        /// RSA, 2048 bits.
        Rsa2048 = "RSA_2048",
        /// RSA, 3072 bits.
        Rsa3072 = "RSA_3072",
        /// RSA, 4096 bits.
        Rsa4096 = "RSA_4096",
        /// NIST curve P-256.
        EccNistP256 = "ECC_NIST_P256",
        /// NIST curve P-384.
        EccNistP384 = "ECC_NIST_P384",
        /// NIST curve P-521.
        EccNistP521 = "ECC_NIST_P521",
        /// Curve Ed25519; not in the older `CustomerMasterKeySpec` field.
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
        /// Curve secp256k1, common for cryptocurrencies.
        EccSecgP256k1 = "ECC_SECG_P256K1",
        /// SM2; China Regions only.
        Sm2 = "SM2",
        /// ML-DSA-44, post-quantum; not in the older `CustomerMasterKeySpec` field.
        MlDsa44 = "ML_DSA_44",
        /// ML-DSA-65, post-quantum; not in the older `CustomerMasterKeySpec` field.
        MlDsa65 = "ML_DSA_65",
        /// ML-DSA-87, post-quantum; not in the older `CustomerMasterKeySpec` field.
        MlDsa87 = "ML_DSA_87",
        /// ML-KEM-512, post-quantum; not in the older `CustomerMasterKeySpec` field, and not in
        /// China Regions.
        MlKem512 = "ML_KEM_512",
        /// ML-KEM-768, post-quantum; likewise.
        MlKem768 = "ML_KEM_768",
        /// ML-KEM-1024, post-quantum; likewise.
        MlKem1024 = "ML_KEM_1024",
        /// HMAC with SHA-224.
        Hmac224 = "HMAC_224",
        /// HMAC with SHA-256.
        Hmac256 = "HMAC_256",
        /// HMAC with SHA-384.
        Hmac384 = "HMAC_384",
        /// HMAC with SHA-512.
        Hmac512 = "HMAC_512",
    }
}

impl KeySpec {
    /// Says whether there is a public half that lives on outside KMS when the key is deleted.
    pub const fn is_asymmetric(self) -> bool {
        !matches!(
            self,
            Self::SymmetricDefault | Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512
        )
    }

    /// Returns the usages that a key of this spec may have; each key has exactly one.
    ///
    /// Source: KMS developer guide, `symm-asymm-choose-key-spec`.
    pub const fn valid_usages(self) -> &'static [KeyUsage] {
        use KeyUsage::{
            EncapsulateDecapsulate, EncryptDecrypt, GenerateVerifyMac, KeyAgreement, SignVerify,
        };
        match self {
            Self::SymmetricDefault => &[EncryptDecrypt],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[EncryptDecrypt, SignVerify],
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 => {
                &[SignVerify, KeyAgreement]
            }
            Self::Sm2 => &[EncryptDecrypt, SignVerify, KeyAgreement],
            Self::EccNistEdwards25519
            | Self::EccSecgP256k1
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87 => &[SignVerify],
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => &[EncapsulateDecapsulate],
            Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512 => &[GenerateVerifyMac],
        }
    }
}

api_enum! {
    /// What the key may be used for; fixed when the key is created.
    ///
    /// Source: API reference, `KeyMetadata$KeyUsage`.
    pub enum KeyUsage {
        /// Ciphertext is lost with the key.
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        /// Signatures stay verifiable with an exported public key; no new ones can be made.
        SignVerify = "SIGN_VERIFY",
        /// MACs can be neither made nor verified without the key.
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        /// Shared secrets can no longer be derived without the key.
        KeyAgreement = "KEY_AGREEMENT",
        /// Shared secrets that were encapsulated under the public key are lost with the key.
        EncapsulateDecapsulate = "ENCAPSULATE_DECAPSULATE",
    }
}

api_enum! {
    /// Where the key is in its life.
    ///
    /// Source: KMS developer guide, `key-state`.
    pub enum KeyState {
        /// Multi-Region replica that is being made; transient.
        Creating = "Creating",
        /// Usable.
        Enabled = "Enabled",
        /// Not usable until enabled.
        Disabled = "Disabled",
        /// In its waiting period; ends in deletion unless cancelled.
        PendingDeletion = "PendingDeletion",
        /// Imported key material is missing; `EXTERNAL` origin only.
        PendingImport = "PendingImport",
        /// Multi-Region primary that waits until its last replica is deleted.
        PendingReplicaDeletion = "PendingReplicaDeletion",
        /// Its custom key store is disconnected.
        Unavailable = "Unavailable",
        /// The primary Region is being changed; transient, multi-Region keys only.
        Updating = "Updating",
    }
}

impl KeyState {
    /// Says whether deletion is scheduled, so that `CancelKeyDeletion` can still stop it.
    pub const fn is_pending_deletion(self) -> bool {
        matches!(self, Self::PendingDeletion | Self::PendingReplicaDeletion)
    }
}

api_enum! {
    /// Where the key material comes from.
    ///
    /// Source: API reference, `KeyMetadata$Origin`.
    pub enum Origin {
        /// Made by KMS.
        AwsKms = "AWS_KMS",
        /// Imported by the customer; can be deleted at once, without a waiting period.
        External = "EXTERNAL",
        /// In a CloudHSM cluster of the customer.
        AwsCloudHsm = "AWS_CLOUDHSM",
        /// In a key manager outside AWS.
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }
}

impl Origin {
    /// Says whether keys of this origin live in a custom key store.
    pub const fn is_custom_key_store(self) -> bool {
        matches!(self, Self::AwsCloudHsm | Self::ExternalKeyStore)
    }
}

api_enum! {
    /// Whether imported key material expires.
    ///
    /// Source: API reference, `KeyMetadata$ExpirationModel`.
    pub enum ExpirationModel {
        /// KMS deletes it at `ValidTo`; the same material can be imported again.
        Expires = "KEY_MATERIAL_EXPIRES",
        /// It stays until it is deleted.
        DoesNotExpire = "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
}

api_enum! {
    /// Who manages the key.
    ///
    /// Source: API reference, `KeyMetadata$KeyManager`.
    pub enum KeyManager {
        /// An AWS managed key; nobody in the account can schedule its deletion.
        Aws = "AWS",
        /// A customer managed key.
        Customer = "CUSTOMER",
    }
}

api_enum! {
    /// The part that a multi-Region key plays; single-Region keys have none.
    ///
    /// Source: API reference, `MultiRegionConfiguration$MultiRegionKeyType`.
    pub enum MultiRegionKeyType {
        /// Cannot be deleted while it has replicas.
        Primary = "PRIMARY",
        /// Can be deleted at any time, and made again while the primary exists.
        Replica = "REPLICA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `keyspec_usage`, written down separately from the code above.
    const SPEC_USAGE: &str = r#"{"SYMMETRIC_DEFAULT":["ENCRYPT_DECRYPT"],
        "RSA_2048":["ENCRYPT_DECRYPT","SIGN_VERIFY"],"RSA_3072":["ENCRYPT_DECRYPT","SIGN_VERIFY"],
        "RSA_4096":["ENCRYPT_DECRYPT","SIGN_VERIFY"],
        "ECC_NIST_P256":["SIGN_VERIFY","KEY_AGREEMENT"],
        "ECC_NIST_P384":["SIGN_VERIFY","KEY_AGREEMENT"],
        "ECC_NIST_P521":["SIGN_VERIFY","KEY_AGREEMENT"],
        "ECC_NIST_EDWARDS25519":["SIGN_VERIFY"],"ECC_SECG_P256K1":["SIGN_VERIFY"],
        "SM2":["ENCRYPT_DECRYPT","SIGN_VERIFY","KEY_AGREEMENT"],"ML_DSA_44":["SIGN_VERIFY"],
        "ML_DSA_65":["SIGN_VERIFY"],"ML_DSA_87":["SIGN_VERIFY"],
        "ML_KEM_512":["ENCAPSULATE_DECAPSULATE"],"ML_KEM_768":["ENCAPSULATE_DECAPSULATE"],
        "ML_KEM_1024":["ENCAPSULATE_DECAPSULATE"],
        "HMAC_224":["GENERATE_VERIFY_MAC"],"HMAC_256":["GENERATE_VERIFY_MAC"],
        "HMAC_384":["GENERATE_VERIFY_MAC"],"HMAC_512":["GENERATE_VERIFY_MAC"]}"#;

    #[test]
    fn spec_and_usage_pairs_are_those_of_the_guide() {
        let ours: serde_json::Map<String, serde_json::Value> = KeySpec::ALL
            .iter()
            .map(|spec| {
                let usages = serde_json::to_value(spec.valid_usages()).unwrap();
                (spec.to_string(), usages)
            })
            .collect();
        let theirs: serde_json::Value = serde_json::from_str(SPEC_USAGE).unwrap();
        assert_eq!(serde_json::Value::Object(ours), theirs);
    }

    #[test]
    fn hmac_and_default_are_symmetric() {
        let symmetric: Vec<&str> = KeySpec::ALL
            .iter()
            .filter(|spec| !spec.is_asymmetric())
            .map(|spec| spec.as_str())
            .collect();
        let expected = [
            "SYMMETRIC_DEFAULT",
            "HMAC_224",
            "HMAC_256",
            "HMAC_384",
            "HMAC_512",
        ];
        assert_eq!(symmetric, expected);
    }

    #[test]
    fn unknown_text_is_kept_as_it_is() {
        let future = Reported::<KeySpec>::parse("FALCON_512");
        assert_eq!(future.known(), None);
        assert_eq!(future.as_str(), "FALCON_512");
        assert_eq!(serde_json::to_string(&future).unwrap(), "\"FALCON_512\"");
        assert_eq!(
            Reported::parse("RSA_2048"),
            Reported::Known(KeySpec::Rsa2048)
        );
    }

    #[test]
    fn spelling_is_exact() {
        assert_eq!(KeyState::parse("pendingdeletion"), None);
        assert_eq!(
            KeyState::parse("PendingDeletion"),
            Some(KeyState::PendingDeletion)
        );
        assert_eq!(KeyState::parse(""), None);
        for state in KeyState::ALL {
            assert_eq!(KeyState::parse(state.as_str()), Some(*state));
        }
    }
}
