//! Whose configuration decides: nested files, links, and `--trusted-ref` in repositories made for it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// A repository that is gone when the test is done.
struct Repository(PathBuf);

/// What a run tells.
struct Told {
    code: i32,
    stdout: String,
    stderr: String,
}

/// Open to everyone: `deletion-open-to-anyone`, an error.
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow",
"Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}"#;

/// A control policy that denies all of it, and one that denies nothing.
const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny",
"Action":"kms:ScheduleKeyDeletion","Resource":"*"}]}"#;
const DENY_OTHER: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny",
"Action":"s3:*","Resource":"*"}]}"#;

/// As `--write-baseline` writes it where nothing is found.
const EMPTY_BASELINE: &str = "{\n  \"version\": 2,\n  \"findings\": []\n}\n";

impl Repository {
    fn new(name: &str) -> Self {
        let name = format!("kmslint-trusted-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let repository = Self(path.canonicalize().unwrap());
        repository.git(&["init", "-q", "-b", "main"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        assert!(done.status.success(), "{done:?}");
    }

    /// Commits these files, the trusted state.
    fn trusts(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Told {
        let output = Command::new(env!("CARGO_BIN_EXE_kmslint"))
            .args(arguments)
            .current_dir(&self.0)
            .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
            .output()
            .unwrap();
        Told {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The exit code and the findings of `check`, as `rule: message`.
    fn check(&self, arguments: &[&str]) -> (i32, Vec<String>) {
        let today = ["check", "--format", "json", "--now", "2027-01-01"];
        let told = self.run(&[&today, arguments].concat());
        assert!(!told.stdout.is_empty(), "{}", told.stderr);
        let document: Value = serde_json::from_str(&told.stdout).unwrap();
        let findings = document["findings"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let findings = findings.map(|f| format!("{}: {}", text(&f["rule"]), text(&f["message"])));
        (told.code, findings.collect())
    }

    /// The exit code and the rules of the findings, each once.
    fn rules(&self, arguments: &[&str]) -> (i32, Vec<String>) {
        let (code, findings) = self.check(arguments);
        let rule = |finding: &String| finding.split(':').next().unwrap().to_owned();
        let mut rules: Vec<_> = findings.iter().map(rule).collect();
        rules.sort();
        rules.dedup();
        (code, rules)
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn has(rules: &[String], rule: &str) -> bool {
    rules.iter().any(|found| found == rule)
}

const TRUSTED: [&str; 2] = ["--trusted-ref", "main"];

/// Everything that a `kmslint.toml` of a pull request could try.
fn attacks() -> [(&'static str, String); 6] {
    let all = "deletion-open-to-anyone = \"off\"\ndeletion-without-mfa = \"off\"\n";
    let info = all.replace("off", "info");
    let organization = "[organization]\n[[organization.levels]]\n\
        service_control_policies = [\"deny.json\"]\n";
    let trusted = "trusted_administrators = [\"arn:aws:iam::*:role/*\"]\n";
    [
        (
            "turns off rule `deletion-open-to-anyone`",
            format!("[rules]\n{all}"),
        ),
        (
            "lowers rule `deletion-open-to-anyone` from `error` to `info`",
            format!("[rules]\n{info}"),
        ),
        (
            "excludes files that match `**`",
            "exclude = [\"**\"]\n".to_owned(),
        ),
        (
            "includes only files that match `none`",
            "include = [\"none\"]\n".to_owned(),
        ),
        (
            "defines the control policies of the organization",
            organization.to_owned(),
        ),
        (
            "trusts `arn:aws:iam::*:role/*` as an administrator",
            trusted.to_owned(),
        ),
    ]
}

#[test]
fn nested_configuration_loosens_nothing_and_is_an_error() {
    for (number, (what, text)) in attacks().into_iter().enumerate() {
        let repository = Repository::new(&format!("nested-{number}"));
        repository.trusts(&[("kmslint.toml", ""), ("policies/open.json", OPEN)]);
        let (_, before) = repository.rules(&["policies"]);
        assert!(has(&before, "deletion-open-to-anyone"));
        repository.write("policies/kmslint.toml", &text);
        repository.write("policies/deny.json", DENY);
        let (code, findings) = repository.check(&["policies"]);
        assert_eq!(code, 1);
        let told = format!(
            "configuration-loosened: `policies/kmslint.toml` {what}, which the configuration above \
             it does not allow"
        );
        assert!(findings.contains(&told), "{what}: {findings:#?}");
        let (_, after) = repository.rules(&["policies"]);
        for rule in &before {
            assert!(has(&after, rule), "{what}: {rule} is gone");
        }
    }
}

#[test]
fn nested_configuration_loosens_where_the_one_above_allows_it() {
    let repository = Repository::new("allowed");
    repository.trusts(&[
        ("kmslint.toml", "nested_may_loosen = true\n"),
        ("policies/open.json", OPEN),
        (
            "policies/kmslint.toml",
            "[rules]\ndeletion-open-to-anyone = \"off\"\n",
        ),
    ]);
    let (_, rules) = repository.rules(&["policies"]);
    assert!(!has(&rules, "deletion-open-to-anyone") && has(&rules, "configuration-loosened"));
    let told = repository.run(&["check", "--select", "configuration-loosened", "policies"]);
    assert_eq!(told.code, 0, "{}", told.stdout);
    assert!(
        told.stdout.contains("info[configuration-loosened]"),
        "{}",
        told.stdout
    );
    // The file of the repository's top alone decides what may.
    repository.write("kmslint.toml", "");
    repository.write("policies/kmslint.toml", "nested_may_loosen = true\n");
    repository.write(
        "policies/a/kmslint.toml",
        "[rules]\ndeletion-open-to-anyone = \"off\"\n",
    );
    repository.write("policies/a/open.json", OPEN);
    let (code, rules) = repository.rules(&["policies/a"]);
    assert!(
        code == 1 && has(&rules, "deletion-open-to-anyone"),
        "{rules:?}"
    );
}

#[test]
fn nested_configuration_makes_the_gate_stricter() {
    let repository = Repository::new("stricter");
    repository.trusts(&[
        (
            "kmslint.toml",
            "[rules]\ndeletion-open-to-anyone = \"warning\"\n",
        ),
        ("policies/open.json", OPEN),
        (
            "policies/kmslint.toml",
            "fail_on = \"info\"\n[limits]\nminimum_waiting_period = 30\n[rules]\n\
             deletion-open-to-anyone = \"error\"\n",
        ),
    ]);
    let (code, rules) = repository.rules(&["policies"]);
    assert_eq!(code, 1);
    assert!(!has(&rules, "configuration-loosened"), "{rules:?}");
    let told = repository.run(&["check", "policies"]);
    assert!(
        told.stdout.contains("error[deletion-open-to-anyone]"),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout
            .contains("configuration: kmslint.toml, policies/kmslint.toml\n"),
        "{}",
        told.stdout
    );
}

/// A submodule is part of the repository: it cannot begin one of its own.
#[test]
fn submodule_is_no_repository_of_its_own() {
    let other = Repository::new("submodule");
    other.trusts(&[
        ("open.json", OPEN),
        (
            "kmslint.toml",
            "[rules]\ndeletion-open-to-anyone = \"off\"\n",
        ),
    ]);
    let repository = Repository::new("around");
    repository.trusts(&[("kmslint.toml", "")]);
    repository.git(&[
        "submodule",
        "-q",
        "add",
        other.0.to_str().unwrap(),
        "policies",
    ]);
    for trusted in [&[][..], &TRUSTED[..]] {
        let (code, rules) = repository.rules(&[trusted, &["policies"]].concat());
        assert!(
            code == 1 && has(&rules, "deletion-open-to-anyone"),
            "{rules:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn configuration_behind_a_link_is_refused() {
    use std::os::unix::fs::symlink;
    let repository = Repository::new("link");
    repository.trusts(&[
        ("policies/open.json", OPEN),
        ("elsewhere.toml", "exclude = [\"**\"]\n"),
    ]);
    symlink("elsewhere.toml", repository.0.join("kmslint.toml")).unwrap();
    for arguments in [
        &["check", "policies"][..],
        &["check", "--config", "kmslint.toml", "policies"],
        &["preflight", "--pending", "policies"],
        &["facts", "policies"],
        &["fix", "policies"],
        &["diff", "--git", "main", "policies"],
    ] {
        let told = repository.run(arguments);
        assert_eq!(told.code, 2, "{arguments:?}: {}", told.stdout);
        assert!(
            told.stderr.contains("it is a symbolic link"),
            "{}",
            told.stderr
        );
    }
    fs::remove_file(repository.0.join("kmslint.toml")).unwrap();
    fs::create_dir(repository.0.join("kmslint.toml")).unwrap();
    let told = repository.run(&["check", "policies"]);
    assert!(
        told.code == 2 && told.stderr.contains("it is a directory"),
        "{}",
        told.stderr
    );
}

#[test]
fn working_tree_loosens_nothing_where_a_revision_decides() {
    for (number, (what, text)) in attacks().into_iter().enumerate() {
        let repository = Repository::new(&format!("tree-{number}"));
        repository.trusts(&[
            ("kmslint.toml", "fail_on = \"error\"\n"),
            ("open.json", OPEN),
        ]);
        let (_, before) = repository.rules(&[&TRUSTED[..], &["."]].concat());
        repository.write("kmslint.toml", &text);
        repository.write("deny.json", DENY);
        let (code, findings) = repository.check(&[&TRUSTED[..], &["."]].concat());
        assert_eq!(code, 1);
        let told = format!("configuration-loosened: `kmslint.toml` {what}, unlike at `main`");
        assert!(findings.contains(&told), "{what}: {findings:#?}");
        let (_, after) = repository.rules(&[&TRUSTED[..], &["."]].concat());
        for rule in &before {
            assert!(has(&after, rule), "{what}: {rule} is gone");
        }
    }
}

#[test]
fn trusted_configuration_decides_however_the_working_tree_hides_it() {
    let strict = "fail_on = \"info\"\n[rules]\ndeletion-open-to-anyone = \"error\"\n";
    let repository = Repository::new("hidden");
    repository.trusts(&[("kmslint.toml", strict), ("policies/open.json", OPEN)]);
    let arguments = [&TRUSTED[..], &["policies"]].concat();
    let run = || repository.check(&arguments);
    // Removed.
    fs::remove_file(repository.0.join("kmslint.toml")).unwrap();
    let (code, findings) = run();
    assert_eq!(code, 1);
    let told = "configuration-loosened: `main:kmslint.toml` fails on findings of severity `error` \
                instead of `info`, unlike at `main`";
    assert!(findings.contains(&told.to_owned()), "{findings:#?}");
    // Beside a new one that is nearer.
    repository.write("policies/kmslint.toml", "exclude = [\"**\"]\n");
    let (code, findings) = run();
    assert_eq!(code, 1);
    let told = "configuration-loosened: `policies/kmslint.toml` excludes files that match `**`, \
                unlike at `main`";
    assert!(findings.contains(&told.to_owned()), "{findings:#?}");
    // Broken.
    repository.write("kmslint.toml", "fail_on = 3\n");
    assert_eq!(run().0, 2);
    // `--config` names a file of the checkout, and is read at the revision like any other.
    repository.write("kmslint.toml", "exclude = [\"**\"]\n");
    let given = [&TRUSTED[..], &["--config", "kmslint.toml", "policies"]].concat();
    assert_eq!(repository.rules(&given).0, 1);
    let told = repository.run(&[
        "check",
        "--trusted-ref",
        "main",
        "--config",
        "none.toml",
        ".",
    ]);
    assert_eq!(told.code, 2);
    assert!(
        told.stderr.contains("there is no such file at `main`"),
        "{}",
        told.stderr
    );
}

#[test]
fn trusted_baseline_and_suppressions_decide() {
    let repository = Repository::new("baseline");
    repository.trusts(&[("open.json", OPEN), ("baseline.json", EMPTY_BASELINE)]);
    let written = repository.run(&["check", "--write-baseline", "baseline.json", "open.json"]);
    assert_eq!(written.code, 0);
    let arguments = [&TRUSTED[..], &["--baseline", "baseline.json", "open.json"]].concat();
    let (code, findings) = repository.check(&arguments);
    assert_eq!(code, 1);
    let more = findings.len() - 1;
    let told = format!(
        "configuration-loosened: `baseline.json` leaves out {more} findings more, unlike at `main`"
    );
    assert!(findings.contains(&told), "{findings:#?}");
    assert_eq!(
        repository
            .check(&["--baseline", "baseline.json", "open.json"])
            .0,
        0
    );
    // Once it is merged, it decides.
    repository.trusts(&[]);
    assert_eq!(repository.check(&arguments), (0, Vec::new()));
    // One that is not there at the revision is none.
    let missing = repository.run(&["check", "--trusted-ref", "main", "--baseline", "x", "."]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.stderr.contains("no such file at `main`"),
        "{}",
        missing.stderr
    );

    let json = repository.run(&["check", "--format", "json", "open.json"]);
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    let found = document["findings"].as_array().unwrap();
    let found = found
        .iter()
        .find(|f| f["rule"] == "deletion-open-to-anyone");
    let finding = found.unwrap();
    let (fingerprint, principals) = (&finding["fingerprint"], &finding["principals"]);
    repository.write(
        "kmslint.toml",
        &format!(
            "[[suppressions]]\nrule = \"deletion-open-to-anyone\"\npath = \"open.json\"\n\
             reason = \"mine\"\nfingerprint = {fingerprint}\nprincipals = {principals}\n"
        ),
    );
    let (_, rules) = repository.rules(&["open.json"]);
    assert!(!has(&rules, "deletion-open-to-anyone"));
    let (code, findings) = repository.check(&[&TRUSTED[..], &["open.json"]].concat());
    assert_eq!(code, 1);
    let told = "configuration-loosened: `kmslint.toml` suppresses findings of \
                `deletion-open-to-anyone` in `open.json`, unlike at `main`";
    assert!(findings.contains(&told.to_owned()), "{findings:#?}");
}

#[test]
fn trusted_control_policies_decide() {
    let configuration = "[organization]\n[[organization.levels]]\n\
        service_control_policies = [\"scp/deny.json\"]\n";
    let repository = Repository::new("control");
    repository.trusts(&[
        ("kmslint.toml", configuration),
        ("scp/deny.json", DENY_OTHER),
        ("keys/open.json", OPEN),
    ]);
    let arguments = [&TRUSTED[..], &["keys"]].concat();
    let (code, before) = repository.rules(&arguments);
    assert!(code == 1 && has(&before, "deletion-open-to-anyone"));
    repository.write("scp/deny.json", DENY);
    let (code, findings) = repository.check(&arguments);
    assert_eq!(code, 1);
    let told = "configuration-loosened: `main:scp/deny.json` is another in the working tree, unlike \
                at `main`";
    assert!(findings.contains(&told.to_owned()), "{findings:#?}");
    let open = |findings: &[String]| findings.iter().any(|f| f.starts_with("deletion-open"));
    assert!(open(&findings));
    // Removed from the working tree it is there all the same.
    fs::remove_file(repository.0.join("scp/deny.json")).unwrap();
    repository.write("kmslint.toml", "");
    assert!(open(&repository.check(&arguments).1));
    // Both sides of a change go by the revision.
    repository.write("scp/deny.json", DENY);
    repository.write("kmslint.toml", configuration);
    let difference = repository.run(&["diff", "--git", "main", "--trusted-ref", "main", "keys"]);
    assert_eq!(difference.code, 0, "{}", difference.stdout);
    assert!(
        difference.stderr.contains("main:scp/deny.json"),
        "{}",
        difference.stderr
    );
}

#[test]
fn trusted_rules_of_a_team_decide() {
    let name = "deletion-by-strangers.md";
    let page = fs::read_to_string(format!("tests/program/check-rules-of-a-team/rules/{name}"));
    let (page, path) = (page.unwrap(), format!("rules/{name}"));
    let repository = Repository::new("rules");
    repository.trusts(&[("open.json", OPEN), (&path, &page)]);
    let arguments = [&TRUSTED[..], &["--rules", "rules", "open.json"]].concat();
    let before = repository.check(&arguments);
    assert!(!has(
        &repository.rules(&arguments).1,
        "configuration-loosened"
    ));
    fs::remove_file(repository.0.join(&path)).unwrap();
    let (code, findings) = repository.check(&arguments);
    assert_eq!(code, before.0);
    let told = format!(
        "configuration-loosened: `main:{path}` is another in the working tree, unlike at `main`"
    );
    assert!(findings.contains(&told), "{findings:#?}");
    for finding in before.1 {
        assert!(findings.contains(&finding), "{finding} is gone");
    }
    let none = repository.run(&["check", "--trusted-ref", "main", "--rules", "none", "."]);
    assert_eq!(none.code, 2, "{}", none.stderr);
}

/// Whoever may push a branch must not be able to give it the name of another.
#[test]
fn revision_of_two_names_is_refused() {
    let repository = Repository::new("ambiguous");
    repository.trusts(&[("kmslint.toml", ""), ("open.json", OPEN)]);
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let arguments = ["check", "--trusted-ref", "origin/main", "open.json"];
    assert_eq!(repository.run(&arguments).code, 1);
    repository.git(&["branch", "origin/main"]);
    let told = repository.run(&arguments);
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("several revisions"), "{}", told.stderr);
    let whole = [
        "check",
        "--trusted-ref",
        "refs/remotes/origin/main",
        "open.json",
    ];
    assert_eq!(repository.run(&whole).code, 1);
    for (revision, told_of) in [
        ("nonsense", "`nonsense` is no revision"),
        ("--help", "a value is required"),
    ] {
        let told = repository.run(&["check", "--trusted-ref", revision, "open.json"]);
        assert_eq!(told.code, 2);
        assert!(told.stderr.contains(told_of), "{}", told.stderr);
    }
}

#[test]
fn every_command_goes_by_the_trusted_revision() {
    let repository = Repository::new("commands");
    repository.trusts(&[("kmslint.toml", ""), ("keys/open.json", OPEN)]);
    repository.write("kmslint.toml", "exclude = [\"**\"]\n");
    for (arguments, expected) in [
        (&["facts"][..], "\"statements\""),
        (
            &["fix", "--only", "all"],
            "configuration: kmslint.toml at main (",
        ),
        (
            &["diff", "--git", "main"],
            "configuration: kmslint.toml at main (",
        ),
    ] {
        let told = repository.run(&[arguments, &TRUSTED, &["keys"]].concat());
        assert_ne!(told.code, 2, "{arguments:?}: {}", told.stderr);
        assert!(
            told.stdout.contains(expected),
            "{arguments:?}: {}",
            told.stdout
        );
        assert!(
            told.stderr.contains(
                "warning: `kmslint.toml` excludes files that match `**`, unlike at `main`"
            ),
            "{arguments:?}: {}",
            told.stderr
        );
        // Without it the file of the working tree leaves nothing to look at.
        let told = repository.run(&[arguments, &["keys"]].concat());
        let looks = told.code == 2 || arguments == ["diff", "--git", "main"];
        assert!(looks, "{arguments:?}: {}", told.stdout);
    }
}
