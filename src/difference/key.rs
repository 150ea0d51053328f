//! What a change does to what everybody can do with one key.

use crate::access::{AskedKey, KeyIdentity, Placeholders, key_context, partition_of};
use crate::aws::ActionSet;
use crate::aws::key::Origin;
use crate::inventory::Key;
use crate::policy::{
    PolicyDocument, PolicyKind, PrincipalElement, PrincipalEntry, PrincipalForm, StatementIndex,
};
use crate::text::Span;

use super::canonical::Canonical;
use super::change::{ChangedSubject, Presence, SubjectKind};
use super::key_case::KeyCase;
use super::nonexistent::without_nonexistent_keys;
use super::surroundings::ComparedAccounts;

/// What a change does to a key; nothing where it changes nobody's permissions.
pub(super) fn key(
    subject: String,
    (before, after): (Option<&Key>, Option<&Key>),
    surroundings: &ComparedAccounts<'_>,
    operations: ActionSet,
) -> Option<ChangedSubject> {
    let documents = (document(before), document(after));
    let presence = match (before, after, documents) {
        (None, _, _) | (_, _, (None, Some(_))) => Presence::Added,
        (_, None, _) | (_, _, (Some(_), None)) => Presence::Removed,
        (Some(_), Some(_), _) => Presence::Both,
    };
    let mut changed = ChangedSubject {
        kind: SubjectKind::Key,
        subject,
        account: after
            .and_then(|key| key.account)
            .or(before.and_then(|key| key.account)),
        may_have_imported_material: may_have_imported_material([after, before]),
        presence,
        changes: Vec::new(),
        standings: Vec::new(),
        unknown: Vec::new(),
    };
    if documents.0.is_some() || documents.1.is_some() {
        let nothing = nothing();
        let documents = (
            documents.0.unwrap_or(&nothing),
            documents.1.unwrap_or(&nothing),
        );
        let canonical = (Canonical::new(documents.0), Canonical::new(documents.1));
        changed.unknown = canonical.0.differing_unknown(&canonical.1);
        let keys = (before.or(after)?, after.or(before)?);
        fill(&mut changed, keys, documents, surroundings, operations);
    }
    changed.differs().then_some(changed)
}

fn document(key: Option<&Key>) -> Option<&PolicyDocument> {
    Some(&key?.policy.as_ref()?.document)
}

/// A key whose material AWS made, or that is in another key store, has none that could be deleted.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html>
fn may_have_imported_material(sides: [Option<&Key>; 2]) -> bool {
    let origins = sides.into_iter().flatten().map(|key| &key.metadata.origin);
    let known = origins.flatten().find_map(|origin| origin.value.known());
    known.is_none_or(|origin| origin == Origin::External)
}

/// Evaluates what can have changed.
fn fill(
    changed: &mut ChangedSubject,
    keys: (&Key, &Key),
    documents: (&PolicyDocument, &PolicyDocument),
    surroundings: &ComparedAccounts<'_>,
    operations: ActionSet,
) {
    let identities = unified(keys);
    let contexts = (key_context(&keys.0.metadata), key_context(&keys.1.metadata));
    let same_key = identities.0 == identities.1 && contexts.0 == contexts.1;
    let for_everyone = if same_key && !surroundings.control_differs {
        let differing = Canonical::new(documents.0).differing(&Canonical::new(documents.1));
        differing.intersection(operations)
    } else {
        operations
    };
    if for_everyone.is_empty() && surroundings.changed.is_empty() {
        return;
    }
    let read = |placeholders: &Placeholders, changed: &mut ChangedSubject| {
        let ready = |document| without_nonexistent_keys(&placeholders.rendered(document));
        let (old, new) = (ready(documents.0), ready(documents.1));
        let of_classes = (without_names(&old), without_names(&new));
        let asked = |old, new| {
            let (before, after) = identities.clone();
            (
                AskedKey::new(before, contexts.0.clone(), Some(old)),
                AskedKey::new(after, contexts.1.clone(), Some(new)),
            )
        };
        let sides = asked(&old, &new);
        let for_classes = asked(&of_classes.0, &of_classes.1);
        let case = KeyCase::new(&sides, &for_classes, surroundings, placeholders);
        case.compare(for_everyone, operations, changed);
    };
    let both = [documents.0, documents.1];
    read(&Placeholders::of(&identities.1, &both), changed);
    // Whoever gains or loses in one of the readings may do so.
    if let Some(foreign) = Placeholders::foreign(&identities.1, &both) {
        let mut other = ChangedSubject {
            changes: Vec::new(),
            standings: Vec::new(),
            ..changed.clone()
        };
        read(&foreign, &mut other);
        changed.or(other);
    }
}

/// The policy as it is for callers that nothing names: whoever is named is asked by itself. A federated
/// user may be of any user that is named, but then it is told of that user.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html>
fn without_names(document: &PolicyDocument) -> PolicyDocument {
    let names_one = |entry: &PrincipalEntry| {
        matches!(
            entry.form(),
            PrincipalForm::User(..)
                | PrincipalForm::Role(..)
                | PrincipalForm::AssumedRole(..)
                | PrincipalForm::FederatedUser(..)
        )
    };
    let mut rest = document.clone();
    for statement in &mut rest.statements {
        if let Some(element) = &mut statement.principal {
            let entries = element.entries.iter().filter(|entry| !names_one(entry));
            *element =
                PrincipalElement::new(element.negated, entries.cloned().collect(), element.span);
        }
    }
    rest
}

/// The policy of a key that one side does not have.
fn nothing() -> PolicyDocument {
    PolicyDocument {
        kind: PolicyKind::Key,
        version: None,
        id: None,
        statements: Vec::new(),
        span: Span::default(),
        refusals: Vec::new(),
        by_principal: StatementIndex::default(),
        open_values: 0,
    }
}

/// The key on each side. What only one side tells of it, such as the account that follows from
/// the key policy, counts for both: a key does not move.
fn unified((before, after): (&Key, &Key)) -> (KeyIdentity, KeyIdentity) {
    let partition = |key: &Key| partition_of(&key.policy.as_ref()?.document);
    let identity = |own: &Key, other: &Key| KeyIdentity {
        arn: own.arn.clone().or_else(|| other.arn.clone()),
        account: own.account.or(other.account),
        partition: partition(own).or_else(|| partition(other)),
    };
    (identity(before, after), identity(after, before))
}
