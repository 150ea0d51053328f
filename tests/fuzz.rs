//! The targets of fuzzing over their seeds, and over a fixed number of mutations of each: nothing
//! panics, and nothing is seen that must not be, whatever the bytes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

#[expect(unreachable_pub, reason = "it is a crate elsewhere")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use targets::TARGETS;
use targets::mutation::{Random, mutated};
use targets::seeds::seeds;

/// Runs a target over its seeds, or some of them, and so many mutations of each; what it fails on is
/// kept.
#[track_caller]
fn run(target: &str, most_seeds: usize, mutations: usize) {
    let (_, function) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let seeds = seeds(target, Path::new(env!("CARGO_MANIFEST_DIR")));
    // Each mutation is of all seeds once, so that a few seeds are of all kinds, too.
    let step = seeds.len().div_ceil(most_seeds);
    let mut random = Random::new(1);
    for seed in seeds.iter().step_by(step) {
        for mutation in 0..=mutations {
            let input = match mutation {
                0 => seed.clone(),
                _ => mutated(seed, &seeds[random.below(seeds.len())], &mut random),
            };
            if catch_unwind(AssertUnwindSafe(|| function(&input))).is_err() {
                let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}"));
                fs::write(&kept, &input).unwrap();
                panic!("{target} fails on what is kept in {}", kept.display());
            }
        }
    }
}

/// With `UPDATE` they are written for libFuzzer.
#[test]
fn every_target_has_seeds() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (target, _) in TARGETS {
        let seeds = seeds(target, repository);
        assert!(seeds.len() >= 3, "{target}: {} seeds", seeds.len());
        if std::env::var_os("UPDATE").is_some() {
            let corpus = repository.join("fuzz/corpus").join(target);
            fs::create_dir_all(&corpus).unwrap();
            for (number, seed) in seeds.iter().enumerate() {
                fs::write(corpus.join(format!("seed-{number:03}")), seed).unwrap();
            }
        }
    }
}

#[test]
fn whole_files() {
    run("whole_files", 60, 3);
}

#[test]
fn policy_text() {
    run("policy_text", 100, 20);
}

#[test]
fn batch_lines() {
    run("batch_lines", 60, 20);
}

#[test]
fn edits() {
    run("edits", 100, 40);
}

#[test]
fn trees() {
    run("trees", 60, 10);
}

#[test]
fn configuration() {
    run("configuration", 60, 60);
}

#[test]
fn baseline() {
    run("baseline", 60, 60);
}

#[test]
fn selectors() {
    run("selectors", 200, 20);
}

#[test]
fn cloud_trail() {
    run("cloud_trail", 60, 20);
}
