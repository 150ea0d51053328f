//! Files that are none: links, pipes, devices. Nothing is read that does not lie where it should, and
//! nothing waits for what never comes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":
    {"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

const EVENT: &str = r#"{"Records":[{"eventSource":"s3.amazonaws.com","eventName":"ListBuckets",
    "eventTime":"2026-07-01T00:00:00Z","awsRegion":"eu-west-1","recipientAccountId":"111122223333"}]}"#;

/// An empty directory with a policy in `good.json`.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("special")
        .join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("good.json"), POLICY).unwrap();
    directory
}

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

/// Runs a line of a shell there, in which `kmslint` is the program; it must end soon.
#[track_caller]
fn run(directory: &Path, line: &str) -> (i32, String) {
    let line = line.replace("kmslint", env!("CARGO_BIN_EXE_kmslint"));
    let child = Command::new("bash")
        .args(["-c", &line])
        .current_dir(directory)
        .env("KMSLINT_TEST_SECRET", "the-secret")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(60), "{line}");
    let text = [stdout, stderr]
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .concat();
    assert!(!text.contains("the-secret"), "{line}: {text}");
    // Lines are broken where they are full.
    let text = text.split_whitespace().filter(|word| *word != "│");
    let text = text.collect::<Vec<_>>().join(" ");
    (status.code().unwrap(), text)
}

/// A team's own file is never a link, wherever it leads.
fn why_refused(command: &str) -> &'static str {
    if command.contains("--config") || command.contains("--baseline") {
        "it is a symbolic link"
    } else {
        "by a symbolic link to"
    }
}

#[test]
fn links_out_of_the_working_directory_are_refused() {
    let directory = directory("links");
    let here = directory.join("here");
    fs::create_dir_all(here.join(".git")).unwrap();
    fs::create_dir_all(here.join("inside")).unwrap();
    fs::write(here.join(".git/config"), POLICY).unwrap();
    fs::write(here.join("inside/good.json"), POLICY).unwrap();
    for (link, target) in [
        ("environment.json", "/proc/self/environ"),
        ("zero.json", "/dev/zero"),
        ("outside.json", "../good.json"),
        ("git.json", ".git/config"),
        ("stdin.json", "/dev/stdin"),
    ] {
        symlink(target, here.join(link)).unwrap();
        for command in [
            format!("kmslint check {link}"),
            format!("kmslint check ./inside/../{link}"),
            format!("kmslint check {}/{link}", here.display()),
            format!("kmslint check inside/good.json --config {link}"),
            format!("kmslint check inside/good.json --baseline {link}"),
            format!("kmslint simulate --batch {link}"),
            format!(
                "kmslint simulate --principal arn:aws:iam::111122223333:role/A --key \
                 arn:aws:kms:eu-west-1:111122223333:key/1 --key-policy {link}"
            ),
            format!("cd / && kmslint check {}/{link}", here.display()),
        ] {
            // From the root of the file system everything lies below the working directory but what
            // is the system's.
            if command.starts_with("cd /") && matches!(link, "outside.json") {
                continue;
            }
            let (code, text) = run(&here, &command);
            assert_eq!(code, 2, "{command}: {text}");
            assert!(text.contains(why_refused(&command)), "{command}: {text}");
        }
    }
    symlink("..", here.join("up")).unwrap();
    for command in [
        "kmslint check up",
        "kmslint check up/good.json",
        "kmslint diff up inside",
    ] {
        let (code, text) = run(&here, command);
        assert_eq!(code, 2, "{command}: {text}");
        assert!(text.contains("by a symbolic link to"), "{command}: {text}");
    }
    symlink("inside/good.json", here.join("fine.json")).unwrap();
    symlink("inside", here.join("fine")).unwrap();
    for command in [
        "kmslint check fine.json",
        "kmslint check fine",
        "kmslint check fine/good.json",
    ] {
        let (code, text) = run(&here, command);
        assert_eq!(code, 0, "{command}: {text}");
        assert!(text.contains("1 file checked"), "{command}: {text}");
    }
}

#[test]
fn devices_without_end_are_refused() {
    let directory = directory("devices");
    for (command, reason) in [
        ("check /dev/zero", "it is no text"),
        ("facts /dev/zero", "it is no text"),
        ("check good.json --config /dev/zero", "larger than 256 MiB"),
    ] {
        let (code, text) = run(&directory, &format!("ulimit -v 4000000; kmslint {command}"));
        assert_eq!(code, 2, "{command}: {text}");
        assert!(text.contains(reason), "{command}: {text}");
    }
    let (code, text) = run(&directory, "ulimit -v 4000000; kmslint check - < /dev/zero");
    assert_eq!(code, 2, "{text}");
    let (code, text) = run(&directory, "kmslint check good.json --config /dev/null");
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&directory, "kmslint check /dev/null");
    assert_eq!(code, 2, "{text}");
}

