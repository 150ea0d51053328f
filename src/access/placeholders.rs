//! Placeholders of a template that key policies name, and the roles that stand in for them.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::AccountId;
use crate::eval::KeyIdentity;
use crate::policy::{PolicyDocument, PrincipalEntry, PrincipalType};
use crate::source::Spanned;

use super::key::change_entries;
use super::synthetic_caller::SOME_ACCOUNT;

/// For each placeholder the ARN of a role of the key's account that stands in for it.
#[derive(Debug)]
pub(crate) struct Placeholders {
    by_arn: BTreeMap<String, String>,
}

impl Placeholders {
    /// The placeholders that any of these policies names.
    pub(crate) fn of(key: &KeyIdentity, documents: &[&PolicyDocument]) -> Self {
        let account = key.account.as_ref().map(AccountId::as_str);
        let account = account.unwrap_or(SOME_ACCOUNT);
        let statements = documents.iter().flat_map(|document| &document.statements);
        let elements = statements.filter_map(|statement| statement.principal.as_ref());
        let entries = elements.flat_map(|element| &element.entries);
        let texts: BTreeSet<_> = entries
            .filter(|entry| entry.is_placeholder())
            .map(|entry| entry.text().value.to_string())
            .collect();
        let texts = texts.into_iter().enumerate();
        let by_arn = texts
            .map(|(number, text)| {
                let arn = format!("arn:aws:iam::{account}:role/(placeholder-{number})");
                (arn, text)
            })
            .collect();
        Self { by_arn }
    }

    /// The placeholder for which this role stands in.
    pub(crate) fn behind(&self, arn: &str) -> Option<&str> {
        self.by_arn.get(arn).map(String::as_str)
    }

    /// The policy with the role that stands in for it in place of every placeholder.
    pub(crate) fn rendered(&self, document: &PolicyDocument) -> PolicyDocument {
        let stand_in = |text: &str| {
            let mut all = self.by_arn.iter();
            all.find(|(_, own)| *own == text).map(|(arn, _)| &**arn)
        };
        let mut changed = document.clone();
        for statement in &mut changed.statements {
            change_entries(statement, |entry| {
                if entry.is_placeholder()
                    && let Some(arn) = stand_in(&entry.text().value)
                {
                    let text = Spanned::new(arn.into(), entry.text().span);
                    return Some(PrincipalEntry::new(PrincipalType::Aws, text));
                }
                Some(entry.clone())
            });
        }
        changed
    }
}
