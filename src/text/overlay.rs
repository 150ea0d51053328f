//! Bytes that stand in for files on the disk: how they are after an edit, or were at a revision.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files by path, as the paths are given to the loader; what is not among them is read from the
/// disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Overlay {
    /// Lets these bytes stand in for the file, in place of what stood in for it before.
    pub fn put(&mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }

    /// The bytes that stand in for the file, where any do.
    pub fn get(&self, path: &Path) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The paths for which bytes stand in, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.keys().map(PathBuf::as_path)
    }
}
