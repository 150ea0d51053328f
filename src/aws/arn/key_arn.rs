//! The ARN of a KMS key, checked part by part, with a message for each way to get it wrong.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{AccountId, Arn};

/// The ARN of one KMS key: `arn:partition:kms:region:account:key/id`.
///
/// Source: KMS developer guide, `concepts-cmk-id` (key ARN).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyArn {
    /// INVARIANT: `parse` has accepted this text, so it splits into six parts.
    text: Box<str>,
    account: AccountId,
}

/// Why a text is not the ARN of a KMS key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyArnError {
    /// No `arn:` in front, or fewer than six parts; a bare key id ends here.
    #[error("`{0}` is not an ARN")]
    NotAnArn(Box<str>),
    /// An alias name such as `alias/example`, which names no account and no Region.
    #[error("`{0}` is an alias name, not a key ARN")]
    AliasName(Box<str>),
    /// An alias ARN; deletion is asked for by key id or key ARN only.
    #[error("`{0}` is the ARN of an alias, not of a key")]
    AliasArn(Box<str>),
    /// The ARN of something that is not in KMS.
    #[error("`{0}` is not an ARN of the service `kms`")]
    NotKms(Box<str>),
    /// The partition is empty or is none that AWS could have.
    #[error("key ARN `{0}` has no valid partition")]
    BadPartition(Box<str>),
    /// KMS keys live in one Region each.
    #[error("key ARN `{0}` has no Region")]
    MissingRegion(Box<str>),
    /// The Region holds other characters than lower-case letters, digits and hyphens.
    #[error("key ARN `{0}` has no valid Region")]
    BadRegion(Box<str>),
    /// The account is not twelve digits.
    #[error("key ARN `{0}` has no account id of twelve digits")]
    BadAccount(Box<str>),
    /// The resource does not start with `key/`.
    #[error("`{0}` is not the ARN of a key")]
    NotAKey(Box<str>),
    /// Nothing after `key/`.
    #[error("key ARN `{0}` has no key id")]
    EmptyKeyId(Box<str>),
    /// A pattern such as `key/*`, which names many keys.
    #[error("`{0}` is a pattern, not the ARN of one key")]
    Pattern(Box<str>),
    /// The key id holds other characters than letters, digits and hyphens.
    #[error("key ARN `{0}` has no valid key id")]
    BadKeyId(Box<str>),
}

/// A kind of error that still lacks the text it is about.
type ErrorKind = fn(Box<str>) -> KeyArnError;

impl KeyArnError {
    /// Returns what to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NotAnArn(_) | Self::NotAKey(_) => {
                "use the key ARN, such as `arn:aws:kms:eu-central-1:111122223333:key/KEY-ID`"
            }
            Self::AliasName(_) | Self::AliasArn(_) => {
                "use the key ARN: `aws kms describe-key` shows it for an alias"
            }
            Self::NotKms(_) => "the third part of a key ARN is `kms`",
            Self::BadPartition(_) => "the partition is `aws`, `aws-cn`, `aws-us-gov` or the like",
            Self::MissingRegion(_) | Self::BadRegion(_) => {
                "the Region stands after `kms:`, such as `eu-central-1`"
            }
            Self::BadAccount(_) => "the account id stands after the Region, such as `111122223333`",
            Self::EmptyKeyId(_) | Self::BadKeyId(_) => {
                "the key id stands after `key/`: a UUID, or `mrk-` and 32 hexadecimal digits"
            }
            Self::Pattern(_) => "name one key, without `*` and `?`",
        }
    }
}

