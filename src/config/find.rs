//! Where `kmslint.toml` is: in the directory that is checked, and above it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::text::Root;

/// The name of the configuration file.
pub const FILE_NAME: &str = "kmslint.toml";

/// Something else than a file has the name of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is {what}: put the file itself there")]
pub struct NotAFile {
    /// The path.
    pub path: PathBuf,
    /// What it is, for example `a symbolic link`.
    pub what: &'static str,
}

/// The configuration files that hold for `path`, the outermost first. A directory that holds `.git` is
/// the last one that is looked into: what lies above a repository is not the team's. A submodule is
/// part of the repository that it is in.
///
/// # Errors
/// Where a symbolic link or a directory has the file's name: it would hide what the team wrote.
pub fn find(path: &Path) -> Result<Vec<PathBuf>, NotAFile> {
    let path = Root::new(path);
    let mut found = Vec::new();
    for directory in path.directory().ancestors() {
        let file = directory.join(FILE_NAME);
        match file.symlink_metadata() {
            Ok(metadata) if metadata.is_file() => found.push(shown(&file)),
            Ok(metadata) => {
                return Err(NotAFile {
                    path: shown(&file),
                    what: match () {
                        () if metadata.is_symlink() => "a symbolic link",
                        () if metadata.is_dir() => "a directory",
                        () => "no regular file",
                    },
                });
            }
            Err(_) => {}
        }
        if is_top(directory) {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

/// Whether a repository begins here. The `.git` of a submodule is a file that names a directory of
/// the repository around it. <https://git-scm.com/docs/gitsubmodules>
fn is_top(directory: &Path) -> bool {
    let git = directory.join(".git");
    let of_submodule = || {
        let text = fs::read_to_string(&git).unwrap_or_default();
        text.starts_with("gitdir:") && text.contains("/modules/")
    };
    git.exists() && !(git.is_file() && of_submodule())
}

/// As a person in this directory would write it.
fn shown(file: &Path) -> PathBuf {
    let here = Root::new(Path::new("."));
    let below = file.strip_prefix(here.directory());
    below.unwrap_or(file).to_path_buf()
}
