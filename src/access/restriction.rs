//! What limits a caller beside the policies that grant, and whether it was evaluated.

use serde::Serialize;

/// What became of the control policies of one type, in the words of IAM Access Analyzer.
/// <https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_InternalAccessDetails.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Restriction {
    /// There are some, and they were evaluated.
    Applied,
    /// There are some, and not all of them were loaded, so that they are not in the answer.
    Applicable,
    /// There are none above the account, or they do not limit the caller.
    NotApplicable,
    /// Whether there are any is not known, because no organization was given.
    NotEvaluated,
}

/// The permissions boundary of a caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BoundaryLimit {
    /// It has none.
    None,
    /// The policy of this name, which was evaluated.
    Applied(String),
    /// It has one that was not loaded.
    NotLoaded,
}

/// What limits a caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limits {
    /// The permissions boundary.
    pub boundary: BoundaryLimit,
    /// Service control policies, which follow the caller's account.
    pub service_control: Restriction,
    /// Resource control policies, which follow the key's account.
    pub resource_control: Restriction,
}

/// The types of policies that limit a caller, and the name of the boundary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StoppedBy {
    /// The permissions boundary of this name.
    Boundary(String),
    /// Service control policies.
    ServiceControl,
    /// Resource control policies.
    ResourceControl,
}
