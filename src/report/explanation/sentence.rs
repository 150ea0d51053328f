//! What an explanation says in words: the sentence at its top, the names of policies and
//! statements, and what each statement does.

use crate::access::{
    AskedAction, Decision, Effect, Explained, FailedElement, Layer, NotGiven, PolicyReference,
    Reason, StatementOutcome, StatementReference, days_in_words,
};
use crate::aws::KmsAction;

/// What was decided and why, for example
/// `arn:aws:iam::111122223333:role/Admin may schedule the deletion of arn:… with 22 to 30 days`.
pub(super) fn headline(explained: &Explained) -> String {
    let (who, act) = (&explained.principal, deed(explained));
    match explained.decision {
        Decision::Allowed => {
            let rest = if is_open(explained) {
                format!("; other day counts hang on {}", hangs_on(explained))
            } else {
                String::new()
            };
            format!(
                "{who} may {act}{}{rest}",
                with_days(explained, Choice::Allowed)
            )
        }
        Decision::Conditional => {
            let days = with_days(explained, Choice::Conditional);
            format!(
                "whether {who} may {act}{days} hangs on {}",
                hangs_on(explained)
            )
        }
        Decision::ExplicitDeny => format!("{who} may not {act}: {}", explicit_denial(explained)),
        Decision::ImplicitDeny => {
            let asked = with_days(explained, Choice::Asked);
            format!("{who} may not {act}{asked}: {}", no_grant(explained.reason))
        }
    }
}

fn deed(explained: &Explained) -> String {
    let key = &explained.key;
    match &explained.action {
        AskedAction::Known(KmsAction::ScheduleKeyDeletion) => {
            format!("schedule the deletion of {key}")
        }
        AskedAction::Known(KmsAction::CancelKeyDeletion) => format!("cancel the deletion of {key}"),
        action => format!("call {} on {key}", action.qualified()),
    }
}

fn is_open(explained: &Explained) -> bool {
    explained
        .days
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
fn with_days(explained: &Explained, choice: Choice) -> String {
    let Some(days) = &explained.days else {
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

fn hangs_on(explained: &Explained) -> String {
    if explained.action.unknown().is_some() {
        return "what the action is".to_owned();
    }
    let is_documented = undocumented(explained).is_empty();
    match (explained.depends_on.is_empty(), is_documented) {
        (false, _) => joined(&explained.depends_on, "and"),
        (true, false) => "what AWS does not document".to_owned(),
        (true, true) if explained.not_given.contains(&NotGiven::KeyPolicy) => {
            "the key policy, which was not given".to_owned()
        }
        (true, true) => "what was not given".to_owned(),
    }
}

/// What the answer hangs on although no one can look it up.
pub(super) fn undocumented(explained: &Explained) -> Vec<&'static str> {
    let points = [
        (
            explained.undocumented,
            "how AWS evaluates part of these policies",
        ),
        (
            explained.is_beyond_known && explained.allowing.is_none(),
            "whether any request is allowed: none is whose values this version of kmslint knows",
        ),
        (
            explained.is_beyond_known && explained.denying.is_none(),
            "whether any request is denied: none is whose values this version of kmslint knows",
        ),
    ];
    let points = points.into_iter().filter(|(applies, _)| *applies);
    points.map(|(_, point)| point).collect()
}

fn explicit_denial(explained: &Explained) -> String {
    let mut described = explained.statements.iter().map(|of| &of.described);
    let denying = described.find(|of| of.effect == Effect::Deny);
    denying.map_or_else(
        || "explicitly denied".to_owned(),
        |of| format!("explicitly denied by {}", statement(of)),
    )
}

const fn no_grant(reason: Reason) -> &'static str {
    match reason {
        Reason::NoDelegation => {
            "the key policy does not let IAM policies count, and grants nothing itself"
        }
        Reason::Boundary => "the permissions boundary does not allow it",
        Reason::Scp => "the service control policies do not allow it",
        Reason::Rcp => "the resource control policies do not allow it",
        Reason::SessionPolicy => "the session policy does not allow it",
        Reason::CrossAccount => {
            "AWS allows this to no caller of another account, whatever policies say"
        }
        Reason::IdentityPolicy | Reason::KeyPolicy | Reason::NotGranted => "no policy grants it",
    }
}

/// What is to be said at the place of a statement.
pub(super) const fn note(does: StatementOutcome) -> &'static str {
    match does {
        StatementOutcome::Allows => "allows it",
        StatementOutcome::MayAllow => "may allow it",
        StatementOutcome::Delegates => "lets the account's IAM policies decide",
        StatementOutcome::Denies => "denies it",
        StatementOutcome::MayDeny => "may deny it",
        StatementOutcome::DeniesOtherDays => "denies it for other day counts",
        StatementOutcome::WouldAllow => "would allow it",
    }
}

/// What is to be said at the place of an element that does not match.
pub(super) fn failed(element: &FailedElement) -> String {
    match element {
        FailedElement::Condition(key) => format!("the condition on `{key}` does not hold"),
        FailedElement::Resource => "does not cover this key".to_owned(),
        FailedElement::Principal => "does not name this principal".to_owned(),
        FailedElement::Action => "does not name this action".to_owned(),
    }
}

/// `statement "Admins" of the key policy`; without a `Sid`, its place as in
/// `` `Statement[0]` of the key policy ``.
pub(in crate::report) fn statement(statement: &StatementReference) -> String {
    let policy = policy(&statement.policy);
    match &statement.sid {
        Some(sid) if !sid.is_empty() => format!("statement \"{sid}\" of {policy}"),
        _ => format!("`Statement[{}]` of {policy}", statement.index),
    }
}

fn policy(policy: &PolicyReference) -> String {
    let PolicyReference { level, name, .. } = policy;
    match policy.layer {
        Layer::KeyPolicy => "the key policy".to_owned(),
        Layer::Session => "the session policy".to_owned(),
        Layer::Identity => format!("identity policy `{name}`"),
        Layer::Boundary => format!("permissions boundary `{name}`"),
        Layer::Scp => format!("service control policy `{name}` (level {level})"),
        Layer::Rcp => format!("resource control policy `{name}` (level {level})"),
    }
}
