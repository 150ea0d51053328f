//! Cautions that somebody has accepted, each by itself. A stop can never be accepted.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use crate::text::Location;

use super::verdict::{Reason, Severity, Verdict};
use super::{KeyRecord, Preflight};

/// That somebody accepts the reasons for caution of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The name of the reasons, one of [`super::REASONS`].
    pub caution: String,
    /// The key that it is for, its ARN or its id; every key where none.
    pub key: Option<String>,
    /// Who accepts it, and why.
    pub by: AcceptedBy,
}

/// Who accepts a reason for caution, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AcceptedBy {
    /// Where that is said.
    pub source: AcceptanceSource,
    /// Why; none on the command line.
    pub reason: Option<String>,
    /// The last day on which it holds; none on the command line, where it holds for this run.
    #[serde(serialize_with = "day")]
    pub expires: Option<Date>,
    /// The entry in the configuration.
    #[serde(rename = "location")]
    pub at: Option<Location>,
}

/// Where an acceptance is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptanceSource {
    /// `--accept`.
    CommandLine,
    /// `[[preflight.accept]]` in `kmslint.toml`.
    Configuration,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it so"
)]
fn day<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}

/// An acceptance that accepts nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnusedAcceptance {
    /// The name of the reasons.
    pub caution: String,
    /// The key that it is for; every key where none.
    pub key: Option<String>,
    /// Why it accepts nothing, in words that follow the name.
    pub why: String,
    /// Where it is written.
    #[serde(flatten)]
    pub by: AcceptedBy,
}

/// Marks the reasons for caution that are accepted, concludes the verdicts anew, and gives back
/// the acceptances that accept nothing. `now` tells whether one has expired: without it, one that
/// expires accepts nothing.
pub fn accept(
    answers: &mut [Preflight],
    acceptances: &[Acceptance],
    now: Option<Timestamp>,
) -> Vec<UnusedAcceptance> {
    let today = now.map(|now| now.to_zoned(TimeZone::UTC).date());
    let unused = acceptances.iter().filter_map(|acceptance| {
        let why = match (acceptance.by.expires, today) {
            (Some(_), None) => Some(
                "is not in effect: whether it has expired is not known without `--now`".to_owned(),
            ),
            (Some(last), Some(today)) if last < today => Some(format!("expired on {last}")),
            _ => apply(answers, acceptance),
        }?;
        Some(UnusedAcceptance {
            caution: acceptance.caution.clone(),
            key: acceptance.key.clone(),
            why,
            by: acceptance.by.clone(),
        })
    });
    let unused = unused.collect();
    for answer in answers {
        let reasons = std::mem::take(&mut answer.reasons);
        answer.conclude(reasons);
    }
    unused
}

/// Accepts what it is for; why that is nothing, if it is. One for a key of which nothing was asked
/// has nothing to accept, and that is not told.
fn apply(answers: &mut [Preflight], acceptance: &Acceptance) -> Option<String> {
    let is_for = |key: Option<&KeyRecord>| {
        acceptance.key.as_ref().is_none_or(|named| {
            let is_it = |name: &Option<String>| name.as_ref() == Some(named);
            key.is_some_and(|key| is_it(&key.arn) || is_it(&key.key_id))
        })
    };
    let (mut asked, mut accepted, mut stops) = (false, false, false);
    for answer in answers {
        if !is_for(answer.key.as_ref()) {
            continue;
        }
        asked = true;
        let named = answer.reasons.iter_mut();
        for reason in named.filter(|reason| reason.id == acceptance.caution) {
            match reason.severity {
                Severity::Caution => {
                    accepted = true;
                    reason.accepted.get_or_insert_with(|| acceptance.by.clone());
                }
                Severity::Stop => stops = true,
                Severity::Info => {}
            }
        }
    }
    let why = match (accepted, stops) {
        (true, _) => None,
        (false, true) => Some("is a stop here, and a stop cannot be accepted"),
        (false, false) => Some("is no reason for caution here"),
    };
    why.filter(|_| asked || acceptance.key.is_none())
        .map(str::to_owned)
}

impl Reason {
    /// Whether it counts for the verdict.
    pub(super) const fn counts(&self) -> bool {
        self.accepted.is_none() || matches!(self.severity, Severity::Stop)
    }
}

impl Preflight {
    /// Whether the verdict is what it is because something was accepted.
    pub fn has_accepted(&self) -> bool {
        self.verdict != Verdict::Stop && self.reasons.iter().any(|reason| reason.accepted.is_some())
    }
}
