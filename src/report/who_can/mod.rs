//! Who can do what to each key: as tables for people and pull requests, as JSON, and as records.

pub mod csv;
pub mod human;
pub mod json;
pub mod markdown;
mod record;
mod words;
