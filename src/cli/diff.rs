//! `kmslint diff`: what a change does to permissions.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::config::{FAIL_ON_GAIN, InForce};
use crate::difference::{Side, WATCHED, between};
use crate::preflight::REASONS;
use crate::project::{Options, Project, ProjectError};
use crate::report;
use crate::report::difference::Gate;
use crate::report::difference::json::SideInputs;
use crate::report::files::Named;
use crate::text::{Comparison, InputFailure};

use super::inputs::{
    StackArguments, TrustedArguments, configuration, report_failures, report_files, report_loosened,
};
use super::terminal::Terminal;
use super::{ExitCode, Failure, output};

/// Arguments of `kmslint diff`.
#[derive(Debug, Args)]
#[command(
    override_usage = "kmslint diff [OPTIONS] <BEFORE> <AFTER>\n       \
kmslint diff [OPTIONS] --git <REV> [PATH]...",
    after_help = "Shows who gains (+) and who loses (-) ScheduleKeyDeletion, CancelKeyDeletion, \
PutKeyPolicy, DeleteImportedKeyMaterial, DisableKey, CreateGrant and use of the key, with day counts \
and conditions; ~ is both. Keys are matched by ARN or id, else by the path of their policy, else by a \
policy that says the same.\n\n\
Exit codes: 1 where anyone gains ScheduleKeyDeletion, PutKeyPolicy or, unless AWS made the key's \
material, DeleteImportedKeyMaterial, also under conditions, by a key that is new, or where a policy \
denies it no longer, and where nobody is left who could cancel deletion or change the key policy; \
`fail_on_gain` in `[diff]` of kmslint.toml is another list of actions; where a template of AWS CloudFormation no longer \
has a key that its `DeletionPolicy` before the change does not keep; 2 where an input could not be \
read; else 0."
)]
pub(super) struct DiffArguments {
    /// The files or directories before and after the change; with `--git`, files and directories
    /// as they are now, and none is the current directory.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Compare with how the paths were where the branch left this revision, for example
    /// `origin/main`: with the merge base of it and `HEAD`. `A...B` compares B with the merge base of
    /// both.
    #[arg(long, value_name = "REV", conflicts_with = "git_exact")]
    git: Option<String>,
    /// Compare with how the paths were at this revision itself.
    #[arg(long, value_name = "REV")]
    git_exact: Option<String>,
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
    stack: StackArguments,
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
            stack: self.stack.values(),
            cautions: REASONS,
            ..Options::default()
        }
    }

    /// What is compared of a repository's history; nothing where two paths are.
    fn comparison(&self) -> Option<Comparison> {
        let exact = self.git_exact.as_deref().map(Comparison::exact);
        exact.or_else(|| self.git.as_deref().map(Comparison::parse))
    }

    /// Before and after the change; of what could not be read is said on which side.
    fn sides(&self) -> Result<[Project; 2], Failure> {
        let [mut before, mut after] = match (self.comparison(), self.paths.as_slice()) {
            (Some(compared), paths) => Project::since(&self.options(paths), &compared)?,
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
            side.refuse_sensitive();
            for failure in &mut side.failures {
                let message = &failure.error.message;
                failure.error.message = format!("{words} the change: {message}");
            }
        }
        Ok([before, after])
    }

    /// Where a side's files are named from: its paths, and where its configuration names others. At a
    /// revision files have the names that they have now.
    fn roots(&self, project: &Project) -> Vec<PathBuf> {
        if self.comparison().is_some() {
            return Vec::new();
        }
        let mut roots = project.paths.clone();
        roots.extend(
            project
                .configurations()
                .map(|(_, config)| config.root.directory().to_path_buf()),
        );
        roots
    }
}

fn side<'p>(project: &'p Project, roots: &'p [PathBuf]) -> Side<'p> {
    Side {
        inventory: &project.loaded.inventory,
        sources: &project.loaded.sources,
        roots,
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

/// On what the run fails: what either side's configuration lists, so that a change does not loosen its
/// own gate.
fn gate(before: &Project, after: &Project) -> Gate {
    let listed = |side: &Project| side.config.fail_on_gain.unwrap_or(FAIL_ON_GAIN);
    let fail_on_gain = listed(before).union(listed(after));
    Gate {
        watched: WATCHED.union(fail_on_gain),
        fail_on_gain,
    }
}

pub(super) fn run(arguments: &DiffArguments, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let [before, after] = arguments.sides()?;
    let gate = gate(&before, &after);
    let roots = [&before, &after].map(|project| arguments.roots(project));
    let [old, new] = &roots;
    let difference = between(side(&before, old), side(&after, new), gate.watched);
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
            report::difference::human::write(&mut out, &difference, gate, &terminal.style)?;
            for line in lines {
                report::configuration::human(&mut out, line, &terminal.style)?;
            }
        }
        Format::Markdown => {
            report::difference::markdown::write(&mut out, &difference, gate, &failures)?;
            for line in lines {
                report::configuration::markdown(&mut out, line)?;
            }
        }
        Format::Json => {
            let sides = [inputs(&before, &then), inputs(&after, &now)];
            report::difference::json::write(&mut out, &difference, gate, sides)?;
        }
    }
    out.flush()?;
    report_files(&after, Named::LooksLikeOurs, terminal)?;
    report_failures(&before, terminal)?;
    report_failures(&after, terminal)?;
    report_loosened(&after, terminal)?;
    Ok(if !failures.is_empty() {
        ExitCode::Failure
    } else if difference.fails(gate.fail_on_gain) {
        ExitCode::Findings
    } else {
        ExitCode::Clean
    })
}
