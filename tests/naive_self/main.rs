//! The second evaluator against the tables and vectors of the semantics reference.

#[path = "../naive/mod.rs"]
mod naive;

mod conditions;
mod decisions;
