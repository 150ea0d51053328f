//! Answers of `aws cloudtrail lookup-events`, and what was asked.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::aws::AccountId;
use crate::text::Location;

/// What was asked of the event history, and what is known of the answer. The event history holds
/// the management events of 90 days, whatever the settings of trails are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Which events.
    pub asked: LookupFilter,
    /// `StartTime` of the request.
    pub start: Option<Timestamp>,
    /// `EndTime` of the request.
    pub end: Option<Timestamp>,
    /// The time of the newest event in the answer; none where it has no events.
    pub newest: Option<Timestamp>,
    /// `recipientAccountId` and `awsRegion` of its events, the first two that differ: an answer is
    /// of one account and Region.
    pub places: BTreeSet<(Option<AccountId>, String)>,
    /// Why the answer covers nothing; none where it is whole, and its request is known.
    pub problem: Option<LookupProblem>,
    /// Where the answer stands.
    pub at: Location,
}

/// Which events a lookup asks for: `LookupAttributes` takes one attribute at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupFilter {
    /// All.
    Nothing,
    /// Those of this `EventSource`, for example `kms.amazonaws.com`.
    Source(String),
    /// Those of this `ResourceName`: of a key its ARN.
    Resource(String),
    /// Read events, or write events (`ReadOnly`).
    ReadOnly(bool),
    /// Those of one name, user, access key, id or type of resource.
    Other,
}

/// Why an answer of `lookup-events` covers nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupProblem {
    /// No file beside it is its request, so what was asked is not known.
    NoRequest,
    /// Several requests or answers lie in its directory, and which belong together is not known.
    Ambiguous,
    /// It is only a part: its last page, or one before, is missing.
    NotWhole,
}
