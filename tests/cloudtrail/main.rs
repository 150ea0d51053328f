//! CloudTrail in every shape, against a naive reader and against hostile files.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod changes;
mod evidence;
mod findings;
mod generate;
mod hostile;
mod naive;
mod shapes;
mod spans;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use kmslint::load::{Loaded, load};
use kmslint::text::{Discovery, Filter, discover};

/// An empty directory; tests run at once, so each is another.
fn directory(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("{name}{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("cloudtrail")
        .join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn load_directory(directory: &Path) -> Loaded {
    load(&discover(&[directory.to_path_buf()], &Filter::default()))
}

/// One file, named by the user.
fn load_file(test: &str, name: &str, bytes: &[u8]) -> Loaded {
    let path = directory(test).join(name);
    fs::write(&path, bytes).unwrap();
    load(&Discovery {
        named: vec![path],
        ..Discovery::default()
    })
}

/// Every error as `line:column: message`, or the message alone where no text is shown.
fn errors(loaded: &Loaded) -> Vec<String> {
    let text = |error: &kmslint::text::InputFailure| {
        let Some(at) = error.at else {
            return error.error.to_string();
        };
        let place = loaded
            .sources
            .get(at.source)
            .unwrap()
            .position(at.span.start);
        format!("{}:{}: {}", place.line, place.column, error.error)
    };
    loaded.errors.iter().map(text).collect()
}
