//! One statement.

use serde::Serialize;

use crate::aws::ActionSet;
use crate::document::record;
use crate::policy::Effect;

use super::{ActionRecord, ConditionRecord, IndexedLocation, PrincipalRecord, ResourceRecord};

record! {
    /// One statement.
    #[derive(Clone, Debug)]
    pub struct StatementRecord {
        /// Position from 0.
        pub index: usize,
        /// `Sid`, or null.
        pub sid: Option<String>,
        /// The `Sid` as that of an earlier statement; left out where none has it.
        @left_out pub sid_again: Option<SidAgain>,
        /// `Allow` or `Deny`.
        pub effect: Effect,
        /// Why the statement has no effect at all; null where it has.
        pub inert: Option<Inert>,
        /// Whether `principals` came as `NotPrincipal`.
        pub not_principal: bool,
        /// Whom it names.
        pub principals: Vec<PrincipalRecord>,
        /// Whether `actions` came as `NotAction`.
        pub not_action: bool,
        /// The action patterns.
        pub actions: Vec<ActionRecord>,
        /// KMS actions that the statement is about, by all of its patterns; `kms:…` names.
        pub covers: ActionSet,
        /// Of those, the ones by which a key is lost, made useless, brought back or put under another
        /// policy: `kms:ScheduleKeyDeletion`, `kms:CancelKeyDeletion`, `kms:DisableKey`,
        /// `kms:DeleteImportedKeyMaterial` and `kms:PutKeyPolicy`.
        pub critical: ActionSet,
        /// For a `Deny`: the actions that it, or a `Deny` of the policy that reaches at least all that it
        /// reaches, denies, but for those whose requests never have the key of a condition. Empty for an
        /// `Allow`.
        pub denied_together: ActionSet,
        /// For a `Deny`: the same, and what other `Deny` statements deny of the same resources to the same
        /// principals, or more, under whatever conditions. Empty for an `Allow`.
        pub denied_in_part: ActionSet,
        /// For a `Deny` of deletion that no condition on the waiting period bounds: what it leaves open.
        /// Left out where that is nothing.
        @left_out pub ways_round: Option<WaysRound>,
        /// Whether a user or role that had the policy could by this statement delete every key of an
        /// account and Region that leaves the decision to IAM; only of an identity-based policy that
        /// nobody who was loaded has. Left out where not.
        @left_out pub deletes_any_key: bool,
        /// Whether `deletes_any_key` comes from an `Allow` of everything, or of everything but what
        /// `NotAction` lists; left out where not.
        @left_out pub allows_everything: bool,
        /// Whether `resources` came as `NotResource`.
        pub not_resource: bool,
        /// The resource patterns.
        pub resources: Vec<ResourceRecord>,
        /// The conditions.
        pub conditions: Vec<ConditionRecord>,
        /// The whole statement.
        pub at: IndexedLocation,
    }
}

record! {
    /// Other actions with much the same outcome as deletion, or that make it possible again.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct WaysRound {
        /// The actions.
        pub actions: ActionSet,
        /// In words that finish "the `Deny` of deletion leaves open …": what lifts it, and what does the
        /// same harm.
        pub words: String,
    }
}

record! {
    /// A `Sid` that an earlier statement has.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SidAgain {
        /// The `Sid`.
        pub text: String,
        /// Where it stands.
        pub at: IndexedLocation,
    }
}

record! {
    /// Why a statement has no effect.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Inert {
        /// The element that is to blame.
        pub cause: InertCause,
        /// In words that finish "the statement has no effect: …".
        pub reason: String,
        /// What to point at.
        pub at: IndexedLocation,
    }
}

/// What makes a statement have no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InertCause {
    /// An element is missing or empty.
    Missing,
    /// Its principals are nobody.
    Principal,
    /// Its principals are nobody, and there are wildcards inside.
    PrincipalWildcard,
    /// Its actions are none on a key.
    Action,
    /// One of its actions is a `kms:` name that does not exist.
    UnknownAction,
    /// Its resources are no keys.
    Resource,
}
