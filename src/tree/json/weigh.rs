//! Weighs a long document before a tree is made of it: one of nothing but zeros would take a hundred
//! times its length.

use std::borrow::Cow;
use std::mem::size_of;

use crate::text::Span;

use super::build::Build;
use crate::tree::{Content, Member, Node};

/// Documents up to this length, in bytes, are not weighed: what they take is bounded by it.
pub(super) const LIGHT: usize = 1 << 20;

/// How many bytes of a tree one byte of a long document may take. Documents of AWS and its tools and
/// plans of Terraform, even without white space, take less than five: their keys are words.
const MOST: usize = 7;

/// About what an allocation takes beside what is in it.
const ALLOCATION: usize = 16;

/// The weight of what was read so far.
#[derive(Debug)]
pub(super) struct Weigh {
    /// Bytes that may still be taken.
    room: Option<usize>,
    /// How many items or members each array and object has, in the order in which they begin.
    counts: Vec<u32>,
}

impl Weigh {
    /// Weighs a document of this length.
    pub(super) const fn new(length: usize) -> Self {
        Self {
            room: Some(length.saturating_mul(MOST)),
            counts: Vec::new(),
        }
    }

    pub(super) fn into_counts(self) -> Vec<u32> {
        self.counts
    }

    fn take(&mut self, bytes: usize) {
        self.room = self.room.and_then(|room| room.checked_sub(bytes));
    }

    /// A text that is not borrowed from the document.
    fn owned(&mut self, text: &str) {
        self.take(text.len().saturating_add(ALLOCATION));
    }

    /// Begins to count, and says where.
    fn begin(&mut self) -> usize {
        self.take(ALLOCATION.saturating_add(size_of::<u32>()));
        self.counts.push(0);
        self.counts.len().saturating_sub(1)
    }

    fn count(&mut self, of: usize) {
        if let Some(count) = self.counts.get_mut(of) {
            *count = count.saturating_add(1);
        }
    }
}

impl<'a> Build<'a> for Weigh {
    type Node = ();
    type Items = usize;
    type Members = usize;

    fn leaf(&mut self, value: Content<'a>, _: Span) {
        if let Content::String(Cow::Owned(text)) = &value {
            self.owned(text);
        }
    }

    fn items(&mut self) -> usize {
        self.begin()
    }

    fn item(&mut self, items: &mut usize, (): ()) {
        self.take(size_of::<Node<'_>>());
        self.count(*items);
    }

    fn array(&mut self, _: usize, _: Span) {}

    fn members(&mut self) -> usize {
        self.begin()
    }

    fn member(&mut self, members: &mut usize, (key, _): (Cow<'a, str>, Span), (): ()) {
        self.take(size_of::<Member<'_>>());
        if let Cow::Owned(key) = &key {
            self.owned(key);
        }
        self.count(*members);
    }

    fn object(&mut self, _: usize, _: Span) {}

    fn is_full(&self) -> bool {
        self.room.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{is_dense, parse, parse_first};
    use super::*;

    /// A long document of pieces like this.
    fn long(piece: &str) -> String {
        let pieces = vec![piece; LIGHT.div_ceil(piece.len()) + 1];
        format!("[{}]", pieces.join(","))
    }

    #[test]
    fn what_is_mostly_structure_is_refused() {
        for piece in [
            "0",
            "[]",
            "{}",
            "\"\"",
            "{\"a\":1}",
            "[[],[0]]",
            "[null]",
            "\"\\n\"",
        ] {
            let text = long(piece);
            let error = parse(&text).unwrap_err();
            assert_eq!(
                error.message,
                "the document has too many values for its length"
            );
            assert!(is_dense(&text), "{piece}");
        }
        assert!(parse(&format!("[{}0]", "0,".repeat(1_000))).is_ok());
    }

    #[test]
    fn what_aws_writes_is_read_and_lists_are_as_long_as_they_must_be() {
        let key = r#"{"KeyId":"1234abcd","Enabled":true,"Tags":[{"TagKey":"a","TagValue":"b"}]}"#;
        for piece in [
            key,
            "\"arn:aws:iam::111122223333:role/x\"",
            "[\"a long text\",\"another\"]",
        ] {
            let text = long(piece);
            let node = parse(&text).unwrap();
            let Content::Array(items) = &node.value else {
                panic!("{piece}");
            };
            assert_eq!(items.len(), items.capacity());
            assert!(!is_dense(&text));
        }
        let cut = format!("{}x", long(key));
        assert_eq!(
            parse(&cut).unwrap_err().message,
            "expected the end of the document"
        );
        assert!(parse_first(&cut).is_ok());
    }
}
