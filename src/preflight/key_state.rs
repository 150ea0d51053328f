//! Whether the key's state and its manager let the call through.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>

use crate::aws::KmsAction;
use crate::aws::data::NOT_KNOWN;
use crate::aws::key::{KeyManager, KeyState, Reported};
use crate::aws::key_state::{Compatibility, Footnote, compatibility};
use crate::inventory::Located;

use super::key::{TargetKey, known};
use super::moment::parse;
use super::recorded;
use super::reference::{AWS_MANAGED, KEY_STATE, METADATA};
use super::verdict::{Reason, Severity, Topic};
use super::{Operation, Question};

/// Every reason from state and manager.
pub(super) fn reasons(subject: &TargetKey, question: &Question) -> Vec<Reason> {
    let mut reasons = Vec::new();
    reasons.extend(manager(subject));
    reasons.push(state(subject, question.operation));
    reasons.extend(dates(subject));
    reasons.extend(recorded::reasons(subject, question));
    reasons
}

pub(super) fn reason(severity: Severity, id: &'static str, text: impl Into<String>) -> Reason {
    Reason::new(severity, Topic::KeyState, id, KEY_STATE, text)
}

/// AWS managed keys cannot be deleted by anybody in the account; AWS owned keys are in no account.
fn manager(subject: &TargetKey) -> Option<Reason> {
    let metadata = &subject.key.metadata;
    let written = metadata.manager.as_ref();
    let is_reserved = |alias: &str| alias.starts_with("alias/aws/");
    let at = written.map_or(subject.at(), |manager| manager.at);
    let aws = known(written) == Some(KeyManager::Aws) || subject.aliases().any(is_reserved);
    if aws {
        let text = "this is an AWS managed key: nobody can schedule its deletion, and AWS owned keys are in no account at all";
        return Some(Reason {
            reference: AWS_MANAGED,
            ..reason(Severity::Stop, "aws-managed-key", text).at(at)
        });
    }
    if known(written) == Some(KeyManager::Customer) {
        return None;
    }
    let new = written.and_then(|manager| manager.value.unrecognized());
    let text = match new {
        Some(manager) => format!(
            "the key's manager `{manager}` is {NOT_KNOWN}, and only customer managed keys can be deleted"
        ),
        None => "no file has the manager of the key, and only customer managed keys can be deleted"
            .to_owned(),
    };
    let found = Reason {
        reference: METADATA,
        ..reason(Severity::Caution, "key-manager-not-known", text)
    };
    Some(found.help(DESCRIBE).at(at))
}

const DESCRIBE: &str = "add the output of `aws kms describe-key`";

fn state(subject: &TargetKey, operation: Operation) -> Reason {
    let at = subject.at();
    let written = subject.key.metadata.state.as_ref();
    let state = match written.map(|state| &state.value) {
        Some(Reported::Known(state)) => *state,
        Some(Reported::Unrecognized(text)) => {
            let text = format!(
                "the key state `{text}` is {NOT_KNOWN}, so what it lets through is not known"
            );
            return reason(Severity::Caution, "key-state-not-known", text).at(at);
        }
        None if contradiction(subject).is_some() => return contradicted(subject),
        None if recorded::contradiction(subject).is_some() => {
            return recorded::contradicted(subject, operation);
        }
        None => {
            let text = "no file has the state of the key";
            let found = reason(Severity::Caution, "key-state-not-known", text);
            return found.help(DESCRIBE).at(at);
        }
    };
    let found = match operation {
        Operation::Schedule if state.is_pending_deletion() => already_pending(subject, state),
        Operation::Schedule => by_table(KmsAction::ScheduleKeyDeletion, state),
        Operation::Cancel => by_table(KmsAction::CancelKeyDeletion, state),
        Operation::Pending if state.is_pending_deletion() => {
            reason(Severity::Info, "key-state", format!("the key is {state}"))
        }
        Operation::Pending => {
            let text = format!("the key is {state}, and not pending deletion");
            reason(Severity::Stop, "key-state", text)
        }
    };
    found.at(at)
}

