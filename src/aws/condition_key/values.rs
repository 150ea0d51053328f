//! The values that condition keys of requests can have, where the API has an enumeration of them.
//!
//! `examples/aws_tables.rs` compares them with AWS's own model. AWS adds values: one that is not here is
//! not known, and nothing may be concluded from it.

/// A key and its values, in the order of the API reference.
type Row = (&'static str, &'static [&'static str]);

/// Source: KMS developer guide, `conditions-kms`; API reference, the enumerations that the rows name.
const VALUES: [Row; 9] = [
    // `DataKeyPairSpec`.
    (
        "kms:DataKeyPairSpec",
        &[
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ECC_NIST_P256",
            "ECC_NIST_P384",
            "ECC_NIST_P521",
            "ECC_SECG_P256K1",
            "SM2",
            "ECC_NIST_EDWARDS25519",
            "ML_KEM_512",
            "ML_KEM_768",
            "ML_KEM_1024",
        ],
    ),
    // `EncryptionAlgorithmSpec`.
    (
        "kms:EncryptionAlgorithm",
        &[
            "SYMMETRIC_DEFAULT",
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256",
            "SM2PKE",
        ],
    ),
    // `ExpirationModelType`.
    (
        "kms:ExpirationModel",
        &["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"],
    ),
    // `KeyAgreementAlgorithmSpec`.
    ("kms:KeyAgreementAlgorithm", &["ECDH"]),
    // `MacAlgorithmSpec`.
    (
        "kms:MacAlgorithm",
        &[
            "HMAC_SHA_224",
            "HMAC_SHA_256",
            "HMAC_SHA_384",
            "HMAC_SHA_512",
        ],
    ),
    // `MessageType`.
    ("kms:MessageType", &["RAW", "DIGEST", "EXTERNAL_MU"]),
    // `SigningAlgorithmSpec`.
    (
        "kms:SigningAlgorithm",
        &[
            "RSASSA_PSS_SHA_256",
            "RSASSA_PSS_SHA_384",
            "RSASSA_PSS_SHA_512",
            "RSASSA_PKCS1_V1_5_SHA_256",
            "RSASSA_PKCS1_V1_5_SHA_384",
            "RSASSA_PKCS1_V1_5_SHA_512",
            "ECDSA_SHA_256",
            "ECDSA_SHA_384",
            "ECDSA_SHA_512",
            "SM2DSA",
            "ML_DSA_SHAKE_256",
            "ED25519_SHA_512",
            "ED25519_PH_SHA_512",
        ],
    ),
    // `AlgorithmSpec`.
    (
        "kms:WrappingAlgorithm",
        &[
            "RSAES_PKCS1_V1_5",
            "RSAES_OAEP_SHA_1",
            "RSAES_OAEP_SHA_256",
            "RSA_AES_KEY_WRAP_SHA_1",
            "RSA_AES_KEY_WRAP_SHA_256",
            "SM2PKE",
        ],
    ),
    // `WrappingKeySpec`.
    (
        "kms:WrappingKeySpec",
        &["RSA_2048", "RSA_3072", "RSA_4096", "SM2"],
    ),
];

/// Returns the values that a condition key can have, as AWS spells them; nothing where the API does not
/// enumerate them, or [`crate::aws::key`] has the enumeration.
pub fn values(name: &str) -> Option<&'static [&'static str]> {
    let is_it = |(key, _): &&Row| key.eq_ignore_ascii_case(name);
    VALUES.iter().find(is_it).map(|(_, values)| *values)
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;
    use crate::aws::key::{ApiEnum as _, ExpirationModel, KeySpec};

    #[test]
    fn every_key_is_in_the_table_of_keys() {
        for (key, values) in VALUES {
            assert_eq!(find(key).map(|row| row.name), Some(key));
            assert!(!values.is_empty());
        }
        assert_eq!(values("KMS:messagetype"), values("kms:MessageType"));
        assert_eq!(values("kms:ViaService"), None);
    }

    /// API reference, `GenerateDataKeyPair`: asymmetric specs but those that only sign by ML-DSA.
    #[test]
    fn values_agree_with_the_enumerations() {
        let pairs = values("kms:DataKeyPairSpec").unwrap();
        let asymmetric = KeySpec::KNOWN.iter().filter(|spec| spec.is_asymmetric());
        for spec in asymmetric {
            let is_pair = !spec.as_str().starts_with("ML_DSA");
            assert_eq!(pairs.contains(&spec.as_str()), is_pair, "{spec}");
        }
        let models = ExpirationModel::KNOWN.iter().map(|model| model.as_str());
        let known = values("kms:ExpirationModel").unwrap();
        assert!(models.eq(known.iter().copied()), "{known:?}");
    }
}
