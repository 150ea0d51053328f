//! What was loaded, prepared once for the questions about all keys.

use crate::access::Identities;
use crate::inventory::{Inventory, TrailIndex};
use crate::text::Sources;

/// The inventory with what takes time to look up.
#[derive(Debug)]
pub(super) struct Archive<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) sources: &'a Sources,
    pub(super) identities: Identities<'a>,
    pub(super) trail: TrailIndex<'a>,
}

impl<'a> Archive<'a> {
    pub(super) fn new(inventory: &'a Inventory, sources: &'a Sources) -> Self {
        Self {
            inventory,
            sources,
            identities: Identities::new(inventory),
            trail: TrailIndex::new(&inventory.trail),
        }
    }
}
