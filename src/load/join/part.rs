//! What one file says of a key, and where that file stands.

use std::path::{Component, Path, PathBuf};

use crate::aws::KeyArn;
use crate::inventory::Key;

use super::addition::{Addition, PlacedAddition};

/// What one file says of a key.
#[derive(Debug)]
pub(super) struct Part {
    /// The file's directory; none for standard input. A key that was joined has several.
    pub(super) directories: Vec<PathBuf>,
    /// The file's name up to its first dot.
    pub(super) stem: String,
    pub(super) key: Key,
}

impl Part {
    /// What the file at `path` says.
    pub(super) fn new(path: &Path, key: Key) -> Self {
        Self {
            directories: directory(path).into_iter().collect(),
            stem: stem(path),
            key,
        }
    }

    /// Whether it says which key it is about.
    pub(super) fn is_described(&self) -> bool {
        is_described(&self.key)
    }

    /// The id of the key, as the ARN says it or else the metadata.
    pub(super) fn key_id(&self) -> Option<&str> {
        key_id(&self.key)
    }
}

/// Whether this says which key it is about.
pub(in crate::load) fn is_described(key: &Key) -> bool {
    key_id(key).is_some()
}

fn key_id(key: &Key) -> Option<&str> {
    let said = key.metadata.key_id.as_ref().map(|id| &*id.value);
    key.arn.as_ref().map(KeyArn::key_id).or(said)
}

impl PlacedAddition {
    /// What the file at `path` says.
    pub(in crate::load) fn new(path: &Path, addition: Addition) -> Self {
        Self {
            directory: directory(path),
            stem: stem(path),
            addition,
        }
    }
}

/// The file's directory; none for standard input.
pub(in crate::load) fn directory(path: &Path) -> Option<PathBuf> {
    let parts = path.parent().map(Path::components).into_iter().flatten();
    (path != Path::new("-")).then(|| parts.filter(|c| *c != Component::CurDir).collect())
}

/// The file's name up to its first dot.
pub(in crate::load) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}
