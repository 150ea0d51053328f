//! `check` on ten thousand small policies against reading and parsing the same files with
//! `serde_json` on the same cores; and one small policy against an empty process. Prints ratios.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

mod measure;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rayon::prelude::*;

use measure::{median, time};

const ROUNDS: usize = 15;
const FILES: usize = 10_000;

/// Key policies as teams have them: the account, an administrator, an application. Four findings.
fn policy(number: usize) -> String {
    let administration = format!(
        r#"{{
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}},
      "Action": "kms:*",
      "Resource": "*"
    }},
    {{
      "Sid": "Administration",
      "Effect": "Allow",
      "Principal": {{"AWS": "arn:aws:iam::111122223333:role/KeyAdmin{number}"}},
      "Action": ["kms:Describe*", "kms:Put*", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
      "Resource": "*"
    }}"#
    );
    with_application(number, &administration)
}

/// The same after its findings were mended: two administrators, who are users and sign in with a second factor.
fn clean_policy(number: usize) -> String {
    let administration = format!(
        r#"{{
      "Sid": "Administration",
      "Effect": "Allow",
      "Principal": {{"AWS": ["arn:aws:iam::111122223333:user/KeyAdmin{number}", "arn:aws:iam::111122223333:user/Deputy{number}"]}},
      "Action": ["kms:Describe*", "kms:Put*", "kms:*ableKey", "kms:CancelKeyDeletion"],
      "Resource": "*"
    }},
    {{
      "Sid": "Deletion",
      "Effect": "Allow",
      "Principal": {{"AWS": ["arn:aws:iam::111122223333:user/KeyAdmin{number}", "arn:aws:iam::111122223333:user/Deputy{number}"]}},
      "Action": "kms:ScheduleKeyDeletion",
      "Resource": "*",
      "Condition": {{
        "Bool": {{"aws:MultiFactorAuthPresent": "true"}},
        "NumericGreaterThanEquals": {{"kms:ScheduleKeyDeletionPendingWindowInDays": "14"}}
      }}
    }}"#
    );
    with_application(number, &administration)
}

fn with_application(number: usize, administration: &str) -> String {
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {administration},
    {{
      "Sid": "Use",
      "Effect": "Allow",
      "Principal": {{"AWS": "arn:aws:iam::111122223333:role/app{number}"}},
      "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
      "Resource": "*"
    }}
  ]
}}
"#
    )
}

fn write_files(directory: &Path, policy: impl Fn(usize) -> String) -> Vec<PathBuf> {
    let _ = fs::remove_dir_all(directory);
    fs::create_dir_all(directory).unwrap();
    let write = |number| {
        let path = directory.join(format!("policy{number:05}.json"));
        fs::write(&path, policy(number)).unwrap();
        path
    };
    (0..FILES).map(write).collect()
}

fn run(arguments: &[&str]) {
    exits_with_0(arguments);
}

fn exits_with_0(arguments: &[&str]) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kmslint"));
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

fn main() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    println!("{FILES} small key policies, median of {ROUNDS} rounds:");
    println!("the whole process, findings written as JSON / reading and parsing with serde_json");
    let clean = directory.join("clean");
    let clean_ratio = many(&clean, clean_policy);
    let of_clean = [
        "check",
        "--no-config",
        "--fail-on",
        "info",
        clean.to_str().unwrap(),
    ];
    assert!(
        exits_with_0(&of_clean),
        "the policies without findings have some"
    );
    println!("no findings: {clean_ratio:.2}");
    // A quarter of the files of real repositories have findings.
    let mixed = many(&directory.join("mixed"), |number| match number % 4 {
        0 => policy(number),
        _ => clean_policy(number),
    });
    println!("four findings in every fourth: {mixed:.2}");
    let findings = directory.join("ten-thousand");
    let dirty = many(&findings, policy);
    println!("four findings in each, 55 MB of JSON: {dirty:.2}");
    let one = findings.join("policy00000.json");
    let (mut alone, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(time(|| run(&["check", one.to_str().unwrap()])).as_secs_f64() * 1e3);
        empty.push(time(|| run(&["--version"])).as_secs_f64() * 1e3);
    }
    println!(
        "one small policy: {:.1} ms, an empty process: {:.1} ms",
        median(alone),
        median(empty)
    );
}

/// How many times as long as reading and parsing with `serde_json` the whole process takes.
fn many(directory: &Path, policy: impl Fn(usize) -> String) -> f64 {
    let files = write_files(directory, policy);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let parsed = time(|| {
            files.par_iter().for_each(|path| {
                let value: serde_json::Value =
                    serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
                black_box(value);
            });
        });
        let all = directory.to_str().unwrap();
        let checked = time(|| run(&["check", all, "--format", "json"]));
        ratios.push(checked.as_secs_f64() / parsed.as_secs_f64());
    }
    median(ratios)
}
