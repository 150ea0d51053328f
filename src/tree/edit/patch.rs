//! The same change as a JSON Patch, RFC 6902.

use serde::Serialize;
use serde_json::Value as Json;

use crate::tree::Step;

/// One operation; paths are JSON Pointers, RFC 6901.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOperation {
    /// Adds a member, or an item before the one that stands there.
    Add {
        /// Where.
        path: String,
        /// What.
        value: Json,
    },
    /// Removes what stands there.
    Remove {
        /// Where.
        path: String,
    },
    /// Puts another value in its place.
    Replace {
        /// Where.
        path: String,
        /// What.
        value: Json,
    },
    /// Moves a value, for example to another key.
    Move {
        /// From where.
        from: String,
        /// Where to.
        path: String,
    },
}

/// The JSON Pointer of these steps.
pub(super) fn pointer(steps: &[Step]) -> String {
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        match step {
            Step::Key(key) => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => pointer.push_str(&index.to_string()),
            // Drafts are about one document: this step leads out of it.
            Step::Embedded => {}
        }
    }
    pointer
}
