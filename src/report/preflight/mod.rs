//! The verdict on a deletion: for people, as a change ticket, as data.

mod brief;
mod chart;
mod coverage;
pub mod human;
pub mod json;
pub mod markdown;
mod words;

use crate::preflight::{Operation, Preflight, Verdict};
use crate::text::{Location, Sources};

/// The verdict over several keys: the worst of them; go where there is none.
pub fn overall(all: &[Preflight]) -> Verdict {
    let worst = all.iter().map(|preflight| preflight.verdict).max();
    worst.unwrap_or(Verdict::Go)
}

/// `file:line:column`, for a sentence.
pub fn place(sources: &Sources, at: Location) -> String {
    words::place(sources, Some(at)).unwrap_or_else(|| "a file".to_owned())
}

/// What several keys have in common, for example `2 keys are pending deletion`.
fn counted(operation: Operation, all: &[Preflight]) -> String {
    if all.is_empty() && operation == Operation::Schedule {
        return "no deletion is planned".to_owned();
    }
    let planned = all
        .iter()
        .filter(|of| of.operation == Operation::Schedule)
        .count();
    let pending = all.len().saturating_sub(planned);
    let keys = if pending == 1 { "key is" } else { "keys are" };
    let deletions = if planned == 1 {
        "deletion is"
    } else {
        "deletions are"
    };
    match (pending, planned) {
        (_, 0) => format!("{pending} {keys} pending deletion"),
        (0, _) => format!("{planned} {deletions} planned"),
        _ => format!("{pending} {keys} pending deletion, {planned} {deletions} planned"),
    }
}