#[test]
fn pipes_by_their_own_path_are_read() {
    let directory = directory("pipes");
    fs::write(directory.join("events.json"), EVENT).unwrap();
    make_pipe(&directory.join("pipe"));
    for command in [
        "kmslint check <(cat good.json)",
        "kmslint check /dev/stdin < good.json",
        "cat good.json | kmslint check /dev/stdin",
        "cat good.json | kmslint check /proc/self/fd/0",
        "kmslint check /dev/fd/3 3< good.json",
        "cat good.json > pipe & kmslint check pipe",
        "cat good.json | kmslint check -",
    ] {
        let (code, text) = run(&directory, command);
        assert_eq!(code, 0, "{command}: {text}");
        assert!(text.contains("1 file checked"), "{command}: {text}");
    }
    let events = "kmslint check good.json <(cat events.json)";
    let (code, text) = run(&directory, events);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("2 files checked"), "{text}");
}

#[test]
fn what_is_no_file_in_a_directory_is_left_out() {
    let directory = directory("directory");
    make_pipe(&directory.join("pipe.json"));
    symlink("/proc/self/environ", directory.join("link.json")).unwrap();
    symlink("/dev/zero", directory.join("zero.json")).unwrap();
    symlink(".", directory.join("loop")).unwrap();
    let _listener = UnixListener::bind(directory.join("socket.json"));
    for command in [
        "kmslint check .",
        "kmslint facts .",
        "kmslint fix .",
        "kmslint diff . .",
    ] {
        let (code, text) = run(&directory, command);
        assert_eq!(code, 0, "{command}: {text}");
    }
    let (_, text) = run(&directory, "kmslint check .");
    assert!(text.contains("1 file checked"), "{text}");
    for (name, kind) in [
        ("link.json", "a symbolic link"),
        ("loop", "a symbolic link"),
        ("pipe.json", "a named pipe"),
        ("socket.json", "a socket"),
    ] {
        let line = format!("{name}: left out: it is {kind}");
        assert!(text.contains(&line), "{text}");
    }
}

#[test]
fn a_file_too_large_is_refused_before_it_is_read() {
    let directory = directory("large");
    let file = fs::File::create(directory.join("large.json")).unwrap();
    (&file).write_all(b"{\"a\":[").unwrap();
    file.set_len(300 << 20).unwrap();
    let (code, text) = run(&directory, "ulimit -v 1000000; kmslint check large.json");
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("larger than 256 MiB"), "{text}");
}

/// Records lie in the working directory or below it, and both may be written in several ways.
#[test]
fn pending_of_the_working_directory_is_found_under_every_name_of_it() {
    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let event = format!(
        r#"{{"Records":[{{"eventSource":"kms.amazonaws.com","eventName":"ScheduleKeyDeletion",
        "eventTime":"2027-01-01T10:00:00Z","awsRegion":"eu-west-1","recipientAccountId":"111122223333",
        "requestParameters":{{"keyId":"{ARN}","pendingWindowInDays":7}},
        "resources":[{{"ARN":"{ARN}"}}]}}]}}"#
    );
    for (name, file, ways) in [
        (
            "pending-here",
            "t.json",
            &[".", "./", "$PWD", "t.json", "./t.json", "../pending-here"][..],
        ),
        (
            "pending-below",
            "trail/t.json",
            &[".", "./", "trail", "./trail/", "$PWD/trail", "trail/t.json"],
        ),
    ] {
        let directory = directory(name);
        fs::create_dir_all(directory.join(file).parent().unwrap()).unwrap();
        fs::write(directory.join(file), &event).unwrap();
        for pending in ways {
            for paths in ["", ".", "$PWD", *pending] {
                let line = format!(
                    "kmslint preflight --no-config --pending {pending} --now 2027-01-03T00:00:00Z {paths}"
                );
                let (code, text) = run(&directory, &line);
                assert_eq!(code, 1, "{line}: {text}");
                assert!(
                    text.contains(ARN) && text.contains("pending-by-record"),
                    "{line}: {text}"
                );
            }
        }
        let elsewhere =
            "mkdir -p other && kmslint preflight --no-config --pending other --now 2027-01-03 .";
        let (code, text) = run(&directory, elsewhere);
        assert_eq!(code, 0, "{text}");
        assert!(!text.contains(ARN), "{text}");
    }
}
