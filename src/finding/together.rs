//! What a rule says of several keys and principals together.

use std::sync::Arc;

/// A part of what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TogetherPiece {
    /// Always the same.
    Text(Box<str>),
    /// The next of the values of the facts.
    Value,
    /// Who: by name where they are few, else how many.
    Principals,
    /// `can`, or `can perhaps` where the answer is conditional for each of them.
    Can,
    /// `the key`, or how many keys.
    Keys,
}

/// What is said, with the values that one finding gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// Its parts.
    pub pieces: Arc<[TogetherPiece]>,
    /// What stands for each [`TogetherPiece::Value`], in their order.
    pub values: Box<[Box<str>]>,
}

impl Together {
    /// The sentence about these principals, what they can, and these keys.
    pub fn sentence(&self, principals: &str, can: &str, keys: &str) -> String {
        let mut values = self.values.iter();
        let pieces = self.pieces.iter().map(|piece| match piece {
            TogetherPiece::Text(text) => text,
            TogetherPiece::Value => values.next().map_or("", |value| value),
            TogetherPiece::Principals => principals,
            TogetherPiece::Can => can,
            TogetherPiece::Keys => keys,
        });
        pieces.collect()
    }
}
