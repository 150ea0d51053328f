//! Who can schedule and cancel deletion or put another key policy, as records.

mod granted_by;
mod narrowing;
mod through_iam;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::access::{CaseSet, Decision, Decisions, Holder, Identities, KeyQuestions, Permitted};
use crate::aws::{Arn, KmsAction, PendingWindowInDays, PrincipalKind};
use crate::policy::{Effect, Statement, glob};
use crate::text::Location;

use super::days_text::days_text;
use super::policy_context::PolicyContext;
use super::source_index::SourceIndex;
use super::{Access, AccessTable, GrantedBy, IndexedLocation, StatementRecord, ThroughIam};

use narrowing::Spared;

/// The account's root user in a sentence.
const ROOT_USER: &str = "root user";

/// Everyone that the key policy names or lets in, and what each can do; `trusted` are ARN patterns of
/// principals.
pub(super) fn table(
    subject: &PolicyContext<'_>,
    statements: &[StatementRecord],
    (identities, trusted): (&Identities<'_>, &[String]),
    source_index: &SourceIndex<'_>,
) -> AccessTable {
    let questions = KeyQuestions::new(&subject.key, identities);
    let records = Records {
        subject,
        statements,
        identities,
        source_index,
        trusted,
        days: RefCell::default(),
        granted: RefCell::default(),
    };
    let [schedule, cancel, put_key_policy] = questions.who_can([
        KmsAction::ScheduleKeyDeletion,
        KmsAction::CancelKeyDeletion,
        KmsAction::PutKeyPolicy,
    ]);
    let mut schedule = records.all(KmsAction::ScheduleKeyDeletion, &schedule);
    let mut cancel = records.all(KmsAction::CancelKeyDeletion, &cancel);
    let mut put_key_policy = records.all(KmsAction::PutKeyPolicy, &put_key_policy);
    for access in &mut schedule {
        access.can_schedule = true;
    }
    let scheduling: BTreeSet<(PrincipalKind, &str)> = schedule.iter().map(who).collect();
    let everyone = schedule
        .iter()
        .any(|a| a.kind == PrincipalKind::Everyone && !a.narrowed);
    for access in cancel.iter_mut().chain(&mut put_key_policy) {
        access.can_schedule = everyone || scheduling.contains(&who(access));
    }
    let delete_imported_material = if subject.imported_material == Some(true) {
        let [holders] = questions.who_can([KmsAction::DeleteImportedKeyMaterial]);
        records.all(KmsAction::DeleteImportedKeyMaterial, &holders)
    } else {
        Vec::new()
    };
    let someone = |list: &[Access], action| {
        list.iter().any(exists) || questions.is_given_to_placeholder(action)
    };
    let given_to_placeholder = |action| questions.is_given_to_placeholder(action);
    if !given_to_placeholder(KmsAction::PutKeyPolicy) {
        mark_sole(&mut put_key_policy);
    }
    let mut table = AccessTable {
        cancel_doubtful: !given_to_placeholder(KmsAction::CancelKeyDeletion)
            && all_need_mfa_of_sessions(&cancel),
        through_iam: ThroughIam::default(),
        someone_can_schedule: someone(&schedule, KmsAction::ScheduleKeyDeletion),
        someone_can_cancel: someone(&cancel, KmsAction::CancelKeyDeletion),
        someone_can_enable: questions.someone_can(KmsAction::EnableKey),
        someone_can_put_key_policy: someone(&put_key_policy, KmsAction::PutKeyPolicy),
        put_key_policy,
        delete_imported_material,
        schedule,
        cancel,
    };
    table.through_iam = through_iam::of(&table);
    table
}

/// Marks the only user or role that can put another key policy.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
fn mark_sole(put_key_policy: &mut [Access]) {
    let mut existing = put_key_policy.iter_mut().filter(|access| exists(access));
    if let (Some(only), None) = (existing.next(), existing.next()) {
        only.sole = only.kind.is_one();
    }
}

/// Whether there are some that can, and all of them only with multi-factor authentication, of which
/// requests of roles may never tell. AWS documents both:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn all_need_mfa_of_sessions(list: &[Access]) -> bool {
    let has_session = |access: &Access| {
        matches!(
            access.kind,
            PrincipalKind::Role | PrincipalKind::Session | PrincipalKind::FederatedUser
        )
    };
    let mut existing = list.iter().filter(|access| exists(access)).peekable();
    existing.peek().is_some() && existing.all(|access| has_session(access) && !access.without_mfa)
}

