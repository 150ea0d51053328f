//! Whom policies name.

use std::collections::BTreeSet;

use crate::aws::AccountId;
use crate::eval::Caller;
use crate::facts::ACCOUNT_KEYS;
use crate::policy::{PolicyDocument, PrincipalForm};

/// A principal that a policy names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// Its ARN, or a service.
    Caller(String),
    /// A unique id.
    Id(String),
}

/// Whom policies name.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) callers: BTreeSet<Name>,
    pub(super) accounts: BTreeSet<AccountId>,
    /// The parts of the callers' names.
    parts: BTreeSet<String>,
    has_ids: bool,
}

impl Named {
    /// Adds whom a policy names in `Principal` and `NotPrincipal` and by conditions on
    /// `aws:PrincipalArn` and on the account.
    pub(super) fn add(&mut self, document: &PolicyDocument) {
        for statement in &document.statements {
            let entries = statement.principal.iter().flat_map(|e| &e.entries);
            for entry in entries {
                let text = &*entry.text().value;
                match entry.form() {
                    PrincipalForm::Everyone | PrincipalForm::NoCaller => {}
                    PrincipalForm::Account(account) => drop(self.accounts.insert(account)),
                    PrincipalForm::UniqueId(id) => {
                        self.has_ids = true;
                        self.callers.insert(Name::Id(id.to_owned()));
                    }
                    _ => self.name(text),
                }
            }
            for condition in &statement.conditions {
                let key = &*condition.key.value;
                let values = condition.values.iter().map(|value| &*value.text.value);
                if key.eq_ignore_ascii_case("aws:PrincipalArn") {
                    for text in values.filter(|text| Caller::parse(text).is_ok()) {
                        self.name(text);
                    }
                } else if ACCOUNT_KEYS.iter().any(|own| own.eq_ignore_ascii_case(key)) {
                    self.accounts.extend(values.filter_map(AccountId::parse));
                }
            }
        }
    }

    /// Whether a user or role of this name may be named, by its ARN, that of a session of it, or an
    /// id.
    pub(super) fn singles_out(&self, name: &str) -> bool {
        self.has_ids || self.parts.contains(name)
    }

    fn name(&mut self, text: &str) {
        self.parts.extend(text.split('/').map(str::to_owned));
        self.callers.insert(Name::Caller(text.to_owned()));
    }
}
