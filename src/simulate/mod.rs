//! The batch protocol of `simulate`: JSON Lines in, one decision a line out, in the same order.
//!
//! It is the interface for other programs and for tests that compare with other evaluators.

mod answer;
mod batch;
mod error;
mod fields;
mod request;
mod unknown;

pub use answer::{BatchAnswer, answer};
pub use batch::{BatchSummary, answer_line, run_batch};
pub use error::SimulationError;
pub use request::{Simulation, read_simulation, read_window};
pub use unknown::UnknownAction;
