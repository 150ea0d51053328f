//! The deletion that is under way, by the key's description or by what CloudTrail recorded.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::aws::key::KeyState;
use crate::aws::{Arn, Reported};
use crate::inventory::{DeletionStep, KeyMetadata, Located, RecordedDeletion, RecordedEvents};
use crate::text::Location;

use super::PendingRecord;
use super::source_index::SourceIndex;

/// What says that a key is pending deletion.
struct Stated<'a> {
    state: &'a Reported<KeyState>,
    date: Option<String>,
    at: Location,
}

/// The state of a key of which no more than a deletion date is known.
static PENDING: Reported<KeyState> = Reported::Known(KeyState::PendingDeletion);

/// Where two files contradict each other, the one that says that the key is pending deletion counts.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>
pub(super) fn record(
    metadata: &KeyMetadata,
    source_index: &SourceIndex<'_>,
    day: Option<Date>,
) -> Option<PendingRecord> {
    let recorded = metadata.recorded.as_deref();
    if recorded.is_some_and(is_deleted) {
        return None;
    }
    let of_record = recorded.and_then(RecordedDeletion::state);
    let stated = stated(metadata, of_record.as_ref())?;
    let when = match (stated.state.known(), stated.date) {
        (Some(KeyState::PendingReplicaDeletion), _) => {
            " until the waiting period ends that begins once its last replica is deleted".to_owned()
        }
        (_, Some(date)) => {
            let passed = match recorded {
                _ if !has_passed(&date, day) => "",
                None => {
                    ", which has passed: it is deleted by now unless its deletion was cancelled"
                }
                Some(_) => ", which has passed",
            };
            format!(", with deletion date `{date}`{passed}")
        }
        (_, None) => " until its waiting period ends".to_owned(),
    };
    let of_record = recorded.filter(|recorded| recorded.call.at == stated.at);
    Some(PendingRecord {
        state: stated.state.as_str().to_owned(),
        when,
        recorded: recorded.map(words).unwrap_or_default(),
        identity: of_record.map_or_else(String::new, |of| of.call.last.to_string()),
        at: source_index.place(stated.at),
    })
}

/// Whether the last moment of a deletion date lies before the day of the run. A file may be old, so without a
/// day nothing is said: AWS KMS may take up to 24 hours more.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>
fn has_passed(date: &str, day: Option<Date>) -> bool {
    let date = date.parse::<Timestamp>().ok();
    let date = date.map(|date| date.to_zoned(TimeZone::UTC).date());
    date.zip(day).is_some_and(|(date, day)| date < day)
}

/// Whether the key is gone, and nothing says that it was made again.
pub(super) fn is_deleted(recorded: &RecordedDeletion) -> bool {
    recorded.step == DeletionStep::Deleted && recorded.contradicts.is_none()
}

fn stated<'a>(
    metadata: &'a KeyMetadata,
    of_record: Option<&'a Reported<KeyState>>,
) -> Option<Stated<'a>> {
    let date = || {
        metadata
            .deletion_date
            .as_ref()
            .map(|date| date.value.clone())
    };
    let said = |state: &'a Located<Reported<KeyState>>| Stated {
        state: &state.value,
        date: date(),
        at: state.at,
    };
    let recorded = metadata.recorded.as_deref();
    let answer = metadata.scheduled.as_ref();
    let others = [
        answer.map(|answer| &answer.state),
        answer.and_then(|answer| answer.contradicts.as_ref()),
        recorded.and_then(|recorded| recorded.contradicts.as_ref()),
    ];
    let by_record = || {
        let recorded = recorded?;
        Some(Stated {
            state: of_record?,
            date: recorded.date().map(|date| date.to_string()),
            at: recorded.call.at,
        })
    };
    let by_date = || {
        let date = metadata.deletion_date.as_ref();
        let date = date.filter(|_| answer.is_none() && recorded.is_none())?;
        Some(Stated {
            state: &PENDING,
            date: Some(date.value.clone()),
            at: date.at,
        })
    };
    let all = match &metadata.state {
        Some(state) => vec![said(state)],
        None => others
            .into_iter()
            .flatten()
            .map(said)
            .chain(by_record())
            .chain(by_date())
            .collect(),
    };
    // Whatever the state is called, only a key that is pending deletion has a deletion date:
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
    let is_pending = |stated: &Stated<'_>| {
        let state = stated.state.known();
        state.map_or(stated.date.is_some(), KeyState::is_pending_deletion)
    };
    all.into_iter().find(is_pending)
}

/// What CloudTrail recorded, in words that follow until when the key is pending deletion.
fn words(recorded: &RecordedDeletion) -> String {
    let call = by(&recorded.call);
    let other = recorded.contradicts.as_ref();
    let other = other.map(|state| state.value.as_str());
    match (recorded.step, other) {
        (DeletionStep::Scheduled, None) => format!(
            ", scheduled by {call}; no cancellation is recorded up to {}",
            recorded.reaches
        ),
        (DeletionStep::Scheduled, Some(other)) => format!(
            ", scheduled by {call}; no cancellation is recorded up to {}, but its description says `{other}`, and one of the two is older",
            recorded.reaches
        ),
        (DeletionStep::Cancelled, Some(_)) => format!(
            ", as its description says; CloudTrail recorded `{}` by {call}, and one of the two is older",
            recorded.call.operation
        ),
        (DeletionStep::Cancelled | DeletionStep::Deleted, _) => String::new(),
    }
}

/// Who made a call, from where and when, for example
/// `` `role/KeyAdmin` from `192.0.2.1` in `eu-west-1` at 2027-01-01T10:00:00Z``.
pub(super) fn by(call: &RecordedEvents) -> String {
    let from = call.source_address.as_ref();
    let from = from.map_or_else(String::new, |from| format!(" from `{from}`"));
    let region = &call.region;
    let region = if region.is_empty() {
        String::new()
    } else {
        format!(" in `{region}`")
    };
    format!("`{}`{from}{region} at {}", who(call), call.last)
}

/// The end of the caller's ARN, else the service, else what kind of caller it is.
pub(super) fn who(call: &RecordedEvents) -> &str {
    let caller = &call.caller;
    let named = caller.arn.as_ref().or(caller.invoked_by.as_ref());
    let named = named.unwrap_or(&caller.kind);
    match short(named) {
        "" => "a caller that the event does not name",
        named => named,
    }
}

/// `role/app` of an ARN; anything else as it is.
pub(super) fn short(principal: &str) -> &str {
    Arn::parse(principal).map_or(principal, |arn| arn.resource)
}
