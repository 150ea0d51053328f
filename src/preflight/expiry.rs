//! Imported key material that expires: KMS deletes it then, without anybody's doing, and the key is
//! `PendingImport` until the same material is imported again.
//! <https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-import-key-material.html#importing-keys-expiration>

use jiff::Timestamp;

use crate::aws::Reported;
use crate::aws::data::NOT_KNOWN;
use crate::aws::key::{ExpirationModel, KeyState, Origin};

use super::key::TargetKey;
use super::moment::{Clock, later, parse};
use super::reference::EXPIRATION;
use super::verdict::{Reason, Severity, Topic};
use super::{Operation, Question};

/// What the material's expiry means for the deletion or its cancellation.
pub(super) fn reasons(subject: &TargetKey, question: &Question) -> Vec<Reason> {
    let metadata = &subject.key.metadata;
    if subject
        .origin()
        .is_some_and(|origin| origin != Origin::External)
    {
        return Vec::new();
    }
    let at = metadata.valid_to.as_ref().map(|date| date.at);
    let at = at.or(metadata.expiration.as_ref().map(|model| model.at));
    let mut reasons = Vec::new();
    if subject.state() == Some(KeyState::PendingImport) {
        reasons.push(missing(subject));
    }
    reasons.extend(expires(subject, question).map(|reason| reason.at(at)));
    reasons
}

fn reason(severity: Severity, id: &'static str, text: String) -> Reason {
    Reason::new(severity, Topic::Loss, id, EXPIRATION, text)
}

/// The key has no material: that nothing uses it is no sign that nothing needs it.
fn missing(subject: &TargetKey) -> Reason {
    let text = "the key is PendingImport: its imported material was deleted, has expired or was never imported; that nothing uses the key since then does not show that nothing needs it";
    reason(Severity::Caution, "imported-material-missing", text.to_owned())
        .help("find out since when, in CloudTrail (DeleteImportedKeyMaterial, DeleteExpiredKeyMaterial), and judge its use before that")
        .at(subject.at())
}

fn expires(subject: &TargetKey, question: &Question) -> Option<Reason> {
    let metadata = &subject.key.metadata;
    let model = metadata.expiration.as_ref().map(|model| &model.value);
    if let Some(new) = model.and_then(Reported::unrecognized) {
        let text = format!(
            "the expiration model `{new}` of the imported material is {NOT_KNOWN}, so whether it expires is not known"
        );
        return Some(reason(Severity::Caution, "imported-material-expires", text));
    }
    let says_so = model.and_then(Reported::known);
    let date = metadata.valid_to.as_ref();
    if says_so == Some(ExpirationModel::DoesNotExpire) {
        return None;
    }
    if let Some(date) = date.and_then(|date| parse(&date.value)) {
        return Some(dated(date, subject, question));
    }
    says_so.map(|_| {
        let text = "the imported material expires, and when is not known".to_owned();
        reason(Severity::Caution, "imported-material-expires", text)
    })
}

fn dated(date: Timestamp, subject: &TargetKey, question: &Question) -> Reason {
    let clock = Clock { now: question.now };
    let again = "the same material must be imported again before the key is usable";
    if clock.is_past(date) {
        let text = format!("the imported material expired at {date}: {again}");
        return reason(Severity::Caution, "imported-material-expires", text);
    }
    let Some(now) = clock.now else {
        let text = format!(
            "the imported material expires at {date}, and whether that is past is not known without `--now`; from then on {again}"
        );
        return reason(Severity::Caution, "imported-material-expires", text);
    };
    let text = format!(
        "the imported material expires at {date}: KMS deletes it then, and {again}, also after a cancellation"
    );
    let severity = if within(date, now, subject, question) {
        Severity::Caution
    } else {
        Severity::Info
    };
    reason(severity, "imported-material-expires", text)
        .help("keep the material at hand for as long as the deletion can be cancelled")
}

/// Whether it expires while the deletion can still be cancelled, or before it begins to matter.
fn within(date: Timestamp, now: Timestamp, subject: &TargetKey, question: &Question) -> bool {
    let end = match question.operation {
        Operation::Schedule => {
            let days = question.window().map(|window| i64::from(window.days()));
            days.and_then(|days| later(now, days))
        }
        Operation::Cancel | Operation::Pending => {
            let metadata = &subject.key.metadata;
            let date = metadata.deletion_date.as_ref();
            date.and_then(|date| parse(&date.value))
        }
    };
    end.is_none_or(|end| date <= end)
}
