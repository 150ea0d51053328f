//! Who can schedule and cancel deletion or put another key policy: whom the key policy names, and
//! of an account whose users and roles were loaded, whom their own policies let.

mod answer;
mod member;
mod named;
mod narrowing;
mod plain;
mod through_iam;
mod trial;
mod via;
mod whole;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::aws::{AccountId, Arn, KmsAction, PendingWindowInDays};
use crate::eval::{CaseSet, Decision, NamedPolicy};
use crate::policy::{
    Effect, PolicyDocument, PrincipalElement, PrincipalEntry, PrincipalForm, Statement,
};

use super::days_text::days_text;
use super::identities::{Identities, Member, Mentions};
use super::places::Places;
use super::subject::Subject;
use super::{Access, AccessTable, Place, PrincipalKind, StatementRecord, ThroughIam};

pub(super) use through_iam::of as through_iam;

use answer::{Answer, answer};
use named::{Named, named};
use trial::{Trial, trials_of};

/// Whoever the key policy names or lets in, and what each can do.
pub(super) fn table(
    subject: &Subject<'_>,
    statements: &[StatementRecord],
    identities: &Identities<'_>,
    places: &Places<'_>,
) -> AccessTable {
    let desk = Desk::new(subject, statements, identities, places);
    let mut schedule = desk.who_can(KmsAction::ScheduleKeyDeletion);
    let mut cancel = desk.who_can(KmsAction::CancelKeyDeletion);
    let mut put_key_policy = desk.who_can(KmsAction::PutKeyPolicy);
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
    let delete_imported_material = if desk.material_is_imported() {
        desk.who_can(KmsAction::DeleteImportedKeyMaterial)
    } else {
        Vec::new()
    };
    let someone = |list: &[Access], action| list.iter().any(exists) || desk.is_unrendered(action);
    let mut table = AccessTable {
        through_iam: ThroughIam::default(),
        someone_can_schedule: someone(&schedule, KmsAction::ScheduleKeyDeletion),
        someone_can_cancel: someone(&cancel, KmsAction::CancelKeyDeletion),
        someone_can_enable: desk.someone_can(KmsAction::EnableKey),
        someone_can_put_key_policy: someone(&put_key_policy, KmsAction::PutKeyPolicy),
        put_key_policy,
        delete_imported_material,
        schedule,
        cancel,
    };
    table.through_iam = through_iam(&table);
    table
}

fn who(access: &Access) -> (PrincipalKind, &str) {
    (access.kind, &access.principal)
}

/// Whether the principal is more than the id of a user or role that was deleted.
fn exists(access: &Access) -> bool {
    access.kind != PrincipalKind::UniqueId
}

/// The account's root user in a sentence.
const ROOT_USER: &str = "root user";

/// Who is tried for one principal.
type Trials<'a> = Rc<[Trial<'a>]>;

/// What all questions about one key policy share.
struct Desk<'a> {
    subject: &'a Subject<'a>,
    statements: &'a [StatementRecord],
    /// The policy without the ids of deleted users and roles: nobody else has such an id, and
    /// with an unknown `aws:userid` everyone might.
    without_ids: Cow<'a, PolicyDocument>,
    /// The same with what is given to everyone and no other, made when first asked for.
    for_everyone: OnceCell<PolicyDocument>,
    identities: &'a Identities<'a>,
    /// On what of a principal the key policy hangs.
    mentions: Mentions,
    places: &'a Places<'a>,
    /// Who stands for whom, found when first asked: each is asked about several actions.
    trials: RefCell<BTreeMap<(PrincipalKind, &'a str), Trials<'a>>>,
}

impl<'a> Desk<'a> {
    fn new(
        subject: &'a Subject<'a>,
        statements: &'a [StatementRecord],
        identities: &'a Identities<'a>,
        places: &'a Places<'a>,
    ) -> Self {
        let mut mentions = Mentions::default();
        mentions.add(subject.document);
        Self {
            subject,
            statements,
            without_ids: without_ids(subject.document),
            for_everyone: OnceCell::new(),
            identities,
            mentions,
            places,
            trials: RefCell::default(),
        }
    }

    /// The policy without what it gives to those whom it names.
    fn for_everyone(&self) -> &PolicyDocument {
        self.for_everyone.get_or_init(|| {
            let mut rest = self.without_ids.clone().into_owned();
            let gives = |statement: &&mut Statement| {
                let element = statement.principal.as_ref();
                statement.effect.value == Effect::Allow && element.is_some_and(|of| !of.negated)
            };
            for statement in rest.statements.iter_mut().filter(gives) {
                keep_entries(statement, |entry| entry.form() == PrincipalForm::Everyone);
            }
            rest
        })
    }

    /// Who is tried for a principal; the first is the likeliest to be allowed most.
    fn trials(&self, named: &Named<'a>) -> Trials<'a> {
        let mut known = self.trials.borrow_mut();
        let trials = known.entry((named.kind, named.text));
        Rc::clone(trials.or_insert_with(|| trials_of(named, self).into()))
    }

    /// Service and resource control policies above the key's account, level by level.
    fn control_policies(&self) -> (&[Vec<NamedPolicy>], &[Vec<NamedPolicy>]) {
        let account = self.subject.key.account;
        let control = account.zip(self.identities.control());
        control.map_or((&[], &[]), |(account, control)| control.above(account))
    }

    fn who_can(&self, action: KmsAction) -> Vec<Access> {
        let named = named(self.subject.document, self.granting(action));
        let mut all = Vec::with_capacity(named.len());
        all.extend(named.iter().filter_map(|named| self.access(named, action)));
        all.extend(self.members_who_can(action, &named));
        all
    }

    /// The Allow statements about the action.
    fn granting(&self, action: KmsAction) -> impl Iterator<Item = &'a StatementRecord> + Clone {
        let grants = move |statement: &&StatementRecord| {
            statement.effect == Effect::Allow && statement.covers.contains(action)
        };
        self.statements.iter().filter(grants)
    }

