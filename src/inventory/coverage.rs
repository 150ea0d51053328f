//! What files of CloudTrail cover: where and when an event would have been recorded.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::aws::AccountId;
use crate::text::Location;

use super::{Lookup, Moments};

/// What files of CloudTrail cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many files.
    pub files: usize,
    /// How many events of any service.
    pub events: u64,
    /// How many of them are of AWS KMS. With none, the trail may leave KMS out
    /// (`ExcludeManagementEventSources`).
    pub kms_events: u64,
    /// The time of the first event of any service.
    pub first: Option<Timestamp>,
    /// The time of the last.
    pub last: Option<Timestamp>,
    /// `awsRegion` of the events.
    pub regions: BTreeSet<String>,
    /// `recipientAccountId` of the events: whose trail it is.
    pub accounts: BTreeSet<AccountId>,
    /// Whether a `lookup-events` answer says that there is more (`NextToken`).
    pub truncated: bool,
    /// What trails recorded, by account (`recipientAccountId`) and Region. Events that
    /// `lookup-events` answers are not among them: it does not read trails.
    pub places: BTreeMap<(AccountId, String), RegionEvents>,
    /// Calls that may have taken KMS out of a trail, or stopped it, by the account that recorded
    /// them; CloudTrail records them in the trail's home Region.
    pub changes: BTreeMap<Option<AccountId>, Moments>,
    /// Answers of `lookup-events` with their requests, sorted by place.
    pub lookups: Vec<Lookup>,
    /// Answers of `get-event-selectors`, sorted by place.
    pub selectors: Vec<TrailSelectors>,
    /// Answers of `get-trail-status`, sorted by place.
    pub statuses: Vec<TrailStatus>,
    /// Log files that a digest names and that were not loaded, by account and Region.
    pub missing: BTreeMap<(AccountId, String), MissingLogs>,
}

/// Management events of one account and Region, as trails recorded them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionEvents {
    /// Read events (`readOnly` is true) of any service.
    pub reads: Moments,
    /// Write events of any service.
    pub writes: Moments,
    /// Read events of AWS KMS; `Encrypt`, `Decrypt` and `GenerateDataKey` are among them.
    pub kms_reads: Moments,
    /// Whether a read event is of another service or uses the material of a key: files in which
    /// there is none hold a selection of events, from which use is left out.
    pub shows_use: bool,
}

/// What a trail records, as `get-event-selectors` answers.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailSelectors {
    /// The trail's ARN.
    pub trail: Option<String>,
    /// The account and the home Region of the trail, from its ARN.
    pub home: Option<(AccountId, String)>,
    /// Whether it records every management read event of AWS KMS.
    pub kms_reads: bool,
    /// Where the answer stands.
    pub at: Location,
}

/// Whether and since when a trail records, as `get-trail-status` answers. The answer does not name
/// the trail.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailStatus {
    /// Times in which it did not record, or did not deliver what it recorded.
    pub silent: Vec<OpenSpan>,
    /// `LatestDeliveryError`, where there is one.
    pub delivery_error: Option<String>,
    /// Where the answer stands.
    pub at: Location,
}

/// A time that may have no beginning, or no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSpan {
    /// Its beginning; none where it has none.
    pub from: Option<Timestamp>,
    /// Its end; none where it has none.
    pub to: Option<Timestamp>,
}

/// Log files that a digest names and that were not loaded.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingLogs {
    /// How many files.
    pub count: usize,
    /// From `oldestEventTime` to `newestEventTime` of each, those that touch as one; sorted.
    pub spans: Vec<(Timestamp, Timestamp)>,
    /// `s3://` address of the first by time.
    pub first: String,
}
