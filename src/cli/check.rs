//! `kmslint check`: findings, and the exit code that decides a merge.

use clap::{Args, ValueEnum};

use crate::finding::Severity;
use crate::report::Summary;
use crate::rule::Catalogue;

use super::format::{Format, Outcome};
use super::gather::{Gathered, InputArguments};
use super::known::{RuleArguments, rule_names};
use super::leave_out::LeaveOutArguments;
use super::terminal::Terminal;
use super::{ExitCode, Failure};

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
    #[command(flatten)]
    leave_out: LeaveOutArguments,
    /// Exit with 1 where a finding is at least this bad; `error` unless configured.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    fail_on: Option<Threshold>,
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
    let (known, mut gathered) = gather(arguments)?;
    let names = rule_names(&known);
    let selection = arguments.rules.selection(&gathered.config, &names)?;
    let catalogue = known
        .clone()
        .adjusted(|rule| selection.severity(rule.id.as_str(), rule.severity));
    let mut findings = gathered.find(&catalogue);
    let left_out = arguments
        .leave_out
        .apply(&mut findings, &mut gathered, &selection)?;
    let (sources, config) = (&gathered.loaded.sources, &gathered.config);
    let failures = &gathered.failures;
    let mut summary = Summary::new(
        &findings,
        failures,
        gathered.loaded.recognized,
        gathered.passed_over,
    )
    .leaving_out(left_out.suppressed.len(), left_out.in_baseline.len());
    if arguments.format == Format::Human {
        summary.fixable = super::fix::fixable(&gathered, &catalogue, &findings);
    }
    let fixes = if arguments.format == Format::Sarif {
        super::fix::safe_fixes(&gathered, &catalogue, &findings)
    } else {
        Vec::new()
    };
    let fail_on = arguments.fail_on.map(Threshold::severity);
    let fail_on = fail_on.or(config.fail_on).unwrap_or(Severity::Error);
    Outcome {
        sources,
        findings: &findings,
        suppressed: &left_out.suppressed,
        failures,
        summary: &summary,
        rules: known.rules(),
        fixes: &fixes,
        threshold: fail_on,
    }
    .show(arguments.format, terminal)?;
    let worst = findings.iter().map(|finding| finding.severity).max();
    let code = if !failures.is_empty() {
        ExitCode::Failure
    } else if worst >= Some(fail_on) {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    };
    // The process ends: giving back the memory of ten thousand files, one piece after the other,
    // would take a third of the whole time.
    std::mem::forget((gathered, findings));
    Ok(code)
}

/// The rules, and what the paths hold. Rules are parsed while the files are looked for, unless a
/// rule of the configuration can only be known from pages that have to be read first.
fn gather(arguments: &CheckArguments) -> Result<(Catalogue, Gathered), Failure> {
    let (rules, inputs) = (&arguments.rules, &arguments.inputs);
    if let Some(names) = rules.builtin_names() {
        let (known, gathered) = rayon::join(|| rules.catalogue(), || inputs.gather(Some(&names)));
        return Ok((known?, gathered?));
    }
    let known = rules.catalogue()?;
    let gathered = inputs.gather(Some(&rule_names(&known)))?;
    Ok((known, gathered))
}
