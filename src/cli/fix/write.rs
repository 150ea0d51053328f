//! Writing files: each whole or not at all, and all of them prepared before the first is replaced.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::Failure;

/// A file that is to be replaced.
pub(super) struct Replacement<'a> {
    /// The path as the user gave it.
    pub(super) path: &'a Path,
    /// What was read from it.
    pub(super) before: &'a str,
    /// What it is to hold.
    pub(super) after: &'a str,
}

/// A new file beside the old one; removed where it was not put in its place.
struct Prepared<'a> {
    replacement: &'a Replacement<'a>,
    beside: PathBuf,
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        // After the rename nothing is there any more.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Replaces all of them. Each is written beside the old one and put in its place in one step, so
/// that a reader sees the old or the new file, never a part.
pub(super) fn replace(replacements: &[Replacement<'_>]) -> Result<(), Failure> {
    let prepared = replacements
        .iter()
        .map(prepare)
        .collect::<Result<Vec<_>, _>>()?;
    for prepared in &prepared {
        unchanged(prepared.replacement)?;
    }
    for prepared in &prepared {
        let path = prepared.replacement.path;
        fs::rename(&prepared.beside, path).map_err(|error| refused(path, &error))?;
    }
    Ok(())
}

fn refused(path: &Path, reason: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("cannot write `{}`: {reason}", path.display()))
}

fn prepare<'a>(replacement: &'a Replacement<'a>) -> Result<Prepared<'a>, Failure> {
    let path = replacement.path;
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
    // A file that this user may not write could still be replaced by whoever owns the directory.
    OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(|error| refuse(&error))?;
    unchanged(replacement)?;
    let (mut file, beside) = create_beside(path).map_err(|error| refuse(&error))?;
    let prepared = Prepared {
        replacement,
        beside,
    };
    let written = file
        .write_all(replacement.after.as_bytes())
        .and_then(|()| file.set_permissions(metadata.permissions()))
        .and_then(|()| file.sync_all());
    written.map_err(|error| refuse(&error))?;
    Ok(prepared)
}

/// What was proven was proven of the text that was read.
fn unchanged(replacement: &Replacement<'_>) -> Result<(), Failure> {
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

/// A new file in the same directory, so that the rename stays within one file system.
fn create_beside(path: &Path) -> std::io::Result<(File, PathBuf)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut last = None;
    for number in 0..100_u32 {
        let id = std::process::id();
        let beside = path.with_file_name(format!(".{name}.kmslint-{id}-{number}"));
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
        {
            Ok(file) => return Ok((file, beside)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| std::io::ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
