//! No output of any command, standard error included, holds what a runner of continuous integration
//! or a terminal obeys, whatever stands in policies, requests, configuration and names of files.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

#[expect(unreachable_pub, reason = "it is public elsewhere")]
#[path = "../fuzz/src/obeyed.rs"]
mod obeyed;

use obeyed::obeyed;

/// Words that somebody obeys: GitHub, Azure Pipelines, TeamCity, GitLab, Buildkite, terminals. Each
/// begins as a command of a line does.
const OBEYED: [&str; 5] = [
    "::error::x##vso[task.setvariable variable=PATH]x\u{202e}",
    "  ::add-mask::x##[error]x\u{1b}[31m",
    "--- x##teamcity[buildStop]\u{200b}",
    "+++ section_start:0:x\r\u{1b}[0K",
    "~~~ section_end:0:x\u{9b}31m",
];

struct Place {
    directory: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("log_commands")
            .join(name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        Self { directory }
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.directory.join(name), text).unwrap();
    }

    /// Runs the program there with the arguments of this line, each `@` of which is the next of
    /// `given`, and holds that what it writes is not obeyed.
    #[track_caller]
    fn run(&self, line: &str, given: &[&str], input: &str) -> String {
        let mut given = given.iter();
        let arguments = line.split(' ').map(|argument| match argument {
            "@" => given.next().unwrap(),
            plain => plain,
        });
        let arguments: Vec<&str> = arguments.collect();
        let human = arguments.contains(&"human");
        let mut whole = String::new();
        for color in if human {
            &["never", "always"][..]
        } else {
            &["never"]
        } {
            let mut child = Command::new(env!("CARGO_BIN_EXE_kmslint"))
                .args(["--color", *color])
                .args(&arguments)
                .current_dir(&self.directory)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // Not every command reads it.
            let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            let output = child.wait_with_output().unwrap();
            assert!(
                output.status.code().is_some_and(|code| code < 3),
                "{arguments:?}"
            );
            for bytes in [output.stdout, output.stderr] {
                let text = String::from_utf8(bytes).unwrap();
                let found = obeyed(&text, arguments.contains(&"github"), *color == "always");
                assert!(found.is_empty(), "{arguments:?} ({color}): {found:#?}");
                whole.push_str(&text);
            }
        }
        whole
    }
}

/// A policy with these words in every place that is free text, and much to find.
fn policy(words: &str) -> Value {
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}{words}");
    json!({"Version": "2012-10-17", "Id": words, "Statement": [
        {"Sid": words, "Effect": "Allow", "Principal": {"AWS": role("")},
         "Action": ["kms:ScheduleKeyDeletion", format!("kms:{words}")], "Resource": "*"},
        {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": [words, role("a"), "*"]},
         "Action": "kms:*", "Resource": ["*", words],
         "Condition": {"StringLike": {format!("aws:PrincipalTag/{words}"): words},
                       words: {words: words}}},
        {"Sid": words, "Effect": "Deny", "NotPrincipal": {"AWS": role("b")},
         "Action": "kms:ScheduleKeyDelete", "Resource": "*"},
    ]})
}

/// A policy that is read, with these words where AWS takes any.
fn readable(words: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
         "Action": ["kms:ScheduleKeyDeletion", "kms:Put*"], "Resource": "*"},
        {"Sid": words, "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::111122223333:role/R{words}")},
         "Action": ["kms:ScheduleKeyDeletion", "kms:CancelKeyDelete"], "Resource": "*",
         "Condition": {"StringLike": {format!("aws:PrincipalTag/t{words}"): words}}},
        {"Sid": "D", "Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion",
         "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/x": words}}},
    ]})
}

/// A name of a file with these words in it.
fn file_name(number: usize, words: &str) -> String {
    match number % 2 {
        0 => format!("{words}.json"),
        _ => format!("a\n{words}.json"),
    }
}

const FORMATS: [&str; 7] = [
    "human", "json", "sarif", "github", "gitlab", "junit", "markdown",
];

#[test]
fn check_in_every_format() {
    let place = Place::new("check");
    for (number, words) in OBEYED.into_iter().enumerate() {
        place.write(&file_name(number, words), readable(words).to_string());
        place.write(&format!("p{number}.json"), policy(words).to_string());
        let pretty = serde_json::to_string_pretty(&policy(words)).unwrap();
        place.write(&format!("pretty{number}.json"), &pretty);
        place.write(&format!("cut{number}.json"), pretty.replacen('}', words, 1));
        place.write(
            &format!("broken{number}.json"),
            format!("{{\"Statement\":\n{words}\n}}"),
        );
    }
    // The directory and each file by its own name, as a shell's pattern gives it.
    let mut names: Vec<_> = fs::read_dir(&place.directory)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    names.sort_by_key(fs::DirEntry::path);
    let names: Vec<_> = names
        .iter()
        .map(|entry| format!("./{}", entry.file_name().display()))
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let many = vec!["@"; names.len()].join(" ");
    for format in FORMATS {
        let of_all = place.run("check . --format @", &[format], "");
        let shown = [
            "x#?vso[task",
            r"x#\u0023vso[task",
            "#&#63;vso",
            "#35;&#63;vso",
        ];
        assert!(
            shown.iter().any(|words| of_all.contains(words)),
            "{format}: {of_all}"
        );
        place.run(&format!("check --format {format} {many}"), &names, "");
        for words in OBEYED {
            place.run("check - --format @", &[format], &policy(words).to_string());
            place.run("check - --format @", &[format], words);
        }
    }
}

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

