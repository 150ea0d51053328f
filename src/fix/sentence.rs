//! A permission difference in words.

use std::collections::BTreeMap;

use crate::aws::{ActionSet, KmsAction};
use crate::difference::{
    Change, ChangedSubject, Difference, Hanging, Permission, USE, Way, Who, WhoKind,
};
use crate::eval::day_ranges;

/// Actions that are named before the rest is counted.
const MOST_NAMED: usize = 4;

/// A line for each principal and each kind of change, and what is said of all others.
pub(super) fn lines(difference: &Difference) -> Vec<String> {
    let mut lines = Vec::new();
    for subject in &difference.subjects {
        let mut groups: BTreeMap<(&Who, String), ActionSet> = BTreeMap::new();
        for change in told(subject) {
            let key = (&change.who, change_in_words(change));
            groups.entry(key).or_default().insert(change.action);
        }
        for ((who, change), actions) in groups {
            let actions = actions_in_words(actions);
            let line = format!("{}: {actions} {change}", who_in_words(who));
            lines.push(if difference.subjects.len() > 1 {
                format!("{}: {line}", subject.subject)
            } else {
                line
            });
        }
    }
    lines.push(
        if lines.is_empty() {
            "no permission changes"
        } else {
            "nothing else changes"
        }
        .to_owned(),
    );
    lines
}

/// The changes that are worth telling. A class of callers whose answer differs only by statements
/// that name a principal is not: the change is told of that principal, and what the class has of
/// it are federated sessions of a user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
pub(super) fn told(subject: &ChangedSubject) -> impl Iterator<Item = &Change> {
    subject.changes.iter().filter(|change| {
        let (before, after) = (&change.before, &change.after);
        let class = matches!(change.who.kind, WhoKind::Anyone | WhoKind::Account);
        let gone = before
            .hangs_on
            .iter()
            .filter(|hanging| !after.hangs_on.contains(hanging));
        let came = after
            .hangs_on
            .iter()
            .filter(|hanging| !before.hangs_on.contains(hanging));
        let mut differing = gone.chain(came).peekable();
        let names = |hanging: &Hanging| {
            hanging
                .conditions
                .iter()
                .any(|condition| condition.starts_with("Principal "))
        };
        let by_name = differing.peek().is_some() && differing.all(names);
        !(class && by_name && before.allowed == after.allowed)
    })
}

fn change_in_words(change: &Change) -> String {
    let days = change.action == KmsAction::ScheduleKeyDeletion;
    let (before, after) = (
        permission(&change.before, days),
        permission(&change.after, days),
    );
    if before == after {
        let which = match (change.gains.is_empty(), change.loses.is_empty()) {
            (true, _) => "more",
            (_, true) => "fewer",
            (false, false) => "other",
        };
        format!("{before} → the same under {which} conditions")
    } else {
        format!("{before} → {after}")
    }
}

fn permission(permission: &Permission, with_days: bool) -> String {
    if permission.possible().is_empty() {
        return "denied".to_owned();
    }
    if !with_days {
        let sure = !permission.allowed.is_empty();
        return if sure { "allowed" } else { "perhaps allowed" }.to_owned();
    }
    let words = |set: crate::eval::CaseSet| {
        let range = |(first, last)| {
            if first == last {
                format!("{first}")
            } else {
                format!("{first} to {last}")
            }
        };
        day_ranges(set.days())
            .into_iter()
            .map(range)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (words(permission.allowed), words(permission.conditional)) {
        (sure, perhaps) if sure.is_empty() && perhaps.is_empty() => {
            "allowed only without a day count".to_owned()
        }
        (sure, perhaps) if perhaps.is_empty() => format!("allowed with {sure} days"),
        (sure, perhaps) if sure.is_empty() => format!("perhaps allowed with {perhaps} days"),
        (sure, perhaps) => format!("allowed with {sure} days, perhaps {perhaps}"),
    }
}

/// `CancelKeyDeletion`, or a few names and how many more.
pub(super) fn actions_in_words(actions: ActionSet) -> String {
    let uses: ActionSet = USE.into_iter().collect();
    if actions.difference(uses).is_empty() && uses.difference(actions).is_empty() {
        return "every use of the key".to_owned();
    }
    let names: Vec<_> = actions.iter().map(KmsAction::name).collect();
    match names.get(..MOST_NAMED) {
        Some(first) if names.len() > MOST_NAMED => {
            let more = names.len().saturating_sub(MOST_NAMED);
            format!("{} and {more} more", first.join(", "))
        }
        _ => names.join(", "),
    }
}

/// How to speak of a principal or a class of them.
pub(super) fn who_in_words(who: &Who) -> String {
    let name = &who.name;
    match who.kind {
        WhoKind::Anyone => "any user or role of the account".to_owned(),
        WhoKind::Account => format!("users and roles of `{name}` by their own policies"),
        WhoKind::Root => format!("the root user of `{name}`"),
        WhoKind::AnotherAccount => "other accounts by their own policies".to_owned(),
        WhoKind::AnyService => "any AWS service".to_owned(),
        WhoKind::Holder => "whoever has the policy".to_owned(),
        WhoKind::Limited => "whomever the policy limits".to_owned(),
        WhoKind::Role
        | WhoKind::User
        | WhoKind::Session
        | WhoKind::FederatedUser
        | WhoKind::Service
        | WhoKind::UniqueId
        | WhoKind::Placeholder => {
            let short = name
                .rsplit_once(':')
                .map_or(name.as_str(), |(_, last)| last);
            match who.way {
                Way::Known => format!("`{short}`"),
                Way::OwnPolicies => format!("`{short}` by its own policies"),
            }
        }
    }
}
