//! Answers of `lookup-events` in one file: what of them says how far they reach.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::aws::AccountId;

/// The answers that one file holds, one page after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::load) struct AnswerFile {
    /// How many.
    pub(in crate::load) pages: u64,
    /// `NextToken` of the last; none where it is the last page.
    pub(in crate::load) token: Option<String>,
    /// Whether a page without a token is followed by another: the answer of another request.
    pub(in crate::load) has_several: bool,
    /// The time of the newest event.
    pub(in crate::load) newest: Option<Timestamp>,
    /// Accounts and Regions of the events, two at most.
    pub(in crate::load) places: BTreeSet<(Option<AccountId>, String)>,
}

impl AnswerFile {
    /// Notes that another answer begins.
    pub(super) fn begin(&mut self) {
        self.has_several |= self.pages > 0 && self.token.is_none();
        self.token = None;
        self.pages = self.pages.saturating_add(1);
    }

    /// Takes in one of its events.
    pub(super) fn take(
        &mut self,
        (account, region): (Option<&str>, Option<&str>),
        time: Timestamp,
    ) {
        self.newest = self.newest.max(Some(time));
        let account = account.and_then(AccountId::parse);
        let region = region.unwrap_or_default();
        let known = |(at, of): &(Option<AccountId>, String)| *at == account && of == region;
        if self.places.len() < 2 && !self.places.iter().any(known) {
            self.places.insert((account, region.to_owned()));
        }
    }
}
