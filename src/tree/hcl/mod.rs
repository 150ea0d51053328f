//! HCL's native syntax, in which every key and value knows its bytes.
//!
//! An own reader of <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>: the public crates
//! have no place for each line of a heredoc that is dedented, refuse a map with two equal keys, which
//! Terraform takes, compare each key of a map with all before it, and take line breaks in quoted
//! strings. hcl-edit is its judge in the tests.
//!
//! A body is a map as in Terraform's JSON syntax: the labels of a block are keys, blocks of one type
//! are one map, and blocks of one type without labels a list where there are more than one. An
//! expression that is no literal is [`Deferred`](crate::tree::Deferred). A key that is no literal is the
//! text as written, without its quotes.

mod body;
mod cursor;
mod decode;
mod expression;
mod heredoc;
mod primary;
mod template;

pub use decode::decode;
pub(super) use decode::template as decode_template;

use crate::text::{InputError, Span};
use crate::tree::Node;

/// How deep blocks, lists, maps, functions and templates may nest. A policy in a module needs 12.
pub const MAX_DEPTH: usize = 64;

/// The most values of one text, operators and functions included.
pub const MAX_NODES: usize = 1_000_000;

/// How many values may be inside each other, operators of one expression included.
const MAX_HEIGHT: usize = 127;

/// Reads a text.
///
/// # Errors
/// The first place at which `text` stops being HCL, nests deeper than [`MAX_DEPTH`], has more than 127
/// operators in one another, more than 8 labels at a block, or more than [`MAX_NODES`] values.
pub fn read(text: &str) -> Result<Node<'_>, InputError> {
    let mut reader = Reader {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        depth: 0,
        height: 0,
        nodes: 0,
    };
    let value = reader.body(None)?;
    Ok(Node {
        value,
        span: Span::new(0, text.len()),
    })
}

type Read<T> = Result<T, InputError>;

/// The text and how far it was read.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many blocks, expressions and templates are open.
    depth: usize,
    /// How many values are inside each other in what was read last.
    height: usize,
    nodes: usize,
}
