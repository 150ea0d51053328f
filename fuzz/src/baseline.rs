//! The file of a baseline.

use kmslint::lint::Baseline;

/// It is read or refused with a word, and holds nothing that it does not hold.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Baseline::parse(text) {
        Ok(baseline) => {
            assert_eq!(baseline.beyond(&baseline), 0);
            let mut none = Vec::new();
            assert!(baseline.take(&mut none).is_empty());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
