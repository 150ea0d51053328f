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

pub(super) use data::document;
pub use data::json;
pub use text::human;

/// Condition keys and their values; no value means that the key is absent.
type Context = [(String, Vec<String>)];
