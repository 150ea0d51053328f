//! JSON in which every key and value knows its bytes.
//!
//! `serde_json` gives no places and keeps the last of two equal keys without a word, so policies
//! are read here. It stays the judge: `tests/json_agrees.rs` shows that both accept and refuse the
//! same texts and see the same values. Reading is as fast as into `serde_json::Value`, because
//! strings without escapes are borrowed.

mod build;
mod cursor;
mod decode;
mod number;
mod parser;
mod string;
mod tree;
mod weigh;

pub use decode::decode;
pub use parser::{is_dense, parse, parse_all, parse_first};
