//! The file of a baseline.

use kmslint::finding::Subjects;
use kmslint::lint::Baseline;
use kmslint::text::{Root, Sources};

/// It is read or refused with a word, and holds nothing that it does not hold.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Baseline::parse(text) {
        Ok(baseline) => {
            assert_eq!(baseline.beyond(&baseline), Some(0));
            let (sources, root) = (Sources::default(), Root::default());
            let subjects = Subjects::new(&sources, &root);
            assert!(baseline.take(&mut Vec::new(), &subjects).is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
