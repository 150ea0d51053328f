//! Events of CloudTrail, as they are and compressed.

use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use kmslint::load::{Loaded, load_over};
use kmslint::text::{Discovery, Overlay};

use super::spans;

/// The first byte says how the rest is given. Plain and compressed events are the same events; what
/// is damaged is told.
pub fn cloud_trail(data: &[u8]) {
    let Some((how, events)) = data.split_first() else {
        return;
    };
    let plain = loaded("trail.json", events.to_vec());
    spans::are_in_files(&plain.sources, &[], &plain.errors);
    // Half of what is given is damaged after it was compressed.
    let mut packed = gzip(events);
    if how % 2 == 1 {
        let at = usize::from(how / 2) * packed.len() / 128;
        packed.truncate(at);
        let cut = loaded("trail.json.gz", packed);
        assert!(!cut.errors.is_empty(), "a cut file is read without a word");
        return;
    }
    let unpacked = loaded("trail.json.gz", packed);
    spans::are_in_files(&unpacked.sources, &[], &unpacked.errors);
    let coverage = |loaded: &Loaded| format!("{:?}", loaded.inventory.trail.coverage);
    if plain.inventory.trail.coverage.events > 0 {
        assert_eq!(coverage(&plain), coverage(&unpacked));
        assert_eq!(plain.errors.is_empty(), unpacked.errors.is_empty());
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn loaded(name: &str, bytes: Vec<u8>) -> Loaded {
    let mut overlay = Overlay::default();
    overlay.put(name, bytes);
    let discovery = Discovery {
        named: vec![PathBuf::from(name)],
        ..Discovery::default()
    };
    load_over(&discovery, &overlay)
}
