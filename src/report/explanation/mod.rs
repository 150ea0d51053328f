//! One simulated decision: what it is, what decided it, what would change it.
//!
//! The words of decisions, reasons, policies and effects are those of the batch protocol of
//! `kmslint simulate`.

mod bar;
mod data;
pub(super) mod sentence;
#[cfg(test)]
mod tests;
mod text;
mod view;

pub(super) use data::document;
pub use data::json;
pub use text::human;

use crate::access::Decision;
use crate::text::Location;

/// All that is shown of one decision.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// ARN of the caller, or the name of a service.
    pub principal: &'a str,
    /// The action, for example `kms:ScheduleKeyDeletion`.
    pub action: &'a str,
    /// ARN of the key.
    pub key: &'a str,
    /// The best decision over the day counts.
    pub decision: Decision,
    /// What decided, for example `keyPolicy` or `noDelegation`.
    pub reason: &'a str,
    /// The day counts, for an action that takes one.
    pub days: Option<Days>,
    /// The statements that decided, the most telling first.
    pub deciding: Vec<StatementView<'a>>,
    /// The statement that came nearest to allowing it.
    pub nearest_miss: Option<NearestMiss<'a>>,
    /// Condition keys on which the answer hangs.
    pub depends_on: Vec<&'a str>,
    /// What it hangs on that AWS does not document, each in a few words.
    pub undocumented: Vec<&'a str>,
    /// What is to be said of an action that this version does not know.
    pub unknown_action: Option<&'a str>,
    /// What it depends on that was not given: `key_policy`, `alias`.
    pub not_given: Vec<&'a str>,
    /// How many values of the policies are placeholders of a template.
    pub placeholders: usize,
    /// Requests that show the difference.
    pub examples: Option<Examples<'a>>,
}

/// Decisions by day count. Ranges have both ends included, ascend and do not touch; days are
/// those of `PendingWindowInDays`, 7 to 30.
#[derive(Clone, Debug, Default)]
pub struct Days {
    /// The day counts that the request covers; `None` where it names none.
    pub asked: Option<(u8, u8)>,
    /// Surely allowed.
    pub allowed: Vec<(u8, u8)>,
    /// Hang on what was not given.
    pub conditional: Vec<(u8, u8)>,
    /// The decision for a request that names no day count, where that was asked.
    pub omitted: Option<Decision>,
}

/// A statement of a policy.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatementView<'a> {
    /// `key_policy`, `identity/NAME`, `boundary/NAME`, `scp/LEVEL/NAME`, `rcp/LEVEL/NAME` or
    /// `session_policy`.
    pub policy: &'a str,
    /// Position of the statement in its policy, from 0.
    pub index: usize,
    /// Its `Sid`, where it has one.
    pub sid: Option<&'a str>,
    /// `Allow` or `Deny`.
    pub effect: &'a str,
    /// Where it stands.
    pub at: Location,
    /// A few words to say there; may be empty.
    pub note: &'a str,
    /// Whether it only delegates the decision to the account's IAM policies.
    pub delegates: bool,
}

/// A statement that would allow it, but for what failed.
#[derive(Clone, Debug, Default)]
pub struct NearestMiss<'a> {
    /// The statement.
    pub statement: StatementView<'a>,
    /// Each element that does not match, and why in a few words.
    pub failed: Vec<(Location, &'a str)>,
}

/// Contexts of requests that are decided differently.
#[derive(Clone, Debug, Default)]
pub struct Examples<'a> {
    /// One that is allowed.
    pub allowed: Option<Context<'a>>,
    /// One that is denied.
    pub denied: Option<Context<'a>>,
}

/// Condition keys and their values; no value means that the key is absent.
pub type Context<'a> = Vec<(&'a str, Vec<&'a str>)>;
