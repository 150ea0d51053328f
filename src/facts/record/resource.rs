//! Which resources a statement names.

use crate::document::record;

use super::IndexedLocation;

record! {
    /// One resource pattern.
    #[derive(Clone, Debug)]
    pub struct ResourceRecord {
        /// As written.
        pub text: String,
        /// Whether it covers this key; null where that is not known.
        pub covers_key: Option<bool>,
        /// The policy variable in it, without braces; left out where there is none.
        @left_out pub variable: Option<String>,
        /// Whether a policy variable stands before the fifth colon; left out where not.
        @left_out pub variable_misplaced: bool,
        /// Where it stands.
        pub at: IndexedLocation,
    }
}