impl KeyArn {
    /// Reads the ARN of one KMS key.
    ///
    /// # Errors
    ///
    /// A [`KeyArnError`] that names the first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, KeyArnError> {
        let Some(arn) = Arn::parse(text) else {
            return Err(if text.starts_with("alias/") {
                KeyArnError::AliasName(text.into())
            } else {
                KeyArnError::NotAnArn(text.into())
            });
        };
        match Self::check(&arn) {
            Ok(account) => Ok(Self {
                text: text.into(),
                account,
            }),
            Err(error) => Err(error(text.into())),
        }
    }

    fn check(arn: &Arn<'_>) -> Result<AccountId, ErrorKind> {
        if arn.service != "kms" {
            return Err(KeyArnError::NotKms);
        }
        if arn.resource.starts_with("alias/") {
            return Err(KeyArnError::AliasArn);
        }
        if [arn.partition, arn.region, arn.account, arn.resource]
            .iter()
            .any(|part| part.contains(['*', '?']))
        {
            return Err(KeyArnError::Pattern);
        }
        if !(arn.partition.starts_with("aws") && is_lower_word(arn.partition)) {
            return Err(KeyArnError::BadPartition);
        }
        if arn.region.is_empty() {
            return Err(KeyArnError::MissingRegion);
        }
        if !is_lower_word(arn.region) {
            return Err(KeyArnError::BadRegion);
        }
        let account = AccountId::parse(arn.account).ok_or(KeyArnError::BadAccount as ErrorKind)?;
        match arn.resource.strip_prefix("key/") {
            None => Err(KeyArnError::NotAKey),
            Some("") => Err(KeyArnError::EmptyKeyId),
            Some(id) if !id.bytes().all(is_key_id_byte) => Err(KeyArnError::BadKeyId),
            Some(_) => Ok(account),
        }
    }

    /// Returns the whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the partition, such as `aws`.
    pub fn partition(&self) -> &str {
        Arn::parse(&self.text).map_or("", |arn| arn.partition)
    }

    /// Returns the Region, such as `eu-central-1`.
    pub fn region(&self) -> &str {
        Arn::parse(&self.text).map_or("", |arn| arn.region)
    }

    /// Returns the account that owns the key.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Returns what stands after `key/`, such as `1234abcd-12ab-34cd-56ef-1234567890ab`.
    pub fn key_id(&self) -> &str {
        Arn::parse(&self.text)
            .and_then(|arn| arn.resource.strip_prefix("key/"))
            .unwrap_or_default()
    }

    /// Says whether the id is that of a multi-Region key, primary or replica.
    ///
    /// Source: KMS developer guide, `multi-region-keys-overview` (ids begin with `mrk-`).
    pub fn is_multi_region_id(&self) -> bool {
        self.key_id().starts_with("mrk-")
    }
}

fn is_lower_word(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

const fn is_key_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

impl fmt::Display for KeyArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for KeyArn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    #[test]
    fn reads_the_parts() {
        let arn = KeyArn::parse(GOOD).unwrap();
        assert_eq!(arn.as_str(), GOOD);
        assert_eq!(arn.partition(), "aws");
        assert_eq!(arn.region(), "us-west-2");
        assert_eq!(arn.account().as_str(), "111122223333");
        assert_eq!(arn.key_id(), "1234abcd-12ab-34cd-56ef-1234567890ab");
        assert!(!arn.is_multi_region_id());
        let primary =
            "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef12345678990ab";
        assert!(KeyArn::parse(primary).unwrap().is_multi_region_id());
    }

    #[test]
    fn tells_the_ways_to_be_wrong_apart() {
        let cases: [(&str, ErrorKind); 16] = [
            ("", KeyArnError::NotAnArn),
            (
                "1234abcd-12ab-34cd-56ef-1234567890ab",
                KeyArnError::NotAnArn,
            ),
            ("arn:aws:kms:us-west-2:111122223333", KeyArnError::NotAnArn),
            ("alias/example", KeyArnError::AliasName),
            (
                "arn:aws:kms:us-west-2:111122223333:alias/x",
                KeyArnError::AliasArn,
            ),
            ("arn:aws:s3:::bucket", KeyArnError::NotKms),
            (
                "arn:aws:KMS:us-west-2:111122223333:key/a",
                KeyArnError::NotKms,
            ),
            (
                "arn::kms:us-west-2:111122223333:key/a",
                KeyArnError::BadPartition,
            ),
            (
                "arn:aws:kms::111122223333:key/a",
                KeyArnError::MissingRegion,
            ),
            (
                "arn:aws:kms:US_1:111122223333:key/a",
                KeyArnError::BadRegion,
            ),
            ("arn:aws:kms:us-west-2::key/a", KeyArnError::BadAccount),
            ("arn:aws:kms:us-west-2:1111:key/a", KeyArnError::BadAccount),
            (
                "arn:aws:kms:us-west-2:111122223333:grant/a",
                KeyArnError::NotAKey,
            ),
            (
                "arn:aws:kms:us-west-2:111122223333:key/",
                KeyArnError::EmptyKeyId,
            ),
            ("arn:aws:kms:*:111122223333:key/mrk-1", KeyArnError::Pattern),
            (
                "arn:aws:kms:us-west-2:111122223333:key/a/b",
                KeyArnError::BadKeyId,
            ),
        ];
        for (text, error) in cases {
            assert_eq!(KeyArn::parse(text), Err(error(text.into())), "{text}");
        }
    }

    #[test]
    fn messages_follow_the_style() {
        let error = KeyArn::parse("alias/x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`alias/x` is an alias name, not a key ARN"
        );
        assert_eq!(
            error.help(),
            "use the key ARN: `aws kms describe-key` shows it for an alias"
        );
    }
}
