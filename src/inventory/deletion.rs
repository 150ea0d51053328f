//! Deletions that are planned, and deletions that are scheduled.
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>

use crate::aws::Reported;
use crate::aws::key::KeyState;
use crate::text::Location;

use super::{DeclaringTool, KeyDependent, Located};

/// A request of `ScheduleKeyDeletion` that was written down and not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDeletion {
    /// `KeyId` as written; KMS takes a key id or a key ARN.
    pub key: String,
    /// `PendingWindowInDays` as written, of any size; none where the request leaves it out.
    pub days: Option<i64>,
    /// Where the key is named.
    pub at: Location,
    /// The resource whose destruction it is; none of a request.
    pub resource: Option<Box<DestroyedResource>>,
}

/// A resource that a plan destroys, and its key with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestroyedResource {
    /// The tool.
    pub tool: DeclaringTool,
    /// How the tool names it.
    pub address: String,
    /// Whether another key takes its place in the template.
    pub is_replacement: bool,
    /// Whether the days are not those that are sent.
    pub days_are_open: bool,
    /// What the plan keeps that is encrypted under the key.
    pub dependents: Vec<KeyDependent>,
    /// That the tool refuses to carry out the plan, for this reason.
    pub refused: Option<&'static str>,
}

/// What KMS answered when the deletion was scheduled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledDeletion {
    /// `KeyState`.
    pub state: Located<Reported<KeyState>>,
    /// `DeletionDate`, RFC 3339 in UTC; as written where it is no moment, none for a primary key with replicas.
    pub date: Option<Located<String>>,
    /// `PendingWindowInDays`, days.
    pub window: Option<Located<u16>>,
    /// What `describe-key` says instead. The two were asked for at different times, and no file
    /// says which came last: the key's state is not known then.
    pub contradicts: Option<Located<Reported<KeyState>>>,
}
