//! How much an evaluation looks at, counted in tests: time is measured by no test.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts so many statements, principals or values that are looked at.
pub(super) fn add(count: usize) {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    STEPS.with(|steps| steps.set(steps.get().saturating_add(count)));
}

/// How many were looked at in this thread since the last call.
pub(crate) fn take() -> u64 {
    STEPS.with(|steps| steps.replace(0))
}
