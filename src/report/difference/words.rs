//! Principals, permissions and operations of a difference in words: in the cells of a table, and in
//! sentences.

use std::collections::BTreeMap;

use crate::access::{CaseSet, Decision, day_ranges, days_in_words};
use crate::aws::data::NOT_KNOWN;
use crate::aws::{AccountId, ActionSet, Arn, KmsAction, PrincipalKind};
use crate::difference::{
    ActionGroup, Change, Difference, EffectivePermission, Hanging, SubjectKind, USE, UnknownChange,
    Way, Who,
};

/// Actions of a sentence that are named before the rest is counted.
const MOST_NAMED: usize = 4;

/// So many conditions are shown of one permission; the JSON has all.
const MOST_CONDITIONS: usize = 3;

const ANY_SERVICE: &str = "any AWS service";
const HOLDER: &str = "whoever has the policy";
const LIMITED: &str = "whomever the policy limits";

/// `role/app`, with its account where that is not the key's.
pub(super) fn who(who: &Who, account: Option<AccountId>) -> String {
    let name = &who.name;
    match who.kind {
        PrincipalKind::Everyone => "anyone of the account".to_owned(),
        PrincipalKind::AnotherAccount => "any other account".to_owned(),
        PrincipalKind::AnyService => ANY_SERVICE.to_owned(),
        PrincipalKind::Holder => HOLDER.to_owned(),
        PrincipalKind::Limited => LIMITED.to_owned(),
        PrincipalKind::Account if name.is_empty() => "the account".to_owned(),
        PrincipalKind::Account => format!("account {name}"),
        PrincipalKind::Root if name.is_empty() => "the root user".to_owned(),
        PrincipalKind::Root => format!("root user of {name}"),
        PrincipalKind::UniqueId => format!("the deleted {name}"),
        PrincipalKind::Placeholder
        | PrincipalKind::Service
        | PrincipalKind::Anonymous
        | PrincipalKind::None => name.clone(),
        PrincipalKind::Role
        | PrincipalKind::User
        | PrincipalKind::Session
        | PrincipalKind::FederatedUser => of_arn(name, account),
    }
}

/// What is said of so many principals beside their names.
pub(super) const fn proviso(way: Way, count: usize) -> &'static str {
    match (way, count) {
        (Way::Known, _) => "",
        (Way::OwnPolicies, 1) => " (if its own policies allow it)",
        (Way::OwnPolicies, _) => " (if their own policies allow it)",
        (Way::Boundary, 1) => " (if it has a permissions boundary)",
        (Way::Boundary, _) => " (if they have permissions boundaries)",
    }
}

fn of_arn(name: &str, account: Option<AccountId>) -> String {
    let Some(arn) = Arn::parse(name) else {
        return name.to_owned();
    };
    if account.is_none_or(|own| own.as_str() == arn.account) {
        arn.resource.to_owned()
    } else {
        format!("{} of {}", arn.resource, arn.account)
    }
}

/// The operation, those by which the key is used together.
pub(super) fn operation(question: ActionGroup, actions: &[KmsAction]) -> String {
    let names: Vec<_> = actions.iter().map(|action| action.name()).collect();
    match (question, names.as_slice()) {
        (ActionGroup::Use, all) if all.len() == USE.len() => "use of the key".to_owned(),
        (ActionGroup::Use, [_, _, _, _, ..]) => {
            let shown = names.iter().take(3).copied().collect::<Vec<_>>();
            let more = names.len().saturating_sub(shown.len());
            format!("use ({} and {more} more)", shown.join(", "))
        }
        (ActionGroup::Use, _) => format!("use ({})", names.join(", ")),
        _ => names.join(", "),
    }
}

/// Both sides of a change; they differ in words wherever the change does.
pub(super) fn sides(change: &Change) -> (String, String) {
    let scheduling = change.action == KmsAction::ScheduleKeyDeletion;
    let (before, after) = (
        permission(&change.before, scheduling),
        permission(&change.after, scheduling),
    );
    if before != after {
        return (before, after);
    }
    let (without, now) = (omitted(&change.before), omitted(&change.after));
    if scheduling && without != now {
        return (
            format!("{before}; without a day count {without}"),
            format!("{after}; without a day count {now}"),
        );
    }
    let after = format!("{after}, by other statements");
    (before, after)
}

