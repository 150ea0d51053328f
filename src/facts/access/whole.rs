//! What else a principal that can schedule deletion can do, and what somebody or other can do.

use crate::aws::{ActionSet, KmsAction};
use crate::facts::{PrincipalKind, StatementRecord};
use crate::policy::Effect;

use super::Desk;
use super::answer::answer;
use super::named::{Named, named};

/// The operations by which a key is used, the most telling first.
const USES: [KmsAction; 8] = [
    KmsAction::Decrypt,
    KmsAction::GenerateDataKey,
    KmsAction::Sign,
    KmsAction::GenerateMac,
    KmsAction::DeriveSharedSecret,
    KmsAction::Decapsulate,
    KmsAction::Encrypt,
    KmsAction::Encapsulate,
];

/// What AWS recommends beside `kms:ScheduleKeyDeletion`.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>
const RECOVERY: [KmsAction; 4] = [
    KmsAction::CancelKeyDeletion,
    KmsAction::DescribeKey,
    KmsAction::DisableKey,
    KmsAction::EnableKey,
];

/// What else a principal can do.
#[derive(Default)]
pub(super) struct Whole {
    /// A cryptographic operation.
    pub(super) uses: Option<&'static str>,
    /// What it lacks to see and undo what it scheduled.
    pub(super) lacks: Option<ActionSet>,
}

/// What else a user or role can do that can schedule deletion; of others nothing is said.
pub(super) fn of<'a>(desk: &Desk<'a>, named: &Named<'a>, action: KmsAction) -> Whole {
    let is_one = matches!(
        named.kind,
        PrincipalKind::Role
            | PrincipalKind::User
            | PrincipalKind::Session
            | PrincipalKind::FederatedUser
    );
    if action != KmsAction::ScheduleKeyDeletion || !is_one {
        return Whole::default();
    }
    let lacks: ActionSet = RECOVERY
        .into_iter()
        .filter(|action| !desk.can(named, *action))
        .collect();
    let mut uses = USES.into_iter();
    Whole {
        uses: uses
            .find(|action| desk.can(named, *action))
            .map(KmsAction::qualified),
        lacks: (!lacks.is_empty()).then_some(lacks),
    }
}

impl<'a> Desk<'a> {
    /// Whether the principal surely or perhaps can do it. Most answers need no evaluation.
    fn can(&self, named: &Named<'a>, action: KmsAction) -> bool {
        let mut records = self.granting(action);
        if !records.clone().any(|record| may_name(record, named)) {
            return false;
        }
        let plainly = |record: &StatementRecord| {
            is_plain(record) && record.principals.iter().any(|own| own.text == named.text)
        };
        (self.denies_nothing() && records.any(plainly)) || answer(self, named, action).is_some()
    }

    /// Whether anyone who still exists surely or perhaps can do it.
    pub(super) fn someone_can(&self, action: KmsAction) -> bool {
        let mut records = self.granting(action);
        if self.denies_nothing() && records.any(|record| is_plain(record) && names_own(record)) {
            return true;
        }
        let mut all = named(self.subject.document, self.granting(action)).into_iter();
        all.any(|named| {
            named.kind != PrincipalKind::UniqueId
                && !self.is_foreign(&named)
                && answer(self, &named, action).is_some()
        }) || self.is_unrendered(action)
    }

    pub(super) fn denies_nothing(&self) -> bool {
        let mut effects = self.statements.iter().map(|record| record.effect);
        effects.all(|effect| effect == Effect::Allow)
    }

    /// Whether the action is allowed to a principal that a template has yet to fill in.
    pub(super) fn is_unrendered(&self, action: KmsAction) -> bool {
        let names_placeholder = |statement: &StatementRecord| {
            let mut kinds = statement.principals.iter().map(|found| found.kind);
            statement.inert.is_none() && kinds.any(|kind| kind == PrincipalKind::Placeholder)
        };
        self.granting(action).any(names_placeholder)
    }

    /// Whether the key's material is known to be imported.
    pub(super) fn material_is_imported(&self) -> bool {
        self.subject.imported_material
    }
}

/// Whether nothing of the statement hangs on the request.
pub(super) fn is_plain(record: &StatementRecord) -> bool {
    record.inert.is_none()
        && record.conditions.is_empty()
        && !record.not_principal
        && !record.not_resource
}

/// Whether the statement might be about this principal.
fn may_name(record: &StatementRecord, named: &Named<'_>) -> bool {
    let is_user_or_role = matches!(named.kind, PrincipalKind::Role | PrincipalKind::User);
    // A session may come in by its role, a federated user by its user.
    !is_user_or_role
        || record.not_principal
        || record
            .principals
            .iter()
            .any(|own| own.kind == PrincipalKind::Everyone || own.text == named.text)
}

/// Whether it names someone of the key's account.
fn names_own(record: &StatementRecord) -> bool {
    record.principals.iter().any(|own| {
        let exists = matches!(
            own.kind,
            PrincipalKind::Account | PrincipalKind::Role | PrincipalKind::User
        );
        exists && own.foreign == Some(false)
    })
}
