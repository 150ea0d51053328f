//! Arguments about inputs and rules, which several commands have in common.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args;

use crate::aws::PendingWindowInDays;
use crate::project::{ConfigurationFile, Options, Project, RuleOptions, Watch};
use crate::report;

use super::terminal::Terminal;
use super::{days, output, progress};

/// Which files to look at, and by which configuration.
#[derive(Debug, Args)]
pub(super) struct InputArguments {
    /// Files and directories; `-` is standard input, none is the current directory.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Look only at files whose path below the given directory matches; may be repeated.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Do not look at files whose path below the given directory matches; may be repeated. A file
    /// that is given by its own path is looked at all the same.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// The shortest waiting period that is not reported, 7 to 30 days; 14 unless configured.
    #[arg(long, value_name = "DAYS", value_parser = days::parse)]
    minimum_waiting_period: Option<PendingWindowInDays>,
    /// The configuration; without it, `kmslint.toml` in the directory of the first path or the
    /// nearest one above it, no higher than the repository's top.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Do not look for a configuration.
    #[arg(long)]
    no_config: bool,
}

impl InputArguments {
    pub(super) fn options(&self) -> Options {
        Options {
            paths: self.paths.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            configuration: configuration(self.config.as_ref(), self.no_config),
            minimum_waiting_period: self.minimum_waiting_period,
            // Progress is for somebody who waits.
            watch: io::stderr()
                .is_terminal()
                .then_some(progress::show as Watch),
        }
    }
}

/// What `--config` and `--no-config` say together.
pub(super) fn configuration(config: Option<&PathBuf>, no_config: bool) -> ConfigurationFile {
    match config {
        _ if no_config => ConfigurationFile::Nothing,
        Some(path) => ConfigurationFile::At(path.clone()),
        None => ConfigurationFile::Nearest,
    }
}

/// Tells on standard error what could not be read.
pub(super) fn report_failures(project: &Project, terminal: &Terminal) -> io::Result<()> {
    let mut err = output::stderr();
    let (sources, failures) = (&project.loaded.sources, &project.failures);
    report::human::input_errors(&mut err, sources, failures, &terminal.style)?;
    err.flush()
}

/// Which rules run.
#[derive(Debug, Args)]
pub(super) struct RuleArguments {
    /// Run only rules whose id matches; may be repeated.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,
    /// Do not run rules whose id matches; may be repeated.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// A directory with rules of your own, a page for each; may be repeated.
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
}

impl RuleArguments {
    pub(super) fn options(&self) -> RuleOptions {
        RuleOptions {
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            directories: self.rules.clone(),
        }
    }
}
