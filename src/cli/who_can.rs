//! `kmslint who-can`: who can schedule and cancel the deletion of each key, through what.

use std::io::{self, Write as _};

use clap::{Args, ValueEnum};

use crate::access::Identities;
use crate::aws::action::why_unknown;
use crate::aws::{KmsAction, PendingWindowInDays};
use crate::project::Project;
use crate::report::who_can::{csv, human, json, markdown};
use crate::who_can::{DELETION, Filter, Only, Question, Through, WhoCan, by_key, by_principal};

use super::inputs::{
    InputArguments, report_failures, report_files, report_loosened, report_placeholders,
};
use super::terminal::Terminal;
use super::{ExitCode, Failure, days, output};

/// Arguments of `kmslint who-can`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 answered; 1 with --fail-if-any where somebody can; 2 bad usage or an \
input that could not be read.

Examples:
  kmslint who-can keys
  kmslint who-can --key alias/payments --can-in-at-most 13 --only allowed --fail-if-any keys
  kmslint who-can --by principal --principal 'role/ci-*' keys
  kmslint who-can --through AdministratorAccess --format csv keys"
)]
pub(super) struct WhoCanArguments {
    /// What the tables are about.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = By::Key)]
    by: By,
    /// Only this key, by its ARN, id or alias, or as reports call it; `*` and `?` stand for other
    /// characters; may be repeated.
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    /// Only this principal, by its ARN, the end of it such as role/ci-deploy, or its name; `*` and `?`
    /// stand for other characters; may be repeated.
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Vec<String>,
    /// Ask about this action in place of kms:ScheduleKeyDeletion and kms:CancelKeyDeletion; may be
    /// repeated.
    #[arg(long, value_name = "ACTION", value_delimiter = ',', value_parser = parse_action)]
    action: Vec<KmsAction>,
    /// Only access through this policy, by its name or ARN; POLICY#N is its statement N, counted from 1,
    /// and POLICY#SID the one with that Sid; may be repeated.
    #[arg(long, value_name = "POLICY")]
    through: Vec<String>,
    /// Only principals that can schedule deletion with a waiting period of at most so many days, 7 to 30.
    #[arg(long, value_name = "DAYS", value_parser = days::parse)]
    can_in_at_most: Option<PendingWindowInDays>,
    /// Only what is surely allowed, or only what is conditional.
    #[arg(long, value_enum, value_name = "DECISION")]
    only: Option<OnlyArgument>,
    /// Exit with 1 where somebody can.
    #[arg(long)]
    fail_if_any: bool,
    /// How to show the access.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    inputs: InputArguments,
}

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// A key, a row for each who can.
    Key,
    /// A principal, a row for each key.
    Principal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnlyArgument {
    /// What is surely allowed for some day count.
    Allowed,
    /// What is allowed for no day count, and conditional for some.
    Conditional,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// For programs: the tables; `kmslint schema who-can` describes it.
    Json,
    /// For programs: a record for each principal, key and action, a line each.
    Jsonl,
    /// For spreadsheets: the same records.
    Csv,
    /// For a pull request or a ticket.
    Markdown,
}

fn parse_action(text: &str) -> Result<KmsAction, String> {
    let action = KmsAction::from_name(text).ok_or_else(|| why_unknown(text))?;
    if action.resource_level().has_key() {
        Ok(action)
    } else {
        Err(format!("`{}` is about no key", action.qualified()))
    }
}

impl WhoCanArguments {
    fn question(&self, project: &Project) -> Question {
        let mut actions = Vec::new();
        let named = self.action.iter().copied();
        let asked = if self.action.is_empty() {
            DELETION.to_vec()
        } else {
            named.collect()
        };
        for action in asked {
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
        let failed = project.failures.iter().map(|failure| failure.file.clone());
        let failed: std::collections::BTreeSet<_> = failed.collect();
        Question {
            actions,
            filter: Filter {
                keys: self.key.clone(),
                principals: self.principal.clone(),
                through: self
                    .through
                    .iter()
                    .map(|text| Through::parse(text))
                    .collect(),
                can_in_at_most: self.can_in_at_most,
                only: self.only.map(|only| match only {
                    OnlyArgument::Allowed => Only::Allowed,
                    OnlyArgument::Conditional => Only::Conditional,
                }),
            },
            failed: failed.into_iter().collect(),
        }
    }
}

pub(super) fn run(arguments: &WhoCanArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let mut project = Project::open(&arguments.inputs.options())?;
    project.refuse_sensitive();
    report_files(&project, arguments.inputs.named(), terminal)?;
    report_placeholders(&project, "")?;
    report_failures(&project, terminal)?;
    report_loosened(&project, terminal)?;
    let identities = Identities::new(&project.loaded.inventory);
    let question = arguments.question(&project);
    let asked = WhoCan::new(&project.loaded.inventory, &identities, question);
    let has_failed = !project.failures.is_empty();
    let asked = match asked {
        // What is not called so may stand in what could not be read.
        Err(_) if has_failed => return Ok(ExitCode::Failure),
        asked => asked.map_err(Failure::usage)?,
    };
    let any = show(arguments, (&asked, &project), terminal)?;
    Ok(if has_failed {
        ExitCode::Failure
    } else if any && arguments.fail_if_any {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    })
}

/// Writes the answer; whether somebody can.
fn show(
    arguments: &WhoCanArguments,
    (asked, project): (&WhoCan<'_>, &Project),
    terminal: &Terminal,
) -> io::Result<bool> {
    let mut out = output::stdout();
    let (sources, failures) = (&project.loaded.sources, &project.failures);
    let (actions, style) = (&asked.question().actions, &terminal.style);
    if arguments.format == Format::Csv {
        out.write_all(csv::HEAD.as_bytes())?;
    }
    let mut any = false;
    let add = |text: io::Result<String>| {
        let text = text?;
        any |= !text.is_empty();
        out.write_all(text.as_bytes())
    };
    match arguments.format {
        Format::Jsonl => {
            let records = |access| Ok(json::records(&access, sources)?);
            asked.each_in_turn(records, add)?;
            out.flush()?;
            return Ok(any);
        }
        Format::Csv => {
            asked.each_in_turn(|access| Ok(csv::records(&access, sources)), add)?;
            out.flush()?;
            return Ok(any);
        }
        Format::Human | Format::Json | Format::Markdown => {}
    }
    let all = asked.all();
    let any = all.iter().any(|access| !access.rows.is_empty());
    if arguments.by == By::Principal {
        let tables = by_principal(&all);
        match arguments.format {
            Format::Json => json::principals(&mut out, &tables, sources, failures)?,
            Format::Markdown => markdown::principals(&mut out, &tables, actions)?,
            _ => human::principals(&mut out, &tables, actions, style)?,
        }
    } else {
        let tables = by_key(all);
        match arguments.format {
            Format::Json => json::keys(&mut out, &tables, sources, failures)?,
            Format::Markdown => markdown::keys(&mut out, &tables, actions)?,
            _ => human::keys(&mut out, &tables, actions, style)?,
        }
    }
    out.flush()?;
    Ok(any)
}
