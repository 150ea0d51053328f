//! `kmslint check`: findings, and the exit code that decides a merge.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::aws::nearest;
use crate::config::Date;
use crate::finding::Severity;
use crate::project::{CheckOptions, Gate, check, today};

use super::format::{Format, Report, Shown};
use super::inputs::{InputArguments, RuleArguments};
use super::terminal::Terminal;
use super::{ExitCode, Failure, clock};

/// Arguments of `kmslint check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Read are key policies, IAM policies and the output of `aws kms \
get-key-policy`, `describe-key`, `list-resource-tags` and `list-aliases`, of `aws iam \
get-account-authorization-details`, `get-policy-version` and `get-role-policy`, and of `aws \
organizations describe-policy`, and events of CloudTrail, compressed or not; each is told by its \
shape. Files that stand in one directory and describe one key belong together."
)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    inputs: InputArguments,
    #[command(flatten)]
    rules: RuleArguments,
    /// Leave out the findings that this file holds.
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,
    /// Write all findings to this file and leave them out: a start for a team that has many.
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// The day of the check, for example 2027-01-31, or `now`: findings say which deletion dates have passed,
    /// and suppressions expire. Without it, findings are the same on every day, and suppressions expire by
    /// the clock.
    #[arg(long, value_name = "DATE", value_parser = clock::parse)]
    now: Option<Date>,
    /// Exit with 1 where a finding is at least this bad; `error` unless configured.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Threshold>,
    /// Exit with 0 where findings would make it 1; what cannot be read still makes it 2.
    #[arg(long)]
    exit_zero: bool,
    /// Show findings that are at least this bad; the others are counted. `warning` for `human` and `markdown`,
    /// else `info`, and never above the severity that fails. The exit code and the baseline are the same.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    min_severity: Option<Threshold>,
    #[command(flatten)]
    amount: Amount,
    /// How to show the findings.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write the findings to a file, too, for example `sarif=kmslint.sarif`; may be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = parse_output)]
    output: Vec<(Format, PathBuf)>,
}

/// How much people are shown.
#[derive(Clone, Copy, Debug, Args)]
struct Amount {
    /// Show the last line only, and what cannot be read.
    #[arg(long)]
    quiet: bool,
    /// Show a table of what each rule found; there always is one where there are many findings.
    #[arg(long)]
    statistics: bool,
    /// Show every finding, however many there are of one rule.
    #[arg(long)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Threshold {
    Info,
    Warning,
    Error,
}

impl Threshold {
    const fn severity(self) -> Severity {
        match self {
            Self::Info => Severity::Info,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

/// A format and the file to which findings are written in it.
fn parse_output(text: &str) -> Result<(Format, PathBuf), String> {
    let (name, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or("write FORMAT=FILE, for example `sarif=kmslint.sarif`")?;
    let format = Format::from_str(name, false).map_err(|_| {
        let known = Format::value_variants().iter();
        let known: Vec<_> = known.filter_map(Format::to_possible_value).collect();
        let known: Vec<_> = known.iter().map(PossibleValue::get_name).collect();
        match nearest(name, known.iter().copied()) {
            Some(near) => format!("there is no format `{name}`; did you mean `{near}`?"),
            None => format!(
                "there is no format `{name}`; there are {}",
                known.join(", ")
            ),
        }
    })?;
    Ok((format, PathBuf::from(file)))
}

pub(super) fn run(arguments: &CheckArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if arguments.amount.quiet && !arguments.format.has_last_line() {
        return Err(Failure::usage(
            "--quiet shows the last line only, which this format does not have\n  help: leave out `--quiet`, or use it with `--format human` or `concise`",
        ));
    }
    let mut options = CheckOptions::on(arguments.now.unwrap_or_else(today));
    options.rules = arguments.rules.options();
    options.fail_on = arguments.fail_on.map(Threshold::severity);
    options.exclusions.baseline.clone_from(&arguments.baseline);
    let written = &arguments.write_baseline;
    options.exclusions.write_baseline.clone_from(written);
    let mut inputs = arguments.inputs.options();
    inputs.day = arguments.now;
    let checked = check(&inputs, &options)?;
    let named = arguments.inputs.named();
    let shown = Shown {
        format: arguments.format,
        outputs: &arguments.output,
        named,
        quiet: arguments.amount.quiet,
        statistics: arguments.amount.statistics,
        verbose: arguments.amount.verbose,
        min_severity: arguments.min_severity.map(Threshold::severity),
    };
    Report::new(&checked, shown).show(terminal)?;
    let code = match checked.gate() {
        Gate::Fails if arguments.exit_zero => ExitCode::Clean,
        Gate::Passes => ExitCode::Clean,
        Gate::Fails => ExitCode::Findings,
        Gate::CannotTell => ExitCode::Failure,
    };
    // The process ends: giving back the memory of ten thousand files, one piece after the other,
    // would take a third of the whole time.
    std::mem::forget(checked);
    Ok(code)
}
