//! Which files the given paths stand for.

use std::cmp::Ordering;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

use super::Root;
use super::admit::{SpecialFile, admit};
use super::opened::GZIP_MAGIC;

/// Which files of a directory to look at.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    patterns: Patterns,
    /// Further patterns, each matched against the path from a directory.
    from_roots: Vec<FromRoot>,
}

#[derive(Clone, Debug)]
struct FromRoot {
    root: Root,
    patterns: Patterns,
    /// Whether files that do not lie below the directory are none of theirs.
    only_below: bool,
}

#[derive(Clone, Debug, Default)]
struct Patterns {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

/// A path pattern that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is not a path pattern: {reason}")]
pub struct FilterError {
    pattern: String,
    reason: String,
}

impl Filter {
    /// A filter of path patterns, matched against the path below the directory that was given:
    /// `keys/**/*.json`. Without `include` every file is looked at.
    ///
    /// # Errors
    /// A pattern that globset does not take.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, FilterError> {
        Ok(Self {
            patterns: Patterns::new(include, exclude)?,
            from_roots: Vec::new(),
        })
    }

    /// This filter, and patterns that are matched against the path from `root`, wherever below
    /// it the given directory lies.
    ///
    /// # Errors
    /// A pattern that globset does not take.
    pub fn from_root(
        self,
        root: &Root,
        include: &[String],
        exclude: &[String],
    ) -> Result<Self, FilterError> {
        self.and(root, include, exclude, false)
    }

    /// As [`from_root`](Self::from_root), about the files below `root` only.
    ///
    /// # Errors
    /// A pattern that globset does not take.
    pub fn below_root(
        self,
        root: &Root,
        include: &[String],
        exclude: &[String],
    ) -> Result<Self, FilterError> {
        self.and(root, include, exclude, true)
    }

    fn and(
        mut self,
        root: &Root,
        include: &[String],
        exclude: &[String],
        only_below: bool,
    ) -> Result<Self, FilterError> {
        if !include.is_empty() || !exclude.is_empty() {
            self.from_roots.push(FromRoot {
                root: root.clone(),
                patterns: Patterns::new(include, exclude)?,
                only_below,
            });
        }
        Ok(self)
    }

    /// Whether to look at this file below the directory that was given.
    pub(super) fn takes(&self, path: &Path, given: &Path) -> bool {
        let below = |patterns: &Patterns| patterns.take(path.strip_prefix(given).unwrap_or(path));
        let from_root = |of: &FromRoot| {
            let name = path.to_string_lossy();
            (of.only_below && !of.root.holds(path))
                || of.patterns.take(Path::new(&of.root.relative(&name)))
        };
        (self.patterns.are_none() || below(&self.patterns)) && self.from_roots.iter().all(from_root)
    }
}

impl Patterns {
    fn new(include: &[String], exclude: &[String]) -> Result<Self, FilterError> {
        let include = if include.is_empty() {
            None
        } else {
            Some(glob_set(include)?)
        };
        Ok(Self {
            include,
            exclude: glob_set(exclude)?,
        })
    }

    fn are_none(&self) -> bool {
        self.include.is_none() && self.exclude.is_empty()
    }

    fn take(&self, path: &Path) -> bool {
        self.include.as_ref().is_none_or(|set| set.is_match(path)) && !self.exclude.is_match(path)
    }
}

fn glob_set(patterns: &[String]) -> Result<GlobSet, FilterError> {
    let refused = |pattern: &str, error: &globset::Error| FilterError {
        pattern: pattern.to_owned(),
        reason: error.kind().to_string(),
    };
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        builder.add(glob.map_err(|error| refused(pattern, &error))?);
    }
    builder
        .build()
        .map_err(|error| refused(&patterns.join(" "), &error))
}

