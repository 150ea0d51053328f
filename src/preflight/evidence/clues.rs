//! Who else may hold something of the key, and what seems to depend on it.

use std::collections::BTreeSet;

use crate::aws::key::KeySpec;

use super::super::reference::{PAST_USE, PUBLIC_KEY};
use super::super::verdict::{Reason, Severity};
use super::Calls;
use super::judge::{Judge, named, reason};
use super::signs::{allows_use, grantees};

impl Judge<'_> {
    /// Downloads of the public half.
    pub(super) fn public_key(&self) -> Option<Reason> {
        let calls = &self.evidence.public_key;
        let latest = calls.first()?;
        if self
            .subject
            .spec()
            .is_some_and(|spec| !KeySpec::is_asymmetric(spec))
        {
            return None;
        }
        let own = self.subject.account.map(|account| account.to_string());
        let foreign = |calls: &&Calls| calls.account.is_some() && calls.account != own;
        let elsewhere: Vec<_> = calls
            .iter()
            .filter(foreign)
            .filter_map(|c| c.account.as_deref())
            .collect();
        let accounts = if elsewhere.is_empty() {
            String::new()
        } else {
            let mut elsewhere = elsewhere;
            elsewhere.sort_unstable();
            elsewhere.dedup();
            format!("; also from account {}", elsewhere.join(", "))
        };
        let text = format!(
            "the public key was downloaded: {}{accounts}",
            named(calls, "by")
        );
        Some(
            reason(Severity::Caution, "public-key-downloaded", PUBLIC_KEY, text)
                .help(
                    "ask each of them whether the public key is still in use: KMS cannot see that",
                )
                .at(latest.at),
        )
    }

    /// What seems to depend on the key.
    pub(super) fn clues(&self) -> Vec<Reason> {
        let evidence = self.evidence;
        let mut clues = Vec::new();
        let list = |names: &BTreeSet<String>| {
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        if !evidence.services.is_empty() {
            clues.push(format!(
                "services that used it: {}",
                list(&evidence.services)
            ));
        }
        if !evidence.encryption_context.is_empty() {
            let names = list(&evidence.encryption_context);
            clues.push(format!("names in its encryption contexts: {names}"));
        }
        let aliases: Vec<_> = self
            .subject
            .aliases()
            .map(|alias| format!("`{alias}`"))
            .collect();
        if !aliases.is_empty() {
            clues.push(format!(
                "aliases, which are deleted with it: {}",
                aliases.join(", ")
            ));
        }
        clues.extend(self.grants());
        clues
            .into_iter()
            .map(|text| {
                let text = format!("a clue to what depends on the key: {text}");
                reason(Severity::Info, "dependents", PAST_USE, text)
            })
            .collect()
    }

    /// Grants that allow no use; [`Self::signs`] tells of the others.
    fn grants(&self) -> Option<String> {
        let grants = self.subject.key.metadata.grants.as_ref()?;
        let others = grants.value.list.iter().filter(|grant| !allows_use(grant));
        let text = grantees(&others.collect::<Vec<_>>());
        text.map(|text| format!("grants to {text}"))
    }
}
