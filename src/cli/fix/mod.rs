//! `kmslint fix`: edits for what is found, each with what it does to permissions.

mod offer;
mod prove;
mod session;
mod write;

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};

use crate::aws::PendingWindowInDays;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::fix::{AllowDeletion, Proposal, Workshop};
use crate::lint;

use super::gather::{Gathered, InputArguments};
use super::terminal::Terminal;
use super::{ExitCode, Failure};
pub(super) use offer::{fixable, safe_fixes};
use session::Session;

/// Arguments of `kmslint fix`.
#[derive(Debug, Args)]
#[command(
    after_help = "A fix is safe where it does to permissions exactly what its rule means and \
nobody loses the last way to cancel a deletion, to change the key policy or to use the key. Without \
`--diff`, `--json-patch` or `--write` the proposals are listed and nothing is changed.\n\n\
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
          value_parser = super::simulate::parse_days)]
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
    /// Whether the edits themselves are asked for, and not a list of them.
    const fn makes_edits(&self) -> bool {
        self.diff || self.json_patch || self.write
    }
}

pub(super) fn run(arguments: &FixArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let session = Session::open(arguments, terminal)?;
    let check = |facts: &Facts| lint::run(facts, &session.catalogue);
    let workshop = workshop(&session.gathered, &check);
    if let Some(principal) = &arguments.allow_deletion_by {
        return allow(&session, &workshop, principal);
    }
    let wanted = |finding: &Finding| session.kind(finding);
    let accept = |proposal: &Proposal| session.takes(proposal);
    if arguments.makes_edits() {
        session.finish(&workshop.repair(&session.findings, &wanted, &accept))
    } else {
        session.list(&workshop.propose(&session.findings, &wanted))
    }
}

fn workshop<'a>(
    gathered: &'a Gathered,
    check: &'a (dyn Fn(&Facts) -> Vec<Finding> + Sync),
) -> Workshop<'a> {
    let organization = gathered.config.organization.as_ref();
    Workshop {
        inventory: &gathered.loaded.inventory,
        sources: &gathered.loaded.sources,
        limits: gathered.limits,
        trusted: &gathered.config.trusted_administrators,
        organization: organization.and_then(|organization| organization.id.as_deref()),
        check,
    }
}

fn allow(
    session: &Session<'_>,
    workshop: &Workshop<'_>,
    principal: &str,
) -> Result<ExitCode, Failure> {
    if workshop
        .inventory
        .keys
        .iter()
        .all(|key| key.policy.is_none())
    {
        return Err(Failure::usage("no key policy was given"));
    }
    let outcome = workshop.allow(&AllowDeletion {
        principal: principal.to_owned(),
        minimum: session.arguments.min_days,
    });
    if outcome.done.is_empty() && outcome.refused.is_empty() {
        let message = format!("nothing to do: `{principal}` can schedule and cancel deletion");
        writeln!(io::stderr(), "{message}")?;
    }
    let is_open = |proposal: &&Proposal| !session.takes(proposal);
    if session.arguments.makes_edits()
        && let Some(proposal) = outcome.done.iter().find(is_open)
    {
        return Err(Failure::usage(format!(
            "the change of `{}` is not safe, and `--only all` was not given: {}",
            proposal.subject,
            proposal.reasons().join("; ")
        )));
    }
    session.finish(&outcome)
}
