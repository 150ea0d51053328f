//! Arguments about inputs and rules, which several commands have in common.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::aws::{AccountId, DocumentKind, PendingWindowInDays};
use crate::lint::Standing;
use crate::preflight::REASONS;
use crate::project::{
    ConfigurationFile, Options, Project, RuleOptions, StackValues, Unrecognized, Watch,
};
use crate::report;
use crate::report::files::Named;

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
    /// The kind of the policies in files that are given by their own paths, where their text does
    /// not tell.
    #[arg(long = "as", value_name = "KIND", value_parser = parse_kind)]
    kind: Option<DocumentKind>,
    /// What becomes of a file that is not understood: an error for those that are given by their own
    /// paths, and skipped for those that stand in a directory, unless this says otherwise.
    #[arg(long, value_enum, value_name = "WHAT")]
    unrecognized: Option<OnUnrecognized>,
    /// Name every file that is not checked, with the reason.
    #[arg(long)]
    show_passed_over: bool,
    /// The shortest waiting period that is not reported, 7 to 30 days; 14 unless configured.
    #[arg(long, value_name = "DAYS", value_parser = days::parse)]
    minimum_waiting_period: Option<PendingWindowInDays>,
    /// The configuration; without it, each `kmslint.toml` in the directory of the first path and
    /// above it, no higher than the repository's top. The outermost is the team's; the others may
    /// only make it stricter.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Do not look for a configuration.
    #[arg(long)]
    no_config: bool,
    #[command(flatten)]
    stack: StackArguments,
    #[command(flatten)]
    trusted: TrustedArguments,
}

/// With which values templates of AWS CloudFormation are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Templates of AWS CloudFormation")]
pub(super) struct StackArguments {
    /// The value of a parameter; may be repeated. Without one a parameter has its default, and conditions on
    /// it are looked at both ways.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = StackValues::parse_parameter)]
    parameters: Vec<(String, String)>,
    /// A file of parameters, as `aws cloudformation create-stack` and `deploy` take it; `--parameter`
    /// stands above it.
    #[arg(long, value_name = "FILE", value_parser = parameters_of_file)]
    parameters_file: Option<BTreeMap<String, String>>,
    /// The account of the stack: `AWS::AccountId`.
    #[arg(long, value_name = "ACCOUNT", value_parser = parse_account)]
    account: Option<AccountId>,
    /// The Region of the stack: `AWS::Region`, and with it `AWS::Partition` and `AWS::URLSuffix`.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

impl StackArguments {
    pub(super) fn values(&self) -> StackValues {
        let mut parameters = self.parameters_file.clone().unwrap_or_default();
        parameters.extend(self.parameters.iter().cloned());
        StackValues {
            parameters,
            account: self.account,
            region: self.region.clone(),
        }
    }
}

fn parameters_of_file(path: &str) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    StackValues::parameters_of_file(&text)
}

fn parse_account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account id has 12 digits".to_owned())
}

/// What a change that is checked must not change.
#[derive(Debug, Args)]
pub(super) struct TrustedArguments {
    /// Read the configuration, the baseline, your own rules and the control policies that the
    /// configuration names as they are at this git revision, for example `origin/main`: whoever
    /// changes them in the working tree does not change this check.
    #[arg(long, value_name = "REV")]
    trusted_ref: Option<String>,
}

impl TrustedArguments {
    pub(super) fn revision(&self) -> Option<String> {
        self.trusted_ref.clone()
    }
}

/// What becomes of a file that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnUnrecognized {
    /// It is an error, exit code 2.
    Error,
    /// It is passed over.
    Skip,
}

impl OnUnrecognized {
    const fn meant(self) -> Unrecognized {
        match self {
            Self::Error => Unrecognized::Error,
            Self::Skip => Unrecognized::Skip,
        }
    }
}

fn parse_kind(text: &str) -> Result<DocumentKind, String> {
    DocumentKind::parse(text).ok_or_else(|| {
        let known = DocumentKind::ALL.map(DocumentKind::name);
        format!("the kinds are {}", known.join(", "))
    })
}

impl InputArguments {
    /// Which files are named.
    pub(super) const fn named(&self) -> Named {
        if self.show_passed_over {
            Named::All
        } else {
            Named::LooksLikeOurs
        }
    }

    pub(super) fn options(&self) -> Options {
        Options {
            paths: self.paths.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            configuration: configuration(self.config.as_ref(), self.no_config),
            trusted_revision: self.trusted.revision(),
            kind: self.kind,
            unrecognized: self.unrecognized.map(OnUnrecognized::meant),
            stack: self.stack.values(),
            minimum_waiting_period: self.minimum_waiting_period,
            day: None,
            cautions: REASONS,
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

/// Tells on standard error which files were not checked, and which that look like ours.
pub(super) fn report_files(project: &Project, named: Named, terminal: &Terminal) -> io::Result<()> {
    let mut err = output::stderr();
    report::files::names(&mut err, &project.loaded.files, named, &terminal.style)?;
    err.flush()
}

/// Tells on standard error that values of policies are placeholders, where a command does not count them.
pub(super) fn report_placeholders(project: &Project, rest: &str) -> io::Result<()> {
    let count = project.loaded.inventory.placeholders();
    if let Some(sentence) = report::placeholders(count) {
        let mut err = output::stderr();
        writeln!(err, "note: {sentence}{rest}")?;
        err.flush()?;
    }
    Ok(())
}

/// Tells on standard error what could not be read.
pub(super) fn report_failures(project: &Project, terminal: &Terminal) -> io::Result<()> {
    let mut err = output::stderr();
    let (sources, failures) = (&project.loaded.sources, &project.failures);
    report::human::input_errors(&mut err, sources, failures, &terminal.style)?;
    err.flush()
}

/// Tells on standard error what configurations loosen without effect, where findings are not shown.
pub(super) fn report_loosened(project: &Project, terminal: &Terminal) -> io::Result<()> {
    let mut err = output::stderr();
    let mut told: Vec<_> = project
        .loosened
        .iter()
        .filter(|loosened| loosened.standing != Standing::Allowed)
        .filter_map(|loosened| loosened.sentence(&project.loaded.sources))
        .collect();
    told.dedup();
    for sentence in told {
        let line = format!("warning: {sentence}");
        writeln!(
            err,
            "{}",
            report::visible_lines(&line, terminal.style.unicode)
        )?;
    }
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

/// Where rules are that do not come with kmslint.
#[derive(Debug, Args)]
pub(super) struct PageArguments {
    /// A directory with rules of your own, a page for each; may be repeated.
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
}

impl PageArguments {
    pub(super) fn options(&self) -> RuleOptions {
        RuleOptions {
            directories: self.rules.clone(),
            ..RuleOptions::default()
        }
    }
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
