//! Where `kmslint.toml` is: in the directory that is checked, or the nearest one above it.

use std::path::{Path, PathBuf};

use crate::source::Root;

/// The name of the configuration file.
pub const FILE_NAME: &str = "kmslint.toml";

/// The configuration file that holds for `path`. A directory that holds `.git` is the last one
/// that is looked into: what lies above a repository is not the team's. A symbolic link is not
/// followed.
pub fn find(path: &Path) -> Option<PathBuf> {
    let path = Root::new(path);
    let here = Root::new(Path::new("."));
    let is_file = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_file());
    for directory in path.directory().ancestors() {
        let file = directory.join(FILE_NAME);
        if is_file(&file) {
            let shown = file.strip_prefix(here.directory());
            return Some(shown.map(Path::to_path_buf).unwrap_or(file));
        }
        if directory.join(".git").exists() {
            return None;
        }
    }
    None
}
