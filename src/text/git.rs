//! Files as they were at a revision of a git repository, by asking the `git` program.
//!
//! Git is run without a shell, without a pager and without a way to ask the network; a revision is
//! made a commit's id first, and only that id is handed on.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::comparison::{Base, is_shallow};
use super::discover::{is_of_repository, is_of_tool, shown};
use super::{Discovery, Filter, LeftOut, Overlay, SpecialFile};

/// Why files cannot be had at a revision.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no `git` to run.
    #[error("cannot run `git`: {0}")]
    NoGit(io::Error),
    /// No repository is there, or git refuses to look into it.
    #[error("`{path}` is in no git repository: {reason}")]
    NoRepository {
        /// The directory.
        path: String,
        /// What git says.
        reason: String,
    },
    /// The revision names no commit.
    #[error("`{0}` is no revision of the repository")]
    NoRevision(String),
    /// The revision names no commit of a clone that has only a part of the history.
    #[error(
        "`{0}` is no revision of this shallow clone: fetch it first, for example by \
         `git fetch --unshallow origin`, or by `fetch-depth: 0` of `actions/checkout`"
    )]
    NoRevisionOfShallow(String),
    /// A clone that has only a part of the history does not tell where two revisions parted.
    #[error(
        "where `{other}` left `{one}` is not in this shallow clone: fetch the rest of its history, by \
         `git fetch --unshallow` or by `fetch-depth: 0` of `actions/checkout`, or compare with `{one}` \
         itself by `--git-exact`"
    )]
    Shallow {
        /// The first.
        one: String,
        /// The other.
        other: String,
    },
    /// Two revisions have nothing in common.
    #[error(
        "`{one}` and `{other}` have no commit in common: compare with `{one}` itself by `--git-exact`"
    )]
    NoCommonAncestor {
        /// The first.
        one: String,
        /// The other.
        other: String,
    },
    /// The revision is the name of several things.
    #[error(
        "`{0}` is the name of several revisions: write its whole name, for example \
         `refs/remotes/{0}`"
    )]
    Ambiguous(String),
    /// Neither the revision nor the disk has the path.
    #[error("`{path}` is neither there now nor at `{revision}`")]
    NoPath {
        /// The path.
        path: String,
        /// The revision as given.
        revision: String,
    },
    /// Git failed at something that should not fail.
    #[error("`git {command}` failed: {reason}")]
    Failed {
        /// What git was to do.
        command: &'static str,
        /// What git says.
        reason: String,
    },
}

/// The paths as they were at a revision.
#[derive(Debug, Default)]
pub struct AtRevision {
    /// Which files stood for the paths, named as on the disk.
    pub discovery: Discovery,
    /// Their bytes.
    pub overlay: Overlay,
}

/// What the paths stood for at a commit: the same files as [`super::discover`] would have found
/// then. Symbolic links are left out, and submodules too. Of a found file that is not `wanted` by its
/// path and bytes the bytes are not kept.
///
/// # Errors
/// Where git is not there, a path is in no repository, the revision is none, or a path is neither
/// at the revision nor on the disk.
pub fn at_revision(
    base: &Base,
    paths: &[PathBuf],
    filter: &Filter,
    is_wanted: impl Fn(&Path, &[u8]) -> bool,
) -> Result<AtRevision, GitError> {
    let mut found = AtRevision::default();
    for path in paths {
        let place = GitPath::of(path);
        let commit = base.commit(&place.directory, |revision| place.commit(revision))?;
        let entries = place.list(&commit)?;
        if entries.is_empty() && !path.exists() {
            return Err(GitError::NoPath {
                path: path.to_string_lossy().into_owned(),
                revision: base.text().to_owned(),
            });
        }
        let mut wanted = Vec::new();
        for entry in entries {
            match place.take(path, &entry, filter) {
                Taken::No => {}
                Taken::LeftOut(path, reason) => {
                    let left_out = &mut found.discovery.left_out;
                    if left_out.last().is_none_or(|(last, _)| *last != path) {
                        left_out.push((path, reason));
                    }
                }
                Taken::Yes { path, named } => wanted.push((entry.id, path, named)),
            }
        }
        place.read(wanted, &mut found, &is_wanted)?;
    }
    Ok(found)
}

