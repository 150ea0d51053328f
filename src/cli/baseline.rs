//! `kmslint baseline`: what is done to a baseline itself.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::project::{Migrated, migrate_baseline};
use crate::report;

use super::inputs::{InputArguments, RuleArguments};
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint baseline`.
#[derive(Debug, Args)]
pub(super) struct BaselineArguments {
    #[command(subcommand)]
    command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
enum BaselineCommand {
    /// Brings a baseline of version 1 over to the present form, in the same file.
    Migrate(Box<MigrateArguments>),
}

#[derive(Debug, Args)]
struct MigrateArguments {
    /// The baseline.
    #[arg(value_name = "BASELINE")]
    baseline: PathBuf,
    #[command(flatten)]
    inputs: InputArguments,
    #[command(flatten)]
    rules: RuleArguments,
}

pub(super) fn run(arguments: &BaselineArguments) -> Result<ExitCode, Failure> {
    let BaselineCommand::Migrate(arguments) = &arguments.command;
    let path = &arguments.baseline;
    let options = arguments.inputs.options();
    let migrated = migrate_baseline(&options, &arguments.rules.options(), path)?;
    let path = path.display();
    let said = match migrated {
        None => format!("{path} has the present form already"),
        Some(Migrated { findings, left_out }) => format!(
            "{path}: {findings} findings written, {left_out} entries left out that match no finding"
        ),
    };
    let mut err = output::stderr();
    let _ = writeln!(err, "{}", report::visible_lines(&said, true));
    Ok(ExitCode::Clean)
}
