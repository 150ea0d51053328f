//! Under which conditions a statement holds.

use serde::Serialize;

use crate::aws::ActionSet;
use crate::aws::condition_key::ValueType;
use crate::document::record;
use crate::policy::{Comparison, Quantifier};

use super::IndexedLocation;

record! {
    /// One operator applied to one key.
    #[derive(Clone, Debug)]
    pub struct ConditionRecord {
        /// As AWS spells it, for example `ForAnyValue:StringLike`.
        pub operator: String,
        /// `ForAllValues`, `ForAnyValue` or null.
        pub quantifier: Option<Quantifier>,
        /// The comparison without prefix and suffix, for example `StringLike`.
        pub comparison: Comparison,
        /// Whether it ends in `IfExists`.
        pub if_exists: bool,
        /// Whether it is a negated comparison.
        pub negated: bool,
        /// The key as written.
        pub key: String,
        /// The key in lower case, for comparisons.
        pub key_lower: String,
        /// Whether AWS documents such a key, as far as is known here. The table holds the global keys and
        /// those of KMS, so a key of another service counts as known.
        pub key_known: bool,
        /// For a key that is not known, the nearest that is, as AWS spells it.
        pub key_nearest: Option<String>,
        /// Whether no such key is known and its name speaks of a window: it is meant for
        /// `kms:ScheduleKeyDeletionPendingWindowInDays`.
        pub misnamed_window: bool,
        /// For a key that is not known, that it is not, beginning with a colon, and `did you mean …?` with
        /// `key_nearest`; empty for others.
        pub key_hint: String,
        /// The type of its values, such as `String` or `Numeric`; null where the key is not known.
        pub key_type: Option<ValueType>,
        /// Whether a request can hold several values of it; left out where not.
        @left_out pub multi_valued: bool,
        /// Whether it asks for a number and compares none: a numeric condition key compared as
        /// something else, or a numeric operator with a value that is no number; left out where not.
        @left_out pub compares_no_number: bool,
        /// What of the key it asks, where that can be changed by permissions of their own; left out
        /// elsewhere.
        @left_out pub gate: Option<GateAttribute>,
        /// For a condition on tags or aliases that decides over deletion: who can change these and by what,
        /// in words that finish "depends on their tags, which …"; left out where nobody can, and elsewhere.
        @left_out pub gate_open: Option<String>,
        /// Whether it is a `ForAllValues` without a condition beside it that demands the key: a
        /// request without the key satisfies it. Left out where not.
        @left_out pub unpaired: bool,
        /// For an operator with `ForAllValues` or `ForAnyValue` on the key's tags or aliases: which keys a
        /// `Deny` gets wrong by it, in words that finish "the `Deny` …"; left out where none.
        @left_out pub missed_keys: Option<&'static str>,
        /// Whether a request without the key never satisfies it; left out where not.
        @left_out pub demands_key: bool,
        /// Of the watched actions that the statement covers, those for which AWS never supplies the
        /// key; `kms:…` names. Watched are the actions of the statement's `critical`.
        pub never_present_for: ActionSet,
        /// Whether KMS documents that the key is not supported in a policy of this kind.
        pub unsupported_here: bool,
        /// What it does to `ScheduleKeyDeletion` where the statement covers that; null elsewhere.
        pub effect: Option<ConditionEffect>,
        /// The values.
        pub values: Vec<ValueRecord>,
        /// Where the operator stands.
        pub operator_at: IndexedLocation,
        /// Where the key stands.
        pub at: IndexedLocation,
    }
}

/// What of a key is changed by permissions of their own.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/abac.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GateAttribute {
    /// Its tags.
    Tags,
    /// Its aliases.
    Aliases,
}

/// What a condition does to the day counts of `ScheduleKeyDeletion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionEffect {
    /// It holds for every day count: it constrains nothing.
    Always,
    /// It holds for none.
    Never,
    /// It holds for some day counts and not for others.
    ByDays,
    /// It hangs on context that was not given.
    Depends,
}

record! {
    /// One value of a condition.
    #[derive(Clone, Debug)]
    pub struct ValueRecord {
        /// As written; a bare number or boolean as its text.
        pub text: String,
        /// The number that it is, or null.
        pub number: Option<f64>,
        /// Whether it has `*` or `?` in it, outside variables; left out where not.
        @left_out pub wildcard: bool,
        /// The policy variable in it, without braces; left out where there is none.
        @left_out pub variable: Option<String>,
        /// Whether a template's placeholder is in it; left out where not.
        @left_out pub placeholder: bool,
        /// Where it stands.
        pub at: IndexedLocation,
    }
}
