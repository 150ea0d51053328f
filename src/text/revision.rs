//! Single files of one commit, read through git: what a pull request cannot change in its checkout.

use std::path::{Path, PathBuf};
use std::process::Output;

use super::git::{GitError, git, path_of, said};
use super::read_error::ReadError;
use super::{Root, SourceFile, decode};

/// One commit of a repository, and the files in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    name: String,
    commit: String,
    top: PathBuf,
}

/// A regular file of a commit.
struct Blob {
    path: PathBuf,
    id: String,
}

/// Why a file cannot be had at a revision.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A symbolic link or a submodule stands there.
    #[error("`{path}` is a symbolic link or a submodule at `{revision}`")]
    NoFile {
        /// The path.
        path: String,
        /// The revision as given.
        revision: String,
    },
    /// The path lies outside of the repository.
    #[error("`{path}` does not lie in the repository of `{revision}`")]
    Outside {
        /// The path.
        path: String,
        /// The revision as given.
        revision: String,
    },
    /// Its bytes are no text.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Revision {
    /// The commit that `revision` names in the repository of the current directory where `path` lies
    /// in it, else in that of `path`. A submodule counts as part of the repository that it is in.
    ///
    /// # Errors
    /// Where git cannot be run, there is no repository, or the revision names no commit or, by what
    /// git calls ambiguous, several.
    pub fn open(revision: &str, path: &Path) -> Result<Self, GitError> {
        let here = Path::new(".");
        let path = Root::new(path);
        let mut above = path.directory().ancestors();
        let beside = above.find(|directory| directory.is_dir()).unwrap_or(here);
        let top = match top(here) {
            Ok(top) if path.directory().starts_with(&top) => top,
            _ => top(beside)?,
        };
        let commit = commit(&top, revision)?;
        Ok(Self {
            name: revision.to_owned(),
            commit,
            top,
        })
    }

    /// The revision as it was given, for example `origin/main`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The commit's id.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// The top directory of the repository, absolute.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The text of a regular file; nothing where the commit has nothing at this path. Its name is
    /// `name`.
    ///
    /// # Errors
    /// Where the path lies outside of the repository, a link or a submodule stands there, or the file
    /// is no text.
    pub fn file(&self, path: &Path, name: &str) -> Result<Option<SourceFile>, RevisionError> {
        let below = self.below(path)?;
        let mut found = self.list(&below, path)?.into_iter();
        let Some(blob) = found.find(|blob| blob.path == below) else {
            return Ok(None);
        };
        let answer = run("cat-file", &self.top, &["blob", &blob.id])?;
        Ok(Some(decode(name, answer.stdout)?))
    }

    /// Whether the commit has a regular file at this path.
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub fn has_file(&self, path: &Path) -> Result<bool, RevisionError> {
        let below = self.below(path)?;
        let found = self.list(&below, path)?;
        Ok(found.iter().any(|blob| blob.path == below))
    }

    /// The paths of the regular files in a directory, not of those further below, sorted; as they are
    /// written from `directory`.
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub fn files_in(&self, directory: &Path) -> Result<Vec<PathBuf>, RevisionError> {
        let below = self.below(directory)?;
        // With a slash at its end git lists what is in it.
        let found = self.list(&below.join(""), directory)?;
        let names = found.iter().filter_map(|blob| blob.path.file_name());
        Ok(names.map(|name| directory.join(name)).collect())
    }

    /// The path from the top of the repository.
    fn below(&self, path: &Path) -> Result<PathBuf, RevisionError> {
        let whole = Root::new(path);
        let below = whole.directory().strip_prefix(&self.top);
        below
            .map(Path::to_path_buf)
            .map_err(|_| RevisionError::Outside {
                path: path.display().to_string(),
                revision: self.name.clone(),
            })
    }

    /// The regular files that git lists for a path.
    fn list(&self, below: &Path, shown: &Path) -> Result<Vec<Blob>, RevisionError> {
        let mut list = git(&self.top, "ls-tree");
        list.args(["-z", &self.commit]);
        if !below.as_os_str().is_empty() {
            list.arg("--").arg(below);
        }
        let answer = list.output().map_err(GitError::NoGit)?;
        let answer = succeeded("ls-tree", answer)?;
        let mut blobs = Vec::new();
        for line in answer.stdout.split(|byte| *byte == 0) {
            let Some((mode, blob)) = entry(line) else {
                continue;
            };
            if mode.starts_with("100") {
                blobs.push(blob);
            } else if blob.path == below && mode != "040000" {
                return Err(RevisionError::NoFile {
                    path: shown.display().to_string(),
                    revision: self.name.clone(),
                });
            }
        }
        Ok(blobs)
    }
}

