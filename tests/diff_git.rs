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

/// What is told where nothing differs.
const SAME: &str = "no difference in ScheduleKeyDeletion, CancelKeyDeletion, PutKeyPolicy, \
    DeleteImportedKeyMaterial, DisableKey, CreateGrant or use of the key\nconfiguration: none\n";

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
    assert_eq!((code, out.as_str(), err.as_str()), (0, SAME, ""));

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
    assert_eq!(told, (0, SAME.to_owned(), String::new()));
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

/// A repository whose `main` went on after `work` left it: `main` took deletion from the application, and
/// `work` let it decrypt.
fn parted(name: &str) -> Scratch {
    let repository = Scratch::repository(name);
    repository.git(&["checkout", "-q", "-b", "main"]);
    repository.write("keys/a.json", &policy("admin", LIFECYCLE));
    repository.write("keys/app.json", &policy("app", LIFECYCLE));
    repository.commit();
    repository.git(&["checkout", "-q", "-b", "work"]);
    let more = r#""kms:Decrypt","kms:ScheduleKeyDeletion","kms:CancelKeyDeletion""#;
    repository.write("keys/a.json", &policy("admin", more));
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.write("keys/app.json", &policy("app", r#""kms:Decrypt""#));
    repository.commit();
    repository.git(&["checkout", "-q", "work"]);
    repository
}

const OWN: &str = "+ role/admin  use (Decrypt)  denied -> allowed";
const OTHERS: &str = "+ role/app  ScheduleKeyDeletion";

/// As `git diff main...` does: <https://git-scm.com/docs/git-diff>.
#[test]
fn a_branch_is_compared_with_where_it_left_the_other() {
    let repository = parted("parted");
    for arguments in [
        &["--git", "main"][..],
        &["--git", "main..."],
        &["--git", "main...work"],
        &["--git", "main...HEAD", "keys"],
    ] {
        let (code, out, err) = repository.diff(arguments);
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}: {out}");
        assert!(
            out.contains(OWN) && !out.contains(OTHERS),
            "{arguments:?}: {out}"
        );
    }
    // What `main` took is given back where the branch took its place.
    let (code, out, _) = repository.diff(&["--git-exact", "main"]);
    assert_eq!(code, 1);
    assert!(out.contains(OWN) && out.contains(OTHERS), "{out}");
    // What is not committed is not the revision's.
    repository.write("keys/a.json", &policy("admin", LIFECYCLE));
    let (_, out, _) = repository.diff(&["--git", "main...work"]);
    assert!(out.contains(OWN), "{out}");
    let (_, out, _) = repository.diff(&["--git", "main"]);
    assert!(!out.contains(OWN), "{out}");
    // From the other side, of which only a revision is known.
    repository.git(&["checkout", "-q", "-f", "main"]);
    let (code, out, _) = repository.diff(&["--git", "...work"]);
    assert_eq!(code, 0);
    assert!(out.contains(OWN) && !out.contains(OTHERS), "{out}");
    for (arguments, error) in [
        (["--git", "main..work"], "`main..work` is no revision"),
        (["--git", "main...none"], "`none` is no revision"),
        (["--git", "-x...work"], "`-x` is no revision"),
        (
            ["--git-exact", "main...work"],
            "`main...work` is no revision",
        ),
    ] {
        let argument = format!("{}={}", arguments[0], arguments[1]);
        let (code, out, err) = repository.diff(&[&argument]);
        assert_eq!((code, out.as_str()), (2, ""), "{argument}");
        assert!(err.contains(error), "{argument}: {err}");
    }
}

#[test]
fn unrelated_histories_have_no_merge_base() {
    let repository = parted("unrelated");
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.commit();
    let (code, _, err) = repository.diff(&["--git", "main"]);
    assert_eq!(code, 2);
    let error = "error: `main` and `HEAD` have no commit in common: compare with `main` itself by \
                 `--git-exact`";
    assert_eq!(
        err.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" │ ", " "),
        error
    );
    assert_eq!(repository.diff(&["--git-exact", "main"]).0, 1);
}

/// What `actions/checkout` makes unless it is told `fetch-depth: 0`.
#[test]
fn a_shallow_clone_is_told_what_it_lacks() {
    let origin = parted("origin");
    let clone = Scratch::new("shallow");
    let url = format!("file://{}", origin.0.display());
    clone.git(&["clone", "-q", "--depth", "1", "--branch", "work", &url, "."]);
    let told = |revision: &str| {
        let (code, out, err) = clone.diff(&["--git", revision]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        err.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace(" │ ", " ")
    };
    let err = told("origin/main");
    assert!(
        err.contains("is no revision of this shallow clone: fetch it first"),
        "{err}"
    );
    clone.git(&[
        "fetch",
        "-q",
        "--depth",
        "1",
        "origin",
        "main:refs/remotes/origin/main",
    ]);
    let err = told("origin/main");
    assert!(
        err.contains("where `HEAD` left `origin/main` is not in this shallow clone"),
        "{err}"
    );
    assert!(
        err.contains("git fetch --unshallow") && err.contains("--git-exact"),
        "{err}"
    );
    assert_eq!(clone.diff(&["--git-exact", "origin/main"]).0, 1);
    clone.git(&["fetch", "-q", "--unshallow"]);
    let (code, out, err) = clone.diff(&["--git", "origin/main"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains(OWN) && !out.contains(OTHERS), "{out}");
}

/// A merge whose parents are cut off may hide a later common commit than the one that is found.
#[test]
fn an_old_merge_base_of_a_shallow_clone_is_not_taken() {
    let origin = parted("deeper");
    origin.git(&["merge", "-q", "-m", "x", "main"]);
    origin.write("keys/b.json", &policy("admin", LIFECYCLE));
    origin.commit();
    assert_eq!(origin.diff(&["--git", "main"]).0, 1, "a key is new");
    let clone = Scratch::new("cut");
    let url = format!("file://{}", origin.0.display());
    clone.git(&["clone", "-q", "--depth", "1", "--branch", "work", &url, "."]);
    clone.git(&["fetch", "-q", "origin", "main:refs/remotes/origin/main"]);
    let (code, _, err) = clone.diff(&["--git", "origin/main"]);
    assert_eq!(code, 2);
    assert!(err.contains("shallow"), "{err}");
}
