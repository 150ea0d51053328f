//! `kmslint diff --git` on repositories made for it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A directory that is gone when the test is done.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let name = format!("kmslint-diff-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn repository(name: &str) -> Self {
        let scratch = Self::new(name);
        scratch.git(&["init", "-q"]);
        scratch
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn diff(&self, arguments: &[&str]) -> (i32, String, String) {
        run(&self.0, arguments)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .arg("diff")
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
        .output()
        .unwrap();
    (
        status.code().unwrap(),
        String::from_utf8(stdout).unwrap(),
        String::from_utf8(stderr).unwrap(),
    )
}

fn policy(role: &str, actions: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Resource":"*",
            "Principal":{{"AWS":"arn:aws:iam::111122223333:role/{role}"}},"Action":[{actions}]}}]}}
"#
    )
}

const LIFECYCLE: &str = r#""kms:ScheduleKeyDeletion","kms:CancelKeyDeletion""#;

#[test]
fn what_changed_since_a_revision_is_told() {
    let repository = Scratch::repository("change");
    repository.write("keys/a.json", &policy("admin", LIFECYCLE));
    repository.write("keys/b.json", &policy("app", r#""kms:Decrypt""#));
    repository.write("keys/gone/c", &policy("admin", LIFECYCLE));
    repository.write("keys/notes.txt", "no policy");
    repository.commit();
    let (code, out, err) = repository.diff(&["--git", "HEAD"]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "no difference in permissions\nconfiguration: none\n", "")
    );

    repository.write(
        "keys/b.json",
        &policy("app", r#""kms:Decrypt","kms:Schedule*""#),
    );
    fs::remove_dir_all(repository.0.join("keys/gone")).unwrap();
    let wanted = "\
key keys/b.json
  + role/app  ScheduleKeyDeletion  denied -> 7-30 days

key keys/gone/c (removed)
  - role/admin  ScheduleKeyDeletion  7-30 days -> not there
  - role/admin  CancelKeyDeletion    allowed -> not there

2 keys differ; somebody gains ScheduleKeyDeletion in 1
configuration: none
";
    let told = repository.diff(&["--git", "HEAD", "keys"]);
    assert_eq!(told, (1, wanted.to_owned(), String::new()));
    // From a directory below, and a file and a directory that are not there any more.
    let (code, out, err) = run(&repository.0.join("keys"), &["--git", "HEAD"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert_eq!(out, wanted.replace("keys/", ""));
    let (code, out, err) = repository.diff(&["--git", "HEAD", "keys/gone", "keys/a.json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("key keys/gone/c (removed)"), "{out}");
    // The other direction: two commits, the later one checked out.
    repository.commit();
    assert_eq!(repository.diff(&["--git", "HEAD"]).0, 0);
    assert_eq!(repository.diff(&["--git", "HEAD~1", "keys"]), told);
}

#[test]
fn the_last_canceller_closes_the_gate() {
    let repository = Scratch::repository("cancel");
    repository.write("a.json", &policy("admin", LIFECYCLE));
    repository.commit();
    repository.write("a.json", &policy("admin", r#""kms:ScheduleKeyDeletion""#));
    let (code, out, _) = repository.diff(&["--git", "HEAD"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("! nobody is left who can: CancelKeyDeletion"),
        "{out}"
    );
}

#[test]
fn what_is_no_revision_is_refused_before_git_sees_it() {
    let repository = Scratch::repository("revision");
    repository.write("a.json", &policy("admin", LIFECYCLE));
    repository.commit();
    for revision in [
        "--git=--output=x",
        "--git=-h",
        "--git=",
        "--git=nothing",
        "--git=HEAD..HEAD",
    ] {
        let (code, out, err) = repository.diff(&[revision]);
        assert_eq!((code, out.as_str()), (2, ""), "{revision}");
        assert!(
            err.contains("is no revision of the repository"),
            "{revision}: {err}"
        );
    }
    let (code, _, err) = repository.diff(&["--git", "HEAD", "nowhere"]);
    assert_eq!(
        (code, err.trim_end()),
        (2, "error: `nowhere` is neither there now nor at `HEAD`")
    );
    let (code, _, err) = repository.diff(&["--git", "HEAD", "-"]);
    assert_eq!(
        (code, err.trim_end()),
        (2, "error: standard input has no revisions")
    );
    let nowhere = Scratch::new("none");
    nowhere.write("a.json", &policy("admin", LIFECYCLE));
    let (code, _, err) = nowhere.diff(&["--git", "HEAD"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("`.` is in no git repository: not a git repository"),
        "{err}"
    );
}

#[test]
fn a_broken_file_of_then_is_an_error() {
    let repository = Scratch::repository("broken");
    repository.write("a.json", "{");
    repository.commit();
    repository.write("a.json", &policy("admin", LIFECYCLE));
    let (code, out, err) = repository.diff(&["--git", "HEAD"]);
    assert_eq!(code, 2);
    assert!(out.contains("key a.json (added)"), "{out}");
    assert!(err.contains("before the change:"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_followed_on_neither_side() {
    let repository = Scratch::repository("link");
    let outside = Scratch::new("outside");
    outside.write("secret.json", &policy("admin", LIFECYCLE));
    repository.write("keys/a.json", &policy("admin", r#""kms:Decrypt""#));
    let target = outside.0.join("secret.json");
    std::os::unix::fs::symlink(target, repository.0.join("keys/link.json")).unwrap();
    repository.commit();
    fs::remove_file(repository.0.join("keys/link.json")).unwrap();
    let told = repository.diff(&["--git", "HEAD", "keys"]);
    assert_eq!(
        told,
        (
            0,
            "no difference in permissions\nconfiguration: none\n".to_owned(),
            String::new()
        )
    );
}

#[test]
fn policies_of_the_organization_count_as_they_were() {
    let repository = Scratch::repository("organization");
    let statement = |effect: &str, action: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}"#)
    };
    let scp = |statements: &[String]| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        )
    };
    let all = statement("Allow", "*");
    repository.write("keys/a.json", &policy("admin", LIFECYCLE));
    repository.write(
        "kmslint.toml",
        "[[organization.levels]]\nname = \"root\"\nservice_control_policies = [\"scp.json\"]\n",
    );
    let deny = statement("Deny", "kms:ScheduleKeyDeletion");
    repository.write("scp.json", &scp(&[all.clone(), deny]));
    repository.commit();
    repository.write("scp.json", &scp(&[all]));
    let (code, out, err) = repository.diff(&["--git", "HEAD", "keys"]);
    assert_eq!((code, err.as_str()), (1, ""));
    let gain = "+ role/admin  ScheduleKeyDeletion  denied -> 7-30 days";
    assert!(out.contains(gain), "{out}");
}
