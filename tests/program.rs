//! The whole program, one directory under `tests/program` for each case.
//!
//! `command` holds the arguments, one a line, run from the repository's top; `input`, where it is
//! there, is standard input. `output` is what must come out: exit code, standard output, standard
//! error. `UPDATE=1 cargo test --test program` writes it anew; read the difference before you commit.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn run_with(case: &Path, [stdout, stderr]: [Stdio; 2]) -> Output {
    let arguments = fs::read_to_string(case.join("command")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(arguments.lines())
        .env_remove("NO_COLOR")
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .unwrap();
    let input = fs::read(case.join("input")).unwrap_or_default();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    child.wait_with_output().unwrap()
}

fn run(case: &Path) -> String {
    let output = run_with(case, [Stdio::piped(), Stdio::piped()]);
    let mut text = format!("exit code {}\n", output.status.code().unwrap());
    for (name, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)] {
        writeln!(text, "--- {name}").unwrap();
        text.push_str(&String::from_utf8(bytes).unwrap());
    }
    text
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir("tests/program").unwrap();
    let mut cases: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (_, writer) = std::io::pipe().unwrap();
    writer.into()
}

/// A gate that is piped into `head` decides as it would without it.
#[test]
fn closed_pipes_do_not_change_the_exit_code() {
    for case in cases() {
        let code = run_with(&case, [closed(), closed()]).status.code();
        let wanted = fs::read_to_string(case.join("output")).unwrap();
        let line = format!("exit code {}", code.unwrap());
        assert_eq!(wanted.lines().next().unwrap(), line, "{}", case.display());
    }
}

#[test]
fn every_case_comes_out_as_written() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut failures = Vec::new();
    for case in cases() {
        let found = run(&case);
        let file = case.join("output");
        if update {
            fs::write(&file, &found).unwrap();
        }
        let wanted = fs::read_to_string(&file).unwrap_or_default();
        if found != wanted {
            failures.push(format!(
                "{}:\n{found}\n--- expected\n{wanted}",
                case.display()
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
