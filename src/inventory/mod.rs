//! All that was loaded: keys, policies, and where each stands in a file.

mod key;
mod policy;

pub use key::{Key, KeyMetadata, Located};
pub use policy::LoadedPolicy;

/// Everything that the given paths hold.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Keys, sorted by where they were first found. A key policy that came without its key is a
    /// key of its own.
    pub keys: Vec<Key>,
    /// Policies that are attached to nothing that was loaded, sorted by place.
    pub policies: Vec<LoadedPolicy>,
}