fn permission(permission: &EffectivePermission, scheduling: bool) -> String {
    let decisions = permission.decisions;
    let conditions = conditions(&permission.hangs_on);
    let (sure, perhaps) = if scheduling {
        (days(decisions.allowed), days(decisions.conditional))
    } else {
        let is_there = |set: CaseSet| (!set.is_empty()).then(|| "allowed".to_owned());
        (is_there(decisions.allowed), is_there(decisions.conditional))
    };
    match (sure, perhaps) {
        (None, None) if decisions.possible().is_empty() => "denied".to_owned(),
        // A request may still leave the day count out.
        (None, None) => format!("30 days by default {conditions}")
            .trim_end()
            .to_owned(),
        (Some(sure), None) => sure,
        (None, Some(perhaps)) => format!("{perhaps} {conditions}"),
        (Some(sure), Some(perhaps)) => format!("{sure}; {perhaps} {conditions}"),
    }
}

fn days(cases: CaseSet) -> Option<String> {
    let words = days_in_words(&day_ranges(cases.days()), "-", ", ");
    (!words.is_empty()).then(|| format!("{words} days"))
}

fn omitted(permission: &EffectivePermission) -> &'static str {
    match permission.decisions.omitted() {
        Decision::Allowed => "allowed",
        Decision::Conditional => "perhaps",
        Decision::ImplicitDeny | Decision::ExplicitDeny => "denied",
    }
}

/// `if …` for each statement that allows, `unless …` for each that denies.
fn conditions(all: &[Hanging]) -> String {
    let shown = all.iter().take(MOST_CONDITIONS).map(|hanging| {
        let word = if hanging.denies { "unless" } else { "if" };
        format!("{word} {}", hanging.in_words().join(" and "))
    });
    let mut text = shown.collect::<Vec<_>>().join("; ");
    let more = all.len().saturating_sub(MOST_CONDITIONS);
    if all.is_empty() {
        "perhaps".clone_into(&mut text);
    } else if more > 0 {
        text = format!("{text}; and {more} more conditions");
    }
    text
}

/// What the loss of everybody who could do it is called; nothing where it is no loss.
pub(super) fn standing(
    kind: SubjectKind,
    before: Decision,
    after: Decision,
) -> Option<&'static str> {
    if !before.is_possible() {
        return None;
    }
    match after {
        Decision::ImplicitDeny | Decision::ExplicitDeny => Some(match kind {
            SubjectKind::Key => "nobody is left who can",
            SubjectKind::Policy => "nobody whom the policy limits is left who can",
        }),
        Decision::Conditional if before == Decision::Allowed => {
            Some("it is no longer sure that anybody can")
        }
        Decision::Allowed | Decision::Conditional => None,
    }
}

/// What differs of an action that is not known here.
pub(super) fn unknown_action(change: &UnknownChange) -> String {
    let how = match (change.gains, change.loses) {
        (true, false) => "somebody may gain",
        (false, true) => "somebody may lose",
        _ => "somebody may gain and somebody lose",
    };
    format!("{how} `{}`, an action {NOT_KNOWN}", change.action)
}

/// How many actions of a line are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A few, and how many more.
    Few,
    /// All.
    All,
}

/// What a fix does to permissions: a line for each principal and each kind of change; the last line
/// says that nothing else changes, or that nothing does.
pub fn effects(difference: &Difference, named: Named) -> Vec<String> {
    let mut lines = Vec::new();
    for subject in &difference.subjects {
        let mut groups: BTreeMap<(&Who, String), ActionSet> = BTreeMap::new();
        for change in &subject.changes {
            let key = (&change.who, change_in_sentence(change));
            groups.entry(key).or_default().insert(change.action);
        }
        for ((who, change), actions) in groups {
            let actions = match named {
                Named::Few => actions_in_sentence(actions),
                Named::All => all_names(actions),
            };
            let line = format!("{}: {actions} {change}", who_in_sentence(who));
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

fn change_in_sentence(change: &Change) -> String {
    let days = change.action == KmsAction::ScheduleKeyDeletion;
    let (before, after) = (
        permission_in_sentence(&change.before, days),
        permission_in_sentence(&change.after, days),
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

fn permission_in_sentence(permission: &EffectivePermission, with_days: bool) -> String {
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
pub(in crate::report) fn actions_in_sentence(actions: ActionSet) -> String {
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
pub(in crate::report) fn who_in_sentence(who: &Who) -> String {
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
        PrincipalKind::AnyService => ANY_SERVICE.to_owned(),
        PrincipalKind::Holder => HOLDER.to_owned(),
        PrincipalKind::Limited => LIMITED.to_owned(),
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
