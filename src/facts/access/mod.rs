//! Who can schedule and cancel deletion or put another key policy, by the key policy alone.

mod answer;
mod named;
mod narrowing;
mod trial;
mod via;
mod whole;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::aws::{KmsAction, PendingWindowInDays};
use crate::policy::{
    Effect, PolicyDocument, PrincipalElement, PrincipalEntry, PrincipalForm, Statement,
};

use super::days_text::days_text;
use super::subject::Subject;
use super::{Access, AccessTable, PrincipalKind, StatementRecord};

use answer::{Answer, answer};
use named::{Named, named};

/// Whoever the key policy names, and what each can do.
pub(super) fn table(subject: &Subject<'_>, statements: &[StatementRecord]) -> AccessTable {
    let desk = Desk::new(subject, statements);
    let mut schedule = desk.who_can(KmsAction::ScheduleKeyDeletion);
    let mut cancel = desk.who_can(KmsAction::CancelKeyDeletion);
    let mut put_key_policy = desk.who_can(KmsAction::PutKeyPolicy);
    let scheduling: BTreeSet<(PrincipalKind, String)> = schedule
        .iter()
        .map(|access| (access.kind, access.principal.clone()))
        .collect();
    let everyone = schedule
        .iter()
        .any(|a| a.kind == PrincipalKind::Everyone && !a.narrowed);
    for access in schedule
        .iter_mut()
        .chain(&mut cancel)
        .chain(&mut put_key_policy)
    {
        access.can_schedule =
            everyone || scheduling.contains(&(access.kind, access.principal.clone()));
    }
    let delete_imported_material = if desk.material_is_imported() {
        desk.who_can(KmsAction::DeleteImportedKeyMaterial)
    } else {
        Vec::new()
    };
    let someone = |list: &[Access], action| list.iter().any(exists) || desk.is_unrendered(action);
    AccessTable {
        someone_can_schedule: someone(&schedule, KmsAction::ScheduleKeyDeletion),
        someone_can_cancel: someone(&cancel, KmsAction::CancelKeyDeletion),
        someone_can_enable: desk.someone_can(KmsAction::EnableKey),
        someone_can_put_key_policy: someone(&put_key_policy, KmsAction::PutKeyPolicy),
        put_key_policy,
        delete_imported_material,
        schedule,
        cancel,
    }
}

/// Whether the principal is more than the id of a user or role that was deleted.
fn exists(access: &Access) -> bool {
    access.kind != PrincipalKind::UniqueId
}

/// What all questions about one key policy share.
struct Desk<'a> {
    subject: &'a Subject<'a>,
    statements: &'a [StatementRecord],
    /// The policy without the ids of deleted users and roles: nobody else has such an id, and
    /// with an unknown `aws:userid` everyone might.
    without_ids: Cow<'a, PolicyDocument>,
}

impl<'a> Desk<'a> {
    fn new(subject: &'a Subject<'a>, statements: &'a [StatementRecord]) -> Self {
        Self {
            subject,
            statements,
            without_ids: without_ids(subject.document),
        }
    }

    fn who_can(&self, action: KmsAction) -> Vec<Access> {
        named(self.subject.document, &self.granting(action))
            .into_iter()
            .filter_map(|named| self.access(&named, action))
            .collect()
    }

    /// The Allow statements about the action.
    fn granting(&self, action: KmsAction) -> Vec<usize> {
        let grants = |statement: &&StatementRecord| {
            statement.effect == Effect::Allow && statement.covers.contains(action)
        };
        let granting = self.statements.iter().filter(grants);
        granting.map(|statement| statement.index).collect()
    }

    /// What the principal can do; nothing where it surely cannot.
    fn access(&self, named: &Named<'_>, action: KmsAction) -> Option<Access> {
        // None of these actions reaches a key of another account.
        if let (Some(own), Some(key)) = (named.account, self.subject.key.account)
            && own != key
        {
            return None;
        }
        let answer = answer(self, named, action)?;
        let whole = whole::of(self, named, action);
        let via: Vec<_> = answer
            .granting
            .iter()
            .filter_map(|index| self.statements.get(*index))
            .map(|statement| via::via(statement, action, self.subject))
            .collect();
        let at = named.place(&answer.granting);
        let (days, conditional_days) = windows(&answer, action);
        Some(Access {
            principal: named.text.to_owned(),
            kind: named.kind,
            account: named.account.map(|account| account.to_string()),
            decision: answer.decision,
            shortest: days.first().or(conditional_days.first()).copied(),
            days_text: in_words(action, &days, &conditional_days),
            days,
            conditional_days,
            depends_on: answer.depends_on.into_iter().collect(),
            without_mfa: answer.without_mfa,
            narrowed: answer
                .granting
                .iter()
                .filter_map(|index| self.statement(*index))
                .all(narrowing::narrows),
            narrowed_to_account: answer
                .granting
                .iter()
                .filter_map(|index| self.statement(*index))
                .any(narrowing::narrows_to_account),
            can_schedule: false,
            uses: whole.uses,
            lacks: whole.lacks,
            via,
            at: self.subject.place(at),
        })
    }

    fn statement(&self, index: usize) -> Option<&Statement> {
        self.subject.document.statements.get(index)
    }
}

/// Day counts that are surely allowed, and those that may be.
fn windows(
    answer: &Answer,
    action: KmsAction,
) -> (Vec<PendingWindowInDays>, Vec<PendingWindowInDays>) {
    if action != KmsAction::ScheduleKeyDeletion {
        return (Vec::new(), Vec::new());
    }
    (
        answer.allowed.days().collect(),
        answer.conditional.days().collect(),
    )
}

/// Where no day count is possible, a request may still leave it out:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
fn in_words(
    action: KmsAction,
    days: &[PendingWindowInDays],
    conditional_days: &[PendingWindowInDays],
) -> String {
    if action == KmsAction::ScheduleKeyDeletion && days.is_empty() && conditional_days.is_empty() {
        return format!("{} days by default", PendingWindowInDays::DEFAULT);
    }
    days_text(days, conditional_days)
}

fn without_ids(document: &PolicyDocument) -> Cow<'_, PolicyDocument> {
    let elements = || {
        document
            .statements
            .iter()
            .filter_map(|s| s.principal.as_ref())
    };
    if !elements().any(|element| element.entries.iter().any(is_id)) {
        return Cow::Borrowed(document);
    }
    let mut rest = document.clone();
    for statement in &mut rest.statements {
        if let Some(element) = &mut statement.principal {
            let mut entries = element.entries.clone();
            entries.retain(|entry| !is_id(entry));
            *element = PrincipalElement::new(element.negated, entries, element.span);
        }
    }
    Cow::Owned(rest)
}

fn is_id(entry: &PrincipalEntry) -> bool {
    matches!(entry.form(), PrincipalForm::UniqueId(_))
}
