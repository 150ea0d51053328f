//! Placeholders of a template that key policies name, and the principals that stand in for them.

use std::collections::BTreeMap;

use crate::aws::{AccountId, KeyArn};
use crate::eval::KeyIdentity;
use crate::policy::{PolicyDocument, rendered};

use super::synthetic_caller::SOME_ACCOUNT;

/// For each placeholder that names no account as a whole the principal that stands in for it; the
/// account is the key's.
#[derive(Debug)]
pub(crate) struct Placeholders {
    account: Option<AccountId>,
    partition: Option<String>,
    names: BTreeMap<String, String>,
}

impl Placeholders {
    /// The placeholders that any of these policies names.
    pub(crate) fn of(key: &KeyIdentity, documents: &[&PolicyDocument]) -> Self {
        let mut all = Self {
            account: key.account.or_else(|| AccountId::parse(SOME_ACCOUNT)),
            partition: key
                .arn
                .as_ref()
                .map(|arn| KeyArn::partition(arn).to_owned()),
            names: BTreeMap::new(),
        };
        for document in documents {
            let found = rendered(document, all.account, all.partition.as_deref());
            all.names
                .extend(found.into_iter().flat_map(|found| found.names));
        }
        all
    }

    /// The principals that placeholders are replaced with.
    pub(super) fn stand_ins(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The placeholder for which this principal stands in.
    pub(crate) fn behind(&self, text: &str) -> Option<&str> {
        self.names.get(text).map(String::as_str)
    }

    /// The policy with what stands in for it in place of every placeholder.
    pub(crate) fn rendered(&self, document: &PolicyDocument) -> PolicyDocument {
        rendered(document, self.account, self.partition.as_deref())
            .map_or_else(|| document.clone(), |found| found.document)
    }
}