/// Git's command, run in a directory.
pub(super) fn git(directory: &Path, command: &str) -> Command {
    let mut git = Command::new("git");
    git.args(["--no-pager", "--literal-pathspecs"])
        .args(["-c", "core.warnAmbiguousRefs=true", "-C"])
        .arg(directory)
        .arg(command)
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        // What a commit holds is what its id says.
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    git
}

/// A file of a commit's tree.
struct Entry {
    /// Why it is not looked into: it is a link or a submodule.
    left_out: Option<LeftOut>,
    id: String,
    /// From the place's directory, with `/`.
    path: PathBuf,
}

/// What becomes of an entry.
enum Taken {
    No,
    /// The file, or the directory that it is in.
    LeftOut(PathBuf, LeftOut),
    Yes {
        path: PathBuf,
        named: bool,
    },
}

/// A path as git can be asked about it: a directory that is there, and the rest.
struct GitPath {
    directory: PathBuf,
    rest: PathBuf,
}

impl GitPath {
    fn of(path: &Path) -> Self {
        let mut directory = path;
        while !directory.as_os_str().is_empty() && !directory.is_dir() {
            let Some(parent) = directory.parent() else {
                break;
            };
            directory = parent;
        }
        let rest = path.strip_prefix(directory).unwrap_or(Path::new(""));
        let here = directory.as_os_str().is_empty();
        Self {
            rest: rest.to_path_buf(),
            directory: if here {
                PathBuf::from(".")
            } else {
                directory.to_path_buf()
            },
        }
    }

    fn git(&self, command: &str) -> Command {
        git(&self.directory, command)
    }

    /// The id of the commit. What begins with a hyphen is an option and no revision.
    fn commit(&self, revision: &str) -> Result<String, GitError> {
        let inside = self.git("rev-parse").arg("--git-dir").output();
        let inside = inside.map_err(GitError::NoGit)?;
        if !inside.status.success() {
            return Err(GitError::NoRepository {
                path: self.directory.to_string_lossy().into_owned(),
                reason: said(&inside.stderr),
            });
        }
        if revision.is_empty() || revision.starts_with('-') || revision.contains('\0') {
            return Err(GitError::NoRevision(revision.to_owned()));
        }
        let none = || {
            if is_shallow(&self.directory) {
                GitError::NoRevisionOfShallow(revision.to_owned())
            } else {
                GitError::NoRevision(revision.to_owned())
            }
        };
        let mut git = self.git("rev-parse");
        git.args(["--verify", "--quiet"])
            .arg(format!("{revision}^{{commit}}"));
        let answer = git.output().map_err(GitError::NoGit)?;
        let id = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        let is_id = id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if answer.status.success() && is_id {
            Ok(id)
        } else {
            Err(none())
        }
    }

    fn list(&self, commit: &str) -> Result<Vec<Entry>, GitError> {
        let mut git = self.git("ls-tree");
        git.args(["-r", "-z", commit]);
        if !self.rest.as_os_str().is_empty() {
            git.arg("--").arg(&self.rest);
        }
        let answer = git.output().map_err(GitError::NoGit)?;
        if !answer.status.success() {
            return Err(GitError::Failed {
                command: "ls-tree",
                reason: said(&answer.stderr),
            });
        }
        let lines = answer.stdout.split(|byte| *byte == 0);
        Ok(lines.filter_map(entry).collect())
    }

