//! What the system may do to a run: no reader, a full disk, no threads.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kmslint");

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
    for format in [
        "human", "json", "sarif", "github", "gitlab", "junit", "markdown",
    ] {
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
