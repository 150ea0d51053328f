//! The id of an AWS account.

use std::fmt;

use serde::{Serialize, Serializer};

/// Twelve digits that name an AWS account; leading zeros matter.
///
/// Source: Account Management reference guide, `manage-acct-identifiers`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// Reads exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 12] = text.as_bytes().try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }

    /// Returns the twelve digits.
    pub fn as_str(&self) -> &str {
        // INVARIANT: `parse` lets only ASCII digits in, so this is never the default.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccountId({self})")
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_twelve_digits_only() {
        let account = AccountId::parse("000000000012").unwrap();
        assert_eq!(account.as_str(), "000000000012");
        assert_eq!(serde_json::to_string(&account).unwrap(), "\"000000000012\"");
        for text in [
            "",
            "11112222333",
            "1111222233334",
            "11112222333x",
            "1111 2222333",
            "١١١١٢٢",
        ] {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }
}
