//! Where a key is written, and who says that it is so.

use std::fmt;

use crate::text::SourceId;
use crate::tree::Step;

/// The file in which a key is written, and the way to it there. With the key's ARN, where it is known, that is
/// the key's address: no two keys of an inventory have one address, however many stand in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The file.
    pub source: SourceId,
    /// From the top of the file to the key or its policy. Of a file that has several documents, one after
    /// the other, the first step is the position of the document, as if they were items of one list.
    pub path: Box<[Step]>,
}

/// The path as a JSON Pointer (RFC 6901), for example `/keys/0`; nothing for the whole file. A step into a
/// string that holds a document is not written.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.path {
            match step {
                Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1"))?,
                Step::Index(index) => write!(f, "/{index}")?,
                Step::Embedded => {}
            }
        }
        Ok(())
    }
}

impl Address {
    /// Whether a position in a list tells the key from others: another key has it where one before is taken
    /// out.
    pub fn is_by_position(&self) -> bool {
        let mut steps = self.path.iter();
        steps.any(|step| matches!(step, Step::Index(_)))
    }
}

/// By whom it is known that there is a key, and that it is as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provenance {
    /// AWS said so, or somebody who wrote down what AWS has.
    #[default]
    Observed,
    /// A template or a request says how it is to be. What AWS has may differ.
    Declared,
    /// A plan says how it will be once the plan is carried out.
    Planned,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_a_pointer() {
        let mut address = Address::default();
        assert_eq!(address.to_string(), "");
        assert!(!address.is_by_position());
        let key = |name: &str| Step::Key(name.to_owned());
        address.path = [key("a/b~c"), Step::Index(2), Step::Embedded].into();
        assert_eq!(address.to_string(), "/a~1b~0c/2");
        assert!(address.is_by_position());
    }
}
