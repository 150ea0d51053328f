//! What is asked: one operation on one key, by one principal.

use jiff::Timestamp;
use serde::Serialize;

use crate::access::Caller;
use crate::aws::PendingWindowInDays;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// `ScheduleKeyDeletion`.
    Schedule,
    /// `CancelKeyDeletion`.
    Cancel,
    /// Nothing: the key is pending deletion, and is left to it.
    Pending,
}

impl Operation {
    /// The word of the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Cancel => "cancel",
            Self::Pending => "pending",
        }
    }

    /// The operation of KMS.
    pub const fn call(self) -> Option<&'static str> {
        match self {
            Self::Schedule => Some("ScheduleKeyDeletion"),
            Self::Cancel => Some("CancelKeyDeletion"),
            Self::Pending => None,
        }
    }
}

/// What the evidence of a go must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceRequirements {
    /// How far apart two events of a trail may be for the time between them to be covered, hours, 1
    /// at least.
    pub maximum_gap_hours: u16,
    /// For how many days before the call it must be known that the key was not used.
    pub days: u16,
    /// For how many days before the call the key must have been disabled.
    pub disabled_days: u16,
}

impl Default for EvidenceRequirements {
    /// A day, the 90 days that the event history of CloudTrail reaches back, and two weeks.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html>
    fn default() -> Self {
        Self {
            maximum_gap_hours: 24,
            days: 90,
            disabled_days: 14,
        }
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Key id or key ARN.
    pub key: String,
    /// Who would call; for [`Operation::Pending`] nobody need.
    pub principal: Option<Caller>,
    /// `PendingWindowInDays`; none where the request leaves it out. KMS refuses what is not from 7
    /// to 30, and so does the answer.
    pub days: Option<i64>,
    /// The moment of the call. Without it there are no dates but those in the files, and how long
    /// ago something was is not known.
    pub now: Option<Timestamp>,
    /// What is to be done.
    pub operation: Operation,
    /// What a go must rest on.
    pub evidence: EvidenceRequirements,
}

impl Question {
    /// The waiting period: the one asked for, or 30 days; none where KMS refuses it.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>
    pub(super) fn window(&self) -> Option<PendingWindowInDays> {
        match self.days {
            Some(days) => PendingWindowInDays::new(days).ok(),
            None => Some(PendingWindowInDays::DEFAULT),
        }
    }
}
