//! `kmslint preflight`: the verdict on one deletion, before it is made.

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::access::Caller;
use crate::config::{EvidenceSettings, InForce};
use crate::facts::FactMaker;
use crate::preflight::{
    EvidenceRequirements, Operation, Preflight, Question, UnusedAcceptance, Verdict, accept,
    pending, planned, preflight,
};
use crate::project::Project;
use crate::report;
use crate::report::preflight::{human, json, markdown, overall};
use crate::text::{Location, Sources};

use super::acceptances;
use super::clock;
use super::inputs::{
    InputArguments, report_failures, report_files, report_loosened, report_placeholders,
};
use super::terminal::Terminal;
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint preflight`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 go, 1 stop, and caution unless --allow-caution, 2 bad usage \
or an input that could not be read.

Without --now there are no dates but those in the files, and what hangs on how long ago something \
was makes at least caution: the answer is the same on every day.

Examples:
  kmslint preflight --key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab \\
      --principal arn:aws:iam::111122223333:role/KeyAdmin --days 14 --now now keys
  kmslint preflight --pending keys --now 2027-01-31
  kmslint preflight --plan plan.json --principal arn:aws:iam::111122223333:role/Deploy keys"
)]
pub(super) struct PreflightArguments {
    /// The key: its id or its ARN.
    #[arg(long, required_unless_present_any = ["pending", "plan"], value_name = "KEY")]
    key: Option<String>,
    /// Who would call: the ARN of a user, role, role session, federated user or account root.
    #[arg(long, required_unless_present_any = ["pending", "plan"], value_name = "ARN")]
    principal: Option<String>,
    /// The waiting period to ask for, 7 to 30 days; without it the request names none.
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    days: Option<i64>,
    /// The moment of the call: `now`, which asks the clock, or for example 2027-01-31T09:00:00Z, or a
    /// day.
    #[arg(long, value_name = "TIME", value_parser = clock::parse_moment)]
    now: Option<Timestamp>,
    /// What is to be done.
    #[arg(long, value_enum, value_name = "OPERATION", default_value_t = Asked::Schedule)]
    operation: Asked,
    /// Accept the reasons for caution of this name, which are shown as accepted and do not count for
    /// the verdict; may be repeated. A stop cannot be accepted.
    #[arg(long, value_name = "REASON", value_delimiter = ',', value_parser = acceptances::parse)]
    accept: Vec<String>,
    /// Exit with 0 where the verdict is caution.
    #[arg(long)]
    allow_caution: bool,
    /// Show everything that was looked at, and not one screen of it; Markdown and JSON always have all.
    #[arg(long)]
    verbose: bool,
    /// How to show the verdict.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Check every key that the files of this file or directory name as pending deletion, and every
    /// planned deletion (a request of `aws kms schedule-key-deletion`); may be repeated.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["key", "days", "operation"])]
    pending: Vec<PathBuf>,
    /// Check every deletion that a plan of Terraform makes, as `terraform show -json` writes it, or a change
    /// set of CloudFormation (`aws cloudformation describe-change-set --include-property-values`); may be
    /// repeated. Without --principal the verdict is at least caution.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "days", "operation", "pending"])]
    plan: Vec<PathBuf>,
    #[command(flatten)]
    inputs: InputArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Asked {
    /// Schedule the deletion.
    Schedule,
    /// Cancel it.
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs; `kmslint schema preflight` describes it.
    Json,
    /// A change ticket.
    Markdown,
}

pub(super) fn run(
    arguments: &PreflightArguments,
    terminal: &Terminal,
) -> Result<ExitCode, Failure> {
    let principal = arguments.principal.as_deref().map(caller).transpose()?;
    let mut options = arguments.inputs.options();
    options.paths.extend(arguments.pending.iter().cloned());
    options.paths.extend(arguments.plan.iter().cloned());
    let project = Project::open(&options)?;
    let sources = &project.loaded.sources;
    // Without everything that was given there is no verdict: what is missing may be what speaks
    // against it.
    report_files(&project, arguments.inputs.named(), terminal)?;
    report_placeholders(&project, "")?;
    if !project.failures.is_empty() {
        report_failures(&project, terminal)?;
        return Ok(ExitCode::Failure);
    }
    report_loosened(&project, terminal)?;
    let question = Question {
        key: arguments.key.clone().unwrap_or_default(),
        principal,
        days: arguments.days,
        now: arguments.now,
        operation: match arguments.operation {
            Asked::Schedule => Operation::Schedule,
            Asked::Cancel => Operation::Cancel,
        },
        evidence: requirements(project.config.evidence),
    };
    let inventory = &project.loaded.inventory;
    let is_one = arguments.pending.is_empty() && arguments.plan.is_empty();
    let facts = project.fact_maker();
    let mut answers = if is_one {
        let answer = preflight(&question, &facts)
            .map_err(|error| Failure::usage(format!("--key: {error}\n  help: {}", error.help())))?;
        vec![answer]
    } else if arguments.pending.is_empty() {
        all_of_plans(&question, &arguments.plan, (&project, &facts))?
    } else {
        all_pending(&question, &arguments.pending, (&project, &facts))?
    };
    let acceptances = acceptances::all(&arguments.accept, &project);
    let unused = accept(&mut answers, &acceptances, arguments.now);
    let shown = Shown {
        sources,
        answers: &answers,
        unused: &unused,
        operation: if arguments.plan.is_empty() {
            Operation::Pending
        } else {
            Operation::Schedule
        },
        placeholders: inventory.placeholders(),
        configuration: &project.in_force(),
    };
    shown.write((arguments.format, arguments.verbose), is_one, terminal)?;
    Ok(match overall(&answers) {
        Verdict::Go => ExitCode::Clean,
        Verdict::Caution if arguments.allow_caution => ExitCode::Clean,
        Verdict::Caution | Verdict::Stop => ExitCode::Findings,
    })
}

/// What is not configured is as AWS's event history has it.
fn requirements(settings: EvidenceSettings) -> EvidenceRequirements {
    let default = EvidenceRequirements::default();
    EvidenceRequirements {
        maximum_gap_hours: settings
            .maximum_gap_hours
            .unwrap_or(default.maximum_gap_hours),
        days: settings.days.unwrap_or(default.days),
        disabled_days: settings.disabled_days.unwrap_or(default.disabled_days),
    }
}

fn caller(text: &str) -> Result<Caller, Failure> {
    Caller::parse(text)
        .map_err(|error| Failure::usage(format!("--principal: {error}\n  help: {}", error.help())))
}

/// The keys whose state, and the plans that stand in a file below one of the paths.
fn all_pending(
    question: &Question,
    paths: &[PathBuf],
    (project, facts): (&Project, &FactMaker<'_>),
) -> Result<Vec<Preflight>, Failure> {
    let sources = &project.loaded.sources;
    let named = |at: Location| project.is_below(at, paths);
    let inventory = &project.loaded.inventory;
    let plan = inventory.planned.iter().find(|plan| named(plan.at));
    if let (Some(plan), None) = (plan, &question.principal) {
        let place = report::preflight::place(sources, plan.at);
        let text = format!(
            "--pending: {place} plans a deletion, and who would schedule it is not said\n  help: add `--principal` with the ARN of the user or role"
        );
        return Err(Failure::usage(text));
    }
    let mut all = pending(question, facts, &named);
    all.extend(planned(question, facts, &named));
    Ok(all)
}

/// The deletions of the plans in these files.
fn all_of_plans(
    question: &Question,
    paths: &[PathBuf],
    (project, facts): (&Project, &FactMaker<'_>),
) -> Result<Vec<Preflight>, Failure> {
    for path in paths {
        if !project.holds_plan(path) {
            let path = path.display();
            let text = format!(
                "--plan: `{path}` is no plan\n  help: write it with `terraform show -json PLAN > plan.json`, or `aws cloudformation \
                 describe-change-set --include-property-values`"
            );
            return Err(Failure::usage(text));
        }
    }
    let named = |at: Location| project.is_below(at, paths);
    Ok(planned(question, facts, &named))
}

/// What is shown.
struct Shown<'s> {
    sources: &'s Sources,
    answers: &'s [Preflight],
    unused: &'s [UnusedAcceptance],
    /// What the answers have in common, where there are several.
    operation: Operation,
    placeholders: usize,
    configuration: &'s InForce,
}

impl Shown<'_> {
    /// Writes one answer, or all with what they come to.
    fn write(
        &self,
        (format, verbose): (Format, bool),
        is_one: bool,
        terminal: &Terminal,
    ) -> io::Result<()> {
        let (sources, style) = (self.sources, &terminal.style);
        let how = (style, verbose);
        let one = self.answers.first().filter(|_| is_one);
        let beside = json::Beside {
            placeholders: self.placeholders,
            unused: self.unused,
            configuration: self.configuration,
        };
        let mut out = output::stdout();
        match (format, one) {
            (Format::Human, Some(one)) => human::one(&mut out, sources, one, how)?,
            (Format::Human, None) => {
                human::pending(&mut out, sources, (self.operation, self.answers), how)?;
            }
            (Format::Json, Some(one)) => json::one(&mut out, sources, one, beside)?,
            (Format::Json, None) => {
                json::pending(&mut out, sources, (self.operation, self.answers), beside)?;
            }
            (Format::Markdown, Some(one)) => markdown::one(&mut out, sources, one)?,
            (Format::Markdown, None) => {
                markdown::pending(&mut out, sources, (self.operation, self.answers))?;
            }
        }
        match format {
            Format::Human => {
                human::unused(&mut out, sources, self.unused, style)?;
                writeln!(out)?;
                report::configuration::human(&mut out, self.configuration, style)?;
            }
            Format::Markdown => {
                markdown::unused(&mut out, sources, self.unused)?;
                report::configuration::markdown(&mut out, self.configuration)?;
            }
            Format::Json => {}
        }
        out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a configuration would loosen is weighed against what holds without it.
    #[test]
    fn unconfigured_requirements_are_the_defaults() {
        let weighed = requirements(EvidenceSettings::UNCONFIGURED);
        assert_eq!(weighed, EvidenceRequirements::default());
    }
}
