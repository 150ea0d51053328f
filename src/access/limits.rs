//! What limits a caller on a key.

use crate::aws::AccountId;

use super::candidate::Candidate;
use super::identities::Identities;
use super::key::AskedKey;
use super::loaded_principal::LoadedPrincipal;
use super::restriction::{BoundaryLimit, Limits, Restriction};

impl Candidate<'_> {
    /// What limits this caller on the key.
    pub(crate) fn limits(&self, key: &AskedKey<'_>, identities: &Identities<'_>) -> Limits {
        let is_unlimited = self.caller.is_service() || self.is_service_linked();
        let of = |account: Option<AccountId>, has_any: bool| {
            if is_unlimited {
                Restriction::NotApplicable
            } else {
                identities.restriction(account, has_any)
            }
        };
        Limits {
            boundary: self.principal.map_or(BoundaryLimit::None, |principal| {
                identities.boundary_of(principal)
            }),
            service_control: of(self.caller.account(), !self.applicable.scps.is_empty()),
            resource_control: of(key.identity.account, !self.applicable.rcps.is_empty()),
        }
    }

    /// Whether it is surely a service-linked role.
    fn is_service_linked(&self) -> bool {
        let own = self.principal.filter(|_| self.caller.session().is_none());
        own.is_some_and(LoadedPrincipal::is_service_linked)
    }
}
