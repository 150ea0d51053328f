//! Writing files: each whole or not at all, and all of them prepared before the first is replaced.
//!
//! New contents are written to one hidden directory and put in place by renaming, so that a reader
//! sees the old or the new file, never a part. A run that is interrupted leaves at most that
//! directory behind, which discovery leaves out and git ignores.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Directories of interrupted runs beside which one more is made.
const MOST_LEFT_BEHIND: u32 = 100;

/// A file that is to be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The path as the user gave it.
    pub path: &'a Path,
    /// What was read from it.
    pub before: &'a str,
    /// What it is to hold.
    pub after: &'a str,
}

/// A file that cannot be written; no file has changed, unless the system fails at the last step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot write `{path}`: {reason}")]
pub struct WriteError {
    /// The path as the user gave it.
    pub path: String,
    /// Why.
    pub reason: String,
}

fn refused(path: &Path, reason: &dyn std::fmt::Display) -> WriteError {
    WriteError {
        path: path.display().to_string(),
        reason: reason.to_string(),
    }
}

/// Replaces all of these files, if each still holds what was read from it.
///
/// # Errors
/// Where a file has changed, is a symbolic link or no regular file, or may not be written.
pub fn replace(replacements: &[Replacement<'_>]) -> Result<(), WriteError> {
    let paths: Vec<_> = replacements.iter().map(|of| of.path).collect();
    let mut staged = Staged::new(common_directory(&paths));
    for replacement in replacements {
        let metadata = writable(replacement.path)?;
        unchanged(replacement)?;
        let permissions = Some(metadata.permissions());
        staged.add(replacement.path, replacement.after, permissions)?;
    }
    for replacement in replacements {
        unchanged(replacement)?;
    }
    staged.put_in_place()
}

/// Writes a file that may be there or not. What is no regular file, such as `/dev/stdout`, is
/// written as it stands.
///
/// # Errors
/// Where it is a symbolic link to a regular file, or may not be written; what was there stays.
pub fn write_whole(path: &Path, text: &str) -> Result<(), WriteError> {
    let permissions = match path.metadata() {
        Ok(found) if !found.is_file() && !found.is_dir() => {
            return fs::write(path, text).map_err(|error| refused(path, &error));
        }
        Ok(_) => Some(writable(path)?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(refused(path, &error)),
    };
    let mut staged = Staged::new(common_directory(&[path]));
    staged.add(path, text, permissions)?;
    staged.put_in_place()
}

/// A regular file that this user may write. One that may not could still be replaced by whoever owns
/// the directory.
fn writable(path: &Path) -> Result<fs::Metadata, WriteError> {
    let refuse = |reason: &dyn std::fmt::Display| refused(path, reason);
    if path == Path::new("-") {
        return Err(refuse(&"it is standard input: use `--diff`"));
    }
    let metadata = fs::symlink_metadata(path).map_err(|error| refuse(&error))?;
    if metadata.is_symlink() {
        return Err(refuse(&"it is a symbolic link: name the file itself"));
    }
    if !metadata.is_file() {
        return Err(refuse(&"it is not a regular file"));
    }
    if metadata.permissions().readonly() {
        return Err(refuse(&"it is read-only"));
    }
    let open = OpenOptions::new().append(true).open(path);
    open.map_err(|error| refuse(&error))?;
    Ok(metadata)
}

/// What was proven was proven of the text that was read.
fn unchanged(replacement: &Replacement<'_>) -> Result<(), WriteError> {
    let now = fs::read(replacement.path).map_err(|error| refused(replacement.path, &error))?;
    if now == replacement.before.as_bytes() {
        Ok(())
    } else {
        Err(refused(
            replacement.path,
            &"it has changed since it was read: run `kmslint fix` again",
        ))
    }
}

/// The deepest directory that all of these lie in; the current one where they have none in common.
fn common_directory(paths: &[&Path]) -> PathBuf {
    let directories = paths.iter().map(|path| directory_of(path));
    let common = directories.reduce(|common, next| {
        let parts = common.components().zip(next.components());
        let same = parts.take_while(|(one, other)| one == other);
        same.map(|(part, _)| part).collect()
    });
    common.unwrap_or_default()
}

fn directory_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// New contents that wait to be put in place; what still waits is removed with this value.
struct Staged {
    /// The directories that were made, the one for all files first.
    directories: Vec<PathBuf>,
    common: PathBuf,
    files: Vec<(PathBuf, PathBuf)>,
}

impl Staged {
    const fn new(common: PathBuf) -> Self {
        Self {
            directories: Vec::new(),
            common,
            files: Vec::new(),
        }
    }

    fn add(
        &mut self,
        path: &Path,
        text: &str,
        permissions: Option<fs::Permissions>,
    ) -> Result<(), WriteError> {
        let written = self.directory_for(path).and_then(|directory| {
            let staged = directory.join(self.files.len().to_string());
            let mut file = File::create_new(&staged)?;
            file.write_all(text.as_bytes())?;
            if let Some(permissions) = permissions {
                file.set_permissions(permissions)?;
            }
            file.sync_all()?;
            Ok(staged)
        });
        let staged = written.map_err(|error| refused(path, &error))?;
        self.files.push((staged, path.to_path_buf()));
        Ok(())
    }

    /// A directory from which a file can be renamed to `path`: the one for all where it can be made
    /// and lies on the same file system, else one beside the file.
    fn directory_for(&mut self, path: &Path) -> io::Result<PathBuf> {
        let beside = directory_of(path);
        let common = self.common.clone();
        if same_file_system(&common, &beside)
            && let Ok(directory) = self.made_in(&common)
        {
            return Ok(directory);
        }
        self.made_in(&beside)
    }

    fn made_in(&mut self, parent: &Path) -> io::Result<PathBuf> {
        let mut made = self.directories.iter();
        if let Some(made) = made.find(|made| made.parent() == Some(parent)) {
            return Ok(made.clone());
        }
        let directory = create_directory(parent)?;
        self.directories.push(directory.clone());
        // The directory is none of the repository's.
        fs::write(directory.join(".gitignore"), "*\n")?;
        Ok(directory)
    }

    fn put_in_place(self) -> Result<(), WriteError> {
        for (staged, path) in &self.files {
            fs::rename(staged, path).map_err(|error| refused(path, &error))?;
        }
        Ok(())
    }
}

/// A new hidden directory. In a container a run that was interrupted may have had the same number.
fn create_directory(parent: &Path) -> io::Result<PathBuf> {
    let mut last = io::ErrorKind::AlreadyExists.into();
    for number in 0..MOST_LEFT_BEHIND {
        let directory = parent.join(format!(".kmslint-{}-{number}", std::process::id()));
        match fs::create_dir(&directory) {
            Ok(()) => return Ok(directory),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

impl Drop for Staged {
    fn drop(&mut self) {
        for directory in &self.directories {
            let _ = fs::remove_dir_all(directory);
        }
    }
}

#[cfg(unix)]
fn same_file_system(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    device(one).is_some() && device(one) == device(other)
}

#[cfg(not(unix))]
fn same_file_system(one: &Path, other: &Path) -> bool {
    one.components().next() == other.components().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Filter, discover};

    fn directory(name: &str) -> PathBuf {
        let directory =
            std::env::temp_dir().join(format!("kmslint-write-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn all_are_replaced_or_none() {
        let directory = directory("all");
        let (one, two) = (directory.join("one"), directory.join("two"));
        fs::write(&one, "1").unwrap();
        fs::write(&two, "changed").unwrap();
        let replacement = |path, before| Replacement {
            path,
            before,
            after: "new",
        };
        let both = [replacement(&one, "1"), replacement(&two, "2")];
        let error = replace(&both).unwrap_err().to_string();
        assert!(error.contains("has changed since it was read"), "{error}");
        assert_eq!(fs::read_to_string(&one).unwrap(), "1");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
        replace(&[replacement(&one, "1")]).unwrap();
        assert_eq!(fs::read_to_string(&one).unwrap(), "new");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 2);
        fs::remove_dir_all(&directory).unwrap();
    }

    /// The copies of an interrupted run are in one place, which the next run does not look into.
    #[test]
    fn discovery_leaves_out_what_an_interrupted_run_leaves_behind() {
        let directory = directory("interrupted");
        let paths = ["a/one.json", "a/b/two.json", "c/three.json"];
        let paths = paths.map(|path| directory.join(path));
        for path in &paths {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        let all: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
        let mut staged = Staged::new(common_directory(&all));
        for path in all {
            staged.add(path, "[]", None).unwrap();
        }
        assert_eq!(staged.directories.len(), 1);
        std::mem::forget(staged);
        let found = discover(std::slice::from_ref(&directory), &Filter::default()).found;
        let [one, two, three] = paths;
        assert_eq!(found, [two, one, three]);
        fs::remove_dir_all(&directory).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_and_read_only_files_are_refused() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = directory("unix");
        let (file, link) = (directory.join("file"), directory.join("link"));
        fs::write(&file, "1").unwrap();
        symlink(&file, &link).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let replacement = |path| Replacement {
            path,
            before: "1",
            after: "new",
        };
        let error = replace(&[replacement(&link)]).unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        let error = write_whole(&link, "new").unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        replace(&[replacement(&file)]).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
        fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
        let again = Replacement {
            before: "new",
            ..replacement(&file)
        };
        let error = replace(&[again]).unwrap_err().to_string();
        assert!(error.contains("read-only"), "{error}");
        fs::remove_dir_all(&directory).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_as_they_stand_and_files_replaced() {
        // Only a device that is always full is there everywhere: it is written as it stands.
        let error = write_whole(Path::new("/dev/full"), "new").unwrap_err();
        assert_eq!(error.path, "/dev/full");
        let directory = directory("full");
        let file = directory.join("baseline.json");
        write_whole(&file, "one").unwrap();
        write_whole(&file, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        // A directory of a run that was interrupted is in nobody's way.
        fs::create_dir(directory.join(format!(".kmslint-{}-0", std::process::id()))).unwrap();
        write_whole(&file, "three").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "three");
        fs::remove_dir_all(&directory).unwrap();
    }
}