/// `MODE TYPE ID`, a tab, and the path.
fn entry(line: &[u8]) -> Option<(&str, Blob)> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = line.split_at_checked(tab)?;
    let mut head = std::str::from_utf8(head).ok()?.split(' ');
    let (mode, _kind, id) = (head.next()?, head.next()?, head.next()?);
    let (path, id) = (path_of(path.get(1..)?), id.to_owned());
    Some((mode, Blob { path, id }))
}

/// The top of the repository that a directory is in, and not only of a submodule.
fn top(directory: &Path) -> Result<PathBuf, GitError> {
    let mut top =
        answered_path(directory, "--show-toplevel")?.ok_or_else(|| GitError::NoRepository {
            path: directory.display().to_string(),
            reason: "it has no working tree".to_owned(),
        })?;
    while let Some(above) = answered_path(&top, "--show-superproject-working-tree")? {
        top = above;
    }
    Ok(top)
}

/// The path with which `rev-parse` answers, as kmslint writes paths; nothing where it is silent.
fn answered_path(directory: &Path, option: &str) -> Result<Option<PathBuf>, GitError> {
    let answer = git(directory, "rev-parse").arg(option).output();
    let answer = answer.map_err(GitError::NoGit)?;
    if !answer.status.success() {
        return Err(GitError::NoRepository {
            path: directory.display().to_string(),
            reason: said(&answer.stderr),
        });
    }
    let path = answer.stdout.strip_suffix(b"\n").unwrap_or(&answer.stdout);
    if path.is_empty() {
        return Ok(None);
    }
    let real = path_of(path);
    // Git resolves symbolic links on the way; names of files do not.
    let written = Root::new(directory);
    let same = |above: &&Path| above.canonicalize().is_ok_and(|above| above == real);
    let above = written.directory().ancestors().find(same);
    Ok(Some(above.map_or(real, Path::to_path_buf)))
}

/// The id of the commit. What begins with a hyphen is an option and no revision.
fn commit(directory: &Path, revision: &str) -> Result<String, GitError> {
    let none = || GitError::NoRevision(revision.to_owned());
    if revision.is_empty() || revision.starts_with('-') || revision.contains('\0') {
        return Err(none());
    }
    let mut ask = git(directory, "rev-parse");
    ask.arg("--verify").arg(format!("{revision}^{{commit}}"));
    let answer = ask.output().map_err(GitError::NoGit)?;
    let id = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let is_id = id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !answer.status.success() || !is_id {
        return Err(none());
    }
    // Whoever may push a tag or a branch could give it the name of another.
    if String::from_utf8_lossy(&answer.stderr).contains("is ambiguous") {
        return Err(GitError::Ambiguous(revision.to_owned()));
    }
    Ok(id)
}

fn run(command: &'static str, directory: &Path, arguments: &[&str]) -> Result<Output, GitError> {
    let answer = git(directory, command).args(arguments).output();
    succeeded(command, answer.map_err(GitError::NoGit)?)
}

fn succeeded(command: &'static str, answer: Output) -> Result<Output, GitError> {
    if answer.status.success() {
        return Ok(answer);
    }
    Err(GitError::Failed {
        command,
        reason: said(&answer.stderr),
    })
}
