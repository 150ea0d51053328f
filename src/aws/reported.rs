//! Values that AWS spells in an enumeration, and room for those it adds after this was written.

use std::fmt;

use serde::{Serialize, Serializer};

/// An enumeration of the KMS API whose values have one exact spelling, such as `RSA_2048`.
pub trait ApiEnum: Copy + Eq + 'static {
    /// Every value that is known here, in the order of the table.
    const KNOWN: &'static [Self];

    /// Returns the value as the API spells it.
    fn as_str(self) -> &'static str;

    /// Returns the value with exactly this spelling; the API distinguishes upper and lower case.
    fn parse(text: &str) -> Option<Self> {
        Self::KNOWN
            .iter()
            .copied()
            .find(|value| value.as_str() == text)
    }
}

/// A value read from an AWS document: a known one, or text that AWS may have added since.
///
/// The enumerations stay small and `Copy`; what is not known is kept and shown, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reported<T> {
    /// A value of the table.
    Known(T),
    /// Any other text; nothing may be concluded from it.
    Unrecognized(Box<str>),
}

impl<T: ApiEnum> Reported<T> {
    /// Reads a value; text that is not in the table is kept as it is.
    pub fn parse(text: &str) -> Self {
        T::parse(text).map_or_else(|| Self::Unrecognized(text.into()), Self::Known)
    }

    /// Returns the known value, if it is one.
    pub const fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Unrecognized(_) => None,
        }
    }

    /// Returns the text of a value that is not known here.
    pub const fn unrecognized(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unrecognized(text) => Some(text),
        }
    }

    /// Returns the text as AWS wrote it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.as_str(),
            Self::Unrecognized(text) => text,
        }
    }
}

impl<T: ApiEnum> From<T> for Reported<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: ApiEnum> fmt::Display for Reported<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl<T: ApiEnum> Serialize for Reported<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Declares an [`ApiEnum`] with its spellings, `Display` and `Serialize`.
macro_rules! api_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)+
        }

        impl $name {
            /// Every value, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the value as the KMS API spells it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Returns the value with exactly this spelling, upper and lower case included.
            pub fn parse(text: &str) -> Option<Self> {
                <Self as $crate::aws::key::ApiEnum>::parse(text)
            }
        }

        impl $crate::aws::key::ApiEnum for $name {
            const KNOWN: &'static [Self] = Self::ALL;

            fn as_str(self) -> &'static str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(super) use api_enum;
