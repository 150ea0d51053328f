//! The flow of the modules: each uses only what the table lets it, so there is no way back.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

/// Module and what it may use, in the order of the flow.
const MAY_USE: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("tree", &["text"]),
    ("aws", &[]),
    ("policy", &["text", "tree", "aws"]),
    ("inventory", &["text", "tree", "aws", "policy"]),
    ("load", &["text", "tree", "aws", "policy", "inventory"]),
    ("eval", &["text", "tree", "aws", "policy", "inventory"]),
    (
        "access",
        &["text", "tree", "aws", "policy", "inventory", "eval"],
    ),
    (
        "simulate",
        &["text", "tree", "aws", "policy", "eval", "access"],
    ),
    ("document", &["text"]),
    (
        "facts",
        &[
            "text",
            "tree",
            "aws",
            "policy",
            "inventory",
            "access",
            "document",
        ],
    ),
    (
        "preflight",
        &[
            "text",
            "tree",
            "aws",
            "policy",
            "inventory",
            "access",
            "facts",
        ],
    ),
    ("who_can", &["text", "aws", "policy", "inventory", "access"]),
    (
        "difference",
        &["text", "tree", "aws", "policy", "inventory", "access"],
    ),
    ("finding", &["text", "tree"]),
    ("rule", &["text", "tree", "finding", "document"]),
    ("config", &["text", "tree", "aws", "finding"]),
    (
        "lint",
        &[
            "text",
            "tree",
            "aws",
            "inventory",
            "who_can",
            "document",
            "facts",
            "finding",
            "rule",
            "config",
        ],
    ),
    (
        "project",
        &[
            "text",
            "tree",
            "aws",
            "policy",
            "inventory",
            "load",
            "access",
            "facts",
            "finding",
            "rule",
            "config",
            "lint",
        ],
    ),
    (
        "fix",
        &[
            "text",
            "tree",
            "aws",
            "policy",
            "inventory",
            "access",
            "facts",
            "difference",
            "finding",
            "rule",
            "lint",
            "project",
        ],
    ),
    (
        "report",
        &[
            "text",
            "tree",
            "aws",
            "access",
            "inventory",
            "preflight",
            "who_can",
            "difference",
            "finding",
            "config",
            "lint",
            "fix",
        ],
    ),
    (
        "cli",
        &[
            "text",
            "tree",
            "aws",
            "access",
            "simulate",
            "facts",
            "preflight",
            "who_can",
            "difference",
            "finding",
            "rule",
            "config",
            "lint",
            "project",
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

/// Rooms in which no files may use each other in a circle.
const WITHOUT_CIRCLES: &[&str] = &["access", "project"];

/// The code of each file of a room, without its tests, by the file's path in modules: `a/b` is
/// `a/b.rs` or `a/b/mod.rs`, and the room's own `mod.rs` is empty.
fn files_of(room: &str) -> BTreeMap<String, String> {
    let directory = Path::new("src").join(room);
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(&directory).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(&directory).unwrap();
        let Some(path) = path.to_str().unwrap().strip_suffix(".rs") else {
            continue;
        };
        let module = path.strip_suffix("mod").unwrap_or(path);
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code = code.collect::<Vec<_>>().join("\n");
        files.insert(module.trim_end_matches('/').to_owned(), code);
    }
    files
}

/// The paths in modules that a file names by `super::` and `crate::ROOM::`; of a `mod.rs` those of
/// its children, too.
fn named_paths(module: &str, code: &str, room: &str) -> Vec<Vec<String>> {
    let names = |text: &str| -> Vec<String> {
        let name = |part: &str| {
            let end = part.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            part[..end.unwrap_or(part.len())].to_owned()
        };
        let parts = text.lines().next().unwrap_or_default().split("::");
        parts
            .map(name)
            .take_while(|name| !name.is_empty())
            .collect()
    };
    let inside: Vec<String> = module.split('/').map(str::to_owned).collect();
    let mut found = Vec::new();
    let from_room = format!("crate::{room}::");
    for (at, start) in code.match_indices(&from_room) {
        found.push(names(&code[at + start.len()..]));
    }
    for (at, _) in code.match_indices("super::") {
        if code[..at].ends_with("super::") {
            continue;
        }
        let path = names(&code[at..]);
        let up = path.iter().take_while(|part| *part == "super").count();
        let stays = inside.len().saturating_sub(up);
        found.push([&inside[..stays], &path[up..]].concat());
    }
    let children = code.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ");
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    for child in children.filter(|child| code.contains(&format!("{child}::"))) {
        let inside = inside.iter().filter(|part| !part.is_empty()).cloned();
        found.push(inside.chain([child.to_owned()]).collect());
    }
    found
}

/// The files of a room that each of its files uses.
fn uses_inside(room: &str) -> BTreeMap<String, BTreeSet<String>> {
    let files = files_of(room);
    let file_of = |path: &Vec<String>| {
        let lengths = (0..=path.len()).rev();
        let mut prefixes = lengths.map(|length| path[..length].join("/"));
        prefixes.find(|path| files.contains_key(path))
    };
    let uses = files.iter().map(|(module, code)| {
        let named = named_paths(module, code, room);
        let mut targets: BTreeSet<_> = named.iter().filter_map(file_of).collect();
        targets.remove(module);
        (module.clone(), targets)
    });
    uses.collect()
}

#[test]
fn no_files_of_these_rooms_use_each_other_in_a_circle() {
    for room in WITHOUT_CIRCLES {
        let mut left = uses_inside(room);
        let reads_uses = left.values().flatten().count() > left.len();
        assert!(reads_uses, "hardly a file of `{room}` uses another");
        while !left.is_empty() {
            // What uses nothing that is left is in no circle.
            let is_free = |used: &BTreeSet<String>| used.iter().all(|of| !left.contains_key(of));
            let free = left.iter().filter(|(_, used)| is_free(used));
            let free: Vec<_> = free.map(|(module, _)| module.clone()).collect();
            assert!(!free.is_empty(), "`{room}` has a circle in {left:#?}");
            left.retain(|module, _| !free.contains(module));
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
