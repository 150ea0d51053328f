//! `who-can` on made-up accounts against reading and parsing the same files with `serde_json` on the
//! same cores, in the same run: the grouped table, and JSON Lines beside what writing their bytes costs.
//! Prints ratios. `KMSLINT_BENCH_ACCOUNTS=2000x200,5000x1000` sets the sizes, roles by keys.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

#[path = "../examples/generate_account.rs"]
#[expect(dead_code, reason = "a benchmark has a main function of its own")]
mod generate_account;
mod measure;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rayon::prelude::*;
use walkdir::WalkDir;

use measure::{median, time};

const ROUNDS: usize = 5;

/// Runs `who-can`, its output going to a file.
fn who_can(directory: &Path, format: &str, output: &Path) {
    let file = fs::File::create(output).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["who-can", "--no-config", "--format", format])
        .arg(directory)
        .stdout(file)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(directory).into_iter();
    let files = entries.map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

fn parse(files: &[PathBuf]) {
    files.par_iter().for_each(|path| {
        let text = fs::read_to_string(path).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        black_box(&value);
    });
}

fn measure_account(roles: usize, keys: usize) {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let directory = scratch.join(format!("account-{roles}x{keys}"));
    let _ = fs::remove_dir_all(&directory);
    generate_account::write_account(roles, keys, &directory);
    let files = files(&directory);
    let (table, lines, copy) = (
        scratch.join("table"),
        scratch.join("lines"),
        scratch.join("copy"),
    );
    let (mut tables, mut records) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let parsed = time(|| parse(&files)).as_secs_f64();
        let human = time(|| who_can(&directory, "human", &table)).as_secs_f64();
        tables.push(human / parsed);
    }
    for _ in 0..ROUNDS.min(2) {
        let parsed = time(|| parse(&files)).as_secs_f64();
        let jsonl = time(|| who_can(&directory, "jsonl", &lines)).as_secs_f64();
        let bytes = fs::read(&lines).unwrap();
        let written = time(|| fs::write(&copy, &bytes).unwrap()).as_secs_f64();
        records.push((jsonl - written) / parsed);
    }
    let megabytes = |path: &Path| fs::metadata(path).unwrap().len() >> 20;
    println!(
        "{roles} roles x {keys} keys: table {:.1} x parsing ({} MB); JSON Lines {:.1} x parsing beside \
         writing ({} MB)",
        median(tables),
        megabytes(&table),
        median(records),
        megabytes(&lines)
    );
    for path in [table, lines, copy] {
        fs::remove_file(path).unwrap();
    }
    fs::remove_dir_all(&directory).unwrap();
}

fn main() {
    let sizes = std::env::var("KMSLINT_BENCH_ACCOUNTS");
    let sizes = sizes.unwrap_or_else(|_| "500x50,2000x200".to_owned());
    for size in sizes.split(',') {
        let (roles, keys) = size.split_once('x').unwrap();
        measure_account(roles.parse().unwrap(), keys.parse().unwrap());
    }
}
