//! Every permission that goes with the operation, and what each missing one means.

use crate::access::{Caller, Decision, Identities, KnownDecision, WINDOW_KEY, days_in_words};
use crate::aws::{KmsAction, RECOMMENDED_BESIDE_DELETION};
use crate::inventory::Inventory;

use super::asked_principal::AskedPrincipal;
use super::permission::{Permission, RequestedDays, decide};
use super::reference::{CONDITIONS, EVALUATION, MULTI_REGION, PERMISSIONS};
use super::timeline::Plan;
use super::verdict::{Reason, Severity, Topic};
use super::windows::described;
use super::{Operation, Question};

/// What a recommended permission is for.
const fn purpose(action: KmsAction) -> &'static str {
    match action {
        KmsAction::CancelKeyDeletion => "to cancel the deletion",
        KmsAction::DescribeKey => "to see the key state and the deletion date",
        KmsAction::DisableKey => "to disable the key instead of deleting it",
        _ => "to restore the key after a cancellation",
    }
}

/// Decides about all of them, the operation's own first.
pub(super) fn all(
    principal: &AskedPrincipal<'_>,
    question: &Question,
    trailing: Option<i64>,
) -> Vec<Permission> {
    let requested = match question.days {
        None => Some(RequestedDays::Omitted),
        Some(_) => question.window().map(RequestedDays::Days),
    };
    let mut permissions = Vec::new();
    if let (Operation::Schedule, Some(requested)) = (question.operation, requested) {
        permissions.push(decide(
            principal,
            KmsAction::ScheduleKeyDeletion,
            requested,
            trailing,
        ));
    }
    for action in RECOMMENDED_BESIDE_DELETION {
        let plain = |action| decide(principal, action, RequestedDays::NotTaken, trailing);
        permissions.push(plain(action));
    }
    permissions
}

/// What they say for the verdict.
pub(super) fn reasons(
    permissions: &[Permission],
    principal: &AskedPrincipal<'_>,
    question: &Question,
) -> Vec<Reason> {
    let own = match question.operation {
        Operation::Schedule => Some(KmsAction::ScheduleKeyDeletion),
        Operation::Cancel => Some(KmsAction::CancelKeyDeletion),
        Operation::Pending => None,
    };
    let mut reasons = principal.doubts.clone();
    for permission in permissions {
        if own.is_some_and(|own| own == permission.action) {
            reasons.push(decided(permission, question));
        } else {
            reasons.extend(recommended(permission, question));
        }
        reasons.extend(trailing_days(permission, own));
    }
    if principal.may_have_session_policy() {
        let text = "a session policy, should the session have one, is in no file: it can take permissions away, and grants none";
        reasons.push(Reason::new(
            Severity::Info,
            Topic::Permission,
            "session-policy-not-known",
            EVALUATION,
            text,
        ));
    }
    reasons
}

/// The statement that decided, else the nearest miss.
fn place(permission: &Permission) -> Option<crate::text::Location> {
    let explained = permission.explanation.as_ref()?;
    let statement = explained.statements.first().map(|statement| statement.at);
    statement.or_else(|| {
        explained
            .nearest_miss
            .as_ref()
            .map(|miss| miss.statement.at)
    })
}

/// The operation itself.
fn decided(permission: &Permission, question: &Question) -> Reason {
    let days = match (question.operation, question.days) {
        (Operation::Schedule, Some(days)) => format!(" with {days} days"),
        (Operation::Schedule, None) => " without naming a day count".to_owned(),
        _ => String::new(),
    };
    let action = permission.action.qualified();
    let (severity, id, text) = match permission.answer.decision {
        Decision::Allowed => (
            Severity::Info,
            "permission",
            format!("the principal may call {action}{days}"),
        ),
        Decision::Conditional if permission.answer.lacks_policies => (
            Severity::Caution,
            "permission-not-known",
            format!(
                "whether the principal may call {action}{days} is not known: policies are missing"
            ),
        ),
        Decision::Conditional => (
            Severity::Caution,
            "permission-hangs-on-context",
            format!(
                "whether the principal may call {action}{days} hangs on {}",
                hangs_on(permission)
            ),
        ),
        Decision::ImplicitDeny | Decision::ExplicitDeny => (
            Severity::Stop,
            "permission",
            format!("the principal may not call {action}{days}"),
        ),
    };
    let found =
        Reason::new(severity, Topic::Permission, id, PERMISSIONS, text).at(place(permission));
    let others = days_in_words(&permission.days, " to ", ", ");
    if permission.answer.is_allowed() || others.is_empty() {
        return found;
    }
    found.help(format!("{others} days are allowed"))
}

