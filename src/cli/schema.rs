//! `kmslint schema NAME`: JSON Schema of what kmslint reads and writes.

use clap::{Args, ValueEnum};

use crate::config;
use crate::facts;
use crate::report;

use super::{ExitCode, Failure, output};

/// Arguments of `kmslint schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Which document.
    #[arg(value_enum)]
    name: Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Document {
    /// `kmslint.toml`.
    Config,
    /// What `kmslint facts` writes, and what the selectors of rules see.
    Facts,
    /// What `kmslint check --format json` writes.
    Findings,
    /// What `kmslint preflight --format json` writes.
    Preflight,
    /// What `kmslint diff --format json` writes.
    Diff,
    /// What `kmslint who-can --format json` writes, and a line of `--format jsonl`.
    WhoCan,
}

pub(super) fn run(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    let text = match arguments.name {
        Document::Config => config::SCHEMA,
        Document::Facts => facts::SCHEMA,
        Document::Findings => report::json::SCHEMA,
        Document::Preflight => report::preflight::json::SCHEMA,
        Document::WhoCan => report::who_can::json::SCHEMA,
        Document::Diff => report::difference::json::SCHEMA,
    };
    output::print(text)?;
    Ok(ExitCode::Clean)
}
