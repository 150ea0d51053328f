//! A permission difference in words.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{ActionSet, KmsAction, PrincipalKind};
use crate::difference::{Change, ChangedSubject, Difference, Permission, USE, Way, Who};
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
/// that name principals is not, where the same change is told of each of these: what the class
/// has of it are federated sessions of a user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
pub(super) fn told(subject: &ChangedSubject) -> impl Iterator<Item = &Change> {
    subject
        .changes
        .iter()
        .filter(|change| !(is_class(&change.who) && is_told_of_others(change, subject)))
}

const fn is_class(who: &Who) -> bool {
    matches!(who.kind, PrincipalKind::Everyone | PrincipalKind::Account)
}

/// Whether all that a class gains or loses is what named principals do, of whom it is told.
fn is_told_of_others(change: &Change, subject: &ChangedSubject) -> bool {
    let (before, after) = (&change.before, &change.after);
    let (old, new) = (grounds(before), grounds(after));
    let told = |ground: &Ground<'_>| {
        let mut changes = subject.changes.iter();
        changes.any(|other| {
            let gains = change.gains.is_empty() || !other.gains.is_empty();
            let loses = change.loses.is_empty() || !other.loses.is_empty();
            let same = other.action == change.action && gains && loses;
            same && !is_class(&other.who) && ground.name == Some(&other.who.name)
        })
    };
    let mut differing = old.symmetric_difference(&new);
    before.allowed == after.allowed && old != new && differing.all(told)
}

/// What a permission hangs on: the conditions of a statement, and one of those whom it names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ground<'a> {
    name: Option<&'a str>,
    denies: bool,
    conditions: Vec<&'a str>,
}

fn grounds(permission: &Permission) -> BTreeSet<Ground<'_>> {
    let mut grounds = BTreeSet::new();
    for hanging in &permission.hangs_on {
        let (named, others): (Vec<_>, Vec<_>) = hanging
            .conditions
            .iter()
            .partition(|of| !of.principals.is_empty());
        let conditions: Vec<_> = others.into_iter().map(|of| of.text.as_str()).collect();
        let mut of = |name| {
            let conditions = conditions.clone();
            grounds.insert(Ground {
                name,
                denies: hanging.denies,
                conditions,
            });
        };
        let mut each = named.into_iter().flat_map(|of| &of.principals).peekable();
        if each.peek().is_none() {
            of(None);
        }
        for name in each {
            of(Some(name));
        }
    }
    grounds
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
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::difference::{Hanging, Presence, Requirement, SubjectKind};
    use crate::eval::CaseSet;
    use crate::fix::plan::Meant;
    use crate::fix::proof;

    const ROLE: &str = "arn:aws:iam::111122223333:role/app";
    const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/idp";

    fn gain(kind: PrincipalKind, name: &str, by: &[&str]) -> Change {
        let hanging = Hanging {
            denies: false,
            conditions: vec![Requirement {
                text: format!("Principal {}", by.join(" or ")),
                principals: by.iter().map(|name| (*name).to_owned()).collect(),
            }],
        };
        Change {
            who: Who {
                kind,
                name: name.to_owned(),
                way: Way::Known,
            },
            action: KmsAction::ScheduleKeyDeletion,
            before: Permission::default(),
            after: Permission {
                conditional: CaseSet::DAYS,
                hangs_on: vec![hanging],
                ..Permission::default()
            },
            gains: CaseSet::DAYS,
            loses: CaseSet::NONE,
        }
    }

    fn subject(changes: Vec<Change>) -> Difference {
        Difference {
            subjects: vec![ChangedSubject {
                kind: SubjectKind::Key,
                subject: "policy.json".to_owned(),
                account: None,
                may_have_imported_material: true,
                presence: Presence::Both,
                changes,
                standings: Vec::new(),
                unknown: Vec::new(),
            }],
        }
    }

    #[test]
    fn a_gain_of_deletion_is_told_and_is_an_objection() {
        let account = |by: &[&str]| gain(PrincipalKind::Account, "111122223333", by);
        let both = [ROLE, PROVIDER];
        let role = || gain(PrincipalKind::Role, ROLE, &[ROLE]);
        for changes in [
            vec![account(&[PROVIDER])],
            vec![account(&both), role()],
            vec![account(&["111122223333"])],
            vec![account(&[ROLE]), role()],
        ] {
            let difference = subject(changes);
            assert!(difference.gains_deletion());
            let lines = lines(&difference);
            assert!(lines.iter().any(|line| line.contains("perhaps allowed")));
            assert!(!proof::objections(&difference, &Meant::NOTHING).is_empty());
        }
        // Only what another line tells is left out.
        let told_of = |changes| told(&subject(changes).subjects[0]).count();
        assert_eq!(told_of(vec![account(&both), role()]), 2);
        assert_eq!(told_of(vec![account(&[ROLE]), role()]), 1);
    }
}
