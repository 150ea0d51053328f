//! From paths and configuration to facts: what `check` and `facts` have in common.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::aws::PendingWindowInDays;
use crate::config::{Config, find};
use crate::facts::{self, Facts, Limits};
use crate::finding::{Finding, fingerprint_statements, tell_apart};
use crate::lint::{self, together};
use crate::load::{LoadError, Loaded};
use crate::report::InputFailure;
use crate::rule::Catalogue;
use crate::source::{
    Discovery, Filter, InputError, Location, ReadError, SourceFile, SourceId, Sources, Span,
    discover, read,
};

use super::{Failure, progress};

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
    #[arg(long, value_name = "DAYS", value_parser = super::simulate::parse_days)]
    minimum_waiting_period: Option<PendingWindowInDays>,
    /// The configuration; without it, `kmslint.toml` in the directory of the first path or the
    /// nearest one above it, no higher than the repository's top.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Do not look for a configuration.
    #[arg(long)]
    no_config: bool,
}

/// What the paths hold.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) loaded: Loaded,
    /// The files that were looked into.
    pub(super) discovery: Discovery,
    /// What rules and checks compare with; as without a configuration where that is broken.
    pub(super) limits: Limits,
    /// What could not be read.
    pub(super) failures: Vec<InputFailure>,
    /// Files that hold nothing of interest.
    pub(super) passed_over: usize,
    pub(super) config: Config,
    /// The configuration's file among the sources; none where there is none.
    pub(super) config_source: Option<SourceId>,
    /// The subjects that rules were run over, once they were.
    pub(super) checked: Vec<String>,
    /// Whether all below the configuration's directory was looked at.
    pub(super) whole: bool,
}

impl Gathered {
    /// What `conclude` makes of the facts of keys, then of policies, on all cores.
    pub(super) fn each<T: Send>(&self, conclude: impl Fn(Facts) -> T + Sync) -> Vec<T> {
        let loaded = &self.loaded;
        facts::each(
            &loaded.inventory,
            &loaded.sources,
            self.limits,
            |mut facts| {
                facts.trust(&self.config.trusted_administrators);
                conclude(facts)
            },
        )
    }
}

impl Gathered {
    /// Runs the rules over everything, and notes what they ran over. The findings are sorted and
    /// have their fingerprints.
    pub(super) fn find(&mut self, catalogue: &Catalogue) -> Vec<Finding> {
        let sources = &self.loaded.sources;
        let found = self.each(|facts| {
            let mut found = lint::run(&facts, catalogue);
            fingerprint_statements(&mut found, sources);
            (found, facts.subject)
        });
        let (found, checked) = found.into_iter().unzip();
        self.checked = checked;
        let mut findings = together(found);
        tell_apart(&mut findings, &self.loaded.sources, &self.config.root);
        findings
    }
}

impl InputArguments {
    /// Reads the configuration, then everything else; nothing else where the configuration is
    /// broken. It may name `known` rules only; any where none are given.
    pub(super) fn gather(&self, known: Option<&[&str]>) -> Result<Gathered, Failure> {
        self.gather_from(&self.paths, known)
    }

    /// The same with more paths.
    pub(super) fn gather_also(&self, more: &[PathBuf]) -> Result<Gathered, Failure> {
        self.gather_from(&[&self.paths, more].concat(), None)
    }

    fn gather_from(&self, paths: &[PathBuf], known: Option<&[&str]>) -> Result<Gathered, Failure> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here[..] } else { paths };
        let Some(file) = self.config_file(paths)? else {
            let config = Config::default();
            return self.gather_with(config, paths);
        };
        let checked = Config::parse(&file).and_then(|config| {
            let unknown = known.map(|known| config.unknown_rules(known));
            unknown
                .filter(|errors| !errors.is_empty())
                .map_or(Ok(config), Err)
        });
        match checked {
            Ok(config) => {
                let mut gathered = self.gather_with(config, paths)?;
                gathered.config_source = Some(gathered.loaded.sources.add(file));
                Ok(gathered)
            }
            Err(errors) => Ok(broken(file, errors)),
        }
    }

    fn config_file(&self, paths: &[PathBuf]) -> Result<Option<SourceFile>, Failure> {
        if self.no_config {
            return Ok(None);
        }
        let found = match &self.config {
            Some(path) => Some(path.clone()),
            None => paths.first().and_then(|path| find(path)),
        };
        found.map(|path| read_config(&path)).transpose()
    }

    fn gather_with(&self, config: Config, paths: &[PathBuf]) -> Result<Gathered, Failure> {
        let filter = Filter::new(&self.include, &self.exclude).map_err(Failure::usage)?;
        let filter = filter.from_root(&config.root, &config.include, &config.exclude);
        let discovery = discover(paths, &filter.map_err(Failure::usage)?);
        let mut loaded = progress::load(&discovery);
        if let Some(organization) = &config.organization {
            super::organization::read(organization, &mut loaded);
        }
        let minimum = self.minimum_waiting_period;
        let minimum = minimum.or(config.minimum_waiting_period);
        let limits = minimum.map(|minimum_waiting_period| Limits {
            minimum_waiting_period,
        });
        let filtered = !self.include.is_empty() || !self.exclude.is_empty();
        Ok(Gathered {
            limits: limits.unwrap_or_default(),
            failures: failures(&loaded, &discovery, paths),
            passed_over: discovery
                .passed_over
                .saturating_add(loaded.passed_over.len()),
            whole: !filtered && paths.iter().any(|path| config.root.is_within(path)),
            loaded,
            discovery,
            config,
            config_source: None,
            checked: Vec::new(),
        })
    }
}

pub(super) fn read_config(path: &Path) -> Result<SourceFile, Failure> {
    read(path).map_err(|error| {
        let reason = match error {
            ReadError::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        Failure::usage(format!(
            "cannot read the configuration `{}`: {reason}",
            path.display()
        ))
    })
}

fn broken(file: SourceFile, errors: Vec<InputError>) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.failures = config_failures(file, errors, &mut gathered.loaded.sources);
    gathered
}

/// What is wrong with a configuration; its file becomes one of the sources, to be shown.
pub(super) fn config_failures(
    file: SourceFile,
    errors: Vec<InputError>,
    sources: &mut Sources,
) -> Vec<InputFailure> {
    let name = file.name().to_owned();
    let source = sources.add(file);
    let failure = |error: InputError| InputFailure {
        file: name.clone(),
        at: Some(Location {
            source,
            span: error.span,
        }),
        error,
    };
    errors.into_iter().map(failure).collect()
}

/// What could not be read. That nothing at all was recognised is one of these: a gate that looked
/// at nothing has not passed.
pub(super) fn failures(
    loaded: &Loaded,
    discovery: &Discovery,
    paths: &[PathBuf],
) -> Vec<InputFailure> {
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