fn who(access: &Access) -> (PrincipalKind, &str) {
    (access.kind, &access.principal)
}

/// Whether the principal is more than the id of a user or role that was deleted.
fn exists(access: &Access) -> bool {
    access.kind != PrincipalKind::UniqueId
}

/// What the records are made from.
struct Records<'a> {
    subject: &'a PolicyContext<'a>,
    statements: &'a [StatementRecord],
    identities: &'a Identities<'a>,
    source_index: &'a SourceIndex<'a>,
    /// ARN patterns of principals that are trusted.
    trusted: &'a [String],
    /// Day counts of the answers so far: most principals can choose the same.
    days: RefCell<Vec<Days>>,
    /// By which pattern each statement grants an action, directly or not: for all whom it names.
    granted: RefCell<BTreeMap<(KmsAction, usize, bool), Arc<GrantedBy>>>,
}

impl Records<'_> {
    /// One for each who can do it.
    fn all(&self, action: KmsAction, holders: &[Holder<'_>]) -> Vec<Access> {
        let spared = self.spared(action);
        let holders = holders.iter();
        holders
            .map(|holder| self.access(holder, action, spared))
            .collect()
    }

    /// `spared`: whom the denials of the action leave of everyone.
    fn access(&self, holder: &Holder<'_>, action: KmsAction, spared: Option<Spared>) -> Access {
        let permitted = &holder.permitted;
        let at = self.at(holder);
        let days = self.days(permitted, action);
        let mut via: Vec<_> = permitted
            .granting
            .iter()
            .filter_map(|index| self.statements.get(*index))
            .map(|statement| {
                let direct = holder.kind != PrincipalKind::Account
                    && !permitted.delegating.contains(&statement.index);
                let mut granted = self.granted.borrow_mut();
                let of = granted.entry((action, statement.index, direct));
                let of = of.or_insert_with(|| {
                    granted_by::of_key_policy(statement, direct, action, self.subject).into()
                });
                Arc::clone(of)
            })
            .collect();
        let own = self.own_via(holder, action);
        let policies: BTreeSet<_> = own.iter().filter_map(|via| via.policy.clone()).collect();
        via.extend(own.into_iter().map(Arc::new));
        let (narrowed, narrowed_to_account) = self.narrowed(permitted, spared);
        Access {
            principal: holder.principal.to_owned(),
            name: name(holder).to_owned(),
            who_text: who_text(holder),
            kind: kind(holder),
            account: holder.account,
            resolved: holder.kind == PrincipalKind::Account
                && holder
                    .account
                    .is_some_and(|own| self.identities.is_whole(own)),
            decision: permitted.decision,
            can_text: if permitted.decision == Decision::Allowed {
                "can"
            } else {
                "can perhaps"
            },
            shortest: days.sure.first().or(days.conditional.first()).copied(),
            days_text: days.text,
            days: days.sure,
            conditional_days: days.conditional,
            depends_on: permitted.depends_on.iter().cloned().collect(),
            without_mfa: permitted.without_mfa,
            narrowed,
            narrowed_to_account,
            can_schedule: false,
            trusted: self.trusts(holder),
            through_iam: permitted.through_iam,
            policies: policies.into_iter().collect(),
            only_root: permitted.only_root,
            held_back: permitted.held_back,
            sole: false,
            uses: holder.companions.uses.map(KmsAction::qualified),
            lacks: holder.companions.lacks,
            via,
            at,
        }
    }

    fn days(&self, permitted: &Permitted, action: KmsAction) -> Days {
        if action != KmsAction::ScheduleKeyDeletion {
            return Days::default();
        }
        let decisions = permitted.decisions;
        let mut known = self.days.borrow_mut();
        if let Some(days) = known.iter().find(|days| days.of == decisions) {
            return days.clone();
        }
        let days = Days::of(decisions);
        known.push(days.clone());
        days
    }

    /// Whether conditions narrow whom the statements that grant it mean by `*`, and whether only to an
    /// account or organization.
    fn narrowed(&self, permitted: &Permitted, spared: Option<Spared>) -> (bool, bool) {
        let granting = || permitted.granting.iter().filter_map(|i| self.statement(*i));
        if permitted.only_root {
            return (true, false);
        }
        let narrowed = granting().all(narrowing::narrows);
        let to_account = granting().any(narrowing::narrows_to_account);
        match spared {
            None => (narrowed, to_account),
            Some(Spared::Some) => (true, false),
            Some(Spared::Account) => (true, to_account || !narrowed),
        }
    }

    /// Whom the narrowest `Deny` of the action leaves of everyone.
    fn spared(&self, action: KmsAction) -> Option<Spared> {
        let denies = self.statements.iter().filter(|record| {
            record.effect == Effect::Deny
                && record.inert.is_none()
                && record.covers.contains(action)
        });
        let found = denies.filter_map(|record| narrowing::spared(self.statement(record.index)?));
        found.reduce(|one, two| if one == Spared::Some { one } else { two })
    }

    /// Whether one of the configured patterns names it, which is one principal.
    fn trusts(&self, holder: &Holder<'_>) -> bool {
        let mut patterns = self.trusted.iter();
        kind(holder).is_one() && patterns.any(|pattern| glob(pattern, holder.principal))
    }

    /// Where the key policy names the principal, else where its ARN stands in its own file.
    fn at(&self, holder: &Holder<'_>) -> IndexedLocation {
        let loaded = holder.loaded.map(|loaded| loaded.principal.at());
        match (holder.named_at, loaded) {
            (Some(span), _) => self.subject.place(span),
            (None, Some(at)) => self.source_index.place(at),
            (None, None) => self.subject.place(self.subject.document.span),
        }
    }

    fn statement(&self, index: usize) -> Option<&Statement> {
        self.subject.document.statements.get(index)
    }

    /// The statements of the principal's own policies, as they stand in their file.
    fn own_via(&self, holder: &Holder<'_>, action: KmsAction) -> Vec<GrantedBy> {
        let Some(loaded) = holder.loaded else {
            return Vec::new();
        };
        let via = |at: &(usize, usize)| {
            let (policy, index) = self.identities.origin(loaded, *at)?;
            let policy = &policy.policy;
            let statement = policy.document.statements.get(index)?;
            let place = |span| {
                self.source_index.place(Location {
                    source: policy.source,
                    span,
                })
            };
            Some(granted_by::own(
                &policy.name,
                (index, statement),
                action,
                place,
            ))
        };
        holder.permitted.own.iter().filter_map(via).collect()
    }
}

