//! The verdict on a deletion: for people, as a change ticket, as data.

mod chart;
pub mod human;
pub mod json;
pub mod markdown;
mod words;

use crate::preflight::{Preflight, Verdict};

/// The verdict over several keys: the worst of them; go where there is none.
pub fn overall(all: &[Preflight]) -> Verdict {
    let worst = all.iter().map(|preflight| preflight.verdict).max();
    worst.unwrap_or(Verdict::Go)
}
