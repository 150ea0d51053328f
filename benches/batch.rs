//! Batch decisions against plain `serde_json` parsing of the same lines, in one run.
//!
//! Prints ratios, because machines are shared and noisy; the times beside them are for orientation.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod measure;

#[path = "../tests/generate/mod.rs"]
mod generate;

use std::hint::black_box;

use kmslint::simulate::{answer_line, run_batch};

use measure::{median, time};

const ROUNDS: usize = 9;
const REQUESTS: usize = 20_000;

fn parse(lines: &[String]) {
    for line in lines {
        black_box(serde_json::from_str::<serde_json::Value>(line).unwrap());
    }
}

fn decide(lines: &[String]) {
    let mut answer = Vec::new();
    for line in lines {
        answer.clear();
        black_box(answer_line(line.as_bytes(), &mut answer));
    }
}

fn batch(text: &str, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| run_batch(text.as_bytes(), std::io::sink()).unwrap());
}

fn main() {
    let lines: Vec<String> = generate::Requests::new(1, false)
        .take(REQUESTS)
        .map(|r| r.to_string())
        .collect();
    let text = lines.join("\n");
    let megabytes = text.len() as f64 / 1e6;
    let (mut against_parsing, mut second_core, mut speeds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let parsed = time(|| parse(&lines)).as_secs_f64();
        let decided = time(|| decide(&lines)).as_secs_f64();
        let one = time(|| batch(&text, 1)).as_secs_f64();
        let two = time(|| batch(&text, 2)).as_secs_f64();
        against_parsing.push(parsed / decided);
        second_core.push(one / two);
        speeds.push(megabytes / decided);
    }
    println!("{REQUESTS} requests, {megabytes:.1} MB, median of {ROUNDS} rounds");
    println!(
        "throughput of deciding / of serde_json parsing alone, one core: {:.2}",
        median(against_parsing)
    );
    println!(
        "throughput with two cores / with one:                           {:.2}",
        median(second_core)
    );
    println!("deciding, one core: {:.0} MB/s", median(speeds));
}
