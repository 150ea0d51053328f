//! A reason for caution of preflight that somebody has accepted: which, why, and until when.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::aws::KeyArn;
use crate::text;
use crate::text::{InputError, Span};

use super::complaint::Complaints;
use super::span;
use super::suppression::{expiry, reason};

/// One `[[preflight.accept]]` entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedCaution {
    /// The name of the reason and where it stands; whether there is one of that name is not looked
    /// at here.
    pub caution: text::Spanned<String>,
    /// The ARN or id of the key that it is for; every key where none.
    pub key: Option<String>,
    /// Why; never empty.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Date,
    /// Where the entry stands.
    pub at: Span,
}

impl AcceptedCaution {
    /// Whether it no longer holds on this day.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires < today
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPreflight {
    #[serde(default)]
    accept: Vec<Spanned<WrittenAcceptance>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAcceptance {
    caution: Spanned<String>,
    key: Option<Spanned<String>>,
    reason: Spanned<String>,
    expires: Spanned<toml::Value>,
}

impl WrittenPreflight {
    /// What it means; what makes no sense is complained of and left out.
    pub(super) fn check(self, complaints: &mut Complaints) -> Vec<AcceptedCaution> {
        let entries = self.accept.into_iter();
        let checked = entries.filter_map(|entry| WrittenAcceptance::check(entry, complaints));
        checked.collect()
    }
}

impl WrittenAcceptance {
    fn check(written: Spanned<Self>, complaints: &mut Complaints) -> Option<AcceptedCaution> {
        let at = span(&written);
        let written = written.into_inner();
        // Each is looked at, so that all that is wrong is told at once.
        let (key, reason) = (written.key.map(key).transpose(), reason(written.reason));
        let expires = expiry(&written.expires);
        let mut told = |error| complaints.add(error);
        let key = key.map_err(&mut told).ok();
        let reason = reason.map_err(&mut told).ok();
        let expires = expires.map_err(&mut told).ok();
        Some(AcceptedCaution {
            caution: text::Spanned::new(written.caution.get_ref().clone(), span(&written.caution)),
            key: key?,
            reason: reason?,
            expires: expires?,
            at,
        })
    }
}

/// The ARN or id of a key: what else there is, such as an alias, may mean another key tomorrow.
fn key(written: Spanned<String>) -> Result<String, InputError> {
    let text = written.get_ref();
    let is_id = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_id || KeyArn::parse(text).is_ok() {
        return Ok(written.into_inner());
    }
    let shown = text.escape_default();
    let message = format!("`{shown}` is neither the ARN nor the id of a key");
    Err(InputError::new(span(&written), message)
        .help("write the ARN or the id as `aws kms describe-key` shows it"))
}
