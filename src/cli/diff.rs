//! `kmslint diff`: what a change does to permissions.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::config::InForce;
use crate::difference::{Side, WATCHED, between};
use crate::preflight::REASONS;
use crate::project::{Options, Project, ProjectError};
use crate::report;
use crate::report::difference::json::SideInputs;
use crate::source::InputFailure;

use super::inputs::{TrustedArguments, configuration, report_failures, report_loosened};
use super::terminal::Terminal;
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint diff`.
#[derive(Debug, Args)]
#[command(
    override_usage = "kmslint diff [OPTIONS] <BEFORE> <AFTER>\n       \
kmslint diff [OPTIONS] --git <REV> [PATH]...",
    after_help = "Shows who gains (+) and who loses (-) ScheduleKeyDeletion, CancelKeyDeletion, \
PutKeyPolicy, DisableKey and use of the key, with day counts and conditions; ~ is both. Keys are \
matched by ARN or id, else by the path of their policy. Exit codes: 1 where anyone gains \
ScheduleKeyDeletion, also under conditions or by a key that is new, or where nobody is left who \
could cancel deletion; 2 where an input could not be read; else 0."
)]
pub(super) struct DiffArguments {
    /// The files or directories before and after the change; with `--git`, files and directories
    /// as they are now, and none is the current directory.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Compare with how the paths were at this revision, for example `origin/main`.
    #[arg(long, value_name = "REV")]
    git: Option<String>,
    /// Look only at files whose path below the given directory matches; may be repeated.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Do not look at files whose path below the given directory matches; may be repeated.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// The configuration, for both sides; without it, that of each side is looked for. Only what it
    /// says of paths and of the organization counts here.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Do not look for a configuration.
    #[arg(long)]
    no_config: bool,
    #[command(flatten)]
    trusted: TrustedArguments,
    /// How to show the difference.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// How to show a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// A comment for a pull request.
    Markdown,
    /// For programs.
    Json,
}

impl DiffArguments {
    fn options(&self, paths: &[PathBuf]) -> Options {
        Options {
            paths: paths.to_vec(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            configuration: configuration(self.config.as_ref(), self.no_config),
            trusted_revision: self.trusted.revision(),
            cautions: REASONS,
            ..Options::default()
        }
    }

    /// Before and after the change; of what could not be read is said on which side.
    fn sides(&self) -> Result<[Project; 2], Failure> {
        let [mut before, mut after] = match (&self.git, self.paths.as_slice()) {
            (Some(revision), paths) => Project::since(&self.options(paths), revision)?,
            (None, [before, after]) => {
                if before.as_os_str() == "-" && after.as_os_str() == "-" {
                    return Err(ProjectError::StandardInputTwice.into());
                }
                let open = |path| Project::open(&self.options(std::slice::from_ref(path)));
                [open(before)?, open(after)?]
            }
            (None, _) => {
                return Err(Failure::usage(
                    "give the paths before and after the change, or `--git REV` and any paths",
                ));
            }
        };
        for (side, words) in [(&mut before, "before"), (&mut after, "after")] {
            for failure in &mut side.failures {
                let message = &failure.error.message;
                failure.error.message = format!("{words} the change: {message}");
            }
        }
        Ok([before, after])
    }

    fn side<'p>(&self, project: &'p Project) -> Side<'p> {
        // At a revision files have the names that they have now.
        let roots: &[PathBuf] = if self.git.is_some() {
            &[]
        } else {
            &project.paths
        };
        Side {
            inventory: &project.loaded.inventory,
            sources: &project.loaded.sources,
            roots,
        }
    }
}

/// One side as a report takes it.
fn inputs<'p>(project: &'p Project, configuration: &'p InForce) -> SideInputs<'p> {
    SideInputs {
        sources: &project.loaded.sources,
        failures: &project.failures,
        configuration,
    }
}

pub(super) fn run(arguments: &DiffArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let [before, after] = arguments.sides()?;
    let difference = between(arguments.side(&before), arguments.side(&after), WATCHED);
    let failures: Vec<InputFailure> = [&before.failures, &after.failures]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let (then, now) = (before.in_force(), after.in_force());
    let mut lines = vec![&then, &now];
    lines.dedup();
    let mut out = output::stdout();
    match arguments.format {
        Format::Human => {
            report::difference::human::write(&mut out, &difference, &terminal.style)?;
            for line in lines {
                report::configuration::human(&mut out, line, &terminal.style)?;
            }
        }
        Format::Markdown => {
            report::difference::markdown::write(&mut out, &difference, &failures)?;
            for line in lines {
                report::configuration::markdown(&mut out, line)?;
            }
        }
        Format::Json => {
            let sides = [inputs(&before, &then), inputs(&after, &now)];
            report::difference::json::write(&mut out, &difference, sides)?;
        }
    }
    out.flush()?;
    report_failures(&before, terminal)?;
    report_failures(&after, terminal)?;
    report_loosened(&after, terminal)?;
    Ok(if !failures.is_empty() {
        ExitCode::Failure
    } else if difference.gains_deletion() || difference.loses_last_canceller() {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    })
}
