//! The id of an AWS account.

use std::fmt;

use serde::{Serialize, Serializer};

/// Twelve digits that name an AWS account; leading zeros matter.
///
/// Source: Account Management reference guide, `manage-acct-identifiers`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// The account that a template has yet to fill in. [`AccountId::parse`] does not read it, since it
    /// is none in anything that a person wrote; [`AccountId::of_stand_in`] does.
    pub const PLACEHOLDER: Self = Self(*b"<account-id>");

    /// A second such account, which is not the first.
    pub const OTHER_PLACEHOLDER: Self = Self(*b"<other-acct>");

    /// Whether a template has yet to fill it in.
    pub fn is_placeholder(self) -> bool {
        self == Self::PLACEHOLDER || self == Self::OTHER_PLACEHOLDER
    }

    /// Reads what [`AccountId::parse`] reads, and the account of an ARN that stands in for one with a
    /// placeholder.
    pub fn of_stand_in(text: &str) -> Option<Self> {
        let stand_ins = [Self::PLACEHOLDER, Self::OTHER_PLACEHOLDER];
        let known = || stand_ins.into_iter().find(|known| known.as_str() == text);
        Self::parse(text).or_else(known)
    }

    /// Reads exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 12] = text.as_bytes().try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }

    /// Returns the twelve digits, or `<account-id>` of [`AccountId::PLACEHOLDER`].
    pub fn as_str(&self) -> &str {
        // INVARIANT: only ASCII stands in it, so this is never the default.
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
