//! Events by account and Region, with one look at each: a file mostly has one of both.

use jiff::Timestamp;

use crate::aws::AccountId;
use crate::inventory::{Coverage, RegionEvents};

use super::tally::EventKind;

/// Every account and Region of which there were events.
#[derive(Debug, Default)]
pub(super) struct AccountRegions {
    /// Sorted by account and Region, as events name them.
    all: Vec<AccountRegion>,
    /// The one of the last event.
    current: usize,
}

/// One account and Region.
#[derive(Debug)]
pub(super) struct AccountRegion {
    account: Option<String>,
    region: Option<String>,
    record: RegionEvents,
}

impl AccountRegion {
    fn name(&self) -> (Option<&[u8]>, Option<&[u8]>) {
        let (account, region) = (self.account.as_deref(), self.region.as_deref());
        (account.map(str::as_bytes), region.map(str::as_bytes))
    }

    /// Takes in an event of a trail.
    pub(super) fn take(&mut self, time: Timestamp, kind: EventKind) {
        let record = &mut self.record;
        match kind.read_only {
            Some(true) => {
                record.reads.insert(time);
                if kind.is_kms {
                    record.kms_reads.insert(time);
                }
                record.shows_use |= !kind.is_kms || kind.is_use;
            }
            Some(false) => record.writes.insert(time),
            None => {}
        }
    }
}

/// A field as text.
pub(super) fn text(field: Option<&[u8]>) -> Option<&str> {
    str::from_utf8(field?).ok()
}

impl AccountRegions {
    /// The place of an event; there always is one.
    pub(super) fn at(
        &mut self,
        account: Option<&[u8]>,
        region: Option<&[u8]>,
    ) -> Option<&mut AccountRegion> {
        let name = (account, region);
        let known = self.all.get(self.current);
        if known.is_none_or(|place| place.name() != name) {
            self.current = self.find(name);
        }
        self.all.get_mut(self.current)
    }

    fn find(&mut self, name: (Option<&[u8]>, Option<&[u8]>)) -> usize {
        let found = self.all.binary_search_by(|place| place.name().cmp(&name));
        found.unwrap_or_else(|position| {
            self.all.insert(
                position,
                AccountRegion {
                    account: text(name.0).map(str::to_owned),
                    region: text(name.1).map(str::to_owned),
                    record: RegionEvents::default(),
                },
            );
            position
        })
    }

    /// Takes in the events of others.
    pub(super) fn merge(&mut self, others: Self) {
        for other in others.all {
            let (account, region) = other.name();
            let Some(AccountRegion { record: mine, .. }) = self.at(account, region) else {
                continue;
            };
            mine.reads.merge(&other.record.reads);
            mine.writes.merge(&other.record.writes);
            mine.kms_reads.merge(&other.record.kms_reads);
            mine.shows_use |= other.record.shows_use;
        }
    }

    /// Writes down what they come to.
    pub(super) fn describe(self, coverage: &mut Coverage) {
        for place in self.all {
            let account = place.account.as_deref().and_then(AccountId::parse);
            coverage.accounts.extend(account);
            let Some(region) = place.region.filter(|region| !region.is_empty()) else {
                continue;
            };
            let is_empty = place.record == RegionEvents::default();
            if let Some(account) = account.filter(|_| !is_empty) {
                coverage
                    .places
                    .insert((account, region.clone()), place.record);
            }
            coverage.regions.insert(region);
        }
    }
}
