//! A baseline from the day it is written: what it holds is left out, what is new is not.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const POLICY: &str = "tests/program/check-baseline/policy.json";
const WRITTEN: &str = "tests/program/check-baseline/baseline.json";

fn check(arguments: &[&str], path: &Path) -> (i32, String) {
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

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_baseline_is_written_the_same_every_time() {
    let file = scratch("baseline.json");
    let argument = file.to_string_lossy().into_owned();
    let (code, text) = check(&["--write-baseline", &argument], Path::new(POLICY));
    assert_eq!(code, 0, "{text}");
    let written = fs::read_to_string(&file).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(WRITTEN, &written).unwrap();
    }
    assert_eq!(written, fs::read_to_string(WRITTEN).unwrap());
}

#[test]
fn what_is_new_or_weaker_is_not_in_the_baseline() {
    let directory = scratch("weakened");
    fs::create_dir_all(&directory).unwrap();
    let (policy, file) = (directory.join("policy.json"), directory.join("base.json"));
    let argument = file.to_string_lossy().into_owned();
    let text = fs::read_to_string(POLICY).unwrap();
    fs::write(&policy, &text).unwrap();
    assert_eq!(check(&["--write-baseline", &argument], &policy).0, 0);
    fs::write(&policy, text.replace("  ", "\t")).unwrap();
    assert_eq!(check(&["--baseline", &argument], &policy).0, 0);
    fs::write(&policy, text.replace("role/key-admin", "root")).unwrap();
    assert_eq!(check(&["--baseline", &argument], &policy).0, 1);
}

#[test]
fn nothing_is_written_where_something_could_not_be_read() {
    let file = scratch("none.json");
    let _ = fs::remove_file(&file);
    let argument = file.to_string_lossy().into_owned();
    let (code, text) = check(&["--write-baseline", &argument], Path::new("Cargo.toml"));
    assert_eq!(code, 2, "{text}");
    assert!(!file.exists());
}

#[test]
fn what_is_no_longer_found_is_told_in_one_note() {
    let directory = scratch("mended");
    fs::create_dir_all(&directory).unwrap();
    let (policy, file) = (directory.join("policy.json"), directory.join("base.json"));
    let argument = file.to_string_lossy().into_owned();
    fs::write(&policy, fs::read_to_string(POLICY).unwrap()).unwrap();
    assert_eq!(check(&["--write-baseline", &argument], &policy).0, 0);
    let mended = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":
        {"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:Describe*","Resource":"*"}]}"#;
    fs::write(&policy, mended).unwrap();
    let (code, text) = check(&["--baseline", &argument], &policy);
    let note = "note[stale-baseline]: ";
    assert_eq!((code, text.matches(note).count()), (1, 1), "{text}");
    assert!(
        text.contains("entries of the baseline match no finding any more"),
        "{text}"
    );
    let only = ["--baseline", &argument, "--select", "sid-repeated"];
    assert_eq!(check(&only, &policy).0, 0);
    let off = ["--baseline", &argument, "--ignore", "stale-baseline"];
    assert!(!check(&off, &policy).1.contains(note));
}
