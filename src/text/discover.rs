//! Which files the given paths stand for.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

use super::admit::{SpecialFile, admit};
use super::{LeftOut, Root};

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

/// Path patterns that are matched against the path from a directory, wherever the file was found.
#[derive(Clone, Debug)]
pub struct PathPatterns {
    root: Root,
    patterns: GlobSet,
}

impl PathPatterns {
    /// Patterns below `root`.
    ///
    /// # Errors
    /// A pattern that globset does not take.
    pub fn new(root: &Root, patterns: &[String]) -> Result<Self, FilterError> {
        Ok(Self {
            root: root.clone(),
            patterns: glob_set(patterns)?,
        })
    }

    /// Whether one of them matches the file.
    pub fn match_path(&self, path: &Path) -> bool {
        let relative = self.root.relative(&path.to_string_lossy());
        self.patterns.is_match(Path::new(&*relative))
    }
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

    /// Why this file below the directory that was given is not looked at; nothing where it is.
    pub(super) fn leaves_out(&self, path: &Path, given: &Path) -> Option<LeftOut> {
        let below =
            |patterns: &Patterns| patterns.leave_out(path.strip_prefix(given).unwrap_or(path));
        let from_root = |of: &FromRoot| {
            let name = path.to_string_lossy();
            if of.only_below && !of.root.holds(path) {
                return None;
            }
            of.patterns.leave_out(Path::new(&of.root.relative(&name)))
        };
        let own = (!self.patterns.are_none()).then(|| below(&self.patterns));
        let mut roots = self.from_roots.iter();
        own.flatten().or_else(|| roots.find_map(from_root))
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

    fn leave_out(&self, path: &Path) -> Option<LeftOut> {
        if self.exclude.is_match(path) {
            return Some(LeftOut::Excluded);
        }
        let included = |set: &GlobSet| set.is_match(path);
        (!self.include.as_ref().is_none_or(included)).then_some(LeftOut::NotIncluded)
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
    /// Files found in directories, sorted.
    pub found: Vec<PathBuf>,
    /// Files of a git revision whose bytes are of no interest, sorted: they are not kept.
    pub unwanted: Vec<PathBuf>,
    /// Files and directories that are not looked into, with the reason.
    pub left_out: Vec<(PathBuf, LeftOut)>,
    /// What could not be looked at, with the reason.
    pub errors: Vec<(PathBuf, String)>,
}

impl Discovery {
    /// How many files are looked into.
    pub fn count(&self) -> usize {
        let unwanted = self.unwanted.len();
        self.named
            .len()
            .saturating_add(self.found.len())
            .saturating_add(unwanted)
    }
}

/// Directories that tools fill with what others wrote. All else is looked into, hidden directories
/// too: `.github`, `.aws` and their like hold what people wrote.
const TOOL_DIRECTORIES: [&str; 8] = [
    ".hg",
    ".svn",
    ".terraform",
    ".terragrunt-cache",
    ".tox",
    ".venv",
    "__pycache__",
    "node_modules",
];

/// How the directories begin that an interrupted `kmslint fix --write` leaves behind: copies of files.
const OWN: &str = ".kmslint-";

/// Whether a directory of this name is left out.
pub(super) fn is_of_tool(name: &OsStr) -> bool {
    let own = |name: &str| name.starts_with(OWN);
    TOOL_DIRECTORIES.iter().any(|known| name == *known) || name.to_str().is_some_and(own)
}

/// The directory, or in a work tree the file, of a repository itself: nobody asks for it.
const GIT: &str = ".git";

/// Resolves paths to files. Directories are walked in sorted order; those of tools are left out, and
/// symbolic links are not followed, so that nothing outside the given paths is read. `.git` is not
/// even told of.
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
    let mut entries = WalkDir::new(root).sort_by(by_name).into_iter();
    while let Some(entry) = entries.next() {
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
        let is_directory = entry.file_type().is_dir();
        let is_below = entry.depth() > 0;
        if is_below && entry.file_name() == GIT {
            if is_directory {
                entries.skip_current_dir();
            }
            continue;
        }
        let left_out = if is_directory {
            let of_tool = is_below && is_of_tool(entry.file_name());
            of_tool.then(|| leave_out_of_tool(entry.path(), root, filter))
        } else {
            leave_out(&entry, root, filter)
        };
        let path = |entry: DirEntry| shown(root, entry.into_path());
        match left_out {
            Some(reason) => {
                if is_directory {
                    entries.skip_current_dir();
                }
                discovery.left_out.push((path(entry), reason));
            }
            None if is_directory => {}
            None => discovery.found.push(path(entry)),
        }
    }
}

/// Why a directory of a tool is not looked into: by a pattern where one matches it or the files in it.
fn leave_out_of_tool(directory: &Path, root: &Path, filter: &Filter) -> LeftOut {
    let by_pattern = filter.leaves_out(directory, root);
    let inside = || filter.leaves_out(&directory.join("a"), root);
    let excluded = by_pattern
        .or_else(inside)
        .filter(|reason| *reason == LeftOut::Excluded);
    excluded.unwrap_or(LeftOut::ToolDirectory)
}

/// Why a file is not looked into.
fn leave_out(entry: &DirEntry, root: &Path, filter: &Filter) -> Option<LeftOut> {
    let kind = entry.file_type();
    let by_pattern = filter.leaves_out(entry.path(), root);
    by_pattern.or_else(|| SpecialFile::of(kind).map(LeftOut::Special))
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

/// Whether files below a directory of this name are not even told of.
pub(super) fn is_of_repository(name: &OsStr) -> bool {
    name == GIT
}
