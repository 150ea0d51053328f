//! What a project is made of, and what keeps it from being made.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use crate::aws::{DocumentKind, PendingWindowInDays};
use crate::config::Date;
use crate::lint::NoSuchRule;
use crate::load::{StackValues, Unrecognized};
use crate::rule::{CatalogueError, PageProblem};
use crate::text::{Discovery, FilterError, GitError, Progress};

/// Which files to look at, and by which configuration. The default looks at the current directory
/// with the configuration found from there.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and directories; `-` is standard input. None is the current directory.
    pub paths: Vec<PathBuf>,
    /// Path patterns, below each given directory, of the only files to look at; all where empty.
    pub include: Vec<String>,
    /// Path patterns, below each given directory, of files not to look at. A file that is given by
    /// its own path is looked at all the same.
    pub exclude: Vec<String>,
    /// Where the configuration is.
    pub configuration: ConfigurationFile,
    /// The kind of policies in files that are given by their own paths.
    pub kind: Option<DocumentKind>,
    /// What becomes of a file that is not understood; unless it is said, it is an error where the file
    /// was given by its own path.
    pub unrecognized: Option<Unrecognized>,
    /// With which values templates are read.
    pub stack: StackValues,
    /// The revision at which the configuration, the baseline, a team's own rules and the control
    /// policies that the configuration names are read; the working tree where there is none. The
    /// files that are checked are always those of the working tree.
    pub trusted_revision: Option<String>,
    /// The shortest waiting period that is not reported, days, 7 to 30; stands above the
    /// configuration's.
    pub minimum_waiting_period: Option<PendingWindowInDays>,
    /// The day of the run, UTC: findings say of a deletion date before it that it has passed. Without one,
    /// they are the same on every day.
    pub day: Option<Date>,
    /// The names of the reasons for caution that a configuration can accept: one that accepts another
    /// is refused. Any name is taken where there are none.
    pub cautions: &'static [&'static str],
    /// Called in a thread of its own while files are read.
    pub watch: Option<Watch>,
}

/// Shows how far reading has come, until the other end of the channel is dropped.
pub type Watch = fn(&Discovery, &Progress, &Receiver<()>);

/// Which file is the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConfigurationFile {
    /// Each `kmslint.toml` in the directory of the first path and above it, no higher than the
    /// repository's top; the outermost is the team's, and the others add to it.
    #[default]
    Nearest,
    /// This file, which must be there.
    At(PathBuf),
    /// None.
    Nothing,
}

impl Options {
    /// Options for these paths, all else as the default.
    pub fn for_paths(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            paths: paths.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// The paths, or the current directory where none are given.
    pub(super) fn given(&self) -> Vec<PathBuf> {
        if self.paths.is_empty() {
            vec![PathBuf::from(".")]
        } else {
            self.paths.clone()
        }
    }
}

/// Why a project cannot be made or checked as asked. What is wrong with its files is no error of
/// this kind: see [`Project::failures`](super::Project::failures).
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The configuration cannot be read.
    #[error("cannot read the configuration `{path}`: {reason}")]
    Configuration {
        /// The file.
        path: String,
        /// What the operating system or the reader says.
        reason: String,
    },
    /// A pattern of paths cannot be understood.
    #[error(transparent)]
    Pattern(#[from] FilterError),
    /// The rules that come with kmslint cannot be read; never in practice.
    #[error(transparent)]
    BuiltinRules(#[from] &'static PageProblem),
    /// A team's own rules cannot be used.
    #[error("{}", with_cause(.0))]
    Rules(#[from] CatalogueError),
    /// A team's own rules cannot be read at the trusted revision.
    #[error("cannot read the rules in `{directory}`: {reason}")]
    TrustedRules {
        /// The directory.
        directory: String,
        /// Why.
        reason: String,
    },
    /// A rule is asked for that does not exist.
    #[error("{0}")]
    NoSuchRule(#[from] NoSuchRule),
    /// A suppression cannot be written.
    #[error("cannot write a suppression to `{path}`: {reason}")]
    UnwrittenSuppression {
        /// The configuration.
        path: String,
        /// Why.
        reason: String,
    },
    /// What is to be suppressed makes no sense.
    #[error("{0}")]
    Suppression(String),
    /// The baseline cannot be read.
    #[error("cannot read the baseline `{path}`: {reason}")]
    Baseline {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The baseline cannot be written.
    #[error("cannot write the baseline `{path}`: {reason}")]
    UnwrittenBaseline {
        /// The file.
        path: String,
        /// What the operating system says.
        reason: String,
    },
    /// The files cannot be had at a revision.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Standard input is asked for at a revision.
    #[error("standard input has no revisions")]
    StandardInputAtRevision,
    /// Both sides of a change are standard input.
    #[error("standard input cannot be both sides")]
    StandardInputTwice,
}

fn with_cause(error: &CatalogueError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
