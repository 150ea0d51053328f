//! The sentence at the top of an explanation, and the names of policies and statements in it.

use crate::access::{Decision, days_in_words};

use super::{StatementView, View};

/// What was decided and why, for example
/// `arn:aws:iam::111122223333:role/Admin may schedule the deletion of arn:… with 22 to 30 days`.
pub(super) fn headline(view: &View<'_>) -> String {
    let (who, act) = (view.principal, deed(view));
    match view.decision {
        Decision::Allowed => {
            let rest = if is_open(view) {
                format!("; other day counts hang on {}", hangs_on(view))
            } else {
                String::new()
            };
            format!("{who} may {act}{}{rest}", with_days(view, Choice::Allowed))
        }
        Decision::Conditional => {
            let days = with_days(view, Choice::Conditional);
            format!("whether {who} may {act}{days} hangs on {}", hangs_on(view))
        }
        Decision::ExplicitDeny => format!("{who} may not {act}: {}", explicit_denial(view)),
        Decision::ImplicitDeny => {
            let asked = with_days(view, Choice::Asked);
            format!("{who} may not {act}{asked}: {}", no_grant(view.reason))
        }
    }
}

fn deed(view: &View<'_>) -> String {
    match view.action {
        "kms:ScheduleKeyDeletion" => format!("schedule the deletion of {}", view.key),
        "kms:CancelKeyDeletion" => format!("cancel the deletion of {}", view.key),
        action => format!("call {action} on {}", view.key),
    }
}

fn is_open(view: &View<'_>) -> bool {
    view.days
        .as_ref()
        .is_some_and(|days| !days.conditional.is_empty())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Allowed,
    Conditional,
    Asked,
}

/// ` with 7 to 13 or 30 days`, or nothing where the action takes no day count or every one that
/// was asked has the same refusal.
fn with_days(view: &View<'_>, choice: Choice) -> String {
    let Some(days) = &view.days else {
        return String::new();
    };
    if days.asked.is_none() {
        return " without naming a day count".to_owned();
    }
    let asked: Vec<(u8, u8)> = days.asked.into_iter().collect();
    let ranges = match choice {
        Choice::Allowed => &days.allowed,
        Choice::Conditional => &days.conditional,
        Choice::Asked if asked.iter().any(|(first, last)| first < last) => return String::new(),
        Choice::Asked => &asked,
    };
    if ranges.is_empty() {
        // What is not refused is then a request that names no day count.
        return " without naming a day count".to_owned();
    }
    format!(" with {} days", days_in_words(ranges, " to ", " or "))
}

fn joined(words: &[String], last_joined_by: &str) -> String {
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => {
            format!("{} {last_joined_by} {last}", before.join(", "))
        }
        Some((only, _)) => only.clone(),
        None => String::new(),
    }
}

fn hangs_on(view: &View<'_>) -> String {
    if view.unknown_action.is_some() {
        return "what the action is".to_owned();
    }
    let keys: Vec<String> = view
        .depends_on
        .iter()
        .map(|key| (*key).to_owned())
        .collect();
    match (keys.is_empty(), view.undocumented.is_empty()) {
        (false, _) => joined(&keys, "and"),
        (true, false) => "what AWS does not document".to_owned(),
        (true, true) if view.not_given.contains(&"key_policy") => {
            "the key policy, which was not given".to_owned()
        }
        (true, true) => "what was not given".to_owned(),
    }
}

fn explicit_denial(view: &View<'_>) -> String {
    let denying = view.deciding.iter().find(|s| s.effect == "Deny");
    denying.map_or_else(
        || "explicitly denied".to_owned(),
        |s| format!("explicitly denied by {}", statement(s)),
    )
}

fn no_grant(reason: &str) -> &'static str {
    match reason {
        "noDelegation" => {
            "the key policy does not let IAM policies count, and grants nothing itself"
        }
        "boundary" => "the permissions boundary does not allow it",
        "scp" => "the service control policies do not allow it",
        "rcp" => "the resource control policies do not allow it",
        "sessionPolicy" => "the session policy does not allow it",
        "crossAccount" => "AWS allows this to no caller of another account, whatever policies say",
        _ => "no policy grants it",
    }
}

/// `statement "Admins" of the key policy`; without a `Sid`, its place as in
/// `` `Statement[0]` of the key policy ``.
pub(in crate::report) fn statement(statement: &StatementView<'_>) -> String {
    let policy = policy(statement.policy);
    match statement.sid {
        Some(sid) if !sid.is_empty() => format!("statement \"{sid}\" of {policy}"),
        _ => format!("`Statement[{}]` of {policy}", statement.index),
    }
}

/// A policy of the batch protocol in words.
fn policy(word: &str) -> String {
    let (layer, name) = word.split_once('/').unwrap_or((word, ""));
    // The level of an organization's policy, from 0 at its root, stands before the name.
    let (level, leveled) = name.split_once('/').unwrap_or(("", name));
    match layer {
        "key_policy" => "the key policy".to_owned(),
        "session_policy" => "the session policy".to_owned(),
        "identity" => format!("identity policy `{name}`"),
        "boundary" => format!("permissions boundary `{name}`"),
        "scp" => format!("service control policy `{leveled}` (level {level})"),
        "rcp" => format!("resource control policy `{leveled}` (level {level})"),
        _ => format!("policy `{word}`"),
    }
}
