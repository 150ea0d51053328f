//! `kmslint fix`: edits for what is found, each with what it does to permissions.

mod show;

use std::io::Write as _;

use clap::{Args, ValueEnum};

use crate::aws::PendingWindowInDays;
use crate::fix::{AllowDeletion, Proposal, Session};
use crate::project::{CheckOptions, check, rule_names, today};
use crate::report;
use crate::report::files::Named;
use crate::rule::Catalogue;

use super::inputs::InputArguments;
use super::rules::no_such_rule;
use super::terminal::Terminal;
use super::{ExitCode, Failure, days, output};
use show::Shown;

/// Arguments of `kmslint fix`.
#[derive(Debug, Args)]
#[command(
    after_help = "A fix is safe where it does to permissions exactly what its rule means and \
nobody loses the last way to delete the key, to cancel a deletion, to change the key policy or to use \
the key. All fixes of a policy are one set, each proven after those before it and all together on the \
policy as it is; what is not safe there is not made, whatever else is. Without `--diff`, \
`--json-patch` or `--write` the set is listed and nothing is changed.\n\n\
Exit codes: 0 done, also where there is nothing to propose; 2 bad usage, an input that could not be \
read, or an edit that was asked for and could not be made."
)]
pub(super) struct FixArguments {
    #[command(flatten)]
    inputs: InputArguments,
    /// Propose fixes for this rule only; may be repeated.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    rule: Vec<String>,
    /// Which fixes to take.
    #[arg(long, value_enum, default_value_t = Only::Safe)]
    only: Only,
    /// Print one unified diff, which `git apply` takes.
    #[arg(long, group = "output")]
    diff: bool,
    /// Print a JSON Patch (RFC 6902) for each document.
    #[arg(long, group = "output")]
    json_patch: bool,
    /// Edit the files in place, each whole or not at all.
    #[arg(long, group = "output")]
    write: bool,
    /// Let this user or role schedule and cancel deletion, instead of fixing what is found.
    #[arg(long, value_name = "ARN", conflicts_with = "rule")]
    allow_deletion_by: Option<String>,
    /// With `--allow-deletion-by`: the shortest waiting period that it may choose, 7 to 30 days.
    #[arg(long, value_name = "DAYS", requires = "allow_deletion_by",
          value_parser = days::parse)]
    min_days: Option<PendingWindowInDays>,
    /// How to list the proposals.
    #[arg(long, value_enum, default_value_t = ListFormat::Human, conflicts_with = "output")]
    format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Fixes that are safe.
    Safe,
    /// All of them; look at what each does. One that leaves its finding is only listed.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl FixArguments {
    /// Which files are named that were not checked.
    const fn named(&self) -> Named {
        self.inputs.named()
    }

    /// Whether the edits themselves are asked for, and not a list of them.
    const fn makes_edits(&self) -> bool {
        self.diff || self.json_patch || self.write
    }

    /// Whether such a fix is asked for.
    fn takes(&self, proposal: &Proposal) -> bool {
        self.only == Only::All || proposal.is_safe()
    }
}

pub(super) fn run(arguments: &FixArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let names = rule_names(Catalogue::builtin().map_err(Failure::usage)?);
    let mut asked = arguments.rule.iter();
    if let Some(unknown) = asked.find(|rule| !names.contains(&rule.as_str())) {
        return Err(no_such_rule(unknown, names.iter().copied()));
    }
    let checked = check(&arguments.inputs.options(), &CheckOptions::on(today()))?;
    let session = Session::new(checked, &arguments.rule);
    let shown = Shown {
        arguments,
        terminal,
        session: &session,
    };
    if let Some(principal) = &arguments.allow_deletion_by {
        return allow(&shown, principal);
    }
    let outcome = session.repair(&|proposal| arguments.takes(proposal));
    if arguments.makes_edits() {
        shown.finish(&outcome)
    } else {
        shown.list(&outcome)
    }
}

fn allow(shown: &Shown<'_>, principal: &str) -> Result<ExitCode, Failure> {
    let arguments = shown.arguments;
    let request = AllowDeletion {
        principal: principal.to_owned(),
        minimum: arguments.min_days,
    };
    let outcome = shown.session.allow(&request);
    let outcome = outcome.ok_or_else(|| Failure::usage("no key policy was given"))?;
    if outcome.done.is_empty() && outcome.refused.is_empty() {
        let message = format!("nothing to do: `{principal}` can schedule and cancel deletion");
        let shown = report::visible_lines(&message, true);
        writeln!(output::stderr(), "{shown}")?;
    }
    let is_open = |proposal: &&Proposal| !arguments.takes(proposal);
    if arguments.makes_edits()
        && let Some(proposal) = outcome.done.iter().find(is_open)
    {
        return Err(Failure::usage(format!(
            "the change of `{}` is not safe, and `--only all` was not given: {}",
            proposal.subject,
            report::objection::reasons(proposal).join("; ")
        )));
    }
    shown.finish(&outcome)
}
