//! How facts look to selectors: a tree of named fields, of which only what is asked for is made.
//!
//! It says what the facts' JSON says. A value lends its texts from the record that it stands for,
//! and a record's fields are made when they are first asked for: most selectors find nothing in
//! most facts, and that is seen without making any.

mod described;
mod error;
mod fact;
mod fields;
mod list;
mod record;
mod vocabulary;
mod writer;

use std::borrow::Cow;

use serde::Serialize;

pub use described::{Definitions, Described};
pub use error::DocumentError;
pub use fact::Fact;
pub(crate) use fields::record;
pub use fields::{AsFact, Fields, Items};
pub use list::List;
pub use record::Record;
pub use vocabulary::{AskedTexts, Vocabulary, Word};

use writer::FactWriter;

/// The document of anything that can be written as JSON, made at once.
///
/// # Errors
/// Where it could not be written as JSON: a map with keys that are no text.
pub fn written(value: &impl Serialize) -> Result<Fact<'static>, DocumentError> {
    value.serialize(FactWriter)
}

/// The word that serde writes for a variant without content; nothing for anything else.
pub(crate) fn word(variant: &impl Serialize) -> &'static str {
    match variant.serialize(FactWriter) {
        Ok(Fact::Text(Cow::Borrowed(word))) => word,
        _ => "",
    }
}