    fn take(&self, root: &Path, entry: &Entry, filter: &Filter) -> Taken {
        let Ok(below) = entry.path.strip_prefix(&self.rest) else {
            return Taken::No;
        };
        if below.as_os_str().is_empty() {
            let path = root.to_path_buf();
            return match entry.left_out {
                None => Taken::Yes { path, named: true },
                Some(_) => Taken::No,
            };
        }
        let mut directory = root.to_path_buf();
        for part in below.parent().into_iter().flat_map(Path::components) {
            let Component::Normal(name) = part else {
                continue;
            };
            directory.push(name);
            if is_of_repository(name) {
                return Taken::No;
            }
            if is_of_tool(name) {
                return Taken::LeftOut(shown(root, directory), LeftOut::ToolDirectory);
            }
        }
        let path = root.join(below);
        let left_out = filter.leaves_out(&path, root).or(entry.left_out);
        let path = shown(root, path);
        match left_out {
            Some(reason) => Taken::LeftOut(path, reason),
            None => Taken::Yes { path, named: false },
        }
    }

    /// Reads the files and keeps those that are named or wanted.
    fn read(
        &self,
        wanted: Vec<(String, PathBuf, bool)>,
        found: &mut AtRevision,
        is_wanted: &impl Fn(&Path, &[u8]) -> bool,
    ) -> Result<(), GitError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let mut git = self.git("cat-file");
        git.arg("--batch")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = git.spawn().map_err(GitError::NoGit)?;
        let ids: String = wanted.iter().flat_map(|(id, ..)| [id, "\n"]).collect();
        let failed = |reason: String| GitError::Failed {
            command: "cat-file",
            reason,
        };
        let read = thread::scope(|scope| {
            // Git answers while it is asked: both ends must be served at once.
            let mut input = child.stdin.take();
            let ask = move || input.as_mut().map(|input| input.write_all(ids.as_bytes()));
            thread::Builder::new().spawn_scoped(scope, ask)?;
            take_answers(&mut child, wanted, found, is_wanted)
        });
        let ended = child.wait().map_err(|error| failed(error.to_string()))?;
        read.map_err(|error| failed(error.to_string()))?;
        if ended.success() {
            Ok(())
        } else {
            Err(failed(ended.to_string()))
        }
    }
}

fn take_answers(
    child: &mut Child,
    wanted: Vec<(String, PathBuf, bool)>,
    found: &mut AtRevision,
    is_wanted: &impl Fn(&Path, &[u8]) -> bool,
) -> io::Result<()> {
    let broken = || io::Error::other("its answer is not understood");
    let output = child.stdout.take().ok_or_else(broken)?;
    let mut output = BufReader::new(output);
    for (id, path, named) in wanted {
        let mut line = String::new();
        output.read_line(&mut line)?;
        // `ID blob SIZE`, or `ID missing`.
        let size = line.trim_end().rsplit(' ').next();
        let size: Option<u64> = size.and_then(|size| size.parse().ok());
        let size = size.filter(|_| line.starts_with(&id)).ok_or_else(broken)?;
        let mut bytes = Vec::new();
        output.by_ref().take(size).read_to_end(&mut bytes)?;
        output.read_exact(&mut [0])?;
        if named {
            found.discovery.named.push(path.clone());
        } else if is_wanted(&path, &bytes) {
            found.discovery.found.push(path.clone());
        } else {
            found.discovery.unwanted.push(path);
            continue;
        }
        found.overlay.put(path, bytes);
    }
    Ok(())
}

/// `MODE TYPE ID`, a tab, and the path. Files have the modes 100644 and 100755; 120000 is a
/// symbolic link, 160000 a submodule.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = line.split_at_checked(tab)?;
    let mut head = std::str::from_utf8(head).ok()?.split(' ');
    let (mode, _kind, id) = (head.next()?, head.next()?, head.next()?);
    Some(Entry {
        left_out: match mode {
            "120000" => Some(LeftOut::Special(SpecialFile::Link)),
            "160000" => Some(LeftOut::Submodule),
            _ => None,
        },
        id: id.to_owned(),
        path: path_of(path.get(1..)?),
    })
}

#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::new(&*String::from_utf8_lossy(bytes)))
}

/// The first line of what git says.
pub(super) fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("fatal: ").unwrap_or(line);
    line.to_owned()
}
