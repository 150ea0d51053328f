//! Whom the `Deny` statements with `NotPrincipal` of a key policy spare.

use std::collections::{BTreeMap, BTreeSet};

use crate::eval::Caller;
use crate::policy::{Effect, PolicyDocument, PrincipalElement, PrincipalForm, Statement};

/// Statements about the same requests. They may list different principals.
#[derive(Debug, Default)]
struct Alike<'a> {
    count: usize,
    /// How many of them list a user or role of this name, or one of its sessions.
    listing: BTreeMap<&'a str, usize>,
}

/// The callers of this account that are listed, each once. Of several statements about the same requests, one
/// that does not list a caller denies what the others do, so only those that all of them list are spared.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
pub(super) fn exempt(policy: &PolicyDocument, account: &str) -> Vec<Caller> {
    let mut alike: BTreeMap<Vec<String>, Alike<'_>> = BTreeMap::new();
    let mut callers = Vec::new();
    let mut seen = BTreeSet::new();
    for (position, statement) in policy.statements.iter().enumerate() {
        let element = statement.principal.as_ref().filter(|of| of.negated);
        let is_denial = statement.effect.value == Effect::Deny;
        let Some(element) = element.filter(|_| is_denial) else {
            continue;
        };
        let requests = requests(statement, element, account);
        let alike = alike.entry(requests.unwrap_or_else(|| vec![position.to_string()]));
        let alike = alike.or_default();
        alike.count = alike.count.saturating_add(1);
        let mut names = BTreeSet::new();
        for entry in &element.entries {
            let form = entry.form();
            let own = form.account().is_some_and(|own| own.as_str() == account);
            if !own || matches!(form, PrincipalForm::Account(_)) {
                continue;
            }
            let Some(name) = name(&form) else {
                continue;
            };
            names.insert(name);
            if seen.insert(&*entry.text().value)
                && let Ok(caller) = Caller::named(&entry.text().value)
            {
                callers.push((name, caller));
            }
        }
        for name in names {
            let count = alike.listing.entry(name).or_default();
            *count = count.saturating_add(1);
        }
    }
    let spared = alike.values().flat_map(|of| {
        let listing = of.listing.iter();
        listing.filter(|(_, count)| **count == of.count)
    });
    let spared: BTreeSet<&str> = spared.map(|(name, _)| *name).collect();
    callers.retain(|(name, _)| spared.contains(name));
    callers.into_iter().map(|(_, caller)| caller).collect()
}

/// The name by which a user or role is looked up; of a session it is the role's.
fn name<'a>(form: &PrincipalForm<'a>) -> Option<&'a str> {
    match *form {
        PrincipalForm::Role(_, name) | PrincipalForm::User(_, name) => name.rsplit('/').next(),
        PrincipalForm::AssumedRole(_, name, _) | PrincipalForm::FederatedUser(_, name) => {
            Some(name)
        }
        _ => None,
    }
}

/// What tells the requests that a statement is about, and whether it lists the account; nothing where not all
/// of it is known or it lists others than accounts, users, roles and services.
fn requests(
    statement: &Statement,
    element: &PrincipalElement,
    account: &str,
) -> Option<Vec<String>> {
    let mut lists_account = false;
    for entry in &element.entries {
        match entry.form() {
            PrincipalForm::Account(of) => lists_account |= of.as_str() == account,
            PrincipalForm::Service(_) => {}
            form => drop(name(&form)?),
        }
    }
    if statement.open_texts().next().is_some() {
        return None;
    }
    let mut told = vec![
        lists_account.to_string(),
        format!("{:?}", [statement.covered(), statement.doubtful()]),
    ];
    if let Some(resource) = &statement.resource {
        let patterns = resource.patterns.iter();
        let patterns: Vec<_> = patterns.map(|of| &*of.text.value).collect();
        told.push(format!("{} {patterns:?}", resource.negated));
    }
    for condition in &statement.conditions {
        let values = condition.values.iter();
        let values: Vec<_> = values.map(|of| (&*of.text.value, of.quoted)).collect();
        let key = &*condition.key.value;
        told.push(format!("{:?} {key:?} {values:?}", condition.operator));
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyKind, PolicyReading};

    fn spared(lists: &[(&str, &str)]) -> Vec<String> {
        let statements = lists.iter().map(|(listed, rest)| {
            let listed = listed.split(' ').map(|name| match name {
                "account" => r#""111122223333""#.to_owned(),
                name if name.contains("assumed-role") => {
                    format!(r#""arn:aws:sts::111122223333:{name}""#)
                }
                name => format!(r#""arn:aws:iam::111122223333:{name}""#),
            });
            let listed = listed.collect::<Vec<_>>().join(",");
            format!(
                r#"{{"Effect":"Deny","NotPrincipal":{{"AWS":[{listed}]}},"Action":"kms:*","Resource":"*"{rest}}}"#
            )
        });
        let statements = statements.collect::<Vec<_>>().join(",");
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        let policy = PolicyReading::of_text(&text, PolicyKind::Key).document;
        let found = exempt(&policy.unwrap(), "111122223333");
        let names = found.iter().map(|of| of.as_str().splitn(6, ':').nth(5));
        names.map(|name| name.unwrap().to_owned()).collect()
    }

    #[test]
    fn who_is_listed_in_all_statements_about_the_same_requests_is_spared() {
        const ONE: (&str, &str) = ("role/a user/b account", "");
        let other = r#","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#;
        assert_eq!(spared(&[ONE]), ["role/a", "user/b"]);
        assert_eq!(spared(&[ONE, ONE]), ["role/a", "user/b"]);
        assert_eq!(spared(&[ONE, ("role/a account", "")]), ["role/a"]);
        let none: [&str; 0] = [];
        assert_eq!(spared(&[("role/a", ""), ("role/c", "")]), none);
        // A session of a role may be spared where the role is.
        let session = ("assumed-role/a/s account", "");
        assert_eq!(spared(&[ONE, session]), ["role/a", "assumed-role/a/s"]);
        // About other requests, or where the account is listed in one of them alone.
        assert_eq!(
            spared(&[("role/a", ""), ("role/c", other)]),
            ["role/a", "role/c"]
        );
        assert_eq!(
            spared(&[("role/a account", ""), ("role/c", "")]),
            ["role/a", "role/c"]
        );
    }
}