/// What the paths stand for.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// Files that the user named: each must be readable and known.
    pub named: Vec<PathBuf>,
    /// Files found in directories that may hold JSON, sorted.
    pub found: Vec<PathBuf>,
    /// Files in directories that hold something else, and symbolic links: passed over.
    pub passed_over: usize,
    /// Symbolic links, pipes, sockets and devices in directories, sorted: left out, and counted among
    /// those that are passed over.
    pub special: Vec<(PathBuf, SpecialFile)>,
    /// What could not be looked at, with the reason.
    pub errors: Vec<(PathBuf, String)>,
}

/// Directories of tools, which hold no policy that a person wrote.
const TOOL_DIRECTORIES: [&str; 2] = ["node_modules", "__pycache__"];

/// Resolves paths to files. Directories are walked in sorted order; hidden ones and those of
/// tools are left out, and symbolic links are not followed, so that nothing outside the given
/// paths is read.
pub fn discover(paths: &[PathBuf], filter: &Filter) -> Discovery {
    let mut discovery = Discovery::default();
    for path in paths {
        if path.is_dir() {
            match admit(path) {
                Ok(()) => walk(path, filter, &mut discovery),
                Err(refusal) => discovery.errors.push((path.clone(), refusal.to_string())),
            }
        } else {
            discovery.named.push(path.clone());
        }
    }
    discovery
}

fn walk(root: &Path, filter: &Filter, discovery: &mut Discovery) {
    let entries = WalkDir::new(root).sort_by(by_name).into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry)) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root).to_path_buf();
                let reason = error
                    .io_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                discovery.errors.push((path, reason));
                continue;
            }
        };
        if entry.file_type().is_dir() || !filter.takes(entry.path(), root) {
            continue;
        }
        if entry.file_type().is_file() && may_hold_json(entry.path()) {
            discovery.found.push(shown(root, entry.into_path()));
        } else {
            discovery.passed_over = discovery.passed_over.saturating_add(1);
            if let Some(special) = SpecialFile::of(entry.file_type()) {
                discovery
                    .special
                    .push((shown(root, entry.into_path()), special));
            }
        }
    }
}

/// The order of the names: entries of one directory have the rest of their paths in common, and
/// whole paths are compared without looking for the name.
fn by_name(one: &DirEntry, two: &DirEntry) -> Ordering {
    one.path().as_os_str().cmp(two.path().as_os_str())
}

/// A path below `root`; `./x` reads worse than `x`.
pub(super) fn shown(root: &Path, path: PathBuf) -> PathBuf {
    if root.as_os_str() != "." {
        return path;
    }
    path.strip_prefix(root)
        .map(Path::to_path_buf)
        .unwrap_or(path)
}

fn is_left_out(entry: &DirEntry) -> bool {
    entry.file_type().is_dir() && is_left_out_name(&entry.file_name().to_string_lossy())
}

/// Whether a directory of this name is left out: a hidden one, or one of a tool.
pub(super) fn is_left_out_name(name: &str) -> bool {
    name.starts_with('.') || TOOL_DIRECTORIES.contains(&name)
}

/// See [`holds_json`]; reads no more of the file than that asks for.
fn may_hold_json(path: &Path) -> bool {
    if is_called_json(path) {
        return true;
    }
    let mut head = [0; 64];
    let length = File::open(path)
        .and_then(|mut file| file.read(&mut head))
        .unwrap_or_default();
    opens_json(head.get(..length).unwrap_or_default())
}

/// A `.json` file always, and a `.gz` file, which may be cut to nothing; any other where its first character that is not white space opens an
/// object or an array, since policies have all kinds of names, or where it is compressed by gzip,
/// as CloudTrail's files are.
pub(super) fn holds_json(path: &Path, bytes: &[u8]) -> bool {
    is_called_json(path) || opens_json(bytes.get(..64).unwrap_or(bytes))
}

fn is_called_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("json") || extension.eq_ignore_ascii_case("gz")
    })
}

fn opens_json(head: &[u8]) -> bool {
    if head.starts_with(&GZIP_MAGIC) {
        return true;
    }
    head.iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|b| matches!(b, b'{' | b'['))
}
