//! Real files, where they stand beside the checkout: nothing may crash, and what is broken must be
//! told with its place.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use std::path::{Path, PathBuf};

use kmslint::load::{Loaded, load};
use kmslint::text::{Discovery, Filter, discover};
use walkdir::WalkDir;

/// The corpus, where it stands beside the checkout.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    beside.is_dir().then_some(beside)
}

/// Every error has a line and a column, but for a file that is not understood as a whole; they are shown.
fn show(loaded: &Loaded) {
    for error in &loaded.errors {
        let Some(at) = error.at else {
            let message = &error.error.message;
            assert!(
                message.starts_with("the file is not checked: "),
                "{message}"
            );
            eprintln!("  {}: {message}", error.file);
            continue;
        };
        let place = loaded
            .sources
            .get(at.source)
            .unwrap()
            .position(at.span.start);
        assert!(place.line >= 1 && place.column >= 1);
        let file = error.file.rsplit('/').next().unwrap();
        eprintln!("  {file}:{}:{}: {}", place.line, place.column, error.error);
    }
    for file in loaded.passed_over() {
        eprintln!(
            "  passed over {}: {}",
            file.path.rsplit('/').next().unwrap(),
            file.fate.reason()
        );
    }
    eprintln!(
        "recognised {}, passed over {}, errors {}, keys {}, policies {}",
        loaded.recognized,
        loaded.passed_over().len(),
        loaded.errors.len(),
        loaded.inventory.keys.len(),
        loaded.inventory.policies.len()
    );
}

#[test]
fn real_files_are_loaded_or_told_why_not() {
    let Some(corpus) = corpus() else {
        eprintln!("no corpus here");
        return;
    };
    eprintln!("as a directory:");
    let discovery = discover(std::slice::from_ref(&corpus), &Filter::default());
    let looked_at = discovery.found.len();
    let loaded = load(&discovery);
    show(&loaded);
    assert!(loaded.recognized > 0 && loaded.recognized + loaded.passed_over().len() <= looked_at);

    eprintln!("each file by its name:");
    let files = WalkDir::new(&corpus).sort_by_file_name().into_iter();
    let named = files
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    show(&load(&Discovery {
        named,
        ..Discovery::default()
    }));
}
