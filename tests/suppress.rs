//! `kmslint suppress` and the baseline that `kmslint.toml` names, on files of their own.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A directory with a copy of the quickstart in `keys`.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("suppress-{name}"));
    let _ = fs::remove_dir_all(&directory);
    for key in ["audit", "backup", "payments"] {
        let to = directory.join("keys").join(key);
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(Path::new("fixtures/quickstart").join(key)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    directory
}

fn kmslint(directory: &Path, arguments: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(arguments)
        .current_dir(directory)
        .output();
    command.unwrap()
}

/// The findings of a rule, as file and fingerprint.
fn found(directory: &Path, rule: &str) -> Vec<(String, String)> {
    let checked = kmslint(
        directory,
        &["check", "--format", "json", "--now", "2027-01-01", "keys"],
    );
    let document: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let findings = document.get("findings").and_then(Value::as_array).unwrap();
    let of_rule = findings
        .iter()
        .filter(|finding| finding.get("rule").unwrap() == rule);
    let text = |value: Option<&Value>| value.unwrap().as_str().unwrap().to_owned();
    let told = of_rule.map(|finding| {
        let file = text(finding.pointer("/location/file"));
        (file, text(finding.get("fingerprint")))
    });
    told.collect()
}

const RULE: &str = "short-waiting-period";
const WHY: [&str; 4] = ["--reason", "keys of \"tests\"", "--expires", "2027-06-30"];

fn suppress(directory: &Path, target: [&str; 2]) -> Output {
    let arguments = [&["suppress", RULE], &target[..], &WHY, &["keys"]].concat();
    kmslint(directory, &arguments)
}

#[test]
fn every_finding_of_a_rule_below_a_path_is_suppressed_until_a_day() {
    let directory = directory("path");
    let before = found(&directory, RULE);
    assert!(before.len() > 1, "{before:?}");
    let done = suppress(&directory, ["--path", "keys/audit/**"]);
    assert!(done.status.success(), "{done:?}");
    let after = found(&directory, RULE);
    assert_eq!(after.len() + 1, before.len());
    assert!(after.iter().all(|(file, _)| !file.contains("audit")));
    let late = ["check", "--now", "2027-07-01", "--quiet", "keys"];
    let late = String::from_utf8(kmslint(&directory, &late).stdout).unwrap();
    assert!(!late.contains("suppressed"), "{late}");
}

#[test]
fn findings_about_a_key_or_of_one_statement_are_suppressed() {
    let directory = directory("statement");
    let before = found(&directory, RULE);
    let key = "0987dcba-09fe-87dc-65ba-ab0987654321";
    assert!(suppress(&directory, ["--key", key]).status.success());
    let after = found(&directory, RULE);
    assert_eq!(after.len() + 1, before.len());
    let (_, fingerprint) = after.first().unwrap();
    assert!(
        suppress(&directory, ["--statement", fingerprint])
            .status
            .success()
    );
    assert_eq!(found(&directory, RULE).len() + 2, before.len());
    // The file is what it was, and the entries.
    let written = fs::read_to_string(directory.join("kmslint.toml")).unwrap();
    assert_eq!(written.matches("[[suppressions]]").count(), 2);
}

#[test]
fn what_would_suppress_nothing_is_not_written() {
    let directory = directory("nothing");
    for target in [
        ["--path", "other/**"],
        ["--key", "alias/none"],
        ["--statement", "00000000000000000000000000000000"],
    ] {
        let refused = suppress(&directory, target);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    let unknown = ["suppress", "short-waiting-perod", "--path", "**"];
    let unknown = kmslint(&directory, &[&unknown[..], &WHY, &["keys"]].concat());
    let told = String::from_utf8(unknown.stderr).unwrap();
    assert!(
        told.contains("did you mean `short-waiting-period`?"),
        "{told}"
    );
    assert!(!directory.join("kmslint.toml").exists());
}

/// From wherever the check is started.
#[test]
fn the_configuration_names_the_baseline() {
    let directory = directory("baseline");
    let written = ["check", "--write-baseline", "baseline.json", "keys"];
    assert!(kmslint(&directory, &written).status.success());
    fs::write(
        directory.join("kmslint.toml"),
        "baseline = \"baseline.json\"\n",
    )
    .unwrap();
    for (from, path) in [(directory.clone(), "keys"), (directory.join("keys"), ".")] {
        let checked = kmslint(&from, &["check", "--quiet", path]);
        let told = String::from_utf8(checked.stdout).unwrap();
        assert!(told.starts_with("no findings; "), "{told}");
        assert!(told.contains("findings in the baseline"), "{told}");
    }
}
