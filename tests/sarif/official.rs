//! The schema of SARIF 2.1.0 that OASIS publishes, from the package of `serde-sarif`, which makes its
//! types of it.
//!
//! Cargo has unpacked that package by the time a test runs, and knows where: also where packages
//! are vendored or come from another registry.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The schema, as it stood before errata 01.
pub(crate) fn schema() -> Value {
    let manifest = manifest_of("serde-sarif");
    let file = Path::new(&manifest).with_file_name("src/schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let name = "/sarif-spec/master/Schemata/sarif-schema-2.1.0.json";
    assert!(schema["$id"].as_str().unwrap().ends_with(name));
    schema
}

/// The path of a package's manifest. Only packages for this machine are asked for: those for others
/// need not be here, and nothing may be downloaded.
fn manifest_of(package: &str) -> String {
    let version = cargo(&["--version", "--verbose"]);
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--locked",
        "--format-version=1",
        "--filter-platform",
        host.unwrap(),
    ]);
    let metadata: Value = serde_json::from_slice(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let found = packages.iter().find(|found| found["name"] == package);
    found.unwrap()["manifest_path"].as_str().unwrap().to_owned()
}

fn cargo(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO")).args(arguments).output();
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    output.stdout
}