    /// What the principal can do; nothing where it surely cannot.
    fn access(&self, named: &Named<'a>, action: KmsAction) -> Option<Access> {
        if self.is_foreign(named) {
            return None;
        }
        let answer = answer(self, named, action)?;
        let at = named.place(&answer.granting);
        let who = Who {
            principal: named.text,
            kind: named.kind,
            account: named.account,
            member: self.member_of(named),
            at: self.subject.place(at),
        };
        let whole = whole::of(self, named, action);
        let record = self.record(&who, &answer, action);
        Some(Access {
            uses: whole.uses,
            lacks: whole.lacks,
            ..record
        })
    }

    /// Whether it belongs to another account or partition than the key, which none of the actions
    /// that are asked about reaches.
    fn is_foreign(&self, named: &Named<'_>) -> bool {
        let pair = named.account.zip(self.subject.key.account);
        pair.is_some_and(|(own, key)| own != key) || self.subject.is_elsewhere(named.text)
    }

    fn record(&self, who: &Who<'_>, answer: &Answer, action: KmsAction) -> Access {
        let (days, conditional_days) = windows(answer, action);
        let mut via: Vec<_> = answer
            .granting
            .iter()
            .filter_map(|index| self.statements.get(*index))
            .map(|statement| {
                let direct = who.kind != PrincipalKind::Account
                    && !answer.handing_on.contains(&statement.index);
                via::via(statement, direct, action, self.subject)
            })
            .collect();
        let own = self.own_via(who, answer, action);
        let policies: BTreeSet<_> = own.iter().filter_map(|via| via.policy.clone()).collect();
        via.extend(own);
        let granting = || answer.granting.iter().filter_map(|i| self.statement(*i));
        Access {
            principal: who.principal.to_owned(),
            name: if answer.only_root {
                ROOT_USER.to_owned()
            } else {
                short_name(who).to_owned()
            },
            who_text: if answer.only_root {
                ["the ", ROOT_USER].concat()
            } else {
                ["`", who.principal, "`"].concat()
            },
            kind: who.kind,
            account: who.account.map(|account| account.as_str().to_owned()),
            resolved: who.kind == PrincipalKind::Account
                && who.account.is_some_and(|own| self.identities.is_whole(own)),
            decision: answer.decision,
            can_text: if answer.decision == Decision::Allowed {
                "can"
            } else {
                "can perhaps"
            },
            shortest: days.first().or(conditional_days.first()).copied(),
            days_text: in_words(action, &days, &conditional_days),
            days,
            conditional_days,
            depends_on: answer.depends_on.iter().cloned().collect(),
            without_mfa: answer.without_mfa,
            narrowed: answer.only_root || granting().all(narrowing::narrows),
            narrowed_to_account: !answer.only_root && granting().any(narrowing::narrows_to_account),
            can_schedule: false,
            trusted: false,
            through_iam: answer.through_iam,
            policies: policies.into_iter().collect(),
            only_root: answer.only_root,
            held_back: answer.held_back,
            uses: None,
            lacks: None,
            via,
            at: who.at,
        }
    }

    fn statement(&self, index: usize) -> Option<&Statement> {
        self.subject.document.statements.get(index)
    }
}

/// Whom a record is about.
struct Who<'a> {
    principal: &'a str,
    kind: PrincipalKind,
    account: Option<AccountId>,
    member: Option<&'a Member<'a>>,
    at: Place,
}

/// `role/ci-deploy` of an ARN; else the principal as written.
fn short_name<'a>(who: &Who<'a>) -> &'a str {
    match who.kind {
        PrincipalKind::Role
        | PrincipalKind::User
        | PrincipalKind::Session
        | PrincipalKind::FederatedUser => {
            Arn::parse(who.principal).map_or(who.principal, |arn| arn.resource)
        }
        _ => who.principal,
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
    let days = |cases: CaseSet| {
        let mut days = Vec::with_capacity(PendingWindowInDays::all().len());
        days.extend(cases.days());
        days
    };
    (days(answer.allowed), days(answer.conditional))
}

/// Where no day count is possible, a request may still leave it out:
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
fn in_words(
    action: KmsAction,
    days: &[PendingWindowInDays],
    conditional_days: &[PendingWindowInDays],
) -> String {
    if action != KmsAction::ScheduleKeyDeletion {
        return String::new();
    }
    if days.is_empty() && conditional_days.is_empty() {
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
        keep_entries(statement, |entry| !is_id(entry));
    }
    Cow::Owned(rest)
}

/// Takes out of the statement's `Principal` or `NotPrincipal` all that is not to be kept.
fn keep_entries(statement: &mut Statement, keep: impl Fn(&PrincipalEntry) -> bool) {
    if let Some(element) = &mut statement.principal {
        let mut entries = element.entries.clone();
        entries.retain(|entry| keep(entry));
        *element = PrincipalElement::new(element.negated, entries, element.span);
    }
}

fn is_id(entry: &PrincipalEntry) -> bool {
    matches!(entry.form(), PrincipalForm::UniqueId(_))
}
