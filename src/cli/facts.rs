//! `kmslint facts`: the document that rules are written over.

use clap::Args;

use crate::project::Project;
use crate::report;

use super::inputs::{InputArguments, report_failures, report_files, report_loosened};
use super::terminal::Terminal;
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint facts`.
#[derive(Debug, Args)]
#[command(
    after_help = "Writes a JSON array with the facts of every key and every policy without one. \
Beside every `at` stands a `location` with file, line and column, for people: rules do not see it."
)]
pub(super) struct FactsArguments {
    #[command(flatten)]
    inputs: InputArguments,
}

pub(super) fn run(arguments: &FactsArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let mut project = Project::open(&arguments.inputs.options())?;
    project.refuse_sensitive();
    let sources = &project.loaded.sources;
    let mut list = report::json::ListWriter::new(output::stdout());
    project.fact_maker().each_in_turn(
        |facts| report::json::list_item(&facts.located(sources)),
        |item| list.add(&item.map_err(std::io::Error::other)?),
    )?;
    list.end()?;
    report_files(&project, arguments.inputs.named(), terminal)?;
    report_failures(&project, terminal)?;
    report_loosened(&project, terminal)?;
    Ok(if project.failures.is_empty() {
        ExitCode::Clean
    } else {
        ExitCode::Failure
    })
}
