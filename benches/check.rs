//! `check` on ten thousand small policies against reading and parsing the same files with
//! `serde_json` on the same cores; and one small policy against an empty process. Prints ratios.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;

const ROUNDS: usize = 7;
const FILES: usize = 10_000;

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Key policies as teams have them: the account, an administrator, an application.
fn policy(number: usize) -> String {
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
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
    }},
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

fn write_files(directory: &Path) -> Vec<PathBuf> {
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_kmslint"));
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
}

fn main() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ten-thousand");
    let files = write_files(&directory);
    let (all, one) = (directory.to_str().unwrap(), files[0].to_str().unwrap());
    let (mut whole, mut alone, mut empty) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let parsed = time(|| {
            files.par_iter().for_each(|path| {
                let value: serde_json::Value =
                    serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
                black_box(value);
            });
        });
        let checked = time(|| run(&["check", all, "--format", "json"]));
        whole.push(checked.as_secs_f64() / parsed.as_secs_f64());
        alone.push(time(|| run(&["check", one])).as_secs_f64() * 1e3);
        empty.push(time(|| run(&["--version"])).as_secs_f64() * 1e3);
    }
    println!("{FILES} small key policies, median of {ROUNDS} rounds");
    println!(
        "the whole process / reading and parsing with serde_json: {:.1}",
        median(whole)
    );
    println!(
        "one small policy: {:.1} ms, an empty process: {:.1} ms",
        median(alone),
        median(empty)
    );
}
