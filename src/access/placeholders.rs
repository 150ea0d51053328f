//! Placeholders of a template that key policies name, and the principals that stand in for them.

use std::collections::BTreeMap;

use crate::aws::{AccountId, KeyArn};
use crate::eval::KeyIdentity;
use crate::policy::{PolicyDocument, Rendered, as_foreign, may_be_foreign, rendered};

use super::synthetic_caller::SOME_ACCOUNT;

/// For each placeholder that names no account as a whole the principal that stands in for it; the
/// account is the key's.
#[derive(Debug)]
pub(crate) struct Placeholders {
    /// Whether those that name an account as a whole are of another one.
    are_foreign: bool,
    account: Option<AccountId>,
    partition: Option<String>,
    names: BTreeMap<String, String>,
}

impl Placeholders {
    /// The placeholders that any of these policies names.
    pub(crate) fn of(key: &KeyIdentity, documents: &[&PolicyDocument]) -> Self {
        Self::read(key, documents, false)
    }

    /// The other reading, where there is one: a placeholder that names an account as a whole may be another
    /// than the key's, as one of the policies names another one too.
    pub(crate) fn foreign(key: &KeyIdentity, documents: &[&PolicyDocument]) -> Option<Self> {
        let mut all = documents.iter();
        all.any(|document| may_be_foreign(document, key.account))
            .then(|| Self::read(key, documents, true))
    }

    fn read(key: &KeyIdentity, documents: &[&PolicyDocument], are_foreign: bool) -> Self {
        let partition = key.arn.as_ref().map(KeyArn::partition);
        let mut all = Self {
            are_foreign,
            account: key.account.or_else(|| AccountId::parse(SOME_ACCOUNT)),
            partition: partition.map(str::to_owned),
            names: BTreeMap::new(),
        };
        for document in documents {
            let found = all.stand_in(document);
            all.names
                .extend(found.into_iter().flat_map(|found| found.names));
        }
        all
    }

    fn stand_in(&self, document: &PolicyDocument) -> Option<Rendered> {
        let (account, partition) = (self.account, self.partition.as_deref());
        if self.are_foreign {
            Some(as_foreign(document, account, partition))
        } else {
            rendered(document, account, partition)
        }
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
        self.stand_in(document)
            .map_or_else(|| document.clone(), |found| found.document)
    }
}
