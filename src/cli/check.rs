//! `kmslint check`: findings, and the exit code that decides a merge.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rayon::prelude::*;

use crate::aws::PendingWindowInDays;
use crate::facts::{Facts, Limits, of_key, of_policy};
use crate::finding::{Finding, Severity};
use crate::lint::{Subject, run_all};
use crate::load::{LoadError, Loaded, load};
use crate::report::{InputFailure, Summary};
use crate::rule::Catalogue;
use crate::source::{Discovery, Filter, InputError, Span, discover};

use super::format::{Format, Outcome};
use super::terminal::Terminal;
use super::{ExitCode, Failure};

/// Arguments of `kmslint check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Read are key policies, IAM policies and the output of `aws kms \
get-key-policy` and `describe-key`; each is told by its shape. Files that stand in one directory \
and describe one key belong together."
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
    let failures = failures(&loaded, &discovery, paths);
    let passed_over = discovery
        .passed_over
        .saturating_add(loaded.passed_over.len());
    let summary = Summary::new(&findings, &failures, loaded.recognized, passed_over);
    let catalogue = Catalogue::builtin().map_err(Failure::usage)?;
    Outcome {
        sources: &loaded.sources,
        findings: &findings,
        failures: &failures,
        summary: &summary,
        rules: catalogue.rules(),
        threshold: arguments.fail_on.severity(),
    }
    .show(arguments.format, terminal)?;
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
    let keys = inventory
        .keys
        .par_iter()
        .map(|key| of_key(key, &loaded.sources, limits));
    let policies = inventory.policies.par_iter();
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
fn failures(loaded: &Loaded, discovery: &Discovery, paths: &[PathBuf]) -> Vec<InputFailure> {
    let mut failures: Vec<_> = loaded.errors.iter().map(input_failure).collect();
    if loaded.recognized == 0 && failures.is_empty() {
        let looked = discovery.named.len().saturating_add(discovery.found.len());
        let looked = looked.saturating_add(discovery.passed_over);
        let files = if looked == 1 { "file" } else { "files" };
        let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        failures.push(InputFailure {
            file: paths.join(" "),
            at: None,
            error: InputError::new(
                Span::default(),
                format!("nothing to check was recognised in {looked} {files}"),
            )
            .help(
                "give key policies, IAM policies, or the output of `aws kms get-key-policy` and \
                 `describe-key`",
            ),
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
