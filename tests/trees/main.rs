//! Trees of YAML and HCL: spans are the bytes that were written, values are those of other readers,
//! and no bytes make a reader fail otherwise than with a place.
#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::panic,
    reason = "tests"
)]

mod corpus;
mod edits;
mod hostile;
mod judged;
mod sketch;
mod strings;

use std::path::{Path, PathBuf};

use kmslint::tree::{Content, Node, Syntax};
use walkdir::WalkDir;

/// The folder of material beside the checkout.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    beside.is_dir().then_some(beside)
}

/// The files below a folder whose names end in one of these, sorted.
fn files(below: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = WalkDir::new(below).sort_by_file_name().into_iter();
    let paths = entries.map(|entry| entry.unwrap().into_path());
    let ends = |path: &PathBuf| {
        let name = path.to_str().unwrap();
        path.is_file() && endings.iter().any(|ending| name.ends_with(ending))
    };
    paths.filter(ends).collect()
}

/// Line and column of an offset, from 1.
fn position(text: &str, offset: u32) -> (usize, usize) {
    let before = &text[..offset as usize];
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// Calls `with` for every value, keys not among them.
fn walk<'n, 'a>(node: &'n Node<'a>, with: &mut impl FnMut(&'n Node<'a>)) {
    with(node);
    match &node.value {
        Content::Array(items) => items.iter().for_each(|item| walk(item, with)),
        Content::Object(members) => members.iter().for_each(|m| walk(&m.value, with)),
        Content::Deferred(deferred) => deferred.arguments.iter().for_each(|a| walk(a, with)),
        _ => {}
    }
}

/// Every string reads from its bytes as the tree says; how many there are.
fn strings_lead_back(syntax: Syntax, text: &str, root: &Node<'_>, name: &str) -> usize {
    let mut strings = 0;
    walk(root, &mut |node| {
        let Content::String(value) = &node.value else {
            return;
        };
        strings += 1;
        let decoded = syntax.decode(text, node);
        let decoded = decoded.unwrap_or_else(|| {
            panic!("{name}: {value:?} from {:?}", node.span.of(text));
        });
        assert_eq!(decoded.text, **value);
        // Letters and digits are not escaped in these files: each leads back to itself.
        for (at, character) in value.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            let part = kmslint::text::Span::new(at, at + character.len_utf8());
            let outer = decoded.outer(part).of(text);
            let is_itself = outer == character.to_string() || outer.starts_with('\\');
            assert!(
                is_itself,
                "{name}: {character:?} of {value:?} from {outer:?}"
            );
        }
    });
    strings
}
