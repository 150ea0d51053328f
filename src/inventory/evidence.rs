//! Records of what happened and of other permissions, as far as they are kept.

use crate::text::SourceId;

/// What a file records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceType {
    /// Events of CloudTrail.
    CloudTrail,
    /// What says how far events can be relied on: a request of `lookup-events`, the answers of
    /// `get-event-selectors` and `get-trail-status`, a digest of log files.
    TrailSettings,
    /// Grants of a key. No grant can hold a deletion action:
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html>
    Grants,
}

/// A file of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it records.
    pub kind: EvidenceType,
    /// The file.
    pub source: SourceId,
    /// How many records it holds.
    pub records: usize,
}
