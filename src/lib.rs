//! Who can destroy an AWS KMS key, after what waiting period, who can still stop it, what is lost.

pub mod aws;
pub mod cli;
pub mod config;
pub mod difference;
pub mod document;
pub mod eval;
pub mod facts;
pub mod finding;
pub mod fix;
pub mod inventory;
pub mod lint;
pub mod load;
pub mod policy;
pub mod preflight;
pub mod report;
pub mod rule;
pub mod simulate;
pub mod source;
