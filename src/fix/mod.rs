//! Fixes: edits that a person would have made, each with its proof.
//!
//! A rule's page names the kind of its fix; each kind is a file that plans the edit of one policy.
//! [`FixEngine`] makes the edit in memory, evaluates before and after, and says what it does to
//! permissions: a fix is *safe* only where that is exactly what the rule means.

mod add_cancellation;
mod add_recovery;
mod add_resource;
mod allow_deletion;
mod answered;
mod deny_deletion;
mod deny_deletion_without_mfa;
mod deny_short_waiting_period;
mod edited_policies;
mod effort;
mod engine;
#[cfg(test)]
mod growth;
mod kind;
mod last_proof;
mod mfa_for_access_keys;
mod name_denied_action;
mod narrow_principal;
mod objection;
mod offered;
mod outcome;
mod plan;
mod proof;
mod proposal;
mod prover;
mod recurrence;
mod remaining_actions;
mod remove_deletion;
mod remove_orphan;
mod repair;
mod session;
mod target;
mod waiting_period_condition;

pub use allow_deletion::AllowDeletion;
pub use effort::Effort;
pub use engine::{FixEngine, Wanted};
pub use kind::FixKind;
pub use last_proof::Unproven;
pub use objection::{Objection, Unfound};
pub use offered::{Fixable, fixable, safe_fixes};
pub use outcome::{NotEdited, Refused, Repaired, Total};
pub use plan::Refusal;
pub use proposal::{Change, Proposal, Safety, Shown};
pub use session::Session;
