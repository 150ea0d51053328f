//! What the system may do to a run: no reader, a full disk, no threads.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
#[cfg(target_os = "linux")]
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kmslint");

/// A policy that anybody may use to delete the key.
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}"#;

/// A policy of which some findings have safe fixes.
const FIXABLE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"},{"Sid":"App","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/App"},"Action":["kms:Decrypt","kms:S*"],"Resource":"*"}]}"#;

fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// Runs kmslint from bash after these commands.
fn after(commands: &str, arguments: &[&str]) -> Output {
    Command::new("bash")
        .args(["-c", &format!("{commands}; exec \"$0\" \"$@\""), PROGRAM])
        .args(arguments)
        .output()
        .unwrap()
}

/// A stream is read to its end although nobody reads the answers: its last line may be the one that
/// is wrong.
#[test]
fn batch_without_reader_still_tells_of_the_last_line() {
    let line = fs::read_to_string("tests/program/simulate-batch/input").unwrap();
    let line = line.lines().next().unwrap();
    let lines = (5 << 20) / line.len();
    for (last, code) in [("", 0), ("{\"no\": \"request\"}", 2)] {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["simulate", "--batch", "-"])
            .stdin(Stdio::piped())
            .stdout(writer)
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // As `head -c 1` does: something is read, then the pipe is closed.
        let head = std::thread::spawn(move || reader.read_exact(&mut [0]).unwrap());
        for _ in 0..lines {
            writeln!(input, "{line}").unwrap();
        }
        writeln!(input, "{last}").unwrap();
        drop(input);
        head.join().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
    }
}

/// A report that cannot be written was not made, whatever it would say.
#[cfg(target_os = "linux")]
#[test]
fn report_on_a_full_disk_is_a_failure() {
    for format in FORMATS {
        let arguments = [
            "check",
            "--no-config",
            "--format",
            format,
            "fixtures/aws_policies",
        ];
        let run = after("exec >/dev/full", &arguments);
        assert_eq!(run.status.code(), Some(2), "{format}");
    }
    let run = after("exec >/dev/full", &["rules"]);
    assert_eq!(run.status.code(), Some(2));
}

/// The formats in which `check` reports.
const FORMATS: [&str; 7] = [
    "human", "json", "sarif", "github", "gitlab", "junit", "markdown",
];

