//! Who else may hold something of the key, and what seems to depend on it.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::key::KeySpec;

use super::super::reference::{PAST_USE, PUBLIC_KEY};
use super::super::verdict::{Reason, Severity};
use super::Calls;
use super::judge::{Judge, named, reason};

/// How many grantees a sentence names.
const GRANTEES: usize = 4;

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
                reason(Severity::Note, "dependents", PAST_USE, text)
            })
            .collect()
    }

    /// Who may use the key by grants, each principal with its operations.
    fn grants(&self) -> Option<String> {
        let grants = self.subject.key.metadata.grants.as_ref()?;
        let mut grantees: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for grant in &grants.value {
            let grantee = grant.grantee.as_deref().unwrap_or("somebody");
            let operations = grant.operations.iter().map(String::as_str);
            grantees.entry(grantee).or_default().extend(operations);
        }
        let one = |(grantee, operations): (&&str, &BTreeSet<&str>)| {
            let operations: Vec<_> = operations.iter().copied().collect();
            format!("`{grantee}` ({})", operations.join(", "))
        };
        let mut shown: Vec<_> = grantees.iter().take(GRANTEES).map(one).collect();
        let more = grantees.len().saturating_sub(GRANTEES);
        if more > 0 {
            shown.push(format!("{more} more"));
        }
        (!shown.is_empty()).then(|| format!("grants to {}", shown.join("; ")))
    }
}
