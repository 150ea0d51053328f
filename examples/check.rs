//! The gate in a program of one's own: `cargo run --example check -- PATH...`.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use kmslint::project::{CheckOptions, Gate, Options, ProjectError, check, today};

fn main() -> Result<(), ProjectError> {
    let paths = Options::for_paths(std::env::args_os().skip(1));
    let checked = check(&paths, &CheckOptions::on(today()))?;
    for finding in &checked.findings {
        println!("{}: {}", finding.rule, finding.message);
    }
    println!("passes: {}", checked.gate() == Gate::Passes);
    Ok(())
}
