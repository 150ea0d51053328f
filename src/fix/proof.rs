//! The judgement on what a fix does to permissions.

use std::collections::BTreeSet;

use crate::aws::{ActionSet, KmsAction, PrincipalKind, VITAL};
use crate::difference::{Change, ChangedSubject, Difference, SubjectKind};

use super::Objection;
use super::plan::Meant;

/// Why the difference is not exactly what was meant; nothing where it is. `users` are the principals
/// that use the key and can schedule its deletion.
pub(super) fn objections(
    difference: &Difference,
    meant: &Meant,
    users: &BTreeSet<String>,
) -> Vec<Objection> {
    let mut objections = Vec::new();
    for subject in &difference.subjects {
        strangers(subject, meant, &mut objections);
        disabling_users(subject, users, &mut objections);
        last_ways(subject, &mut objections);
        limited_ways(subject, &mut objections);
    }
    objections
}

/// Changes that were not meant.
fn strangers(subject: &ChangedSubject, meant: &Meant, objections: &mut Vec<Objection>) {
    let mut people: Vec<_> = subject.changes.iter().map(|change| &change.who).collect();
    people.sort();
    people.dedup();
    for who in people {
        let own = |change: &&Change| change.who == *who;
        let is_meant = meant.who.as_ref().is_none_or(|all| all.contains(&who.name));
        let of = |goes: &dyn Fn(&Change) -> bool| -> ActionSet {
            let changes = subject.changes.iter().filter(own);
            changes
                .filter(|change| goes(change))
                .map(|change| change.action)
                .collect()
        };
        let wrong = |allowed: ActionSet, change: &Change, cases: crate::access::CaseSet| {
            let days =
                change.action != KmsAction::ScheduleKeyDeletion || meant.cases.includes(cases);
            let fine = is_meant && days && allowed.contains(change.action);
            !fine && !cases.is_empty()
        };
        let gained = of(&|change| wrong(meant.gains, change, change.gains));
        let lost = of(&|change| wrong(meant.loses, change, change.loses));
        if !gained.is_empty() {
            objections.push(Objection::Gains(who.clone(), gained));
        }
        if !lost.is_empty() {
            objections.push(Objection::Loses(who.clone(), lost));
        }
    }
}

/// Who uses the key must not be able to stop every use of it for the sake of an undone deletion.
fn disabling_users(
    subject: &ChangedSubject,
    users: &BTreeSet<String>,
    objections: &mut Vec<Objection>,
) {
    let gains = |change: &&Change| {
        let is_user = users.contains(&change.who.name)
            || matches!(
                change.who.kind,
                PrincipalKind::Everyone | PrincipalKind::AnyService | PrincipalKind::Service
            );
        change.action == KmsAction::DisableKey && !change.gains.is_empty() && is_user
    };
    for change in subject.changes.iter().filter(gains) {
        let objection = Objection::CanDisable(change.who.clone());
        if !objections.contains(&objection) {
            objections.push(objection);
        }
    }
}

/// What must not be lost with the last who could do it, and deletion itself: a key that nobody can delete is paid for ever.
const NEEDED: ActionSet = VITAL.union(ActionSet::only(KmsAction::ScheduleKeyDeletion));

fn last_ways(subject: &ChangedSubject, objections: &mut Vec<Objection>) {
    let lost = subject.lost().intersection(NEEDED);
    let unsure = subject
        .no_longer_sure()
        .intersection(VITAL)
        .difference(lost);
    if !lost.is_empty() {
        objections.push(Objection::NobodyLeft(subject.kind, lost));
    }
    if !unsure.is_empty() {
        objections.push(Objection::NoLongerSure(unsure));
    }
}

/// What a policy that limits others leaves to nobody of them.
fn limited_ways(subject: &ChangedSubject, objections: &mut Vec<Objection>) {
    let taken = subject.changes.iter().filter(|change| {
        change.who.kind == PrincipalKind::Limited && change.after.decisions.possible().is_empty()
    });
    let taken: ActionSet = taken.map(|change| change.action).collect();
    let taken = taken.intersection(NEEDED).difference(subject.lost());
    if !taken.is_empty() {
        objections.push(Objection::NobodyLeft(SubjectKind::Policy, taken));
    }
}
