//! What can be done instead, and what undoes it: commands with exact arguments.

use serde::Serialize;

use crate::access::KnownDecision;
use crate::aws::KmsAction;
use crate::aws::key::KeySpec;
use crate::aws::key_state::compatibility;

use super::key::TargetKey;
use super::permission::Permission;
use super::reference::{CANCEL, DISABLING, KEY_STATE};
use super::verdict::{Reason, Severity, Topic};
use super::{Operation, Question, command};

/// A command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    /// What for, in a few words.
    pub purpose: &'static str,
    /// The command of the AWS CLI.
    pub command: String,
    /// Whether the principal of the question may call it; null without a principal.
    pub answer: Option<KnownDecision>,
    /// Whether the key's state lets it through; null where that is not known.
    pub state_allows: Option<bool>,
    /// AWS's page on it.
    pub reference: &'static str,
}

/// The call itself.
pub(super) fn call(
    subject: &TargetKey,
    question: &Question,
    permissions: &[Permission],
) -> Option<Command> {
    let (region, key) = (subject.region(), subject.name());
    let (purpose, command, action, reference) = match question.operation {
        Operation::Schedule => {
            let window = question.window()?;
            let given = question.days.map(|_| window);
            let command = command::schedule(region, key, given);
            let action = KmsAction::ScheduleKeyDeletion;
            (
                "schedule the deletion",
                command,
                action,
                super::reference::SCHEDULE,
            )
        }
        Operation::Cancel => {
            let command = command::cancel(region, key);
            (
                "cancel the deletion",
                command,
                KmsAction::CancelKeyDeletion,
                CANCEL,
            )
        }
        Operation::Pending => return None,
    };
    Some(Command {
        purpose,
        command,
        answer: answer(permissions, action),
        state_allows: state_allows(subject, action),
        reference,
    })
}

/// Disabling instead of deleting; or what brings the key back.
pub(super) fn all(
    subject: &TargetKey,
    question: &Question,
    permissions: &[Permission],
) -> Vec<Command> {
    let (region, key) = (subject.region(), subject.name());
    let cancel = Command {
        purpose: "cancel the deletion",
        command: command::cancel(region, key),
        answer: answer(permissions, KmsAction::CancelKeyDeletion),
        state_allows: None,
        reference: CANCEL,
    };
    let enable = Command {
        purpose: "enable the key again, which is Disabled then",
        command: command::enable(region, key),
        answer: answer(permissions, KmsAction::EnableKey),
        state_allows: None,
        reference: DISABLING,
    };
    match question.operation {
        Operation::Schedule => {
            let disable = Command {
                purpose: "disable the key instead: what needs it fails in the same way, and nothing is lost",
                command: command::disable(region, key),
                answer: answer(permissions, KmsAction::DisableKey),
                state_allows: state_allows(subject, KmsAction::DisableKey),
                reference: DISABLING,
            };
            vec![disable, cancel, enable]
        }
        Operation::Cancel => vec![enable],
        Operation::Pending => vec![cancel, enable],
    }
}

/// What AWS documents differently in two places is shown as such: the table of key states as of 2023
/// and that of 2026.
pub(super) fn documented_differently(subject: &TargetKey) -> Option<Reason> {
    let is_asymmetric = subject.spec().is_some_and(KeySpec::is_asymmetric);
    is_asymmetric.then(|| {
        Reason::new(
            Severity::Info,
            Topic::Loss,
            "documented-differently",
            KEY_STATE,
            "AWS documents in two ways whether a disabled key still hands out its public key: GetPublicKey fails with DisabledException (the key-state page as of 2023), or goes through (today's); so where the key is disabled instead, whoever downloads its public key may not notice",
        )
    })
}

fn answer(permissions: &[Permission], action: KmsAction) -> Option<KnownDecision> {
    let found = permissions
        .iter()
        .find(|permission| permission.action == action);
    found.map(|permission| permission.answer)
}

fn state_allows(subject: &TargetKey, action: KmsAction) -> Option<bool> {
    subject
        .state()
        .map(|state| !compatibility(action, state).is_error())
}
