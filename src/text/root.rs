//! The directory that names of files are told from, so that they are the same on every machine.

use std::path::{Component, Path, PathBuf};

/// A directory, as an absolute path without `.` and `..`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    directory: PathBuf,
    /// The current directory, which relative names are told from; asked for once.
    here: PathBuf,
}

impl Default for Root {
    /// The current directory.
    fn default() -> Self {
        Self::new(Path::new("."))
    }
}

impl Root {
    /// The root at this directory; a relative or empty one is taken from the current directory.
    pub fn new(directory: &Path) -> Self {
        let here = std::path::absolute(".").unwrap_or_default();
        Self {
            directory: resolved(&here.join(directory)),
            here,
        }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path below the root with `/` between its parts, for example `keys/a/policy.json`; what
    /// does not lie below it keeps its name.
    pub fn relative(&self, name: &str) -> String {
        let path = absolute(&self.here, Path::new(name));
        let below = path.strip_prefix(&self.directory).ok();
        match below.filter(|below| name != "-" && !below.as_os_str().is_empty()) {
            Some(below) => slashed(below),
            None => name.replace('\\', "/"),
        }
    }

    /// Whether `path` lies below the root.
    pub fn holds(&self, path: &Path) -> bool {
        absolute(&self.here, path).starts_with(&self.directory)
    }

    /// Whether everything below the root lies below `path`, too.
    pub fn is_within(&self, path: &Path) -> bool {
        self.directory.starts_with(absolute(&self.here, path))
    }
}

/// An absolute path without `..`.
fn absolute(here: &Path, path: &Path) -> PathBuf {
    let whole = here.join(path);
    let is_plain = whole.components().all(|part| part != Component::ParentDir);
    if is_plain { whole } else { resolved(&whole) }
}

/// The path without `.`, and with `..` resolved by its words: symbolic links are not asked.
fn resolved(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => whole.push(part),
        }
    }
    whole
}

fn slashed(path: &Path) -> String {
    let parts = path.components();
    let parts = parts.map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_the_root_are_told_from_it() {
        let root = Root::new(Path::new("teams/a"));
        assert_eq!(
            root.relative("teams/a/keys/policy.json"),
            "keys/policy.json"
        );
        assert_eq!(root.relative("./teams/b/../a/x.json"), "x.json");
        assert_eq!(root.relative("teams/b/x.json"), "teams/b/x.json");
        assert_eq!(root.relative("-"), "-");
        assert!(root.is_within(Path::new(".")));
        assert!(root.is_within(Path::new("teams")));
        assert!(!root.is_within(Path::new("teams/a/keys")));
    }
}
