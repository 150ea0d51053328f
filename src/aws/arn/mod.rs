//! Amazon Resource Names: their six parts, account ids, and the ARNs of KMS keys.

mod account_id;
mod key_arn;
pub mod reserved_role;

pub use account_id::AccountId;
pub use key_arn::{KeyArn, KeyArnError};

/// The six parts of `arn:partition:service:region:account:resource`, not judged further.
///
/// Parts may be empty, and may hold wildcards where the text is a pattern. Source: IAM user guide,
/// `reference-arns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn<'a> {
    /// Group of Regions, such as `aws` or `aws-us-gov`.
    pub partition: &'a str,
    /// Service, such as `kms`.
    pub service: &'a str,
    /// Region, such as `eu-central-1`; empty for global services such as IAM.
    pub region: &'a str,
    /// Account id, such as `111122223333`; empty for some services.
    pub account: &'a str,
    /// All after the fifth colon, further colons included, such as `key/1234abcd`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits at the first five colons; `None` unless there are five and `arn:` is in front.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix("arn:")?;
        let mut part = || {
            let end = rest.bytes().position(|byte| byte == b':')?;
            let (part, after) = (rest.get(..end)?, rest.get(end.checked_add(1)?..)?);
            rest = after;
            Some(part)
        };
        Some(Self {
            partition: part()?,
            service: part()?,
            region: part()?,
            account: part()?,
            resource: rest,
        })
    }

    /// The partition of an ARN, such as `aws-cn`: what is between its first two colons. None where
    /// that is empty or the text is no ARN.
    pub fn partition_of(text: &str) -> Option<&str> {
        let (partition, _) = text.strip_prefix("arn:")?.split_once(':')?;
        (!partition.is_empty()).then_some(partition)
    }

    /// Its six parts, `arn` first, as patterns are compared with them.
    pub const fn parts(&self) -> [&'a str; 6] {
        [
            "arn",
            self.partition,
            self.service,
            self.region,
            self.account,
            self.resource,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_five_colons() {
        let arn = Arn::parse("arn:aws:logs:us-east-1:111122223333:log-group:x:*").unwrap();
        assert_eq!(arn.partition, "aws");
        assert_eq!(arn.service, "logs");
        assert_eq!(arn.region, "us-east-1");
        assert_eq!(arn.account, "111122223333");
        assert_eq!(arn.resource, "log-group:x:*");
    }

    #[test]
    fn parts_may_be_empty() {
        let arn = Arn::parse("arn:::::").unwrap();
        assert_eq!((arn.partition, arn.resource), ("", ""));
        assert_eq!(
            Arn::parse("arn:aws:iam::111122223333:root").unwrap().region,
            ""
        );
    }

    #[test]
    fn refuses_what_is_not_an_arn() {
        for text in [
            "",
            "arn",
            "arn:",
            "arn:aws:kms:r:a",
            "ARN:aws:kms:r:a:key/x",
            " arn:a:b:c:d:e",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }
}
