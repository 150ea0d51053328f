//! What a change does to what one policy gives to whoever has it, or takes from whom it limits.

use crate::access::{Answer, AskedKey, Candidate, PolicyAlone, delegating_key};
use crate::aws::{ActionSet, KmsAction, PrincipalKind};
use crate::inventory::LoadedPolicy;
use crate::policy::PolicyKind;

use super::action_classes::ActionClasses;
use super::answer::permission;
use super::canonical::Canonical;
use super::change::{
    Change, ChangedSubject, EffectivePermission, Presence, StandingChange, SubjectKind, Way, Who,
};
use super::compare::{Compared, compare};
use super::nonexistent::without_nonexistent_keys;

/// What a change does to a policy that is no key's; nothing where it changes no permission. Where keys are
/// loaded that a control policy is known to apply to, whether somebody is left is told of them.
pub(super) fn policy(
    subject: String,
    (before, after): (Option<&LoadedPolicy>, Option<&LoadedPolicy>),
    operations: ActionSet,
    decided_by_keys: bool,
) -> Option<ChangedSubject> {
    let presence = match (before, after) {
        // Both sides share it.
        (Some(before), Some(after)) if std::ptr::eq(before, after) => return None,
        (None, _) => Presence::Added,
        (_, None) => Presence::Removed,
        (Some(_), Some(_)) => Presence::Both,
    };
    let mut changed = ChangedSubject {
        kind: SubjectKind::Policy,
        subject,
        account: None,
        may_have_imported_material: true,
        presence,
        changes: Vec::new(),
        standings: Vec::new(),
        unknown: Vec::new(),
    };
    let canonical = |policy: Option<&LoadedPolicy>| Some(Canonical::new(&policy?.document));
    let differing = match (canonical(before), canonical(after)) {
        (Some(before), Some(after)) => {
            changed.unknown = before.differing_unknown(&after);
            before.differing(&after)
        }
        _ => ActionSet::ALL,
    };
    let asked = differing.intersection(operations);
    if !asked.is_empty() {
        let kind = after.or(before)?.document.kind;
        let ready = |policy: &LoadedPolicy| LoadedPolicy {
            document: without_nonexistent_keys(&policy.document),
            ..policy.clone()
        };
        let (old, new) = (before.map(ready), after.map(ready));
        let sides = (old.as_ref(), new.as_ref());
        changed.changes = changes(kind, sides, asked).unwrap_or_default();
        if !decided_by_keys && kind.is_control_policy() {
            changed.standings = standings(&changed.changes);
        }
    }
    changed.differs().then_some(changed)
}

/// What changes for any user or role, on a key that leaves every decision to other policies. A policy
/// of which nothing tells that it limits somebody may still be a guardrail, such as a control policy
/// without its `Type`: what it denies to whoever has everything is asked too.
fn changes(
    kind: PolicyKind,
    (before, after): (Option<&LoadedPolicy>, Option<&LoadedPolicy>),
    asked: ActionSet,
) -> Option<Vec<Change>> {
    let key = delegating_key()?;
    let mut classes = ActionClasses::default();
    for policy in [before, after].into_iter().flatten() {
        classes.add(&policy.document);
    }
    let all = |who, alone: fn(PolicyKind, Option<&LoadedPolicy>) -> PolicyAlone| {
        let (old, new) = (alone(kind, before), alone(kind, after));
        let callers: Vec<_> = old.candidates().into_iter().zip(new.candidates()).collect();
        let mut found = Vec::new();
        for class in classes.of(asked) {
            let first = class.iter().next();
            let Some(one) = first.and_then(|action| change(&callers, who, action, &key)) else {
                continue;
            };
            let of = |action| Change {
                action,
                ..one.clone()
            };
            found.extend(class.iter().map(of));
        }
        found.sort_by_key(|change| change.action);
        found
    };
    if PolicyAlone::limits(kind) {
        return Some(all(PrincipalKind::Limited, PolicyAlone::new));
    }
    let mut found = all(PrincipalKind::Holder, PolicyAlone::new);
    let told: ActionSet = found.iter().map(|change| change.action).collect();
    let limited = all(PrincipalKind::Limited, PolicyAlone::beside_everything).into_iter();
    found.extend(limited.filter(|change| !told.contains(change.action)));
    found.sort_by_key(|change| change.action);
    Some(found)
}

/// Operations that a principal limited by a control policy could do before, and none can do now.
fn standings(changes: &[Change]) -> Vec<StandingChange> {
    let standing = |change: &Change| StandingChange {
        action: change.action,
        before: change.before.decisions.best(),
        after: change.after.decisions.best(),
    };
    let all = changes.iter().map(standing);
    all.filter(|of| !of.after.is_possible() && of.before.is_possible())
        .collect()
}

fn change<'a>(
    callers: &[(Candidate<'a>, Candidate<'a>)],
    who: PrincipalKind,
    action: KmsAction,
    key: &'a AskedKey<'a>,
) -> Option<Change> {
    let mut compared = Compared::default();
    let (mut old, mut new) = <(EffectivePermission, EffectivePermission)>::default();
    for (before, after) in callers {
        let before = Answer::new(before, action, key);
        let after = Answer::new(after, action, key);
        compared = compared.or(compare(&before, &after));
        old.or(permission(&before));
        new.or(permission(&after));
    }
    (!compared.is_nothing()).then(|| Change {
        who: Who {
            kind: who,
            name: String::new(),
            way: Way::Known,
        },
        action,
        before: old,
        after: new,
        gains: compared.gains,
        loses: compared.loses,
    })
}
