//! Which files are read at all: a pull request may put a symbolic link in place of a policy, and what
//! the link leads to would be shown in a log.

use std::fmt;
use std::fs::{self, FileType};
use std::path::Path;

use super::Root;

/// The largest file that is read whole, in bytes; what is larger is none that AWS or its tools write.
/// Events of CloudTrail are read piece by piece and have no bound.
pub const MAX_FILE: u64 = 256 << 20;

/// Why a path that is there is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is a symbolic link, or lies behind one, that leads out of the directory.
    #[error("it leads by a symbolic link to `{target}`, which does not lie below `{directory}`")]
    LinkOutside {
        /// Where it leads.
        target: String,
        /// Where it would have to lead.
        directory: String,
    },
    /// A symbolic link leads to what git or the system keeps for itself, which may hold credentials.
    #[error("it leads by a symbolic link to `{target}`, which is no file of the repository")]
    LinkInside {
        /// Where it leads.
        target: String,
    },
}

impl Refusal {
    /// What to do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::LinkOutside { .. } => {
                "name the file itself, or run in a directory that holds both the link and the file"
            }
            Self::LinkInside { .. } => "is this the right file? Name the file itself",
        }
    }
}

/// A kind of directory entry that is neither a file nor a directory: none is read that was found, and
/// not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpecialFile {
    /// A symbolic link.
    Link,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A device.
    Device,
}

impl SpecialFile {
    /// What an entry of this type is; nothing for a file or a directory.
    pub fn of(found: FileType) -> Option<Self> {
        if found.is_file() || found.is_dir() {
            return None;
        }
        if found.is_symlink() {
            return Some(Self::Link);
        }
        Some(of_unix(found))
    }

    /// With its article, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Link => "a symbolic link",
            Self::Pipe => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
        }
    }
}

impl fmt::Display for SpecialFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(unix)]
fn of_unix(found: FileType) -> SpecialFile {
    use std::os::unix::fs::FileTypeExt as _;
    if found.is_fifo() {
        SpecialFile::Pipe
    } else if found.is_socket() {
        SpecialFile::Socket
    } else {
        SpecialFile::Device
    }
}

#[cfg(not(unix))]
const fn of_unix(_: FileType) -> SpecialFile {
    SpecialFile::Device
}

/// Whether a path that was named, of a file or a directory, may be read. Symbolic links must lead to
/// what lies below the working directory; of a path elsewhere, below the top of its repository, or
/// else below its own directory. A descriptor such as `/dev/fd/63` may be anything, since a shell made
/// it. What is not there is left for the reading to tell.
///
/// # Errors
/// Where the path leads by a symbolic link to where it must not.
pub fn admit(path: &Path) -> Result<(), Refusal> {
    let here = Root::default();
    let written = Root::new(path);
    let written = written.directory();
    if path.as_os_str() == "-" || is_descriptor(written) {
        return Ok(());
    }
    let Ok(real) = fs::canonicalize(path) else {
        return Ok(());
    };
    if real == written {
        return Ok(());
    }
    let here = here.directory();
    let directory = if written.starts_with(here) {
        here
    } else {
        repository(written).unwrap_or(written)
    };
    let below = |directory: &Path| fs::canonicalize(directory).is_ok_and(|d| real.starts_with(d));
    let target = || real.display().to_string();
    if !below(directory) && !below(here) {
        let directory = directory.display().to_string();
        return Err(Refusal::LinkOutside {
            target: target(),
            directory,
        });
    }
    if is_kept(&real) && !is_kept(written) {
        return Err(Refusal::LinkInside { target: target() });
    }
    Ok(())
}

/// The directory of the repository that holds a path, or else the path's own.
fn repository(path: &Path) -> Option<&Path> {
    let mut above = path.ancestors().skip(1);
    let top = above.find(|directory| directory.join(".git").exists());
    top.or_else(|| path.parent())
}

/// Whether the path names a file that this process has open.
pub fn is_descriptor(path: &Path) -> bool {
    let directories = ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"];
    path == Path::new("/dev/stdin")
        || directories
            .iter()
            .any(|d| path.parent() == Some(Path::new(d)))
}

/// What git keeps for itself, credentials of a checkout among it, and what the system shows of
/// processes and devices.
fn is_kept(path: &Path) -> bool {
    let system = ["/proc", "/sys", "/dev"];
    path.components().any(|part| part.as_os_str() == ".git")
        || system.iter().any(|directory| path.starts_with(directory))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    /// A directory with what the links lead to.
    fn directory(name: &str) -> PathBuf {
        let name = format!("kmslint-admit-{}-{name}", std::process::id());
        let directory = fs::canonicalize(std::env::temp_dir()).unwrap().join(name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(directory.join("repository/keys/deep")).unwrap();
        fs::create_dir_all(directory.join("repository/.git")).unwrap();
        for file in [
            "outside.json",
            "repository/x.json",
            "repository/.git/config",
        ] {
            fs::write(directory.join(file), "{}").unwrap();
        }
        directory
    }

    #[test]
    fn links_stay_in_their_repository() {
        let directory = directory("links");
        let keys = directory.join("repository/keys");
        for (link, target, admitted) in [
            ("a.json", "../x.json", true),
            ("b.json", "../../outside.json", false),
            ("c.json", "/proc/self/environ", false),
            ("d.json", "../.git/config", false),
            ("deep/e", "..", true),
            ("deep/f", "../../..", false),
            ("deep/g", "/dev/stdin", false),
            ("deep/h", "/dev/zero", false),
            ("nowhere", "nothing", true),
        ] {
            symlink(target, keys.join(link)).unwrap();
            assert_eq!(admit(&keys.join(link)).is_ok(), admitted, "{link}");
        }
        let refused = admit(&keys.join("deep/f/outside.json")).unwrap_err();
        assert!(matches!(refused, Refusal::LinkOutside { .. }), "{refused}");
        let refused = admit(&keys.join("d.json")).unwrap_err();
        assert!(matches!(refused, Refusal::LinkInside { .. }), "{refused}");
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn outside_of_a_repository_links_stay_in_their_directory() {
        let directory = directory("alone");
        fs::remove_dir_all(directory.join("repository/.git")).unwrap();
        let keys = directory.join("repository/keys");
        symlink("deep/x.json", keys.join("x.json")).unwrap();
        fs::write(keys.join("deep/x.json"), "{}").unwrap();
        symlink("../x.json", keys.join("y.json")).unwrap();
        assert!(admit(&keys.join("x.json")).is_ok());
        assert!(admit(&keys.join("y.json")).is_err());
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn what_a_shell_opened_is_admitted() {
        for path in [
            "-",
            "/dev/stdin",
            "/dev/fd/0",
            "/proc/self/fd/0",
            "Cargo.toml",
            "./src",
            "/",
        ] {
            assert!(admit(Path::new(path)).is_ok(), "{path}");
        }
    }
}
