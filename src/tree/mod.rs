//! A file as written: one [`Node`] for every syntax, with the bytes of everything in it.
//!
//! A syntax reads a text into nodes and says how the text of a string leads back to the bytes of the
//! file. Nothing here knows AWS. What only a template could compute is a [`Deferred`] value. The boundary
//! is the syntax: a tag of YAML (`!Sub`) and an expression of HCL (`${var.x}`, `jsonencode(…)`) are
//! deferred, because the text marks them as such; a map with the one key `Fn::Sub` is a map, and the
//! room that knows `CloudFormation` reads both forms alike.
//!
//! | bound | of | value |
//! | --- | --- | --- |
//! | [`MAX_DEPTH`] | lists, maps and functions inside each other, any syntax | 127 |
//! | [`yaml::MAX_NODES`] | values of one YAML text, without those that aliases repeat | 1,000,000 |
//! | [`yaml::MAX_REPEATED`] | values of one YAML text that aliases and merge keys repeat | 100,000 |
//! | [`hcl::MAX_NODES`] | values of one HCL text, operators and functions included | 1,000,000 |

mod decoded;
mod deferred;
mod duplicate;
pub mod edit;
mod embedded;
pub mod hcl;
pub mod json;
mod node;
mod path;
mod syntax;
pub mod yaml;

pub use decoded::Decoded;
pub use deferred::{Deferred, ForEach, ForResult, Function};
pub use duplicate::duplicate_keys;
pub use embedded::{Embedded, Encoding, OffsetMap};
pub use node::{Content, MAX_DEPTH, Member, Node};
pub use path::{JsonPath, ResolveError, Step, resolve};
pub use syntax::Syntax;
use syntax::too_many_values;
