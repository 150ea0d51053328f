//! The facts as selectors see them: a tree of named fields, built once for each key or policy.
//!
//! It says what the facts' JSON says. Names of fields and words of kmslint are not copied, and a
//! place is kept as its three numbers: a document costs a tenth of the same as `serde_json::Value`.

mod error;
mod fact;
mod queryable;
mod writer;

use serde::Serialize;

pub use error::DocumentError;
pub use fact::Fact;

use super::Vocabulary;
use writer::FactWriter;

/// The facts of one key or policy, and what words are in them.
#[derive(Clone, Debug)]
pub struct Document {
    root: Fact,
    words: Vocabulary,
}

impl Document {
    /// The document of anything that can be written as JSON.
    ///
    /// # Errors
    /// Where it could not be written as JSON: a map with keys that are no text.
    pub fn new(facts: &impl Serialize) -> Result<Self, DocumentError> {
        let root = facts.serialize(FactWriter)?;
        let words = Vocabulary::of(&root);
        Ok(Self { root, words })
    }

    /// The top.
    pub const fn root(&self) -> &Fact {
        &self.root
    }

    /// The words in it.
    pub const fn words(&self) -> &Vocabulary {
        &self.words
    }
}
