//! `check` over a hundred thousand files that are none of ours, beside one key policy, against reading the
//! same files on the same cores. Prints the ratio: at most three is wanted.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

mod measure;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rayon::prelude::*;
use walkdir::WalkDir;

use measure::{median, time};

const ROUNDS: usize = 5;
const FILES: usize = 100_000;
/// Files in one directory.
const TOGETHER: usize = 100;

const GOOD: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

/// What repositories hold: packages, settings with comments, programs, prose, YAML, images; 1 to 8 KB each.
fn file(number: usize) -> (String, Vec<u8>) {
    let many = |line: &str| line.repeat(1 + number % 8 * 16);
    let (name, text) = match number % 8 {
        0 => (
            "package.json",
            format!(
                "{{\"name\":\"p{number}\",\"files\":[{}\"x\"]}}",
                many("\"lib/index.js\", ")
            ),
        ),
        1 => (
            "tsconfig.json",
            format!(
                "// settings\n{{\"compilerOptions\":{{\n{}}}}}",
                many("    \"strict\": true, // all\n")
            ),
        ),
        2 => (
            "index.ts",
            many("export const sum = (a: number, b: number) => a + b;\n"),
        ),
        3 => (
            "README.md",
            many("Keys are rotated by the service, see the handbook for details.\n"),
        ),
        4 => (
            "values.yaml",
            many("replicas: 3\nimage: registry/app:1.2.3\n"),
        ),
        5 => (
            "data.json",
            format!(
                "[{}0]",
                many("{\"id\": 1, \"name\": \"a\", \"price\": 1.5}, ")
            ),
        ),
        6 => ("main.go", many("func Sum(a, b int) int { return a + b }\n")),
        _ => (
            "logo.png",
            format!("\u{89}PNG\r\n\0{}", many("\0\u{1}\u{2}abcdef")),
        ),
    };
    (format!("{number:06}-{name}"), text.into_bytes())
}

fn write_files(directory: &Path) {
    let _ = fs::remove_dir_all(directory);
    for number in 0..FILES {
        let (name, bytes) = file(number);
        let parent = directory.join(format!("d{:04}", number / TOGETHER));
        if number % TOGETHER == 0 {
            fs::create_dir_all(&parent).unwrap();
        }
        fs::write(parent.join(name), bytes).unwrap();
    }
    fs::write(directory.join("key-policy.json"), GOOD).unwrap();
}

/// Finds and reads every file, as little as anybody can do who looks into them.
fn read(directory: &Path) {
    let entries = WalkDir::new(directory).into_iter().map(Result::unwrap);
    let files: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.par_iter().for_each(|path| {
        black_box(fs::read(path).unwrap());
    });
}

fn check(directory: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_kmslint"))
        .args(["check", "--no-config"])
        .arg(directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

fn main() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("none-of-ours");
    write_files(&directory);
    read(&directory);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let read = time(|| read(&directory)).as_secs_f64();
        let checked = time(|| check(&directory)).as_secs_f64();
        ratios.push(checked / read);
    }
    println!("{FILES} files that are none of ours, median of {ROUNDS} rounds:");
    println!(
        "the whole process / finding and reading the files: {:.2}",
        median(ratios)
    );
    let _ = fs::remove_dir_all(&directory);
}
