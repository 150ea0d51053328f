//! The flow of the modules: each uses only what the table lets it, so there is no way back.
#![expect(clippy::string_slice, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;

use walkdir::WalkDir;

/// Module and what it may use, in the order of the flow.
const MAY_USE: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("aws", &[]),
    ("policy", &["source", "aws"]),
    ("inventory", &["source", "aws", "policy"]),
    ("load", &["source", "aws", "policy", "inventory"]),
    ("eval", &["source", "aws", "policy", "inventory"]),
    ("simulate", &["source", "aws", "policy", "eval"]),
    ("document", &[]),
    (
        "facts",
        &["source", "aws", "policy", "inventory", "eval", "document"],
    ),
    (
        "preflight",
        &[
            "source",
            "aws",
            "policy",
            "inventory",
            "eval",
            "simulate",
            "facts",
        ],
    ),
    (
        "difference",
        &["source", "aws", "policy", "inventory", "eval", "facts"],
    ),
    ("finding", &["source"]),
    ("rule", &["source", "finding", "document"]),
    ("config", &["source", "aws", "finding"]),
    (
        "lint",
        &[
            "source",
            "inventory",
            "document",
            "facts",
            "finding",
            "rule",
            "config",
        ],
    ),
    (
        "fix",
        &[
            "source",
            "aws",
            "policy",
            "inventory",
            "eval",
            "facts",
            "difference",
            "finding",
        ],
    ),
    (
        "report",
        &[
            "source",
            "aws",
            "eval",
            "simulate",
            "preflight",
            "difference",
            "finding",
            "lint",
            "fix",
        ],
    ),
    (
        "cli",
        &[
            "source",
            "aws",
            "policy",
            "inventory",
            "load",
            "eval",
            "simulate",
            "facts",
            "preflight",
            "difference",
            "finding",
            "rule",
            "config",
            "lint",
            "fix",
            "report",
        ],
    ),
];

/// Every `crate::NAME` in the code of a file, and `NAME` of `use crate::{NAME…}` lists.
fn used(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        assert!(
            !rest.starts_with('{'),
            "write one `use crate::…` line for each module"
        );
        found.insert(
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect(),
        );
    }
    found
}

#[test]
fn each_module_uses_only_what_the_table_allows() {
    for (module, allowed) in MAY_USE {
        let directory = Path::new("src").join(module);
        assert!(directory.is_dir(), "{} is missing", directory.display());
        for entry in WalkDir::new(&directory).sort_by_file_name() {
            let entry = entry.unwrap();
            if entry
                .path()
                .extension()
                .is_none_or(|extension| extension != "rs")
            {
                continue;
            }
            for name in used(&std::fs::read_to_string(entry.path()).unwrap()) {
                let fine = name == *module || allowed.contains(&name.as_str());
                assert!(fine, "{} may not use `{name}`", entry.path().display());
            }
        }
    }
}

#[test]
fn the_table_names_every_module_and_has_no_way_back() {
    let library = std::fs::read_to_string("src/lib.rs").unwrap();
    let declared: BTreeSet<_> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    let listed: BTreeSet<_> = MAY_USE.iter().map(|(module, _)| *module).collect();
    assert_eq!(declared, listed);
    for (position, (module, allowed)) in MAY_USE.iter().enumerate() {
        let earlier: Vec<_> = MAY_USE[..position].iter().map(|(name, _)| *name).collect();
        for name in *allowed {
            assert!(
                earlier.contains(name),
                "`{module}` would use `{name}`, which comes later"
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for entry in WalkDir::new("src").sort_by_file_name() {
        let entry = entry.unwrap();
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            assert!(
                text.starts_with("//! "),
                "{} opens without `//!`",
                entry.path().display()
            );
        }
    }
}
