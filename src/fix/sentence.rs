//! A permission difference in words.

use std::collections::BTreeMap;

use crate::access::{CaseSet, day_ranges, days_in_words};
use crate::aws::{ActionSet, KmsAction, PrincipalKind};
use crate::difference::{Change, Difference, EffectivePermission, USE, Way, Who};

/// Actions that are named before the rest is counted.
const MOST_NAMED: usize = 4;

/// How many actions of a line are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A few, and how many more.
    Few,
    /// All.
    All,
}

/// A line for each principal and each kind of change, and what is said of all others.
pub(super) fn lines(difference: &Difference, named: Named) -> Vec<String> {
    let mut lines = Vec::new();
    for subject in &difference.subjects {
        let mut groups: BTreeMap<(&Who, String), ActionSet> = BTreeMap::new();
        for change in &subject.changes {
            let key = (&change.who, change_in_words(change));
            groups.entry(key).or_default().insert(change.action);
        }
        for ((who, change), actions) in groups {
            let actions = match named {
                Named::Few => actions_in_words(actions),
                Named::All => all_names(actions),
            };
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

fn all_names(actions: ActionSet) -> String {
    let names: Vec<_> = actions.iter().map(KmsAction::name).collect();
    names.join(", ")
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

fn permission(permission: &EffectivePermission, with_days: bool) -> String {
    let decisions = permission.decisions;
    if decisions.possible().is_empty() {
        return "denied".to_owned();
    }
    if !with_days {
        let sure = !decisions.allowed.is_empty();
        return if sure { "allowed" } else { "perhaps allowed" }.to_owned();
    }
    let words = |set: CaseSet| days_in_words(&day_ranges(set.days()), " to ", ", ");
    match (words(decisions.allowed), words(decisions.conditional)) {
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
        PrincipalKind::Everyone => "any user or role of the account".to_owned(),
        PrincipalKind::Account if name.is_empty() => {
            "users and roles of the account by their own policies".to_owned()
        }
        PrincipalKind::Root if name.is_empty() => "the root user of the account".to_owned(),
        PrincipalKind::Account => format!("users and roles of `{name}` by their own policies"),
        PrincipalKind::Root => format!("the root user of `{name}`"),
        PrincipalKind::AnotherAccount => "other accounts by their own policies".to_owned(),
        PrincipalKind::AnyService => "any AWS service".to_owned(),
        PrincipalKind::Holder => "whoever has the policy".to_owned(),
        PrincipalKind::Limited => "whomever the policy limits".to_owned(),
        PrincipalKind::Role
        | PrincipalKind::User
        | PrincipalKind::Session
        | PrincipalKind::FederatedUser
        | PrincipalKind::Service
        | PrincipalKind::UniqueId
        | PrincipalKind::Placeholder
        | PrincipalKind::Anonymous
        | PrincipalKind::None => {
            let short = name
                .rsplit_once(':')
                .map_or(name.as_str(), |(_, last)| last);
            match who.way {
                Way::Known => format!("`{short}`"),
                Way::OwnPolicies => format!("`{short}` by its own policies"),
                Way::Boundary => format!("`{short}` under a permissions boundary, if it has one"),
            }
        }
    }
}
