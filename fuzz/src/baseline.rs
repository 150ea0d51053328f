//! The file of a baseline.

use kmslint::lint::Baseline;
use kmslint::text::Root;

/// It is read or refused with a word, and holds nothing that it does not hold.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Baseline::parse(text) {
        Ok(baseline) => {
            assert_eq!(baseline.beyond(&baseline), Some(0));
            assert!(baseline.take(&mut Vec::new(), &Root::default()).is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