/// `check DIR | head -1` ends as `check DIR` does: after the reader has gone the run goes on.
#[test]
fn reports_without_reader_do_not_change_the_exit_code() {
    let directory = directory("no-reader");
    // More than a pipe holds.
    for number in 0..60 {
        fs::write(directory.join(format!("{number}.json")), OPEN).unwrap();
    }
    let path = directory.to_str().unwrap();
    for broken in [false, true] {
        if broken {
            fs::write(directory.join("cut.json"), OPEN.get(..90).unwrap()).unwrap();
        }
        for format in FORMATS {
            for reader in ["head -c 1", "head -1", "true"] {
                let pipe = format!("set -o pipefail; \"$0\" \"$@\" | {reader} >/dev/null");
                let output = Command::new("bash")
                    .args(["-c", &pipe, PROGRAM, "check", "--no-config"])
                    .args(["--format", format, path])
                    .output()
                    .unwrap();
                let wanted = if broken { 2 } else { 1 };
                let told = String::from_utf8(output.stderr).unwrap();
                assert_eq!(
                    output.status.code(),
                    Some(wanted),
                    "{format} | {reader}: {told}"
                );
                assert!(!told.contains("pipe"), "{format} | {reader}: {told}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
const SIGNALS: [&str; 4] = ["INT", "TERM", "HUP", "KILL"];

/// Starts kmslint there, and ends it by the signal so long after it began to write.
#[cfg(target_os = "linux")]
fn interrupt(directory: &Path, arguments: &[&str], signal: &str, after: Duration) {
    let mut child = Command::new(PROGRAM)
        .args(arguments)
        .current_dir(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let is_writing = || {
        let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
        let mut names = entries.map(|entry| entry.file_name());
        names.any(|name| name.to_string_lossy().starts_with(".kmslint"))
    };
    while !is_writing() && child.try_wait().unwrap().is_none() {}
    std::thread::sleep(after);
    let id = child.id().to_string();
    let _ = Command::new("kill")
        .args(["-s", signal, &id])
        .stderr(Stdio::null())
        .status();
    child.wait().unwrap();
}

/// Each signal twice, from the first copy to the last renamed file.
#[cfg(target_os = "linux")]
fn interruptions() -> impl Iterator<Item = (&'static str, Duration)> {
    let rounds = SIGNALS.into_iter().cycle().take(8).zip(0..);
    rounds.map(|(signal, round)| (signal, Duration::from_micros(500 * round)))
}

/// `fix --write` that ends in the middle leaves each file as it was or as it is to be, and no copy that the
/// next run would read.
#[cfg(target_os = "linux")]
#[test]
fn interrupted_fixes_leave_whole_files_and_no_copies() {
    const FILES: usize = 12;
    let directory = directory("interrupted");
    let before = FIXABLE.to_owned();
    let name = |number| directory.join(format!("{number}.json"));
    let reset = || {
        for number in 0..FILES {
            fs::write(name(number), &before).unwrap();
        }
    };
    reset();
    let fix = ["fix", "--no-config", "--write", "."];
    let whole = Command::new(PROGRAM)
        .args(fix)
        .current_dir(&directory)
        .output();
    assert_eq!(whole.unwrap().status.code(), Some(0));
    let after = fs::read_to_string(name(0)).unwrap();
    assert_ne!(after, before);
    for (signal, wait) in interruptions() {
        reset();
        interrupt(&directory, &fix, signal, wait);
        for number in 0..FILES {
            let now = fs::read_to_string(name(number)).unwrap();
            assert!(now == before || now == after, "{signal}: {now}");
        }
        assert_eq!(files_that_check_looks_at(&directory), FILES, "{signal}");
    }
}

/// `--write-baseline` that ends in the middle leaves the old baseline or the new one.
#[cfg(target_os = "linux")]
#[test]
fn interrupted_baselines_are_the_old_one_or_the_new_one() {
    const FILES: usize = 40;
    let directory = directory("interrupted-baseline");
    for number in 0..FILES {
        fs::write(directory.join(format!("{number}.json")), OPEN).unwrap();
    }
    let baseline = directory.join("baseline.json");
    let write = [
        "check",
        "--no-config",
        "--write-baseline",
        "baseline.json",
        ".",
    ];
    let whole = Command::new(PROGRAM)
        .args(write)
        .current_dir(&directory)
        .output();
    assert_eq!(whole.unwrap().status.code(), Some(0));
    let new = fs::read_to_string(&baseline).unwrap();
    let old = new.replace('\n', "\n ");
    for (signal, wait) in interruptions() {
        fs::write(&baseline, &old).unwrap();
        interrupt(&directory, &write, signal, wait);
        let now = fs::read_to_string(&baseline).unwrap();
        assert!(now == old || now == new, "{signal}: {now}");
        // One more: the baseline.
        assert_eq!(files_that_check_looks_at(&directory), FILES + 1, "{signal}");
    }
}

/// How many files a run looks into, hidden ones included.
#[cfg(target_os = "linux")]
fn files_that_check_looks_at(directory: &Path) -> usize {
    let check = Command::new(PROGRAM)
        .args(["check", "--no-config", "--format", "json", "."])
        .current_dir(directory)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
    let files = report.get("files").unwrap().as_array().unwrap().iter();
    let looked_at = files.filter(|file| file.get("fate").unwrap() != "left_out");
    looked_at.count()
}

/// Nothing of a file changes in a directory in which nothing can be written.
#[cfg(target_os = "linux")]
#[test]
fn directory_that_cannot_be_written_keeps_its_files() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let directory = std::env::temp_dir().join(format!("kmslint-locked-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let program = directory.join("kmslint");
    fs::copy(PROGRAM, &program).unwrap();
    let policy = directory.join("policy.json");
    fs::write(&policy, FIXABLE).unwrap();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    // Whoever runs it may write the file, and not its directory.
    mode(&policy, 0o666).unwrap();
    mode(&directory, 0o555).unwrap();
    for arguments in [
        &["fix", "--no-config", "--write", "policy.json"][..],
        &[
            "check",
            "--no-config",
            "--write-baseline",
            "new.json",
            "policy.json",
        ],
    ] {
        let mut command = Command::new(if is_root { "setpriv" } else { "env" });
        if is_root {
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
            command
                .args(nobody)
                .args(["--inh-caps=-all", "--bounding-set=-all"]);
        }
        let run = command
            .arg(&program)
            .args(arguments)
            .current_dir(&directory)
            .output()
            .unwrap();
        let told = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(2), "{arguments:?}: {told}");
        assert_eq!(fs::read_to_string(&policy).unwrap(), FIXABLE);
        assert_eq!(
            fs::read_dir(&directory).unwrap().count(),
            2,
            "{arguments:?}"
        );
    }
    mode(&directory, 0o755).unwrap();
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn baseline_is_kept_where_a_new_one_cannot_be_written() {
    let directory = directory("full-disk");
    let baseline = directory.join("baseline.json");
    let baseline = baseline.to_str().unwrap();
    let arguments = |option| {
        [
            "check",
            "--no-config",
            option,
            baseline,
            "fixtures/quickstart",
        ]
    };
    let written = after(":", &arguments("--write-baseline"));
    assert_eq!(written.status.code(), Some(0));
    let before = fs::read(baseline).unwrap();
    let full = after("trap '' XFSZ; ulimit -f 0", &arguments("--write-baseline"));
    assert_eq!(full.status.code(), Some(2));
    let told = String::from_utf8(full.stderr).unwrap();
    assert!(told.contains("cannot write the baseline"), "{told}");
    assert_eq!(fs::read(baseline).unwrap(), before);
    let names = fs::read_dir(&directory).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["baseline.json"]);
    assert_eq!(after(":", &arguments("--baseline")).status.code(), Some(0));
}

/// `ulimit -u` counts the user's processes, and does not count for root.
#[cfg(target_os = "linux")]
#[test]
fn without_threads_the_work_is_done_all_the_same() {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let program = std::env::temp_dir().join(format!("kmslint-threads-{}", std::process::id()));
    // Another user may not be allowed to look into the directory of the build.
    fs::copy(PROGRAM, &program).unwrap();
    let input = fs::read_to_string("tests/program/simulate-batch/input").unwrap();
    let run = |limit: &str, arguments: &[&str]| {
        let mut command = Command::new(if is_root { "setpriv" } else { "env" });
        if is_root {
            let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
            command
                .args(nobody)
                .args(["--inh-caps=-all", "--bounding-set=-all"]);
        }
        let mut child = command
            .args(["bash", "-c", &format!("{limit}; exec \"$0\" \"$@\"")])
            .arg(&program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    };
    // The limit is one in fact.
    let forks = run(
        "ulimit -u 1; exec sh -c '(true) && echo forked'",
        &["rules"],
    );
    assert!(
        !forks.stdout.starts_with(b"forked"),
        "the limit does not hold here"
    );
    let policy = std::env::temp_dir().join(format!("kmslint-policy-{}.json", std::process::id()));
    fs::copy("fixtures/aws_policies/default.json", &policy).unwrap();
    let policy = policy.to_str().unwrap();
    for arguments in [
        &["check", "--no-config", "--now", "2027-01-01", policy][..],
        &[
            "check",
            "--no-config",
            "--now",
            "2027-01-01",
            "--format",
            "json",
            policy,
        ],
        &["facts", "--no-config", policy],
        &["fix", "--no-config", "--diff", policy],
        &["diff", "--no-config", policy, policy],
        &["simulate", "--batch", "-"],
    ] {
        let (free, limited) = (run(":", arguments), run("ulimit -u 1", arguments));
        assert_eq!(free, limited, "{arguments:?}");
        assert_ne!(limited.status.code(), Some(101));
        assert!(!limited.stdout.is_empty() || arguments.contains(&"--diff"));
    }
    fs::remove_file(&program).unwrap();
    fs::remove_file(policy).unwrap();
}
