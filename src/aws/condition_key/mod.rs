//! The condition keys of a KMS request: type, whether multi-valued, and when AWS supplies them.
//!
//! Evaluation rests on this: a key that is never supplied is absent, one that is sometimes supplied
//! is unknown. What is not documented is therefore [`Presence::Sometimes`], never guessed.

mod kms_key;
mod kms_request;
mod network;
mod presence;
mod principal;
mod request;
mod resource;
mod session;
mod values;

use std::sync::LazyLock;

use serde::Serialize;

use super::action::KmsAction;
use super::nearest::{containing, nearest as nearest_name};
use super::principal_kind::PrincipalKind;
pub use presence::Presence;
use presence::{ByCaller, Rule};
pub use session::MFA_KEYS;
pub use values::values;

/// The type of a condition key's values, which decides the operators that fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ValueType {
    /// Text.
    String,
    /// Integer or decimal number.
    Numeric,
    /// Date and time.
    Date,
    /// `true` or `false`.
    Bool,
    /// Amazon Resource Name.
    #[serde(rename = "ARN")]
    Arn,
    /// IPv4 or IPv6 address.
    #[serde(rename = "IPAddress")]
    Ip,
    /// Base64-encoded bytes; no key of a KMS request has this type.
    Binary,
}

/// How much of a name the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameForm {
    /// The whole name.
    Whole,
    /// The beginning; the policy adds a tag key, an encryption context key or a number.
    Prefix,
}

/// The page of AWS's documentation that a row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// KMS developer guide, `conditions-kms`, with the Service Authorization Reference of KMS.
    KmsConditions,
    /// KMS developer guide, `conditions-nitro-enclaves`.
    KmsAttestation,
    /// IAM user guide, `reference_policies_condition-keys`.
    GlobalConditions,
}

/// A row of the table: one condition key, or all with the same beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConditionKey {
    /// The name as AWS spells it, such as `kms:KeySpec`, or its beginning, such as
    /// `aws:ResourceTag/`.
    pub name: &'static str,
    /// Whether `name` is whole.
    pub form: NameForm,
    /// The type of its values.
    pub value_type: ValueType,
    /// Whether a request can hold several values, so that a condition needs `ForAllValues` or
    /// `ForAnyValue`.
    pub multi_valued: bool,
    /// Whether KMS supports it in IAM policies only, not in key policies.
    pub iam_policy_only: bool,
    /// Where this is written.
    pub source: Source,
    rule: Rule,
}

impl ConditionKey {
    const fn new(name: &'static str, value_type: ValueType, source: Source, rule: Rule) -> Self {
        Self {
            name,
            form: NameForm::Whole,
            value_type,
            multi_valued: false,
            iam_policy_only: false,
            source,
            rule,
        }
    }

    const fn global(name: &'static str, value_type: ValueType, by_caller: ByCaller) -> Self {
        Self::new(
            name,
            value_type,
            Source::GlobalConditions,
            Rule::Caller(by_caller),
        )
    }

    const fn kms(name: &'static str, value_type: ValueType, rule: Rule) -> Self {
        Self::new(name, value_type, Source::KmsConditions, rule)
    }

    const fn multi_valued(self) -> Self {
        Self {
            multi_valued: true,
            ..self
        }
    }

    const fn prefix(self) -> Self {
        Self {
            form: NameForm::Prefix,
            ..self
        }
    }

    const fn iam_policy_only(self) -> Self {
        Self {
            iam_policy_only: true,
            ..self
        }
    }

    /// Says whether this row is the one for a name, upper and lower case alike.
    pub fn covers(&self, name: &str) -> bool {
        match self.form {
            NameForm::Whole => name.eq_ignore_ascii_case(self.name),
            NameForm::Prefix => {
                name.len() > self.name.len()
                    && name
                        .get(..self.name.len())
                        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(self.name))
            }
        }
    }

    /// Returns whether AWS supplies the key with such a request.
    pub fn presence(&self, action: KmsAction, caller: PrincipalKind) -> Presence {
        self.rule.presence(self.name, action, caller)
    }
}

