//! `kmslint fix` on files of all kinds: what `--diff` prints `git apply` takes, and it makes of them
//! what `--write` does.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
      "Action": "kms:*",
      "Resource": "*"
    },
    {
      "Sid": "App",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::111122223333:role/App"},
      "Action": ["kms:Decrypt", "kms:S*"],
      "Resource": "*"
    }
  ]
}"#;

/// The same policy as people and tools keep it.
fn files() -> Vec<(&'static str, String)> {
    let answer = serde_json::json!({ "Policy": POLICY, "PolicyName": "default" });
    let compact: serde_json::Value = serde_json::from_str(POLICY).unwrap();
    vec![
        ("no-newline-at-end.json", POLICY.to_owned()),
        ("crlf.json", format!("{}\r\n", POLICY.replace('\n', "\r\n"))),
        ("with blank.json", format!("{POLICY}\n\n")),
        ("tabs/policy.json", POLICY.replace("  ", "\t")),
        (
            "answer/policy.json",
            serde_json::to_string_pretty(&answer).unwrap() + "\n",
        ),
        ("compact.json", compact.to_string()),
        ("text-output.json", format!("{POLICY}\tdefault\n")),
    ]
}

fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    for (name, text) in files() {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
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

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn git_makes_of_the_files_what_write_does() {
    let (written, applied) = (directory("fix-written"), directory("fix-applied"));
    let output = kmslint(&written, &["fix", "--write"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = kmslint(&applied, &["fix", "--diff"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let patch = text(&output.stdout);
    // Outside of a repository, as in one.
    let mut git = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "-"])
        .current_dir(&applied)
        .env("GIT_CEILING_DIRECTORIES", applied.parent().unwrap())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin
        .take()
        .unwrap()
        .write_all(patch.as_bytes())
        .unwrap();
    let git = git.wait_with_output().unwrap();
    assert!(git.status.success(), "{}\n{patch}", text(&git.stderr));
    for (name, before) in files() {
        let written = fs::read_to_string(written.join(name)).unwrap();
        assert_ne!(written, before, "{name}");
        assert_eq!(
            fs::read_to_string(applied.join(name)).unwrap(),
            written,
            "{name}"
        );
        let ends = |text: &str| (text.matches("\r\n").count() > 0, text.ends_with('\n'));
        assert_eq!(ends(&written), ends(&before), "{name}");
    }
    // A second time there is nothing to do.
    let output = kmslint(&written, &["fix", "--diff"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(0), String::new())
    );
}

#[test]
fn a_file_that_cannot_be_read_keeps_all_from_being_written() {
    let directory = directory("fix-unreadable");
    fs::write(directory.join("broken.json"), "{\"Statement\":").unwrap();
    let output = kmslint(&directory, &["fix", "--write"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("nothing is written"),
        "{}",
        text(&output.stderr)
    );
    for (name, before) in files() {
        assert_eq!(fs::read_to_string(directory.join(name)).unwrap(), before);
    }
}

#[cfg(unix)]
#[test]
fn one_file_that_cannot_be_written_keeps_all_as_they_are() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory("fix-read-only");
    let path = directory.join("crlf.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let output = kmslint(&directory, &["fix", "--write"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("read-only"),
        "{}",
        text(&output.stderr)
    );
    for (name, before) in files() {
        assert_eq!(fs::read_to_string(directory.join(name)).unwrap(), before);
    }
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 7);
}