#[test]
fn every_other_command() {
    let place = Place::new("others");
    place.write("before.json", readable("x").to_string());
    for (number, words) in OBEYED.into_iter().enumerate() {
        let name = file_name(number, words);
        let text = serde_json::to_string_pretty(&readable(words)).unwrap();
        place.write(&name, text);
        let path = &*format!("./{name}");
        let principal = &*format!("arn:aws:iam::111122223333:role/R{words}");
        place.run("facts @", &[path], "");
        place.run("fix @ --format human", &[path], "");
        for output in ["--format json", "--diff", "--json-patch"] {
            place.run(&format!("fix @ --only all {output}"), &[path], "");
        }
        place.run("fix @ --allow-deletion-by @", &[path, principal], "");
        for format in ["human", "json", "markdown"] {
            place.run("diff before.json @ --format @", &[path, format], "");
            place.run("diff @ before.json --format @", &[path, format], "");
            for key in [KEY, words, &name] {
                let given = [key, principal, format, path];
                place.run("preflight --key @ --principal @ --format @ @", &given, "");
            }
        }
        let context = format!("aws:PrincipalTag/t{words}={words}");
        for format in ["human", "json"] {
            let line = "simulate --principal @ --key @ --key-policy @ --format @";
            let given = [principal, KEY, path, format, &context];
            place.run(line, &given, "");
            place.run(&format!("{line} --context @"), &given, "");
        }
        // Last, since it changes the file.
        place.run("fix @ --write --only all", &[path], "");
    }
}

#[test]
fn batch_answers() {
    let place = Place::new("batch");
    let mut input = String::new();
    for words in OBEYED {
        let request = json!({"id": words, "principal": "arn:aws:iam::111122223333:role/R",
            "action": "kms:ScheduleKeyDeletion",
            "key_arn": KEY,
            "key_policy": readable(words)});
        for request in [
            request,
            json!({"id": words, words: words}),
            json!(words),
            policy(words),
        ] {
            input.push_str(&request.to_string());
            input.push('\n');
        }
        input.push_str(&words.replace('\r', ""));
        input.push('\n');
    }
    let answers = place.run("simulate --batch -", &[], &input);
    let answers: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), input.lines().count());
    let decided = answers
        .iter()
        .filter(|answer| answer.get("decision").is_some());
    assert!(
        decided
            .map(|answer| answer["id"].as_str().unwrap())
            .eq(OBEYED)
    );
}

#[test]
fn bad_usage() {
    let place = Place::new("usage");
    place.write("good.json", readable("x").to_string());
    for words in OBEYED {
        for line in [
            "@",
            "check @",
            "check --format @",
            "check good.json --select @",
            "check good.json --config @",
            "check good.json --baseline @",
            "check good.json --include @",
            "check good.json --now @",
            "explain @",
            "diff @ @",
            "diff --base @ good.json",
            "fix good.json --rule @",
            "simulate --batch @",
            "simulate --principal @ --key @ --key-policy @",
            "preflight --principal @ --key @ good.json",
        ] {
            place.run(line, &[words; 3], "");
        }
        place.run("check --@", &[], "");
        place.run("check @", &[&format!("--{words}")], "");
        place.run("check good.json --include @", &[&format!("[{words}")], "");
    }
}

#[test]
fn bad_configurations_and_baselines() {
    let place = Place::new("configured");
    place.write("good.json", readable("x").to_string());
    for words in OBEYED {
        for text in [
            format!("{words}\n"),
            format!("[rules]\n\"{words}\" = \"off\"\n"),
            format!("exclude = [\"{words}[\"]\n\"{words}\" = 1\n"),
            format!(
                "[[suppressions]]\nrule = \"inert-statement\"\nreason = \"{words}\"\n\
                 statement = \"{words}\"\n"
            ),
        ] {
            place.write("team.toml", text);
            for format in ["human", "github"] {
                place.run(
                    "check good.json --config team.toml --format @",
                    &[format],
                    "",
                );
            }
        }
        place.write("baseline.json", format!("{{\"{words}\": 1}}"));
        place.run("check good.json --baseline baseline.json", &[], "");
    }
}

#[test]
fn names_that_are_not_unicode() {
    let place = Place::new("bytes");
    let name = OsStr::from_bytes(b"\xff##[x]\x1b\x9b.json");
    fs::write(place.directory.join(name), policy("x").to_string()).unwrap();
    for format in FORMATS {
        place.run("check . --format @", &[format], "");
    }
}