type AnsweredAndDescribed<'s> = (
    &'s Located<Reported<KeyState>>,
    &'s Located<Reported<KeyState>>,
);

/// What `schedule-key-deletion` answered and what `describe-key` says, where both cannot hold.
fn contradiction(subject: &TargetKey) -> Option<AnsweredAndDescribed<'_>> {
    let scheduled = subject.key.metadata.scheduled.as_ref()?;
    Some((&scheduled.state, scheduled.contradicts.as_ref()?))
}

fn contradicted(subject: &TargetKey) -> Reason {
    let (answered, described) = contradiction(subject)
        .map_or(("?", "?"), |(answered, described)| {
            (answered.value.as_str(), described.value.as_str())
        });
    let text = format!(
        "`schedule-key-deletion` answered that the key is {answered}, and `describe-key` says that it is {described}; which came last is in no file, so its state is not known"
    );
    let at = contradiction(subject).map_or(subject.at(), |(answered, _)| answered.at);
    reason(Severity::Caution, "key-states-contradict", text)
        .help("fetch the output of `aws kms describe-key` again, and take the older file away")
        .at(at)
}

/// Two dates of deletion: it was cancelled and scheduled again, or a primary key waited.
fn dates(subject: &TargetKey) -> Option<Reason> {
    let metadata = &subject.key.metadata;
    let answered = metadata.scheduled.as_ref()?.date.as_ref()?;
    let described = metadata.deletion_date.as_ref()?;
    let (one, other) = (parse(&answered.value), parse(&described.value));
    let differ = match (one, other) {
        (Some(one), Some(other)) => one.as_second() != other.as_second(),
        _ => answered.value != described.value,
    };
    differ.then(|| {
        let text = format!(
            "`schedule-key-deletion` answered with deletion date {}, and `describe-key` says {}, which is taken here",
            answered.value, described.value
        );
        reason(Severity::Caution, "deletion-dates-differ", text)
            .help("fetch the output of `aws kms describe-key` again, and take the older file away")
            .at(answered.at)
    })
}

/// A second call is refused: the deletion must be cancelled first, also to change the days.
fn already_pending(subject: &TargetKey, state: KeyState) -> Reason {
    let date = subject.key.metadata.deletion_date.as_ref();
    let until = date.map_or_else(String::new, |date| {
        format!(" with deletion date {}", date.value)
    });
    let text = format!(
        "the key is {state} already{until}: ScheduleKeyDeletion fails with KMSInvalidStateException, also to change the waiting period"
    );
    reason(Severity::Stop, "already-pending", text)
        .help("cancel that deletion first: `kmslint preflight --operation cancel` checks whether that is possible")
}

fn by_table(action: KmsAction, state: KeyState) -> Reason {
    let name = action.name();
    match compatibility(action, state) {
        Compatibility::Ok { note: None } => {
            let text = format!("the key is {state}, which lets {name} through");
            reason(Severity::Info, "key-state", text)
        }
        Compatibility::Ok { note: Some(note) } => {
            let text = format!(
                "the key is {state}, which lets {name} through: {}",
                note.meaning()
            );
            reason(Severity::Info, "key-state", text)
        }
        Compatibility::Error { footnotes } => {
            let exceptions: Vec<_> = footnotes
                .iter()
                .filter_map(|note| note.exception())
                .collect();
            let why = footnotes
                .first()
                .map_or("", |note| Footnote::meaning(*note));
            let text = format!(
                "the key is {state}: {name} fails with {}, because {why}",
                exceptions.join(" or ")
            );
            reason(Severity::Stop, "key-state", text)
        }
        Compatibility::DependsOn { footnote } => {
            let text = format!(
                "the key is {state}: whether {name} goes through hangs on this: {}",
                footnote.meaning()
            );
            reason(Severity::Caution, "key-state", text)
        }
        Compatibility::NotApplicable | Compatibility::NotListed => {
            let text = format!("what {name} does to a key that is {state} is not documented");
            reason(Severity::Caution, "key-state", text)
        }
    }
}
