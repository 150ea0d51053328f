//! Principals, permissions and operations of a difference in words.

use crate::access::{CaseSet, Decision, day_ranges, days_in_words};
use crate::aws::data::NOT_KNOWN;
use crate::aws::{AccountId, Arn, KmsAction, PrincipalKind};
use crate::difference::{
    ActionGroup, Change, EffectivePermission, Hanging, SubjectKind, USE, UnknownChange, Way, Who,
};

/// So many conditions are shown of one permission; the JSON has all.
const MOST_CONDITIONS: usize = 3;

/// `role/app`, with its account where that is not the key's.
pub(super) fn who(who: &Who, account: Option<AccountId>) -> String {
    let name = &who.name;
    match who.kind {
        PrincipalKind::Everyone => "anyone of the account".to_owned(),
        PrincipalKind::AnotherAccount => "any other account".to_owned(),
        PrincipalKind::AnyService => "any AWS service".to_owned(),
        PrincipalKind::Holder => "whoever has the policy".to_owned(),
        PrincipalKind::Limited => "whomever the policy limits".to_owned(),
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
