//! What CloudTrail recorded of the key's deletion, held against what other files say.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html>

use crate::aws::key::{KeyState, Reported};
use crate::inventory::{DeletionStep, Located, RecordedDeletion, RecordedEvents};

use super::key::TargetKey;
use super::key_state::reason;
use super::moment::parse;
use super::reference::{CANCEL, SCHEDULED_EVENT};
use super::verdict::{Reason, Severity};
use super::{Operation, Question};

/// Seconds by which a deletion date may lie behind the days that were asked for.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
const LATE: u64 = 24 * 60 * 60;

/// What is to be said beside the state: what rests on the record alone, and two dates.
pub(super) fn reasons(subject: &TargetKey, question: &Question) -> Option<Reason> {
    let recorded = scheduled(subject)?;
    if recorded.contradicts.is_some() {
        return None;
    }
    if is_only_recorded(subject, recorded) {
        return Some(only_recorded(recorded, question));
    }
    let described = subject.key.metadata.deletion_date.as_ref()?;
    let (one, other) = (recorded.date()?, parse(&described.value)?);
    let apart = one.as_second().abs_diff(other.as_second());
    (apart > LATE).then(|| {
        let text = format!(
            "CloudTrail recorded a scheduling that ends at {one}, and the deletion date is given as {other}, which is taken here: the deletion was cancelled and scheduled again between the two"
        );
        reason(Severity::Caution, "deletion-dates-differ", text)
            .help("fetch the output of `aws kms describe-key` again")
            .at(recorded.call.at)
    })
}

/// The recorded scheduling, if it is the last that is recorded of the deletion.
fn scheduled(subject: &TargetKey) -> Option<&RecordedDeletion> {
    let recorded = subject.key.metadata.recorded.as_deref()?;
    (recorded.step == DeletionStep::Scheduled).then_some(recorded)
}

/// Whether the record alone says that the key is pending deletion.
fn is_only_recorded(subject: &TargetKey, recorded: &RecordedDeletion) -> bool {
    let metadata = &subject.key.metadata;
    let state = metadata.state.as_ref();
    metadata.scheduled.is_none() && state.is_some_and(|state| state.at == recorded.call.at)
}

fn only_recorded(recorded: &RecordedDeletion, question: &Question) -> Reason {
    let is_over = recorded
        .date()
        .zip(question.now)
        .filter(|(date, now)| now >= date);
    let reaches = recorded.reaches;
    let (severity, end) = match is_over {
        Some((date, _)) => (
            Severity::Caution,
            format!(
                "; the waiting period ended at {date}, so the key is deleted by now unless it was cancelled after {reaches}, where the record ends"
            ),
        ),
        None if question.operation == Operation::Cancel => (Severity::Info, String::new()),
        None => (Severity::Caution, String::new()),
    };
    let text = format!(
        "that the key is pending deletion is known from CloudTrail only: {}{end}",
        in_words(recorded)
    );
    let mut found = reason(severity, "pending-by-record", text)
        .help("add the output of `aws kms describe-key`")
        .at(recorded.call.at);
    found.reference = SCHEDULED_EVENT;
    found
}

/// The state that a file says and that the record contradicts.
pub(super) fn contradiction(subject: &TargetKey) -> Option<&Located<Reported<KeyState>>> {
    let recorded = subject.key.metadata.recorded.as_deref()?;
    recorded.contradicts.as_ref()
}

/// The reason that stands for the key's state, where description and record contradict each other.
/// To try to cancel costs nothing.
pub(super) fn contradicted(subject: &TargetKey, operation: Operation) -> Reason {
    let recorded = subject.key.metadata.recorded.as_deref();
    let (record, at) = recorded.map_or((String::new(), subject.at()), |recorded| {
        (in_words(recorded), recorded.call.at)
    });
    let described = contradiction(subject).map_or("?", |state| state.value.as_str());
    let text = format!(
        "a file says that the key is {described}, and CloudTrail recorded otherwise: {record}; which of the two is newer is not known"
    );
    let found = reason(Severity::Caution, "key-states-contradict", text).at(at);
    if operation == Operation::Cancel {
        let help = "try it: where the key is not pending deletion, `aws kms cancel-key-deletion` fails and changes nothing";
        return Reason {
            reference: CANCEL,
            ..found.help(help)
        };
    }
    found.help("fetch the output of `aws kms describe-key` again, and take the older file away")
}

/// For example ``ScheduleKeyDeletion with 7 days by arn:… from 192.0.2.1 in eu-west-1 at …, and no
/// cancellation up to …``.
pub(super) fn in_words(recorded: &RecordedDeletion) -> String {
    let (call, reaches) = (&recorded.call, recorded.reaches);
    let by = by(call);
    match recorded.step {
        DeletionStep::Scheduled => {
            let date = recorded.date();
            let until = date.map_or_else(String::new, |date| format!(" (until {date})"));
            format!(
                "ScheduleKeyDeletion with {} days{until} by {by}, and no cancellation up to {reaches}",
                recorded.window()
            )
        }
        DeletionStep::Cancelled if call.operation == "CancelKeyDeletion" => {
            format!("CancelKeyDeletion by {by}, and no scheduling up to {reaches}")
        }
        DeletionStep::Cancelled => format!(
            "{} by {by}, which KMS refuses while a key is pending deletion",
            call.operation
        ),
        DeletionStep::Deleted => format!("KMS deleted it at {}", call.last),
    }
}

/// Who called, from where and when.
fn by(call: &RecordedEvents) -> String {
    let caller = &call.caller;
    let who = caller.arn.as_ref().or(caller.invoked_by.as_ref());
    let who = who.map_or("a caller that the event does not name", String::as_str);
    let from = call.source_address.as_ref();
    let from = from.map_or_else(String::new, |from| format!(" from {from}"));
    format!("{who}{from} in {} at {}", call.region, call.last)
}
