//! What the reader makes of what it reads.

use std::borrow::Cow;

use crate::text::Span;

use crate::tree::Content;

/// Takes a document as it is read, each part after all that is in it.
pub(super) trait Build<'a> {
    /// What is made of a value.
    type Node;
    /// What is made of the items of an array, so far.
    type Items;
    /// What is made of the members of an object, so far.
    type Members;

    /// A value that is neither an array nor an object.
    fn leaf(&mut self, value: Content<'a>, span: Span) -> Self::Node;

    /// An array begins.
    fn items(&mut self) -> Self::Items;
    /// The next item of an array.
    fn item(&mut self, items: &mut Self::Items, node: Self::Node);
    /// An array ends.
    fn array(&mut self, items: Self::Items, span: Span) -> Self::Node;

    /// An object begins.
    fn members(&mut self) -> Self::Members;
    /// The next member of an object.
    fn member(&mut self, members: &mut Self::Members, key: (Cow<'a, str>, Span), value: Self::Node);
    /// An object ends.
    fn object(&mut self, members: Self::Members, span: Span) -> Self::Node;

    /// Whether no more is taken.
    fn is_full(&self) -> bool {
        false
    }
}
