//! What is fuzzed: each target takes bytes, brings them where others' bytes come in, and panics
//! where something is not as it must be.
//!
//! `fuzz_targets/` gives them to libFuzzer; `tests/fuzz.rs` includes this file and runs every target
//! over the seeds and a fixed number of their mutations, without libFuzzer.

mod baseline;
mod batch;
mod configuration;
mod edits;
pub mod mutation;
pub mod obeyed;
mod policy;
pub mod seeds;
mod selectors;
mod spans;
mod trail;
mod trees;
mod whole;

pub use baseline::baseline;
pub use batch::batch_lines;
pub use configuration::configuration;
pub use edits::edits;
pub use policy::policy_text;
pub use selectors::selectors;
pub use trail::cloud_trail;
pub use trees::trees;
pub use whole::whole_files;

/// Takes bytes, and panics where something is not as it must be.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 9] = [
    ("whole_files", whole_files),
    ("policy_text", policy_text),
    ("batch_lines", batch_lines),
    ("edits", edits),
    ("trees", trees),
    ("configuration", configuration),
    ("baseline", baseline),
    ("selectors", selectors),
    ("cloud_trail", cloud_trail),
];

/// Stands between the parts of an input that has several; no text in UTF-8 has this byte.
pub const BETWEEN: u8 = 0xff;

/// The parts of an input.
fn parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == BETWEEN)
}
