//! The files in which a team has decided something: configuration, baseline, rules, control policies.
//! They are read from the working tree, or at a revision that a pull request cannot change.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{FILE_NAME, Presence, find};
use crate::text::{ReadError, Revision, RevisionError, Root, SourceFile, is_descriptor, read};

use super::options::{Options, ProjectError};

/// Where a team's files are read.
#[derive(Clone, Debug, Default)]
pub(super) struct TeamFiles {
    /// The revision; the working tree where there is none.
    pub(super) revision: Option<Revision>,
}

/// Why a file of the team cannot be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum TeamFileError {
    /// There is none.
    #[error("there is no such file at `{0}`")]
    Missing(String),
    /// It is a symbolic link.
    #[error("it is a symbolic link: put the file itself there")]
    Link,
    #[error(transparent)]
    Read(ReadError),
    #[error(transparent)]
    Revision(#[from] RevisionError),
}

impl TeamFileError {
    /// Why, without the words that a caller has said already.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Read(ReadError::Io(error)) => error.to_string(),
            Self::Read(ReadError::Refused(refusal)) => refusal.to_string(),
            other => other.to_string(),
        }
    }
}

impl From<ReadError> for TeamFileError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl TeamFiles {
    /// The trusted revision of the options, or else the working tree.
    pub(super) fn of(options: &Options) -> Result<Self, ProjectError> {
        let revision = options.trusted_revision.as_deref().map(|revision| {
            let first = options.given().into_iter().next();
            Revision::open(revision, &first.unwrap_or_default())
        });
        Ok(Self {
            revision: revision.transpose()?,
        })
    }

    /// The files that are called `kmslint.toml` and hold for a path, the outermost first.
    pub(super) fn configurations(&self, path: &Path) -> Result<Vec<PathBuf>, ProjectError> {
        let Some(revision) = &self.revision else {
            return find(path).map_err(|error| refused(&error.path, &error));
        };
        let root = Root::new(path);
        let above = root.directory().ancestors();
        let inside = above.take_while(|directory| directory.starts_with(revision.top()));
        let mut found = Vec::new();
        for directory in inside {
            let file = shown(&directory.join(FILE_NAME));
            if revision
                .has_file(&file)
                .map_err(|error| refused(&file, &error))?
            {
                found.push(file);
            }
        }
        found.reverse();
        Ok(found)
    }

    /// The text of a file. One that the working tree has otherwise is called as git calls it, for
    /// example `origin/main:kmslint.toml`.
    pub(super) fn read(&self, path: &Path) -> Result<SourceFile, TeamFileError> {
        let Some(revision) = &self.revision else {
            if is_link_of_checkout(path) {
                return Err(TeamFileError::Link);
            }
            return Ok(read(path)?);
        };
        let name = path.to_string_lossy();
        let missing = || TeamFileError::Missing(revision.name().to_owned());
        let file = revision.file(path, &name)?.ok_or_else(missing)?;
        let there = read(path).ok();
        if there.is_some_and(|there| same_lines(there.text(), file.text())) {
            return Ok(file);
        }
        Ok(file.named(format!("{}{name}", prefix(revision))))
    }

    /// Whether the working tree has a file otherwise that was read here.
    pub(super) fn differs(&self, file: &SourceFile) -> bool {
        self.revision
            .as_ref()
            .is_some_and(|revision| file.name().starts_with(&prefix(revision)))
    }

    /// The regular files of a directory at the revision; none of the working tree.
    pub(super) fn files_in(&self, directory: &Path) -> Result<Vec<PathBuf>, RevisionError> {
        self.revision
            .as_ref()
            .map_or(Ok(Vec::new()), |revision| revision.files_in(directory))
    }

    /// What there is at a path that a configuration in `root` names.
    pub(super) fn presence(&self, root: &Root, path: &Path) -> Presence {
        match &self.revision {
            None => Presence::on_disk(root, path),
            Some(revision) => match revision.has_file(path) {
                Ok(true) => Presence::File,
                Ok(false) => Presence::Nothing,
                Err(_) => Presence::Elsewhere,
            },
        }
    }
}

/// What git writes before a path at a revision.
fn prefix(revision: &Revision) -> String {
    format!("{}:", revision.name())
}

/// Whether two texts differ at most in how their lines end, as git may write them out.
fn same_lines(one: &str, other: &str) -> bool {
    one == other || one.lines().eq(other.lines())
}

/// A link that a pull request could have put in the place of a file.
fn is_link_of_checkout(path: &Path) -> bool {
    let whole = Root::new(path);
    let whole = whole.directory();
    !is_descriptor(whole)
        && whole.starts_with(Root::default().directory())
        && fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

/// As a person in this directory would write it.
pub(super) fn shown(path: &Path) -> PathBuf {
    let here = Root::default();
    let below = path.strip_prefix(here.directory());
    below.unwrap_or(path).to_path_buf()
}

pub(super) fn refused_rules(path: &Path, reason: &dyn std::fmt::Display) -> ProjectError {
    ProjectError::TrustedRules {
        directory: path.display().to_string(),
        reason: reason.to_string(),
    }
}

pub(super) fn refused(path: &Path, reason: &dyn std::fmt::Display) -> ProjectError {
    ProjectError::Configuration {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}