/// Returns the row of a condition key, upper and lower case alike; a beginning alone is no key.
pub fn find(name: &str) -> Option<&'static ConditionKey> {
    static BY_LENGTH: LazyLock<ByLength> = LazyLock::new(ByLength::new);
    BY_LENGTH.find(name)
}

/// The rows by the length of their names and two letters: a lookup compares with one of them, mostly.
struct ByLength {
    whole: Vec<Vec<([u8; 2], &'static ConditionKey)>>,
    prefixes: Vec<&'static ConditionKey>,
}

/// The middle and the last letter of a name, in lower case.
fn letters(name: &str) -> [u8; 2] {
    let name = name.as_bytes();
    let letter = |at: usize| name.get(at).map_or(0, u8::to_ascii_lowercase);
    [letter(name.len() / 2), letter(name.len().saturating_sub(1))]
}

impl ByLength {
    fn new() -> Self {
        let (whole, prefixes): (Vec<&ConditionKey>, Vec<_>) =
            all().partition(|key| key.form == NameForm::Whole);
        let longest = whole.iter().map(|key| key.name.len()).max();
        let of_length = |length| {
            let same = whole.iter().filter(|key| key.name.len() == length);
            same.map(|key| (letters(key.name), *key)).collect()
        };
        Self {
            whole: (0..=longest.unwrap_or_default()).map(of_length).collect(),
            prefixes,
        }
    }

    fn find(&self, name: &str) -> Option<&'static ConditionKey> {
        let letters = letters(name);
        let same = self.whole.get(name.len()).into_iter().flatten();
        let same = same.filter(|(of, _)| *of == letters).map(|(_, key)| key);
        let may_begin = |key: &&&ConditionKey| {
            let last = key.name.as_bytes().last();
            let there = name.as_bytes().get(key.name.len().saturating_sub(1));
            last.zip(there)
                .is_some_and(|(last, there)| last.eq_ignore_ascii_case(there))
        };
        same.chain(self.prefixes.iter().filter(may_begin))
            .find(|key| key.covers(name))
            .copied()
    }
}

/// Returns whether AWS supplies a condition key with such a request.
///
/// A name that is not in the table is [`Presence::Sometimes`]: unknown is not absent.
pub fn presence(name: &str, action: KmsAction, caller: PrincipalKind) -> Presence {
    find(name).map_or(Presence::Sometimes, |key| key.presence(action, caller))
}

/// Says whether KMS supports the key in IAM policies only, not in key policies.
///
/// Source: KMS developer guide, `conditions-kms` and `abac`.
pub fn iam_policy_only(name: &str) -> bool {
    find(name).is_some_and(|key| key.iam_policy_only)
}

/// Returns every row, group by group.
pub fn all() -> impl Iterator<Item = &'static ConditionKey> {
    [
        kms_request::KEYS,
        kms_key::KEYS,
        principal::KEYS,
        session::KEYS,
        resource::KEYS,
        request::KEYS,
        network::KEYS,
    ]
    .into_iter()
    .flatten()
}

/// Returns the condition key that a misspelt name most likely means, as AWS spells it.
///
/// What follows a known kind of beginning (a tag key, an encryption context key) is kept.
pub fn nearest(name: &str) -> Option<String> {
    let whole = || {
        all()
            .filter(|key| key.form == NameForm::Whole)
            .map(|key| key.name)
    };
    nearest_name(name, whole())
        .map(str::to_owned)
        .or_else(|| nearest_prefixed(name))
        .or_else(|| containing(name, whole()).map(str::to_owned))
}

fn nearest_prefixed(name: &str) -> Option<String> {
    let prefixes = || {
        all()
            .filter(|key| key.form == NameForm::Prefix)
            .map(|key| key.name)
    };
    let service_end = name.find(':')? + 1;
    let (service, rest) = name.split_at_checked(service_end)?;
    let (head, tail) = rest.split_at_checked(rest.find(['/', ':'])? + 1)?;
    let prefix = nearest_name(&format!("{service}{head}"), prefixes())?;
    (!tail.is_empty()).then(|| format!("{prefix}{tail}"))
}

#[cfg(test)]
mod tests;
