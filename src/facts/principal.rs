//! Whom a statement names.

use crate::access::{Caller, EVERY_CLASS};
use crate::aws::PrincipalKind;
use crate::aws::arn::reserved_role::{
    IDENTITY_CENTER_NAME, IDENTITY_CENTER_PATH, SERVICE_LINKED_NAME, SERVICE_LINKED_PATH,
};
use crate::policy::{PolicyKind, PrincipalElement, PrincipalEntry, PrincipalForm, Statement};

use super::PrincipalRecord;
use super::policy_context::PolicyContext;

pub(super) fn records(
    element: &PrincipalElement,
    subject: &PolicyContext<'_>,
) -> Vec<PrincipalRecord> {
    let record = |entry: &PrincipalEntry| {
        let form = entry.form();
        let account = form.account();
        let foreign = account.and_then(|own| subject.key.identity.account.map(|key| own != key));
        let foreign =
            foreign.map(|foreign| foreign || subject.key.is_elsewhere(&entry.text().value));
        PrincipalRecord {
            text: String::from(&*entry.text().value),
            principal_type: entry.principal_type(),
            kind: kind_of(entry),
            account,
            foreign,
            partial_wildcard: form == PrincipalForm::NoCaller
                && entry.text().value.contains(['*', '?']),
            identity_center: is_identity_center(form),
            reserved_path: left_out_path(form),
            unlisted: unlisted(entry, subject),
            at: subject.place(entry.text().span),
        }
    };
    element.entries.iter().map(record).collect()
}

/// What an entry names, unrendered templates told apart from nobody.
fn kind_of(entry: &PrincipalEntry) -> PrincipalKind {
    match entry.form() {
        PrincipalForm::NoCaller if entry.is_placeholder() => PrincipalKind::Placeholder,
        form => form.kind(),
    }
}

/// Whether it is a role that IAM Identity Center makes, or a session of one.
fn is_identity_center(form: PrincipalForm<'_>) -> bool {
    match form {
        PrincipalForm::Role(_, name) => name.starts_with(IDENTITY_CENTER_PATH),
        PrincipalForm::AssumedRole(_, role, _) => role.starts_with(IDENTITY_CENTER_NAME),
        _ => false,
    }
}

/// Roles that only AWS makes, by the beginning of their names, and where.
const RESERVED: [(&str, &str); 2] = [
    (IDENTITY_CENTER_NAME, IDENTITY_CENTER_PATH),
    (SERVICE_LINKED_NAME, SERVICE_LINKED_PATH),
];

/// The path that a role with such a name has and that its ARN leaves out.
fn left_out_path(form: PrincipalForm<'_>) -> Option<&'static str> {
    let PrincipalForm::Role(_, path) = form else {
        return None;
    };
    let name = path.rsplit('/').next()?;
    let mut reserved = RESERVED.into_iter();
    let (_, own) = reserved.find(|(beginning, _)| name.starts_with(beginning))?;
    (!path.starts_with(own)).then_some(own)
}

/// Says that nobody of its account is called so, where everyone was loaded.
fn unlisted(entry: &PrincipalEntry, subject: &PolicyContext<'_>) -> Option<String> {
    // In most runs no account was loaded.
    let account = entry.form().account()?;
    let identities = subject.identities.filter(|all| all.is_whole(account))?;
    // What stands in for a placeholder keeps the part of it that is not known.
    if entry.text().value.is_open() {
        return None;
    }
    let caller = Caller::parse(&entry.text().value).ok()?;
    let missing = identities.missing(&caller)?;
    let near = missing.near.map(|arn| format!("; did you mean `{arn}`?"));
    Some(format!(
        "account {} has no {} `{}` among those that were loaded{}",
        missing.account,
        missing.word,
        missing.name,
        near.unwrap_or_default()
    ))
}

/// Which classes of callers the statement can be about; never empty.
pub(super) fn classes(statement: &Statement, kind: PolicyKind) -> Vec<PrincipalKind> {
    let [user, role, federated_user, root, service] = EVERY_CLASS;
    let Some(element) = statement.principal.as_ref().filter(|e| !e.negated) else {
        return match kind {
            PolicyKind::Key | PolicyKind::ResourceControl => EVERY_CLASS.to_vec(),
            PolicyKind::ServiceControl => vec![user, role, federated_user, root],
            PolicyKind::Identity | PolicyKind::PermissionsBoundary | PolicyKind::Session => {
                vec![user, role]
            }
        };
    };
    let mut found: Vec<PrincipalKind> = Vec::new();
    for entry in &element.entries {
        let classes: &[PrincipalKind] = match entry.form() {
            PrincipalForm::Everyone => &EVERY_CLASS,
            PrincipalForm::Account(_) => &[user, role, federated_user, root],
            PrincipalForm::User(..) => &[user],
            PrincipalForm::UniqueId(id) if id.starts_with("AIDA") => &[user],
            PrincipalForm::UniqueId(_)
            | PrincipalForm::Role(..)
            | PrincipalForm::AssumedRole(..) => &[role],
            PrincipalForm::FederatedUser(..) => &[federated_user],
            PrincipalForm::Service(_) => &[service],
            PrincipalForm::NoCaller if entry.is_placeholder() => &EVERY_CLASS,
            PrincipalForm::NoCaller => &[],
        };
        for class in classes {
            if !found.contains(class) {
                found.push(*class);
            }
        }
    }
    if found.is_empty() {
        found = vec![user, role];
    }
    found
}
