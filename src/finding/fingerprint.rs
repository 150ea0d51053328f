//! A short name by which other programs know a finding again.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// 128 bits that name a finding from one run to the next, written as 32 hexadecimal digits. What
/// they are made of, and when they change, is said at `lint::fingerprints`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The first 16 bytes of a SHA-256 over these parts, each after its length. A policy's author
    /// must not be able to choose a text that passes for another finding, one that was accepted
    /// for instance.
    pub fn of(parts: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hasher.update(length.to_be_bytes());
            hasher.update(part.as_bytes());
        }
        let hash: [u8; 32] = hasher.finalize().into();
        let first = hash.first_chunk::<16>().copied().unwrap_or_default();
        Self(u128::from_be_bytes(first))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", self.0)
    }
}