/// On what it hangs, in words.
fn hangs_on(permission: &Permission) -> String {
    let keys = permission.depends_on.iter().map(|key| {
        if key == WINDOW_KEY && permission.undocumented {
            format!("what AWS takes for `{key}` where the request names no days, which it does not document")
        } else {
            format!("`{key}`")
        }
    });
    let keys: Vec<_> = keys.collect();
    if keys.is_empty() {
        "what AWS does not document".to_owned()
    } else {
        keys.join(" and ")
    }
}

fn recommended(permission: &Permission, question: &Question) -> Option<Reason> {
    let mut all = RECOMMENDED_BESIDE_DELETION.into_iter();
    let purpose = purpose(all.find(|action| *action == permission.action)?);
    let matters = match question.operation {
        Operation::Schedule => true,
        Operation::Cancel => permission.action == KmsAction::EnableKey,
        Operation::Pending => permission.action == KmsAction::CancelKeyDeletion,
    };
    let (severity, text) = match permission.answer.decision {
        Decision::Allowed => return None,
        Decision::Conditional if permission.answer.lacks_policies => (
            Severity::Caution,
            format!(
                "whether the principal may call {} ({purpose}) is not known",
                permission.action.qualified()
            ),
        ),
        Decision::Conditional => (
            Severity::Caution,
            format!(
                "whether the principal may call {} ({purpose}) hangs on {}",
                permission.action.qualified(),
                hangs_on(permission)
            ),
        ),
        Decision::ImplicitDeny | Decision::ExplicitDeny => (
            Severity::Caution,
            format!(
                "the principal may not call {}, which AWS strongly recommends {purpose}",
                permission.action.qualified()
            ),
        ),
    };
    let severity = if matters { severity } else { Severity::Info };
    let found = Reason::new(
        severity,
        Topic::Permission,
        "recommended-permission-missing",
        MULTI_REGION,
        text,
    );
    Some(found.at(place(permission)))
}

/// How a condition on the days since the last use came out.
fn trailing_days(permission: &Permission, own: Option<KmsAction>) -> Option<Reason> {
    let trailing = permission.trailing_days?;
    let is_own = own.is_some_and(|own| own == permission.action);
    let days = trailing.at_most;
    let key = super::trailing_days::TrailingDays::KEY;
    let answer = trailing.then.word();
    let action = permission.action.qualified();
    let (severity, text) = if trailing.firm {
        (
            Severity::Info,
            format!(
                "`{key}` is {days} at most: {action} is {answer} whatever was done with the key since"
            ),
        )
    } else {
        (
            Severity::Caution,
            format!(
                "`{key}` is {days} by the evidence: {action} is {answer} unless the key has been used since"
            ),
        )
    };
    let severity = if is_own { severity } else { Severity::Info };
    Some(Reason::new(
        severity,
        Topic::Guardrail,
        "trailing-days-without-use",
        CONDITIONS,
        text,
    ))
}

/// Whether the principal may make the calls of a plan: each key has a key policy of its own.
pub(super) fn of_plan(plan: &mut Plan, caller: &Caller, inventory: &Inventory) -> Option<Reason> {
    for call in &mut plan.calls {
        if let Some(subject) = described(&call.key, inventory) {
            let identities = Identities::of_caller(inventory, caller);
            let key = subject.asked();
            let principal = AskedPrincipal::new(&subject, caller, &key, (&identities, inventory));
            let requested = RequestedDays::Days(call.window);
            let schedule = KmsAction::ScheduleKeyDeletion;
            let decided = decide(&principal, schedule, requested, None);
            call.answer = Some(decided.answer);
        }
    }
    let missing = plan
        .calls
        .iter()
        .filter(|call| !call.answer.is_some_and(KnownDecision::is_allowed));
    let missing: Vec<_> = missing
        .map(|call| match call.answer {
            Some(answer) => format!("{} ({})", call.region, answer.word()),
            None => format!("{} (not known)", call.region),
        })
        .collect();
    (!missing.is_empty()).then(|| {
        let text = format!(
            "each related key has a key policy of its own, and the principal is not known to be allowed to make these calls of the plan: {}",
            missing.join(", ")
        );
        let id = "plan-permission-missing";
        Reason::new(Severity::Caution, Topic::Permission, id, MULTI_REGION, text)
    })
}
