//! `kmslint check`: findings, and the exit code that decides a merge.

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rayon::prelude::*;

use crate::aws::PendingWindowInDays;
use crate::facts::{Facts, Identities, Limits, of_key_among, of_policy};
use crate::finding::{Finding, Severity};
use crate::lint::{Subject, run_all};
use crate::load::{LoadError, Loaded, load};
use crate::report::{self, InputFailure, Summary};
use crate::rule::Catalogue;
use crate::source::{Discovery, Filter, InputError, Span, discover};

use super::terminal::Terminal;
use super::{ExitCode, Failure};

/// Arguments of `kmslint check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Read are key policies, IAM policies and the output of `aws kms \
get-key-policy`, `describe-key`, `list-resource-tags` and `list-aliases`, of `aws iam \
get-account-authorization-details`, `get-policy-version` and `get-role-policy`, and of `aws \
organizations describe-policy`; each is told by its shape. Files that stand in one directory and \
describe one key belong together."
)]
pub(super) struct CheckArguments {
    /// Files and directories; `-` is standard input, none is the current directory.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Look only at files whose path below the given directory matches; may be repeated.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Do not look at files whose path below the given directory matches; may be repeated.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// The shortest waiting period that is not reported, 7 to 30 days.
    #[arg(long, value_name = "DAYS", default_value = "14", value_parser = super::simulate::parse_days)]
    minimum_waiting_period: PendingWindowInDays,
    /// Exit with 1 where a finding is at least this bad.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Threshold::Error)]
    fail_on: Threshold,
    /// How to show the findings.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
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

pub(super) fn run(arguments: &CheckArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let filter = Filter::new(&arguments.include, &arguments.exclude).map_err(Failure::usage)?;
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() {
        &here[..]
    } else {
        &arguments.paths
    };
    let discovery = discover(paths, &filter);
    let loaded = load(&discovery);
    let limits = Limits {
        minimum_waiting_period: arguments.minimum_waiting_period,
    };
    let findings = findings(&loaded, limits)?;
    let failures = failures(&loaded, &discovery);
    let passed_over = discovery
        .passed_over
        .saturating_add(loaded.passed_over.len());
    let summary = Summary::new(&findings, &failures, loaded.recognized, passed_over);
    show(
        arguments.format,
        &loaded,
        &findings,
        &failures,
        (&summary, terminal),
    )?;
    let worst = findings.iter().map(|finding| finding.severity).max();
    Ok(if !failures.is_empty() {
        ExitCode::Failure
    } else if worst >= Some(arguments.fail_on.severity()) {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    })
}

fn findings(loaded: &Loaded, limits: Limits) -> Result<Vec<Finding>, Failure> {
    let inventory = &loaded.inventory;
    let identities = Identities::new(inventory);
    let keys = inventory
        .keys
        .par_iter()
        .map(|key| of_key_among(key, &identities, &loaded.sources, limits));
    let policies: Vec<_> = inventory.policies_of_people().collect();
    let policies = policies.into_par_iter();
    let policies = policies.map(|policy| of_policy(policy, &loaded.sources, limits));
    let facts: Vec<Facts> = keys.chain(policies).collect();
    let subjects: Vec<_> = facts
        .iter()
        .map(|facts| Subject {
            facts,
            files: &facts.source_ids,
        })
        .collect();
    let catalogue = Catalogue::builtin().map_err(Failure::usage)?;
    run_all(&subjects, catalogue).map_err(Failure::usage)
}

/// What could not be read. That nothing at all was recognised is one of these: a gate that looked
/// at nothing has not passed.
fn failures(loaded: &Loaded, discovery: &Discovery) -> Vec<InputFailure> {
    let mut failures: Vec<_> = loaded.errors.iter().map(input_failure).collect();
    if loaded.recognized == 0 && failures.is_empty() {
        let looked = discovery.named.len().saturating_add(discovery.found.len());
        let looked = looked.saturating_add(discovery.passed_over);
        failures.push(InputFailure {
            file: String::new(),
            at: None,
            error: InputError::new(
                Span::default(),
                format!("nothing was recognised in {looked} {}", if looked == 1 { "file" } else { "files" }),
            )
            .help("give key policies, IAM policies, or the output of `aws kms get-key-policy` and `describe-key`"),
        });
    }
    failures
}

/// An error of loading as the report takes it.
pub(super) fn input_failure(error: &LoadError) -> InputFailure {
    InputFailure {
        file: error.file.clone(),
        at: error.at,
        error: error.error.clone(),
    }
}

fn show(
    format: Format,
    loaded: &Loaded,
    findings: &[Finding],
    failures: &[InputFailure],
    (summary, terminal): (&Summary, &Terminal),
) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Human => {
            report::human::findings(&mut out, &loaded.sources, findings, &terminal.style)?;
            out.flush()?;
            let mut err = BufWriter::new(io::stderr().lock());
            report::human::input_errors(&mut err, &loaded.sources, failures, &terminal.style)?;
            err.flush()?;
            report::human::summary(&mut out, summary, &terminal.style)?;
        }
        Format::Json => {
            report::json::findings(&mut out, &loaded.sources, findings, failures, summary)?;
        }
    }
    out.flush()?;
    Ok(())
}
