//! The judgement on what a fix does to permissions.

use crate::aws::{ActionSet, KmsAction, VITAL};
use crate::difference::{Change, ChangedSubject, Difference};

use super::plan::Meant;
use super::sentence::{actions_in_words, told, who_in_words};

/// Why the difference is not exactly what was meant; nothing where it is.
pub(super) fn objections(difference: &Difference, meant: &Meant) -> Vec<String> {
    let mut objections = Vec::new();
    for subject in &difference.subjects {
        strangers(subject, meant, &mut objections);
        last_ways(subject, &mut objections);
    }
    objections
}

/// Changes that were not meant.
fn strangers(subject: &ChangedSubject, meant: &Meant, objections: &mut Vec<String>) {
    let mut people: Vec<_> = told(subject).map(|change| &change.who).collect();
    people.sort();
    people.dedup();
    for who in people {
        let own = |change: &&Change| change.who == *who;
        let is_meant = meant.who.as_ref().is_none_or(|all| all.contains(&who.name));
        let of = |goes: &dyn Fn(&Change) -> bool| -> ActionSet {
            let changes = told(subject).filter(own);
            changes
                .filter(|change| goes(change))
                .map(|change| change.action)
                .collect()
        };
        let wrong = |allowed: ActionSet, change: &Change, cases: crate::eval::CaseSet| {
            let days =
                change.action != KmsAction::ScheduleKeyDeletion || meant.cases.includes(cases);
            let fine = is_meant && days && allowed.contains(change.action);
            !fine && !cases.is_empty()
        };
        let clears = |change: &Change| {
            is_meant
                && meant.clears.contains(change.action)
                && change.before.conditional.includes(change.gains)
        };
        let gained = of(&|change| !clears(change) && wrong(meant.gains, change, change.gains));
        let lost = of(&|change| wrong(meant.loses, change, change.loses));
        for (verb, actions) in [("gains", gained), ("loses", lost)] {
            if !actions.is_empty() {
                let (who, actions) = (who_in_words(who), actions_in_words(actions));
                objections.push(format!("{who} {verb} {actions}"));
            }
        }
    }
}

/// What must not be lost with the last who could do it.
fn last_ways(subject: &ChangedSubject, objections: &mut Vec<String>) {
    let lost = subject.lost().intersection(VITAL);
    let unsure = subject
        .no_longer_sure()
        .intersection(VITAL)
        .difference(lost);
    if !lost.is_empty() {
        objections.push(format!("nobody is left for {}", actions_in_words(lost)));
    }
    if !unsure.is_empty() {
        objections.push(format!(
            "it is no longer sure that anybody can do {}",
            actions_in_words(unsure)
        ));
    }
}
