//! Conditions: operators, keys and values as written.

use serde::Serialize;

use crate::text::Span;

use super::Text;

/// One operator applied to one condition key.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The operator.
    pub operator: ConditionOperator,
    /// The operator's bytes.
    pub operator_span: Span,
    /// The condition key; its name ignores case.
    pub key: Text,
    /// The values; one value counts as a list of one.
    pub values: Vec<ConditionValue>,
    /// The bytes of the values.
    pub values_span: Span,
}

/// A value of a condition. Numbers and booleans count as their text, as AWS has it.
#[derive(Clone, Debug)]
pub struct ConditionValue {
    /// The text, and its bytes.
    pub text: Text,
    /// Whether it was written as a string and not as a bare number or boolean.
    pub quoted: bool,
}

/// A condition operator with its prefix and suffix.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionOperator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub quantifier: Option<Quantifier>,
    /// The comparison itself.
    pub comparison: Comparison,
    /// Whether it ends in `IfExists`: a key that is absent satisfies it.
    pub if_exists: bool,
    /// Whether it is written in the letters in which AWS documents it; whether AWS takes
    /// `stringequals` is not documented.
    pub as_documented: bool,
}

/// How an operator looks at a key with several values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Quantifier {
    /// Every value of the request; none at all satisfies it.
    ForAllValues,
    /// At least one value of the request; none at all does not satisfy it.
    ForAnyValue,
}

/// Which kind of values a comparison is about; each is a file in `eval::condition`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Text.
    String,
    /// Decimal numbers.
    Numeric,
    /// Moments in time.
    Date,
    /// `true` and `false`.
    Bool,
    /// Bytes in base64.
    Binary,
    /// Addresses and ranges.
    IpAddress,
    /// ARNs, compared part by part.
    Arn,
    /// Whether the key is there.
    Null,
}

macro_rules! comparisons {
    ($($name:ident $family:ident $negated:literal,)*) => {
        /// The comparisons that AWS documents.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[expect(missing_docs, reason = "each is AWS's own name, documented there")]
        pub enum Comparison { $($name,)* }

        impl Comparison {
            /// Every comparison.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// AWS's name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Which kind of values it is about.
            pub const fn family(self) -> Family {
                match self { $(Self::$name => Family::$family,)* }
            }

            /// Whether it holds where no value matches, and where the key is absent.
            pub const fn is_negated(self) -> bool {
                match self { $(Self::$name => $negated,)* }
            }
        }
    };
}

comparisons! {
    StringEquals String false,
    StringNotEquals String true,
    StringEqualsIgnoreCase String false,
    StringNotEqualsIgnoreCase String true,
    StringLike String false,
    StringNotLike String true,
    NumericEquals Numeric false,
    NumericNotEquals Numeric true,
    NumericLessThan Numeric false,
    NumericLessThanEquals Numeric false,
    NumericGreaterThan Numeric false,
    NumericGreaterThanEquals Numeric false,
    DateEquals Date false,
    DateNotEquals Date true,
    DateLessThan Date false,
    DateLessThanEquals Date false,
    DateGreaterThan Date false,
    DateGreaterThanEquals Date false,
    Bool Bool false,
    BinaryEquals Binary false,
    IpAddress IpAddress false,
    NotIpAddress IpAddress true,
    ArnEquals Arn false,
    ArnLike Arn false,
    ArnNotEquals Arn true,
    ArnNotLike Arn true,
    Null Null false,
}

impl Quantifier {
    /// The prefix without its colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }
}

impl ConditionOperator {
    /// Reads an operator; its name ignores case here, and a policy with another spelling than
    /// AWS's is reported by a rule.
    pub fn parse(text: &str) -> Option<Self> {
        let operator = Self::parse_in_any_case(text)?;
        Some(Self {
            as_documented: operator.is_written(text),
            ..operator
        })
    }

    /// Whether this is the operator's text.
    fn is_written(self, text: &str) -> bool {
        let rest = match self.quantifier {
            None => Some(text),
            Some(quantifier) => text
                .strip_prefix(quantifier.name())
                .and_then(|rest| rest.strip_prefix(':')),
        };
        let rest = rest.and_then(|rest| rest.strip_prefix(self.comparison.name()));
        rest == Some(if self.if_exists { "IfExists" } else { "" })
    }

    fn parse_in_any_case(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (None, text),
            Some((prefix, rest)) => {
                let known = [Quantifier::ForAllValues, Quantifier::ForAnyValue];
                (
                    Some(
                        known
                            .into_iter()
                            .find(|q| q.name().eq_ignore_ascii_case(prefix))?,
                    ),
                    rest,
                )
            }
        };
        let find = |name: &str| {
            Comparison::ALL
                .iter()
                .copied()
                .find(|c| c.name().eq_ignore_ascii_case(name))
        };
        if let Some(comparison) = find(rest) {
            return Some(Self {
                quantifier,
                comparison,
                if_exists: false,
                as_documented: true,
            });
        }
        let at = rest.len().checked_sub("IfExists".len())?;
        let (name, suffix) = rest.split_at_checked(at)?;
        let comparison = find(name).filter(|c| *c != Comparison::Null)?;
        suffix.eq_ignore_ascii_case("IfExists").then_some(Self {
            quantifier,
            comparison,
            if_exists: true,
            as_documented: true,
        })
    }
}

impl std::fmt::Display for ConditionOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(quantifier) = self.quantifier {
            write!(f, "{}:", quantifier.name())?;
        }
        f.write_str(self.comparison.name())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}