fn who_text(holder: &Holder<'_>) -> String {
    if holder.permitted.only_root {
        ["the ", ROOT_USER].concat()
    } else {
        ["`", holder.principal, "`"].concat()
    }
}

/// Everyone of whom only the root user is left is an account.
fn kind(holder: &Holder<'_>) -> PrincipalKind {
    if holder.permitted.only_root {
        PrincipalKind::Account
    } else {
        holder.kind
    }
}

/// `role/ci-deploy` of an ARN; else the principal as written.
fn name<'a>(holder: &Holder<'a>) -> &'a str {
    if holder.permitted.only_root {
        ROOT_USER
    } else if holder.kind.is_one() {
        Arn::parse(holder.principal).map_or(holder.principal, |arn| arn.resource)
    } else {
        holder.principal
    }
}

/// The day counts of an answer about `ScheduleKeyDeletion`; none of any other.
#[derive(Clone, Debug, Default)]
struct Days {
    of: Decisions,
    /// Those that are surely allowed.
    sure: Vec<PendingWindowInDays>,
    /// Those that may be.
    conditional: Vec<PendingWindowInDays>,
    text: String,
}

impl Days {
    fn of(decisions: Decisions) -> Self {
        let days = |cases: CaseSet| {
            let mut days = Vec::with_capacity(PendingWindowInDays::all().len());
            days.extend(cases.days());
            days
        };
        let (sure, conditional) = (days(decisions.allowed), days(decisions.conditional));
        // Where no day count is possible, a request may still leave it out:
        // https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
        let text = if sure.is_empty() && conditional.is_empty() {
            format!("{} days by default", PendingWindowInDays::DEFAULT)
        } else {
            days_text(&sure, &conditional)
        };
        Self {
            of: decisions,
            sure,
            conditional,
            text,
        }
    }
}
