//! A second evaluator, written from the semantics reference alone, to compare the real one with.
//!
//! It answers requests of the `simulate --batch` form that have `complete_context: true`. Nothing
//! here is fast and nothing is shared with `src/`: where both agree, both read the reference alike.
//! The section numbers in the function docs are those of that reference.

pub(crate) mod condition;
pub(crate) mod context;
pub(crate) mod decide;
pub(crate) mod glob;
pub(crate) mod operator;
pub(crate) mod principal;
pub(crate) mod resource;
pub(crate) mod scalar;
pub(crate) mod statement;
pub(crate) mod variable;

pub(crate) use decide::decide;
