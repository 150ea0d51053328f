//! What a `Deny` of deletion leaves open: what lifts it, and what does the same harm.

use crate::aws::{ActionSet, KmsAction, SAME_HARM_AS_DELETION};
use crate::policy::{Effect, PolicyKind, Statement};

use super::policy_context::PolicyContext;
use super::wideness::{at_least_as_wide, for_at_least_the_same, is_unlimited};
use super::{ConditionRecord, StatementRecord, WaysRound};

/// Says of each `Deny` what is denied together with it, and of one of deletion what is left open.
pub(super) fn find(records: &mut [StatementRecord], subject: &PolicyContext<'_>) {
    let statements = &subject.document.statements;
    let denies = |record: &StatementRecord| record.effect == Effect::Deny && record.inert.is_none();
    let closing: Vec<_> = records
        .iter()
        .zip(statements)
        .filter(|(record, _)| denies(record))
        .map(|(record, statement)| (surely_denied(record), statement))
        .collect();
    // Those of more are compared with themselves, and with those that apply to every request.
    let unlimited: Vec<_> = closing
        .iter()
        .filter(|(_, statement)| is_unlimited(statement))
        .copied()
        .collect();
    let mut found = Vec::new();
    for (record, statement) in records.iter().zip(statements) {
        let both = denies(record).then(|| {
            if closing.len() > MOST_DENIALS {
                let all = denied_by(&unlimited, |_| true).union(surely_denied(record));
                return (all, all);
            }
            let by = |wide: Wide| denied_by(&closing, |other| wide(other, statement));
            (by(at_least_as_wide), by(for_at_least_the_same))
        });
        found.push(both.unwrap_or_default());
    }
    let open = left_open(subject);
    for (record, (together, in_part)) in records.iter_mut().zip(found) {
        record.denied_together = together;
        record.denied_in_part = in_part;
        if record.covers.contains(KmsAction::ScheduleKeyDeletion) && is_guard(record) {
            record.ways_round = open.without(together);
        }
    }
}

/// So many `Deny` statements are compared each with each: no policy that AWS stores has room for more.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
const MOST_DENIALS: usize = 640;

/// Whether one statement reaches all that another reaches, in some respect.
type Wide = fn(&Statement, &Statement) -> bool;

/// What the statements that are wide enough deny.
fn denied_by(
    denied: &[(ActionSet, &Statement)],
    is_wide: impl Fn(&Statement) -> bool,
) -> ActionSet {
    let wide = denied.iter().filter(|(_, other)| is_wide(other));
    wide.fold(ActionSet::EMPTY, |all, (actions, _)| all.union(*actions))
}

/// The actions that it covers, but for those whose requests never have the key of one of its
/// conditions.
fn surely_denied(record: &StatementRecord) -> ActionSet {
    let demanding = record.conditions.iter().filter(|of| of.demands_key);
    demanding.fold(record.covers, |left, condition| {
        left.difference(condition.never_present_for)
    })
}

/// Whether it denies as such, and not only short waiting periods or sessions without a second
/// factor.
fn is_guard(record: &StatementRecord) -> bool {
    let is_about_how = |condition: &ConditionRecord| {
        let key = condition.key_lower.as_str();
        key == "kms:schedulekeydeletionpendingwindowindays"
            || key.starts_with("aws:multifactorauth")
    };
    record.effect == Effect::Deny
        && record.inert.is_none()
        && !record.conditions.iter().any(is_about_how)
}

/// What can be done in place of deletion.
#[derive(Clone, Copy)]
struct Open {
    lifts: ActionSet,
    same_harm: ActionSet,
}

/// Only a `Deny` in the key policy goes away with the key policy:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
fn left_open(subject: &PolicyContext<'_>) -> Open {
    let lifts = match subject.document.kind {
        PolicyKind::Key => ActionSet::only(KmsAction::PutKeyPolicy),
        PolicyKind::Identity
        | PolicyKind::PermissionsBoundary
        | PolicyKind::Session
        | PolicyKind::ServiceControl
        | PolicyKind::ResourceControl => ActionSet::EMPTY,
    };
    let material = ActionSet::only(KmsAction::DeleteImportedKeyMaterial);
    let same_harm = if subject.imported_material == Some(false) {
        SAME_HARM_AS_DELETION.difference(material)
    } else {
        SAME_HARM_AS_DELETION
    };
    Open { lifts, same_harm }
}

impl Open {
    /// What is left of it where these are denied.
    fn without(self, denied: ActionSet) -> Option<WaysRound> {
        let lifts = self.lifts.difference(denied);
        let same_harm = self.same_harm.difference(denied);
        let parts = [
            (lifts, ["which lifts it", "which lift it"]),
            (
                same_harm,
                ["which does the same harm", "which do the same harm"],
            ),
        ];
        let words: Vec<_> = parts
            .into_iter()
            .filter(|(actions, _)| !actions.is_empty())
            .map(|(actions, [one, many])| {
                let does = if actions.len() == 1 { one } else { many };
                format!("{}, {does}", listed(actions))
            })
            .collect();
        (!words.is_empty()).then(|| WaysRound {
            actions: lifts.union(same_harm),
            words: words.join(", and "),
        })
    }
}

/// Their names in a sentence.
fn listed(actions: ActionSet) -> String {
    let names: Vec<_> = actions
        .iter()
        .map(|action| format!("`{}`", action.qualified()))
        .collect();
    match names.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.concat(),
    }
}
