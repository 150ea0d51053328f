//! The command line: arguments, terminal, exit codes. One file for each subcommand; what they
//! decide is decided elsewhere.

mod acceptances;
mod baseline;
mod check;
mod clock;
mod days;
mod diff;
mod exit_code;
mod explain;
mod facts;
mod fix;
mod format;
mod inputs;
mod output;
mod preflight;
mod progress;
mod rules;
mod schema;
mod simulate;
mod suppress;
mod terminal;
mod threads;
mod who_can;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand};

use crate::aws::data;
use crate::project::ProjectError;
use crate::report;

pub use exit_code::ExitCode;
use terminal::{ColorChoice, Terminal};

/// Tells who can destroy an AWS KMS key, after what waiting period, who can still stop it, and
/// what is lost. Works offline, on the files that you have.
#[derive(Debug, Parser)]
#[command(version, long_version = data::VERSION, about, max_term_width = 100, subcommand_required = true)]
#[command(
    after_help = "Exit codes: 0 clean (or allowed, or go), 1 findings at or above the threshold \
(or not surely allowed, or stop), 2 bad usage or an input that could not be read."
)]
struct Arguments {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    color: ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Finds what is wrong with key policies: the gate for continuous integration.
    Check(Box<check::CheckArguments>),
    /// Checks one deletion from every side before it is made: go, caution or stop.
    Preflight(Box<preflight::PreflightArguments>),
    /// Tells who can schedule and cancel the deletion of each key, with which waiting periods, through
    /// what.
    WhoCan(Box<who_can::WhoCanArguments>),
    /// Proposes edits for what is found, each with what it does to permissions; writes them.
    Fix(Box<fix::FixArguments>),
    /// Tells what a change does to permissions: who gains deletion, who loses its cancellation.
    Diff(diff::DiffArguments),
    /// Decides one request and explains the decision; or a batch of them.
    Simulate(Box<simulate::SimulateArguments>),
    /// Writes a suppression into kmslint.toml, with its reason and its last day.
    Suppress(Box<suppress::SuppressArguments>),
    /// Brings a baseline of an earlier form over.
    Baseline(baseline::BaselineArguments),
    /// Lists the rules.
    Rules(rules::RulesArguments),
    /// Shows the page of a rule.
    Explain(explain::ExplainArguments),
    /// Shows what rules are written over: the facts of keys and policies, as JSON.
    Facts(facts::FactsArguments),
    /// Shows the JSON Schema of a document.
    Schema(schema::SchemaArguments),
}

impl Command {
    /// Whether it uses all cores.
    const fn shares_work(&self) -> bool {
        match self {
            Self::Check(_)
            | Self::Preflight(_)
            | Self::WhoCan(_)
            | Self::Fix(_)
            | Self::Diff(_)
            | Self::Simulate(_)
            | Self::Facts(_)
            | Self::Suppress(_)
            | Self::Baseline(_) => true,
            Self::Rules(_) | Self::Explain(_) | Self::Schema(_) => false,
        }
    }
}

/// Runs the program with these arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            return report_usage(&error);
        }
    };
    let terminal = Terminal::detect(arguments.color);
    if arguments.command.shares_work() {
        threads::start();
    }
    let result = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, &terminal),
        Command::Preflight(arguments) => preflight::run(&arguments, &terminal),
        Command::WhoCan(arguments) => who_can::run(&arguments, &terminal),
        Command::Fix(arguments) => fix::run(&arguments, &terminal),
        Command::Diff(arguments) => diff::run(&arguments, &terminal),
        Command::Simulate(arguments) => simulate::run(&arguments, &terminal),
        Command::Suppress(arguments) => suppress::run(&arguments),
        Command::Baseline(arguments) => baseline::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Facts(arguments) => facts::run(&arguments, &terminal),
        Command::Schema(arguments) => schema::run(&arguments),
    };
    result.unwrap_or_else(|error| report_failure(&error, &terminal))
}

/// Help and version are answers and go to standard output. Arguments may be names of files that
/// others chose.
fn report_usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let shown = report::visible_lines(&text, true);
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::Clean;
    }
    if shown == text {
        let _ = error.print();
    } else {
        let _ = write!(output::stderr(), "{shown}");
    }
    ExitCode::Failure
}

fn report_failure(error: &Failure, terminal: &Terminal) -> ExitCode {
    let text = format!("error: {error}");
    let shown = report::visible_lines(&text, terminal.style.unicode);
    let mut err = output::stderr();
    let _ = writeln!(err, "{shown}");
    ExitCode::Failure
}

/// What keeps a command from running at all.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Standard output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// The arguments make no sense together, or name what is not there.
    #[error("{0}")]
    Usage(String),
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        Self::usage(error)
    }
}

impl Failure {
    fn usage(message: impl std::fmt::Display) -> Self {
        Self::Usage(message.to_string())
    }
}
