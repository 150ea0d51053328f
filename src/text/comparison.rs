//! Which commits `git diff` would compare: `REV` with what is there now, or `A...B`.
//!
//! A branch is compared with the commit that it left the other one at, as a review is: what was added to
//! the other one since is no change of the branch.
//! <https://git-scm.com/docs/git-diff>

use std::path::{Path, PathBuf};

use super::git::{GitError, git, path_of, said};

/// What is compared: the commit before the change, and after it another one or the files that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Before the change.
    pub before: Base,
    /// The revision after the change; none for the working tree.
    pub after: Option<String>,
}

/// A commit before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The revision itself.
    Exact(String),
    /// The best common ancestor of two revisions.
    MergeBase(String, String),
}

impl Comparison {
    /// With the revision itself.
    pub fn exact(revision: &str) -> Self {
        Self {
            before: Base::Exact(revision.to_owned()),
            after: None,
        }
    }

    /// With the merge base: `REV` of it and `HEAD`, `A...B` of these two. A revision that is left out is
    /// `HEAD`; without the second one the files are those that are there.
    pub fn parse(text: &str) -> Self {
        let (first, second) = match text.split_once("...") {
            Some((first, second)) => (head(first), second),
            None => (text.to_owned(), ""),
        };
        Self {
            before: Base::MergeBase(first, head(second)),
            after: (!second.is_empty()).then(|| second.to_owned()),
        }
    }
}

fn head(revision: &str) -> String {
    let given = Some(revision).filter(|revision| !revision.is_empty());
    given.unwrap_or("HEAD").to_owned()
}

impl Base {
    /// As it was given.
    pub fn text(&self) -> &str {
        match self {
            Self::Exact(revision) | Self::MergeBase(revision, _) => revision,
        }
    }

    /// The commit; `of` finds that of a revision.
    pub(super) fn commit(
        &self,
        directory: &Path,
        of: impl Fn(&str) -> Result<String, GitError>,
    ) -> Result<String, GitError> {
        match self {
            Self::Exact(revision) => of(revision),
            Self::MergeBase(one, other) => {
                let ids = (of(one)?, of(other)?);
                let found = merge_base(directory, &ids)?;
                found.map_err(|is_shallow| {
                    let (one, other) = (one.clone(), other.clone());
                    if is_shallow {
                        GitError::Shallow { one, other }
                    } else {
                        GitError::NoCommonAncestor { one, other }
                    }
                })
            }
        }
    }
}

/// The best common ancestor; where there is none, or a better one may be missing, whether that is
/// because the repository is shallow.
fn merge_base(
    directory: &Path,
    (one, other): &(String, String),
) -> Result<Result<String, bool>, GitError> {
    let answer = git(directory, "merge-base").args([one, other]).output();
    let answer = answer.map_err(GitError::NoGit)?;
    let base = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let cut = cut_commits(directory)?;
    if base.is_empty() {
        return Ok(Err(!cut.is_empty()));
    }
    if cut.is_empty() {
        return Ok(Ok(base));
    }
    // Behind a commit whose parents are missing there may be a later common ancestor.
    let mut list = git(directory, "rev-list");
    list.args([one, other, "--not", &base]);
    let answer = list.output().map_err(GitError::NoGit)?;
    if !answer.status.success() {
        return Err(GitError::Failed {
            command: "rev-list",
            reason: said(&answer.stderr),
        });
    }
    let newer = String::from_utf8_lossy(&answer.stdout);
    let is_cut = newer.lines().any(|id| cut.iter().any(|cut| cut == id));
    Ok(if is_cut { Err(true) } else { Ok(base) })
}

/// The commits of a shallow clone whose parents it does not have.
fn cut_commits(directory: &Path) -> Result<Vec<String>, GitError> {
    let mut ask = git(directory, "rev-parse");
    let answer = ask.args(["--git-path", "shallow"]).output();
    let answer = answer.map_err(GitError::NoGit)?;
    let path = answer.stdout.strip_suffix(b"\n").unwrap_or(&answer.stdout);
    let path: PathBuf = directory.join(path_of(path));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    Ok(text.lines().map(str::to_owned).collect())
}

/// Whether the clone has only a part of the history.
pub(super) fn is_shallow(directory: &Path) -> bool {
    cut_commits(directory).is_ok_and(|cut| !cut.is_empty())
}
