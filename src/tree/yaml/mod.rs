//! YAML in which every key and value knows its bytes.
//!
//! The reader follows YAML 1.1 in what plain scalars are, as `CloudFormation` and its tools do
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html>): `yes` is
//! a boolean, `012345678901` is a number, a date is a string. Numbers keep their text. An alias is
//! the value of its anchor again, with the bytes of the alias for itself and those of the anchor for
//! what is in it; a merge key adds the members that a map does not have itself.

mod block;
mod decode;
mod error;
mod plain;
mod read;

pub use decode::decode;
pub(super) use plain::{is_number, is_text};
pub use read::{Alias, Documents, MAX_NODES, MAX_REPEATED, read, read_as_written};
