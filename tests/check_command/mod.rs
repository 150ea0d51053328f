//! `kmslint check` as the tests of whole files run it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Checks the path; every finding fails the gate. The exit code and all that is said.
pub(crate) fn check(arguments: &[&str], path: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", "--no-config", "--fail-on", "info"])
        .args(arguments)
        .arg(path)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

/// A path in the tests' own directory.
pub(crate) fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}
